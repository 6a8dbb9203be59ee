"""Provenance follows derive: whose word it calls shown is what is shown."""

import random
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import create
from db.derive import DIALECT, MODELS, derive
from db.provenance import sayings
from models.entities import Fact, Kind, Source
from models.rules.precedence import PARTIAL_DATES, SOURCES
from tests.db import rows as make

SEED = 20261121
DATES = ["1974", "1974-12", "1974-12-14", "1975-01-02", "1974-02-30", "soon"]


def said(rng: random.Random, kind: Kind, name: str) -> Any:
    """Something that a source could say of a field; sometimes nothing, sometimes nonsense."""
    column = MODELS[kind].__table__.c[name]  # type: ignore[attr-defined]
    if rng.random() < 0.15:
        return None
    if name in PARTIAL_DATES.get(kind, ()):
        return rng.choice(DATES)
    if name == "gender":
        return rng.choice(["female", "male", "non_binary", "unknown"])
    if isinstance(column.type, ARRAY):
        made = [str(rng.randint(1, 9))]
        return rng.choice([made, made, "no list"]) if name == "occupations" else made
    if isinstance(column.type, JSONB):
        return {"name": rng.randint(1, 9)}
    of = column.type.compile(dialect=DIALECT)
    made_of = {"VARCHAR": f"{name} {rng.randint(1, 9)}", "BOOLEAN": rng.random() < 0.5, "DATE": "1999-01-02"}
    return made_of.get(of, rng.randint(1, 9))


def shown_as(value: Any) -> Any:
    """A column's value as JSON would have it."""
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    if isinstance(value, Decimal | float):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.SHOW])
def test_what_provenance_calls_shown_is_shown(session, kind):
    rng = random.Random(SEED)
    entities = [UUID(int=rng.getrandbits(128), version=4) for _ in range(80)]
    create(session, kind, entities)
    facts = []
    for id_, source in product(entities, Source):
        if rng.random() < 0.8:
            fields = {name: said(rng, kind, name) for name in SOURCES[kind] if rng.random() < 0.6}
            fields["name"] = f"Named {rng.randint(1, 9)}"
            facts.append({"entity_id": id_, "source": source, "fields": fields})
    write(session, Fact, facts)
    derive(session, kind, entities)
    table = MODELS[kind].__table__  # type: ignore[attr-defined]
    shown = {row["id"]: row for row in session.execute(table.select()).mappings()}
    told = session.execute(text(sayings(kind)), {"ids": entities, "fields": None}).all()
    winners = {(row.entity_id, row.field): row for row in told if row.is_shown}
    compared = 0
    for (id_, field), row in winners.items():
        value = shown_as(shown[id_][field])
        if field in PARTIAL_DATES.get(kind, ()) and value is not None:
            precision = shown[id_][f"{field.removesuffix('_date')}_precision"]
            value = value[: {"year": 4, "month": 7, "day": 10}[precision]]
        if value is None or value == [] or (field == "gender" and row.value is None):
            assert row.source == "editor", field
        else:
            said_value = row.value if not isinstance(row.value, list) else [str(part) for part in row.value]
            assert value == (None if said_value == "no list" else said_value), (field, row)
            compared += 1
    silent = {(id_, name) for id_ in shown for name in SOURCES[kind]} - winners.keys()
    for id_, field in silent:
        assert shown[id_][field] in (None, [], "unknown"), field
    assert compared > 1000 and silent


def test_only_the_fields_asked_for_are_told(session):
    person = make.entity(session, Kind.PERSON)
    put_facts(session, Source.TMDB, {person: {"name": "N", "gender": "male", "no_column": 5}})
    rows = session.execute(text(sayings(Kind.PERSON)), {"ids": [person], "fields": ["gender"]}).all()
    assert [(row.field, row.source, row.value, row.is_shown) for row in rows] == [("gender", "tmdb", "male", True)]
