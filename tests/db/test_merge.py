"""Two that are one: whatever table there is, everything goes over, and comes back when the merge is undone."""

import random
import sys
import threading
from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from db.__main__ import main
from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import claim, followed, known
from db.commands.merge import MergeRefused, merge, rows
from db.commands.merge.undo import unmerge
from db.derive import MODELS, derive
from db.session import read, unit_of_work
from models.entities import Alias, IdSource, Kind, Source
from models.images import Image
from models.people import Credit, CreditCount
from tests.db import rows as make
from tests.db.filled import Rows, row_for
from tests.db.rows import touched

NOT_COMPARED = {"core.merge_log", "ops.changes", "ops.installation"}
MERGED = [Kind.SHOW, Kind.PERSON, Kind.NETWORK, Kind.COMPANY, Kind.PROVIDER]

World = dict[str, UUID]
"""An entity of each kind, by the table that shows it; those of a show belong together."""


def world(session: Session, name: str) -> World:
    """A show with a season and an episode, a person, and an organisation of each kind."""
    made: World = {}
    made["core.shows"] = make.show(session, name)
    made["core.seasons"] = make.season(session, made["core.shows"], 1)
    made["core.episodes"] = make.episode(session, made["core.shows"], made["core.seasons"], 1)
    made["core.people"] = make.person(session, name)
    for kind in (Kind.NETWORK, Kind.COMPANY, Kind.PROVIDER):
        table = MODELS[kind].__table__  # type: ignore[attr-defined]
        made[table.fullname] = make.entity(session, kind)
        session.execute(table.insert().values(id=made[table.fullname], name=name))
    return made


SHARED = ("core.lists", "core.assets")
"""What rows of both refer to: the list that both stand on, the asset that both show."""


_ids = count(900_000_000)


def fill(
    session: Session, entity: UUID, kind: Kind, of: Mapping[str, UUID], others: Rows, word: str, **page: str
) -> Rows:
    """A row about these entities in every table that can have one; answers them by table.

    `entity` is the one that tables for all kinds speak of; `others` are rows to refer to where none is made here; `word`
    makes rows other than those of somebody else.
    """
    own = {entity, *of.values()} - {row["id"] for row in others.values() if "id" in row}
    there = others | {table: {"id": id_} for table, id_ in of.items()} | {"core.entities": {"id": entity}}
    there["core.seasons"]["show_id"] = there["core.episodes"]["show_id"] = of["core.shows"]
    special: dict[str, dict[str, Any]] = {
        "core.external_ids": {"kind": kind, "value": str(next(_ids))},
        "core.slugs": {"slug": str(next(_ids))},
        "core.wiki_pages": page,
        "core.credits": {} if kind is Kind.SHOW else {"source_id": str(next(_ids))},
        "ops.match_cases": {"kind": kind, "candidates": [{"source": "tmdb", "value": "1"}]},
    }
    for table in SQLModel.metadata.sorted_tables:
        if table.fullname not in {*rows.shown(), *NOT_COMPARED} and rows.references(table):
            row = row_for(table, there, word) | special.get(table.fullname, {})
            if own & {row[name] for name in rows.references(table)}:
                there[table.fullname] = put(session, table, row)
    return there


def put(session: Session, table: Any, row: dict[str, Any]) -> dict[str, Any]:
    return dict(session.execute(table.insert().values(row).returning(*table.c)).mappings().one())


def derive_all(session: Session) -> None:
    for kind in Kind:
        ids = session.execute(text("select id from core.entities where kind = :kind"), {"kind": kind}).scalars().all()
        derive(session, kind, ids)


def everything(session: Session) -> dict[str, list[str]]:
    """Every row there is, but for versions, which only rise, and for what tells of merges."""
    session.flush()
    return {
        table.fullname: sorted(
            session.execute(
                text(f"select (to_jsonb(t) - 'version' - 'touched_by') :: text from {table.fullname} t")
            ).scalars()
        )
        for table in SQLModel.metadata.sorted_tables
        if table.fullname not in NOT_COMPARED
    }


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, Any]:
    """What is not the same. A slug that was given in between stays: it may stand in somebody's bookmarks."""
    other = other | {"core.slugs": sorted(set(one["core.slugs"]) & set(other["core.slugs"]))}
    return {
        table: (sorted(set(one[table]) - set(other[table])), sorted(set(other[table]) - set(one[table])))
        for table in one
        if one[table] != other[table]
    }


def references_in_database(session: Session) -> list[tuple[str, str]]:
    """Every column that has a foreign key to a table of entities, as PostgreSQL knows it."""
    found = session.execute(
        text(
            "select c.conrelid :: regclass :: text, a.attname from pg_constraint c"
            " join lateral unnest(c.conkey, c.confkey) as k(here, there) on true"
            " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.here"
            " join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.there and b.attname = 'id'"
            " where c.contype = 'f' and c.confrelid :: regclass :: text = any(:tables)"
        ),
        {"tables": sorted(rows.shown())},
    )
    return sorted({(table, column) for table, column in found})


STAYS = {
    *((table, "id") for table in rows.shown()),
    ("core.entities", "merged_into"),
    ("core.merge_log", "winner_id"),
    ("core.merge_log", "loser_id"),
    ("core.seasons", "show_id"),
    ("core.episodes", "show_id"),
    ("core.episodes", "season_id"),
}
"""What may still name a loser: its own row, what tells of the merge, and what below a show became another with it."""


def test_the_merge_knows_every_table_that_refers_to_entities(session):
    """A table that the models do not tell of, or a reference without a foreign key of its own, would be missed."""
    known_to_merge = {(t.fullname, c) for t in rows.tables() for c in rows.references(t)}
    apart = STAYS - {("core.seasons", "show_id"), ("core.episodes", "show_id"), ("core.episodes", "season_id")}
    assert set(references_in_database(session)) - apart <= known_to_merge
    without_key = session.execute(
        text(
            "select table_schema || '.' || table_name, column_name from information_schema.columns"
            " where table_schema in ('core', 'ops') and column_name ~ '(entity|show|season|episode|person|other)_id$'"
            " and data_type = 'uuid' and table_name not in (select viewname from pg_views)"
        )
    ).all()
    # The feed goes on to tell what was of an entity that was merged since; search terms follow from what is derived.
    apart = {("ops.changes", "entity_id"), ("core.search_terms", "entity_id")}
    assert {tuple(row) for row in without_key} - known_to_merge == apart


def test_unique_indexes_over_some_rows_only_are_those_that_the_merge_minds():
    """`external_ids`: one primary id; `wiki_pages`: confirmed for one entity, whichever that is."""
    merged = [table for table in rows.tables() if rows.references(table)]
    found = {index.name for table in merged for index in table.indexes if index.unique and rows.partial(index)}
    assert found == {"uq_external_ids_primary", "uq_wiki_pages_confirmed"}


def two(session: Session, kind: Kind, *, alike: bool) -> tuple[World, World, UUID, UUID]:
    """Two worlds with a row in every table each; `alike`: the same rows, as far as the database lets them be."""
    winners, losers = world(session, "Winner"), world(session, "Loser")
    table = MODELS[kind].__table__.fullname  # type: ignore[attr-defined]
    of_loser = (
        winners | {table: losers[table]}
        if kind is not Kind.SHOW
        else losers
        | {name: id_ for name, id_ in winners.items() if name not in ("core.shows", "core.seasons", "core.episodes")}
    )
    tables = SQLModel.metadata.tables
    shared = {name: put(session, tables[name], row_for(tables[name], {}, 64 * "a")) for name in SHARED}
    words = ("same", "same") if alike else ("ours", "theirs")
    filled = fill(session, winners[table], kind, winners, shared, words[0], status="candidate")
    fill(session, losers[table], kind, of_loser, filled, words[1])
    derive_all(session)
    return winners, losers, winners[table], losers[table]


@pytest.mark.parametrize("alike", [False, True], ids=["other rows", "the same rows"])
@pytest.mark.parametrize("kind", MERGED)
def test_nothing_names_the_loser_any_more_and_undoing_it_restores_every_row(session, kind, alike):
    _, losers, winner, loser = two(session, kind, alike=alike)
    before = everything(session)
    gone = [loser] if kind is not Kind.SHOW else [losers[f"core.{name}"] for name in ("shows", "seasons", "episodes")]

    merge_id = merge(session, kind, winner, loser, "an id", "test")

    for table, column in references_in_database(session):
        if (table, column) not in STAYS:
            left = session.execute(
                text(f"select count(*) from {table} where {column} = any(:ids)"), {"ids": gone}
            ).scalar_one()
            assert left == 0, f"{table}.{column} still names the loser"
    assert (
        session.execute(
            text("select count(*) from core.entities where id = any(:ids) and merged_into is null"), {"ids": gone}
        ).scalar_one()
        == 0
    )
    unmerge(session, merge_id)
    assert differences(before, everything(session)) == {}


@pytest.mark.parametrize("kind", MERGED)
def test_what_only_the_loser_had_the_winner_has_now(session, kind):
    _, _, winner, loser = two(session, kind, alike=False)
    had = {
        table.fullname: len(rows.referring(session, table, rows.references(table), [winner, loser]))
        for table in rows.tables()
        if table.fullname not in {*rows.shown(), "core.merge_log"}
    }
    merge(session, kind, winner, loser, "an id", "test")
    kept = {
        table.fullname: len(rows.referring(session, table, rows.references(table), [winner]))
        for table in rows.tables()
        if table.fullname in had
    }
    # Of these a row has nothing in its key but whom it is about and who says so, which is the same for both here.
    one_each = {"core.facts", "ops.sync_state", "core.listings", "core.credit_counts", "core.appearances"}
    one_each |= {"core.cast_roles", "core.list_items", "core.show_companies", "core.show_networks"}
    assert {table: count for table, count in had.items() if kept[table] != count and table not in one_each} == {}


def sample_show(session: Session, name: str, seasons: Mapping[int, Mapping[int, str | None]]) -> tuple[UUID, Any]:
    """A show with seasons and episodes, given as {season: {episode: air date}}; answers their ids by number, too."""
    show = make.show(session, name)
    ids: dict[Any, UUID] = {}
    for number, episodes in seasons.items():
        ids[number] = make.season(session, show, number)
        for episode, aired in episodes.items():
            date_ = date.fromisoformat(aired) if aired else None
            ids[number, episode] = make.episode(session, show, ids[number], episode, air_date=date_)
            if date_:
                make.fact(session, ids[number, episode], "tmdb", air_date=aired)
    derive_all(session)
    return show, ids


def numbers(session: Session, show: UUID) -> list[tuple[int, int]]:
    rows_ = session.execute(
        text(
            "select s.season_number, e.episode_number from core.episodes e join core.seasons s on s.id = e.season_id"
            " where e.show_id = :show and e.is_listed and s.is_listed and s.show_id = :show order by 1, 2"
        ),
        {"show": show},
    )
    return [(season, episode) for season, episode in rows_]


def test_shows_with_overlapping_seasons_become_one_by_number_then_by_date(session):
    winner, ours = sample_show(session, "Ours", {1: {1: "2020-01-01", 2: "2020-01-08"}, 2: {1: "2021-01-01"}})
    loser, theirs = sample_show(
        session, "Theirs", {0: {1: None}, 1: {1: None, 2: None, 3: "2020-01-15"}, 3: {1: "2021-01-01", 2: None}}
    )
    before = everything(session)
    merge_id = merge(session, Kind.SHOW, winner, loser, "an id", "test")
    session.execute(text("set constraints all immediate"))

    # 3x01 of theirs aired when 2x01 of ours did: it is that one.
    assert numbers(session, winner) == [(0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (3, 2)]
    became = followed(session, theirs.values())
    assert became == {theirs[1]: ours[1], theirs[1, 1]: ours[1, 1], theirs[1, 2]: ours[1, 2], theirs[3, 1]: ours[2, 1]}
    assert numbers(session, loser) == []
    totals = "select season_total, episode_total from core.shows where id = :id"
    assert tuple(session.execute(text(totals), {"id": winner}).one()) == (3, 5)

    unmerge(session, merge_id)
    session.execute(text("set constraints all immediate"))
    assert differences(before, everything(session)) == {}


def test_an_episode_that_the_winner_lists_no_more_is_listed_again_when_the_loser_lists_it(session):
    winner, ours = sample_show(session, "Ours", {1: {1: None}})
    loser, theirs = sample_show(session, "Theirs", {1: {1: None}})
    session.execute(text("update core.episodes set is_listed = false where id = :id"), {"id": ours[1, 1]})
    session.execute(text("update core.entities set removed_at = now() where id = :id"), {"id": ours[1, 1]})
    derive_all(session)
    before = everything(session)
    merge_id = merge(session, Kind.SHOW, winner, loser, "an id", "test")
    assert followed(session, [theirs[1, 1]]) == {theirs[1, 1]: ours[1, 1]}
    assert numbers(session, winner) == [(1, 1)]
    removed = "select removed_at from core.entities where id = :id"
    assert session.execute(text(removed), {"id": ours[1, 1]}).scalar_one() is None
    unmerge(session, merge_id)
    assert differences(before, everything(session)) == {}


def test_what_a_person_corrected_on_either_holds_and_the_winners_word_is_first(session):
    winner, loser = make.person(session), make.person(session)
    make.fact(session, winner, "editor", name="Ours", homepage=None)
    make.fact(session, loser, "editor", name="Theirs", birth_place="Rome")
    make.fact(session, winner, "tmdb", biography="Primary")
    make.fact(session, loser, "tmdb", biography="Other", homepage="https://other.example")
    make.fact(session, loser, "wikidata", gender="female")
    merge(session, Kind.PERSON, winner, loser, "an id", "test")
    shown = session.execute(
        text("select name, homepage, birth_place, biography, gender from core.people where id = :id"), {"id": winner}
    )
    assert tuple(shown.one()) == ("Ours", None, "Rome", "Primary", "female")


def test_of_two_counts_in_one_show_the_larger_claim_stays(session):
    show, winner, loser = make.show(session), make.person(session), make.person(session)
    for person, episodes in ((winner, 3), (loser, 8)):
        session.execute(
            text(
                "insert into core.credit_counts (entity_id, person_id, source, category, show_id, episodes)"
                " values (:show, :person, 'tmdb', 'cast', :show, :episodes)"
            ),
            {"show": show, "person": person, "episodes": episodes},
        )
    merge_id = merge(session, Kind.PERSON, winner, loser, "an id", "test")
    counted = "select person_id, episodes from core.credit_counts order by episodes"
    assert [tuple(row) for row in session.execute(text(counted))] == [(winner, 8)]
    unmerge(session, merge_id)
    assert [tuple(row) for row in session.execute(text(counted))] == [(winner, 3), (loser, 8)]


def test_merging_again_is_the_same_merge_and_touches_nothing(session):
    winner, loser = make.person(session), make.person(session)
    made = merge(session, Kind.PERSON, winner, loser, "an id", "test")
    with touched(session) as seen:
        assert merge(session, Kind.PERSON, winner, loser, "another reason", "somebody") == made
    assert seen.tables == {}


def test_what_cannot_be_merged_says_why(session):
    person, other, removed, show = make.person(session), make.person(session), make.person(session), make.show(session)
    third = make.person(session)
    season = make.season(session, show, 1)
    session.execute(text("update core.entities set removed_at = now() where id = :id"), {"id": removed})
    merge(session, Kind.PERSON, person, other, "an id", "test")
    for winner, loser, kind, problem in (
        (person, person, Kind.PERSON, "is one already"),
        (person, show, Kind.PERSON, "it is a show"),
        (uuid4(), person, Kind.PERSON, "there is no person"),
        (person, removed, Kind.PERSON, "was removed at"),
        (other, person, Kind.PERSON, f"{other} was merged into {person} already"),
        (third, other, Kind.PERSON, f"{other} was merged into {person} already"),
        (season, season, Kind.SEASON, "with its show"),
    ):
        before = everything(session)
        with pytest.raises(MergeRefused, match=problem):
            merge(session, kind, winner, loser, "an id", "test")
        assert everything(session) == before


def test_chains_are_flat_and_undone_from_the_newest(session):
    a, b, c = (make.person(session, name) for name in "ABC")
    make.external_id(session, Kind.PERSON, a, "imdb", "nm1")
    derive_all(session)
    before = everything(session)
    first = merge(session, Kind.PERSON, b, a, "an id", "test")
    between = everything(session)
    second = merge(session, Kind.PERSON, c, b, "an id", "test")

    targets = session.execute(text("select merged_into from core.entities where merged_into is not null"))
    assert set(targets.scalars()) == {c}
    assert known(session, Kind.PERSON, IdSource.IMDB, ["nm1"]) == {"nm1": c}
    with pytest.raises(MergeRefused, match=f"merge {second} of the same person is newer"):
        unmerge(session, first)
    unmerge(session, second)
    assert differences(between, everything(session)) == {}
    unmerge(session, first)
    assert differences(before, everything(session)) == {}
    with pytest.raises(MergeRefused, match="was undone at"):
        unmerge(session, first)
    with pytest.raises(MergeRefused, match="there is no merge"):
        unmerge(session, uuid4())


def test_what_was_written_to_the_winner_since_stays_with_it_and_what_moved_goes_back_as_it_is_now(session):
    winner, loser = make.person(session, "Winner"), make.person(session, "Loser")
    make.external_id(session, Kind.PERSON, loser, "tmdb", "2")
    make.fact(session, loser, "tmdb", name="Loser", biography="old")
    merge_id = merge(session, Kind.PERSON, winner, loser, "an id", "test")
    put_facts(session, Source.TMDB, {winner: {"name": "Loser", "biography": "new"}})
    make.external_id(session, Kind.PERSON, winner, "imdb", "nm1")
    claim(session, Kind.PERSON, {winner: {IdSource.TMDB: "3"}})

    unmerge(session, merge_id)

    held = session.execute(text("select entity_id, value, is_primary from core.external_ids order by value"))
    assert {tuple(row) for row in held} == {(loser, "2", True), (winner, "3", True), (winner, "nm1", True)}
    told = session.execute(text("select biography from core.people where id = :id"), {"id": loser})
    assert told.scalar_one() == "new"
    shown = "select imdb_id, tmdb_id from core.people where id = :id"
    assert tuple(session.execute(text(shown), {"id": winner}).one()) == ("nm1", 3)


def test_wherever_the_primary_id_went_back_one_of_those_left_is_it(session):
    winner, loser = make.person(session), make.person(session)
    make.external_id(session, Kind.PERSON, winner, "tmdb", "1")
    make.external_id(session, Kind.PERSON, loser, "tmdb", "2")
    merge_id = merge(session, Kind.PERSON, winner, loser, "an id", "test")
    claim(session, Kind.PERSON, {winner: {IdSource.TMDB: "2"}})
    unmerge(session, merge_id)
    held = session.execute(text("select entity_id, value, is_primary from core.external_ids order by value"))
    assert [tuple(row) for row in held] == [(winner, "1", True), (loser, "2", True)]


@pytest.mark.parametrize("seed", range(3))
def test_any_merges_undone_in_turn_leave_everything_as_it_was(session, seed):
    """People with random ids, credits, images and names in shared shows; after every undo the state before its merge."""
    rng = random.Random(seed)
    shows = [make.show(session, f"Show {n}") for n in range(2)]
    everybody = [make.person(session, f"Person {n}") for n in range(5)]
    for person in everybody:
        random_rows(session, rng, person, shows)
    derive_all(session)
    done: list[tuple[UUID, dict[str, list[str]]]] = []
    standing = list(everybody)
    for _ in range(10):
        if len(standing) > 1 and (not done or rng.random() < 0.6):
            winner, loser = rng.sample(standing, 2)
            before = everything(session)
            done.append((merge(session, Kind.PERSON, winner, loser, "random", "test"), before))
            standing.remove(loser)
        else:
            made, before = done.pop()
            unmerge(session, made)
            assert differences(before, everything(session)) == {}
            losers = session.execute(text("select loser_id from core.merge_log where id = :id"), {"id": made})
            standing.append(losers.scalar_one())
    while done:
        made, before = done.pop()
        unmerge(session, made)
        assert differences(before, everything(session)) == {}


def random_rows(session: Session, rng: random.Random, person: UUID, shows: list[UUID]) -> None:
    for source in ("tmdb", "imdb", "wikidata"):
        if rng.random() < 0.6:
            make.external_id(session, Kind.PERSON, person, source, str(next(_ids)))
        if rng.random() < 0.6:
            make.fact(session, person, source, name=f"{source} {rng.randrange(3)}", biography=str(rng.random()))
        if rng.random() < 0.7:
            write(
                session, Alias, [{"entity_id": person, "source": source, "name": str(rng.randrange(2)), "country": ""}]
            )
        for show in shows:
            if rng.random() < 0.5:
                count_ = {"entity_id": show, "person_id": person, "source": source, "category": "cast", "show_id": show}
                write(session, CreditCount, [count_ | {"episodes": rng.randrange(9)}])
                credit = {"id": uuid4(), "show_id": show, "person_id": person, "source": source, "category": "cast"}
                write(session, Credit, [credit | {"source_id": str(next(_ids))}])
    for number in range(rng.randrange(3)):
        image = {"id": uuid4(), "entity_id": person, "source": "tmdb", "kind": "profile", "source_id": f"/{number}.jpg"}
        write(session, Image, [image | {"url": "https://images.example/x.jpg", "is_listed": rng.random() < 0.8}])


@pytest.mark.usefixtures("database")
def test_two_merges_of_one_pair_at_once_are_one_merge():
    with unit_of_work() as session:
        winner, loser = make.person(session), make.person(session)
    made: list[UUID] = []
    begun, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with unit_of_work() as session:
            made.append(merge(session, Kind.PERSON, winner, loser, "first", "test"))
            begun.set()
            assert may_end.wait(120)

    def second() -> None:
        assert begun.wait(120)
        with unit_of_work() as session:
            made.append(merge(session, Kind.PERSON, winner, loser, "second", "test"))

    threads = [threading.Thread(target=run) for run in (first, second)]
    for thread in threads:
        thread.start()
    assert begun.wait(120)
    may_end.set()
    for thread in threads:
        thread.join(30)
    assert len(made) == 2 and len(set(made)) == 1
    with unit_of_work() as session:
        assert session.execute(text("select count(*) from core.merge_log")).scalar_one() == 1


@pytest.mark.usefixtures("database")
def test_the_feed_tells_of_both_and_both_have_a_new_version():
    with unit_of_work() as session:
        winner, loser = make.person(session), make.person(session)
        make.external_id(session, Kind.PERSON, loser, "imdb", "nm1")
    last, before = at(winner, loser)
    with unit_of_work() as session:
        made = merge(session, Kind.PERSON, winner, loser, "an id", "test")
    told, after = at(winner, loser, since=last)
    assert after == {id_: version + 1 for id_, version in before.items()}
    assert (loser, "entities", ("merged_into",)) in told
    assert {(winner, "external_ids"), (loser, "external_ids")} <= {(id_, table) for id_, table, _ in told}
    last, before = at(winner, loser)
    with unit_of_work() as session:
        unmerge(session, made)
    told, after = at(winner, loser, since=last)
    assert after == {id_: version + 1 for id_, version in before.items()}
    assert (loser, "entities", ("merged_into",)) in told


def at(*entities: UUID, since: int | None = None) -> tuple[Any, dict[UUID, int]]:
    """The feed after `since`, or where it ends; and the versions of these entities."""
    with read() as connection:
        end = connection.execute(text("select coalesce(max(seq), 0) from ops.changes")).scalar_one()
        feed = connection.execute(
            text("select entity_id, table_name, fields from ops.changes where seq > :since"), {"since": since or end}
        )
        told = {(id_, table, tuple(fields)) for id_, table, fields in feed}
        versions = connection.execute(
            text("select id, version from core.entities where id = any(:ids)"), {"ids": list(entities)}
        )
        return (end if since is None else told), dict(versions.tuples().all())


def test_the_commands_merge_list_undo_and_say_why_not(database, monkeypatch, capsys):
    with unit_of_work() as session:
        winner, loser = make.person(session, "Nemo Fictus"), make.person(session)

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["python -m db", *map(str, arguments)])
        code = main()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    code, said = run("merge", "person", winner, loser, "--reason", "the same woman", "--by", "ann")
    assert code == 0 and (merge_id := said.split()[-1])
    code, said = run("merges")
    assert code == 0 and merge_id in said and "person Nemo Fictus by ann" in said and "the same woman" in said
    assert run("merge", "person", loser, winner, "--reason", "x") == (
        1,
        f"person {loser} was merged into {winner} already\n",
    )
    assert run("unmerge", merge_id) == (0, f"merge {merge_id} is undone\n")
    assert "undone" in run("merges")[1]
    assert run("unmerge", merge_id)[0] == 1
