"""Two that are one: whatever table there is, everything goes over, and comes back when the merge is undone."""

from collections.abc import Mapping
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from db.commands.merge import merge, rows
from db.commands.merge.undo import unmerge
from db.derive import MODELS, derive
from models.entities import Kind
from tests.db import rows as make
from tests.db.filled import Rows, row_for

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
    # The feed goes on to tell what was of an entity that was merged since.
    assert {tuple(row) for row in without_key} - known_to_merge == {("ops.changes", "entity_id")}


def test_unique_indexes_over_some_rows_only_are_those_that_the_merge_minds():
    """`external_ids`: one primary id; `wiki_pages`: confirmed for one entity, whichever that is."""
    found = {index.name for table in rows.tables() for index in table.indexes if index.unique and rows.partial(index)}
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
    one_each |= {"core.list_items", "core.show_companies", "core.show_networks"}
    assert {table: count for table, count in had.items() if kept[table] != count and table not in one_each} == {}
