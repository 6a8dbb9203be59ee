"""What shows, people and episodes are found by: their terms and their slugs, kept by derive and moved by merges."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from db.bulk import write
from db.commands.merge import merge
from db.commands.merge.undo import unmerge
from db.derive import derive
from models.entities import Alias, Entity, Fact, Kind
from tests.db import rows as make
from tests.db.rows import touched


def said(session, kind, name, aliases=(), **fields):
    """An entity that TMDb calls so, derived."""
    id_ = make.entity(session, kind)
    make.fact(session, id_, "tmdb", name=name, **fields)
    write(session, Alias, [{"entity_id": id_, "source": "tmdb", "name": alias, "country": ""} for alias in aliases])
    derive(session, kind, [id_])
    return id_


def terms(session, id_):
    found = session.execute(
        text("select term, origin from core.search_terms where entity_id = :id order by 1"), {"id": id_}
    )
    return dict(found.tuples().all())


def slug(session, id_):
    found = text("select slug from core.shows where id = :id union all select slug from core.people where id = :id")
    return session.execute(found, {"id": id_}).scalar_one()


def owner(session, slug_, kind=Kind.SHOW):
    found = text("select entity_id from core.slugs where kind = :kind and slug = :slug")
    return session.execute(found, {"kind": kind, "slug": slug_}).scalar_one_or_none()


def renamed(session, id_, name, kind=Kind.SHOW):
    session.execute(
        text(
            "update core.facts set fields = fields || jsonb_build_object('name', cast(:name as text)) where entity_id = :id"
        ),
        {"name": name, "id": id_},
    )
    derive(session, kind, [id_])


def test_a_show_is_found_by_its_names_and_their_initials(session):
    show = said(
        session,
        Kind.SHOW,
        "The Ficta Housewives of Élan Bay",
        ["Ficta & Friends", "Fictas Été", "ficta  ÉTÉ!", "…"],
        original_name="Les Apprentis d'Été",
    )
    assert terms(session, show) == {
        "the ficta housewives of elan bay": "name",
        "tfhoeb": "initialism",
        "fhoeb": "initialism",
        "les apprentis d ete": "original",
        "les apprentis dete": "original",
        "lade": "initialism",
        "ficta and friends": "alias",
        "faf": "initialism",
        "fictas ete": "alias",
        "ficta ete": "alias",
    }


def test_people_are_found_by_names_and_aliases_and_episodes_by_titles_that_are_more_than_a_number(session):
    person = said(session, Kind.PERSON, "Zoë O’Fictus", ["Zo Fictus Nemo Nobody"])
    assert terms(session, person) == {
        "zoe o fictus": "name",
        "zoe ofictus": "name",
        "zo fictus nemo nobody": "alias",
    }
    show = make.show(session)
    season = make.season(session, show, 1)
    titled, numbered = (make.episode(session, show, season, number) for number in (1, 2))
    make.fact(session, titled, "tmdb", name="Reunion: Part 1")
    make.fact(session, numbered, "tmdb", name="Episode 2")
    derive(session, Kind.EPISODE, [titled, numbered])
    assert (terms(session, titled), terms(session, numbered)) == ({"reunion part 1": "name"}, {})


def test_deriving_again_writes_nothing_nor_does_a_little_more_popularity(session):
    show = said(session, Kind.SHOW, "Isola Ficta Nova", ["Island"], tmdb_popularity=100.0)
    derive(session, Kind.SHOW, [show])
    with touched(session) as seen:
        derive(session, Kind.SHOW, [show])
    assert seen.tables == {}
    session.execute(text("update core.facts set fields = fields || jsonb_build_object('tmdb_popularity', 100.5)"))
    with touched(session) as seen:
        derive(session, Kind.SHOW, [show])
    assert "core.shows" in seen.tables and "core.search_terms" not in seen.tables


def test_a_name_or_an_alias_that_goes_is_a_term_no_more(session):
    show = said(session, Kind.SHOW, "Isola Ficta", ["Island"])
    session.execute(text("delete from core.aliases"))
    renamed(session, show, "Isola Nova")
    assert terms(session, show) == {"isola nova": "name"}
    words = session.execute(text("select word from core.search_words order by 1")).scalars().all()
    assert {"isola", "ficta", "nova", "island"} <= set(words)


def test_a_merge_finds_the_winner_by_the_names_of_both_and_undoing_it_parts_them(session):
    winner = said(session, Kind.PERSON, "Nemo Fictus", ["N. Fictus"])
    loser = said(session, Kind.PERSON, "Nemo Fictus-Nullus", ["The Captain"])
    before = terms(session, winner), terms(session, loser)
    merged = merge(session, Kind.PERSON, winner, loser, "a test says so", "test")
    assert terms(session, winner) == {
        "nemo fictus": "name",
        "n fictus": "alias",
        "nemo fictus nullus": "alias",
        "the captain": "alias",
    }
    assert terms(session, loser) == {}
    assert owner(session, "nemo-fictus-nullus", Kind.PERSON) == winner
    unmerge(session, merged)
    assert (terms(session, winner), terms(session, loser)) == before
    assert owner(session, "nemo-fictus-nullus", Kind.PERSON) == loser
    assert slug(session, loser) == "nemo-fictus-nullus"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("  Villa & Nulla: Été!  ", "villa-and-nulla-ete"),
        ("90 Day Fictus", "90-day-fictus"),
        ("Grey's Villa", "grey-s-villa"),
        ("Straße Æther", "strasse-aether"),
    ],
)
def test_a_slug_is_the_name_in_plain_letters(session, name, expected):
    assert slug(session, said(session, Kind.SHOW, name)) == expected


def test_a_name_without_a_plain_letter_has_the_beginning_of_its_id(session):
    show = said(session, Kind.SHOW, "虚構の家")
    assert slug(session, show) == str(show)[:8]
    assert terms(session, show) == {"虚構の家": "name"}


def test_who_has_a_slug_first_keeps_it_and_it_leads_there_after_a_new_name(session):
    first, second = said(session, Kind.SHOW, "Villa Nulla"), said(session, Kind.SHOW, "Villa Nulla")
    person = said(session, Kind.PERSON, "Villa Nulla")
    assert [slug(session, id_) for id_ in (first, second, person)] == [
        "villa-nulla", f"villa-nulla--{str(second)[:8]}", "villa-nulla",
    ]  # fmt: skip
    renamed(session, first, "Villa Prima")
    assert slug(session, first) == "villa-prima"
    renamed(session, second, "Villa Nulla!")
    assert slug(session, second) == f"villa-nulla--{str(second)[:8]}"
    assert [owner(session, s) for s in ("villa-nulla", "villa-prima")] == [first, first]
    renamed(session, first, "Villa Nulla")
    assert slug(session, first) == "villa-nulla"


def test_of_several_that_take_a_slug_at_once_the_oldest_keeps_it(session):
    ids = [uuid4() for _ in range(3)]
    for age, id_ in enumerate(ids):
        session.execute(
            text(
                "insert into core.entities (id, kind, created_at) values (:id, 'show', now() + :age * interval '1 s')"
            ),
            {"id": id_, "age": age},
        )
    write(session, Fact, [{"entity_id": id_, "source": "tmdb", "fields": {"name": "Same Name"}} for id_ in ids])
    derive(session, Kind.SHOW, ids)
    assert slug(session, ids[0]) == "same-name"
    for id_ in ids[1:]:
        assert slug(session, id_) == f"same-name--{str(id_)[:8]}"
        assert owner(session, slug(session, id_)) == id_


def test_a_removed_entity_has_no_terms_until_it_is_back(session):
    show = said(session, Kind.SHOW, "Isola Ficta")
    entity = session.get_one(Entity, show)
    for removed, expected in (("2026-01-01T00:00:00Z", {}), (None, {"isola ficta": "name"})):
        entity.removed_at = removed
        session.flush()
        derive(session, Kind.SHOW, [show])
        assert terms(session, show) == expected


def found(session, asked, *kinds):
    rows = session.execute(
        text("select distinct on (entity_id) entity_id, tier from core.found(:q, :kinds, 10) order by 1, 2"),
        {"q": asked, "kinds": list(kinds or ("show", "person", "episode"))},
    )
    return dict(rows.tuples().all())


@pytest.mark.parametrize(
    ("asked", "tier"),
    [
        ("the real fictions of salt lake nullity", 0),
        ("THE RÉAL fictions: of salt lake nullity!", 0),
        ("rfosln", 0),
        ("rfos", 1),
        ("the real f", 1),
        ("salt lake", 2),
        ("lake real", 2),
        ("nulli fict", 2),
        ("real ficsions", 3),
        ("slat lake nulity", 3),
        ("fictoins", 3),
        ("saltlake", 3),
        ("…", None),
        ("'\\:*&|!()<->%_", None),
    ],
)
def test_words_beginnings_and_typing_errors_find_a_show(session, asked, tier):
    show = said(session, Kind.SHOW, "The Real Fictions of Salt Lake Nullity")
    said(session, Kind.PERSON, "Nemo Nemini", ["Quiet Captain"])
    assert found(session, asked) == ({} if tier is None else {show: tier})
    assert found(session, asked, "person") == {}
