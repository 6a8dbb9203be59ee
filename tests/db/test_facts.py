"""Facts: a source's whole view of an entity, and only what it says."""

from datetime import UTC, datetime

from sqlalchemy import text

from db.bulk import Counts
from db.commands.facts import add_facts, put_facts
from models.entities import Source
from tests.db import rows as make
from tests.db.rows import touched


def fields(session, entity_id, source="tmdb"):
    statement = text("select fields from core.facts where entity_id = :id and source = :source")
    return session.execute(statement, {"id": entity_id, "source": source}).scalar_one()


def test_a_view_replaces_the_one_before_and_leaves_other_sources_alone(session):
    show = make.entity(session)
    put_facts(session, Source.IMDB, {show: {"name": "From IMDb"}})
    assert put_facts(session, Source.TMDB, {show: {"name": "One", "tagline": "gone"}}) == Counts(inserted=1)
    assert put_facts(session, Source.TMDB, {show: {"name": "Two"}}) == Counts(updated=1)
    assert fields(session, show) == {"name": "Two"}
    assert fields(session, show, "imdb") == {"name": "From IMDb"}


def test_an_equal_view_writes_nothing_however_its_fields_are_ordered(session):
    show = make.entity(session)
    put_facts(session, Source.TMDB, {show: {"name": "One", "runtimes": [1, 2], "next_episode": {"a": 1, "b": None}}})
    again = {"next_episode": {"b": None, "a": 1}, "runtimes": [1, 2], "name": "One"}
    with touched(session) as seen:
        assert put_facts(session, Source.TMDB, {show: again}) == Counts(unchanged=1)
    assert seen.tables == {}


def test_the_date_of_change_moves_only_with_the_fields(session):
    show, long_ago = make.entity(session), datetime(2001, 1, 1, tzinfo=UTC)
    put_facts(session, Source.TMDB, {show: {"name": "One"}})
    session.execute(text("update core.facts set changed_at = :then"), {"then": long_ago})
    changed_at = text("select changed_at from core.facts")
    put_facts(session, Source.TMDB, {show: {"name": "One"}})
    assert session.execute(changed_at).scalar_one() == long_ago
    put_facts(session, Source.TMDB, {show: {"name": "Two"}})
    assert session.execute(changed_at).scalar_one() > long_ago


def test_what_an_upstream_leaves_blank_is_not_said(session):
    show = make.entity(session)
    said = {"adult": False, "tmdb_vote_count": 0, "tmdb_vote_average": 0.0}
    blank: dict[str, object] = {"name": "", "tagline": None, "runtimes": [], "next_episode": {}}
    put_facts(session, Source.TMDB, {show: said | blank})
    assert fields(session, show) == said


def test_what_an_editor_leaves_blank_is_said(session):
    show = make.entity(session)
    put_facts(session, Source.EDITOR, {show: {"tagline": None, "runtimes": []}})
    assert fields(session, show, "editor") == {"tagline": None, "runtimes": []}


def layered(session, entity_id):
    """Each field of IMDb's view, with its value and its layer."""
    statement = text("select fields, layers from core.facts where entity_id = :id and source = 'imdb'")
    told, layers = session.execute(statement, {"id": entity_id}).one()
    assert set(layers) <= set(told)
    return {name: (value, layers.get(name)) for name, value in told.items()}


def test_a_part_is_added_and_what_it_does_not_tell_stays(session):
    show = make.entity(session)
    add_facts(session, Source.IMDB, {show: {"name": "One", "year": 2001}}, layer="graphql")
    add_facts(session, Source.IMDB, {show: {"name": "Two", "year": None}}, layer="pages")
    assert layered(session, show) == {"name": ("Two", "pages"), "year": (2001, "graphql")}


def test_a_complete_part_takes_away_what_its_own_layer_told_only(session):
    show = make.entity(session)
    add_facts(session, Source.IMDB, {show: {"name": "One", "year": 2001}}, layer="graphql")
    add_facts(session, Source.IMDB, {show: {"imdb_rating": 7.1}}, layer="datasets")
    add_facts(session, Source.IMDB, {show: {"name": "One"}}, layer="graphql", complete=True)
    assert layered(session, show) == {"name": ("One", "graphql"), "imdb_rating": (7.1, "datasets")}


def test_a_lists_words_replace_their_own_and_no_others(session):
    show = make.entity(session)
    add_facts(session, Source.IMDB, {show: {"name": "Listed", "imdb_rating": 6.0}}, layer="export", over=False)
    add_facts(session, Source.IMDB, {show: {"name": "Told"}}, layer="graphql")
    add_facts(session, Source.IMDB, {show: {"name": "Listed", "imdb_rating": 6.1}}, layer="export", over=False)
    assert layered(session, show) == {"name": ("Told", "graphql"), "imdb_rating": (6.1, "export")}
    with touched(session) as seen:
        again = {"name": "Other", "imdb_rating": 6.1}
        assert add_facts(session, Source.IMDB, {show: again}, layer="export", over=False) == Counts(unchanged=1)
    assert seen.tables == {}
