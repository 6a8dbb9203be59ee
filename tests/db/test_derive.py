"""Derive: what is shown, from what the sources say."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlmodel import select

from db.bulk import Counts, write
from db.commands.facts import put_facts
from db.commands.identity import claim, create
from db.commands.listing import unlist
from db.commands.membership import put_items, put_list
from db.derive import MODELS, NESTED, derive
from models.entities import IdSource, Kind, Source
from models.images import Image
from models.people import Person
from models.rules.dates import is_partial
from models.rules.precedence import SOURCES
from models.rules.zodiac import sign_of
from models.shows import Episode, LabelKind, Season, Show, ShowLabel
from tests.db import rows as make
from tests.db.rows import touched


def shown(session, id_, model=Show):
    session.expire_all()
    return session.get_one(model, id_)


def said(session, kind=Kind.SHOW, /, **sources):
    """An entity of which these sources say these fields, derived."""
    id_ = make.entity(session, kind)
    for source, fields in sources.items():
        make.fact(session, id_, source, **fields)
    derive(session, kind, [id_])
    return id_


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_with_an_order_of_sources_is_a_column(kind):
    assert SOURCES[kind].keys() - set(MODELS[kind].model_fields) == set()


def test_the_first_source_of_a_field_fills_it_and_the_next_where_it_is_silent(session):
    show = said(
        session,
        tmdb={"name": "By TMDb", "description": "By TMDb"},
        imdb={"name": "By IMDb", "original_name": "By IMDb", "imdb_rating": 7.5},
    )
    row = shown(session, show)
    assert (row.name, row.description, row.original_name) == ("By TMDb", "By TMDb", "By IMDb")
    assert row.imdb_rating == Decimal("7.5")


def test_the_order_of_sources_differs_by_kind_and_field(session):
    show, season = make.show(session), None
    season = make.season(session, show, 1)
    episode = make.episode(session, show, season, 1)
    for source in ("tmdb", "imdb"):
        make.fact(session, episode, source, name=f"By {source}", runtime=1 if source == "tmdb" else 2)
    derive(session, Kind.EPISODE, [episode])
    row = shown(session, episode, Episode)
    assert (row.name, row.runtime) == ("By imdb", 1)

    views = {s: {"name": f"By {s}", "birth_date": f"200{n}-01-01"} for n, s in enumerate(("tmdb", "imdb", "wikidata"))}
    person = shown(session, said(session, Kind.PERSON, **views), Person)
    assert (person.name, person.birth_date) == ("By tmdb", date(2002, 1, 1))


def test_a_source_without_a_say_in_a_field_does_not_fill_it(session):
    row = shown(session, said(session, tmdb={"name": "One"}, imdb={"tagline": "IMDb has none", "status": "Ended"}))
    assert (row.tagline, row.status) == (None, None)


def test_an_editor_comes_first_even_with_nothing(session):
    show = make.entity(session)
    tmdb = {
        "name": "By TMDb",
        "tagline": "wrong",
        "status": "Ended",
        "runtimes": [1],
        "next_episode": {"name": "wrong"},
    }
    put_facts(session, Source.TMDB, {show: tmdb})
    editor: dict[str, object] = {"name": "By us", "tagline": None, "runtimes": [], "next_episode": None}
    put_facts(session, Source.EDITOR, {show: editor})
    derive(session, Kind.SHOW, [show])
    row = shown(session, show)
    assert (row.name, row.tagline, row.runtimes, row.next_episode) == ("By us", None, [], None)
    assert row.status == "Ended"


def test_what_a_source_no_longer_says_is_shown_no_more(session):
    show = said(session, tmdb={"name": "One", "tagline": "gone", "languages": ["en"]})
    put_facts(session, Source.TMDB, {show: {"name": "One"}})
    assert derive(session, Kind.SHOW, [show]) == Counts(updated=1)
    row = shown(session, show)
    assert (row.tagline, row.languages) == (None, [])


def test_every_type_of_field_is_shown_as_it_was_said(session):
    nasty = "quote\" {brace,} back\\slash \n 🦩 'x'"
    row = shown(
        session,
        said(
            session,
            tmdb={
                "name": nasty,
                "adult": False,
                "premiere_date": "1999-12-31",
                "runtimes": [60, 42, 60],
                "languages": ["en", nasty],
                "next_episode": {"name": nasty, "season_number": 0},
                "tmdb_vote_count": 12,
                "tmdb_popularity": 1234.5678,
            },
        ),
    )
    assert (row.name, row.adult, row.premiere_date) == (nasty, False, date(1999, 12, 31))
    assert (row.runtimes, row.languages) == ([60, 42, 60], ["en", nasty])
    assert row.next_episode == {"name": nasty, "season_number": 0}
    assert (row.tmdb_vote_count, row.tmdb_popularity) == (12, Decimal("1234.5678"))


def test_deriving_again_touches_no_row_also_where_numbers_are_rounded(session):
    show = said(
        session,
        tmdb={
            "name": "Étoile d'Été", "tmdb_vote_average": 7.123456, "tmdb_popularity": 0.00005, "runtimes": [1],
            "next_episode": {"name": "Next"}, "episode_total": 3,
        },
    )  # fmt: skip
    assert shown(session, show).tmdb_vote_average == Decimal("7.123")
    with touched(session) as seen:
        assert derive(session, Kind.SHOW, [show]) == Counts(unchanged=1)
    assert seen.tables == {}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in NESTED])
def test_derive_makes_the_row_of_an_entity_that_a_source_names_and_again_touches_nothing(session, kind):
    entity = make.entity(session, kind)
    put_facts(session, Source.TMDB, {entity: {"name": "Ærlig Ærlig"}})
    assert derive(session, kind, [entity]) == Counts(inserted=1)
    assert shown(session, entity, MODELS[kind]).sort_name == "aerlig aerlig"
    with touched(session) as seen:
        assert derive(session, kind, [entity]) == Counts(unchanged=1)
    assert seen.tables == {}


@pytest.mark.parametrize(("kind", "model"), [(Kind.SEASON, Season), (Kind.EPISODE, Episode)])
def test_derive_makes_no_season_and_no_episode(session, kind, model):
    entity = make.entity(session, kind)
    put_facts(session, Source.TMDB, {entity: {"name": "One"}})
    derive(session, kind, [entity])
    assert session.exec(select(model)).all() == []


def test_deriving_nothing_does_nothing(session):
    assert derive(session, Kind.SHOW, []) == Counts()


def test_one_derive_brings_many_up_to_date_and_counts_each_once(session):
    same, changed, new = (make.entity(session) for _ in range(3))
    put_facts(session, Source.TMDB, {same: {"name": "Same"}, changed: {"name": "Before"}})
    derive(session, Kind.SHOW, [same, changed])
    put_facts(session, Source.TMDB, {changed: {"name": "After"}, new: {"name": "New"}})
    counts = derive(session, Kind.SHOW, [same, changed, new, same, new])
    assert counts == Counts(inserted=1, updated=1, unchanged=1)


def test_the_name_to_sort_by_has_no_accents_and_no_capitals(session):
    assert shown(session, said(session, tmdb={"name": "Les Apprentis d'Été"})).sort_name == "les apprentis d'ete"


def test_what_no_source_names_goes_by_its_external_id_until_one_does(session):
    show = make.entity(session)
    assert derive(session, Kind.SHOW, [show]).inserted == 0
    claim(session, Kind.SHOW, {show: {IdSource.IMDB: "tt42"}})
    assert derive(session, Kind.SHOW, [show]) == Counts(inserted=1)
    assert (shown(session, show).name, shown(session, show).sort_name) == ("tt42", "tt42")
    assert derive(session, Kind.SHOW, [show]) == Counts(unchanged=1)
    put_facts(session, Source.TMDB, {show: {"name": "Found"}})
    derive(session, Kind.SHOW, [show])
    assert shown(session, show).name == "Found"


def test_a_name_that_no_source_gives_any_more_stays(session):
    show = said(session, tmdb={"name": "Kept"})
    put_facts(session, Source.TMDB, {show: {"tagline": "no name now"}})
    derive(session, Kind.SHOW, [show])
    assert (shown(session, show).name, shown(session, show).sort_name) == ("Kept", "kept")


def test_what_must_hold_something_holds_its_default(session):
    person = said(session, Kind.PERSON, tmdb={"name": "Nemo", "gender": "female"})
    assert shown(session, person, Person).gender == "female"
    put_facts(session, Source.TMDB, {person: {"name": "Nemo"}})
    derive(session, Kind.PERSON, [person])
    assert shown(session, person, Person).gender == "unknown"
    put_facts(session, Source.EDITOR, {person: {"gender": None}})
    assert derive(session, Kind.PERSON, [person]) == Counts(unchanged=1)


def test_the_primary_ids_are_mirrored_on_the_row(session):
    show = said(session, tmdb={"name": "One"})
    claim(session, Kind.SHOW, {show: {IdSource.TMDB: "1", IdSource.IMDB: "tt1", IdSource.TVDB: "5"}})
    derive(session, Kind.SHOW, [show])
    assert (shown(session, show).tmdb_id, shown(session, show).imdb_id) == (1, "tt1")
    claim(session, Kind.SHOW, {show: {IdSource.IMDB: "tt2"}})
    derive(session, Kind.SHOW, [show])
    assert (shown(session, show).tmdb_id, shown(session, show).imdb_id) == (1, "tt2")


def test_labels_are_the_union_over_the_sources(session):
    show = said(session, tmdb={"name": "One"})
    labels = [
        ("tmdb", LabelKind.GENRE, "Reality"), ("imdb", LabelKind.GENRE, "Reality"), ("imdb", LabelKind.GENRE, "Game"),
        ("tmdb", LabelKind.KEYWORD, "island"), ("fandom", LabelKind.TAG, "cosy"),
    ]  # fmt: skip
    write(session, ShowLabel, [{"show_id": show, "source": s, "kind": k, "name": n} for s, k, n in labels])
    derive(session, Kind.SHOW, [show])
    row = shown(session, show)
    assert (row.genres, row.keywords, row.tags) == (["Game", "Reality"], ["island"], ["cosy"])


def test_a_show_is_listed_on_the_sources_of_the_lists_that_it_has_not_left(session):
    show, other = said(session, tmdb={"name": "One"}), said(session, tmdb={"name": "Other"})
    lists = [
        put_list(session, source, name, None, None) for source, name in (("tmdb", "1"), ("tmdb", "2"), ("imdb", "a"))
    ]
    for list_id in lists:
        put_items(session, list_id, [_place(list_id, show), _place(list_id, other)], whole=True)
    derive(session, Kind.SHOW, [show])
    assert shown(session, show).listed_on == ["imdb", "tmdb"]
    put_items(session, lists[2], [_place(lists[2], other)], whole=True)
    derive(session, Kind.SHOW, [show])
    assert shown(session, show).listed_on == ["tmdb"]


def _place(list_id, show_id):
    return {"list_id": list_id, "show_id": show_id, "rank": 1, "note": None, "left_at": None}


def test_totals_are_claimed_until_there_are_rows_to_count(session):
    show = said(session, tmdb={"name": "One", "season_total": 9, "episode_total": 99})
    row = shown(session, show)
    assert (row.season_total, row.episode_total, row.totals_counted) == (9, 99, False)

    specials, first = make.season(session, show, 0), make.season(session, show, 1)
    make.episode(session, show, specials, 1)
    derive(session, Kind.SHOW, [show])
    row = shown(session, show)
    assert (row.season_total, row.episode_total, row.totals_counted) == (1, 99, False)

    make.episode(session, show, first, 0)
    gone = make.episode(session, show, first, 1)
    derive(session, Kind.SHOW, [show])
    row = shown(session, show)
    assert (row.season_total, row.episode_total, row.totals_counted) == (1, 2, True)

    unlist(session, Episode, [gone])
    assert derive(session, Kind.SHOW, [show]) == Counts(updated=1)
    assert shown(session, show).episode_total == 1


def test_episodes_of_a_season_that_is_listed_no_more_are_not_counted(session):
    show = said(session, tmdb={"name": "One"})
    for number in (1, 2):
        make.episode(session, show, make.season(session, show, number), 1)
    gone = session.exec(select(Season.id).where(Season.season_number == 2)).one()
    unlist(session, Season, [gone])
    derive(session, Kind.SHOW, [show])
    row = shown(session, show)
    assert (row.season_total, row.episode_total) == (1, 1)


def test_a_seasons_total_is_counted_where_there_are_episodes(session):
    show = make.show(session)
    season = make.season(session, show, 1)
    put_facts(session, Source.TMDB, {season: {"name": "Season 1", "episode_total": 10}})
    derive(session, Kind.SEASON, [season])
    assert shown(session, season, Season).episode_total == 10
    make.episode(session, show, season, 1)
    derive(session, Kind.SEASON, [season])
    assert shown(session, season, Season).episode_total == 1
    with touched(session) as seen:
        assert derive(session, Kind.SEASON, [season]) == Counts(unchanged=1)
    assert seen.tables == {}


def test_a_show_without_totals_shows_none(session):
    row = shown(session, said(session, tmdb={"name": "One"}))
    assert (row.season_total, row.episode_total, row.totals_counted) == (None, None, False)


def born(session, **sources):
    """What is shown of the birth of somebody of whom these sources say these dates."""
    row = shown(
        session, said(session, Kind.PERSON, **{s: {"name": "N", "birth_date": d} for s, d in sources.items()}), Person
    )
    return row.birth_date, row.birth_precision, row.zodiac


@pytest.mark.parametrize(
    ("said_date", "day", "precision", "sign"),
    [
        ("1974-12-14", date(1974, 12, 14), "day", "sagittarius"),
        ("1974-12", date(1974, 12, 1), "month", None),
        ("1974", date(1974, 1, 1), "year", None),
        ("2000-02-29", date(2000, 2, 29), "day", "pisces"),
    ],
)
def test_a_date_is_shown_as_exactly_as_it_is_known(session, said_date, day, precision, sign):
    assert born(session, tmdb=said_date) == (day, precision, sign)


@pytest.mark.parametrize(
    "nonsense",
    ["1974-02-30", "1900-02-29", "0000", "1974-13", "1974-00-00", "74", "1974-1-2", "1974-12-14x", "x", " 1974"],
)
def test_what_is_no_date_says_nothing(session, nonsense):
    assert not is_partial(nonsense)
    assert born(session, wikidata=nonsense) == (None, None, None)
    assert born(session, wikidata=nonsense, fandom="1980") == (date(1980, 1, 1), "year", None)


def test_the_most_exact_date_is_shown_and_of_equally_exact_ones_the_first_sources(session):
    assert born(session, wikidata="1974", imdb="1975-12", tmdb="1974") == (date(1975, 12, 1), "month", None)
    assert born(session, wikidata="1974", tmdb="1973", imdb="1972") == (date(1974, 1, 1), "year", None)
    assert born(session, tmdb="1974-05-05", fandom="1975-06-06")[0] == date(1974, 5, 5)


def test_an_editors_date_is_shown_however_inexact_and_also_when_it_says_none(session):
    assert born(session, editor="1974", tmdb="1975-12-14") == (date(1974, 1, 1), "year", None)
    assert born(session, editor=None, tmdb="1975-12-14") == (None, None, None)


def test_a_death_is_known_as_exactly_as_a_birth(session):
    row = shown(session, said(session, Kind.PERSON, imdb={"name": "N", "death_date": "2001-07"}), Person)
    assert (row.death_date, row.death_precision, row.birth_precision) == (date(2001, 7, 1), "month", None)


def test_every_day_of_a_leap_year_has_the_sign_of_the_table(session):
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]
    people = {day: uuid4() for day in days}
    create(session, Kind.PERSON, people.values())
    facts = {id_: {"name": "N", "birth_date": day.isoformat()} for day, id_ in people.items()}
    put_facts(session, Source.TMDB, facts)
    derive(session, Kind.PERSON, list(people.values()))
    signs = dict(session.exec(select(Person.id, Person.zodiac)).all())
    assert {day: signs[id_] for day, id_ in people.items()} == {day: sign_of(day) for day in days}


def test_a_gender_that_a_source_does_not_know_hides_no_other_sources(session):
    def gender(**sources):
        views = {source: {"name": "N", "gender": gender} for source, gender in sources.items()}
        return shown(session, said(session, Kind.PERSON, **views), Person).gender

    assert gender(wikidata="unknown", tmdb="female") == "female"
    assert gender(wikidata="unknown") == "unknown"
    assert gender(editor="unknown", tmdb="female") == "unknown"
    assert gender(wikidata="non_binary", tmdb="female") == "non_binary"


def test_a_life_is_told_by_wikis_first_and_handles_by_tmdb(session):
    person = said(
        session,
        Kind.PERSON,
        tmdb={"name": "N", "instagram_id": "by.tmdb"},
        fandom={"residence": "Here", "instagram_id": "by.fandom"},
        wikidata={"residence": "There", "occupations": ["realtor", "model"], "instagram_id": "w", "tiktok_id": "w"},
    )
    row = shown(session, person, Person)
    assert (row.residence, row.occupations) == ("Here", ["realtor", "model"])
    assert (row.instagram_id, row.tiktok_id) == ("by.tmdb", "w")


def picture(session, person, name, **columns):
    columns = {
        "source": "tmdb",
        "kind": "profile",
        "width": 10,
        "height": 10,
        "vote_count": None,
        "is_listed": True,
    } | columns
    row = {"id": uuid4(), "entity_id": person, "source_id": name, "url": f"https://images.invalid/{name}", **columns}
    write(session, Image, [row])
    return row["id"]


def test_the_picture_is_the_best_listed_portrait_of_the_first_source(session):
    person = said(session, Kind.PERSON, tmdb={"name": "N"})

    def chosen():
        derive(session, Kind.PERSON, [person])
        return shown(session, person, Person).profile_image_id

    picture(session, person, "scene", kind="media", vote_count=99)
    picture(session, person, "gone", is_listed=False, vote_count=99)
    assert chosen() is None
    of_wiki = picture(session, person, "wiki", source="fandom", vote_count=50, width=4000, height=4000)
    assert chosen() == of_wiki
    small = picture(session, person, "small")
    assert chosen() == small
    large = picture(session, person, "large", width=400, height=600)
    assert chosen() == large
    liked = picture(session, person, "liked", vote_count=1)
    assert chosen() == liked
    editors = picture(session, person, "ours", source="editor")
    assert chosen() == editors


def test_an_editors_choice_is_the_picture_and_may_be_none(session):
    person, other = said(session, Kind.PERSON, tmdb={"name": "N"}), said(session, Kind.PERSON, tmdb={"name": "O"})
    scene, portrait, foreign = (
        picture(session, person, "scene", kind="media"), picture(session, person, "portrait"),
        picture(session, other, "foreign"),
    )  # fmt: skip

    def chosen(choice):
        put_facts(session, Source.EDITOR, {person: {"profile_image_id": choice}})
        derive(session, Kind.PERSON, [person])
        return shown(session, person, Person).profile_image_id

    assert chosen(str(scene)) == scene
    assert chosen(None) is None
    assert chosen(str(foreign)) == portrait
