"""`docs/data.md` describes every table and every column as they are, and none that there is not."""

import re
from functools import cache

import pytest
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

import models  # noqa: F401  (fills the metadata)
from db.migrations.views import VIEWS
from tests.docs.pages import ROOT, codes

PAGE = ROOT / "docs" / "data.md"
SHORT = {
    "VARCHAR": "text",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "DOUBLE PRECISION": "double precision",
}


@cache
def sections() -> dict[str, str]:
    """The text below each heading that names a table or a view."""
    parts = re.split(r"^### `([\w.]+)`\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: body.split("\n## ")[0] for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def told(table: str) -> list[tuple[str, str]]:
    """The columns that the page tells of, in its order, each with its type."""
    return re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", sections()[table], flags=re.MULTILINE)


def kind(column: "Column[object]") -> str:
    """A column's type as the page writes it; `?` marks one that may be null."""
    name = column.type.compile(dialect=postgresql.dialect())
    for long, short in SHORT.items():
        name = name.replace(long, short)
    return name.lower().replace(", ", ",") + ("?" if column.nullable else "")


def test_every_table_has_a_section_and_no_other_has():
    assert sorted(name for name in sections() if name not in views()) == sorted(SQLModel.metadata.tables)


@pytest.mark.parametrize("table", sorted(SQLModel.metadata.tables))
def test_every_column_is_told_with_its_type(table):
    columns = SQLModel.metadata.tables[table].columns
    assert told(table) == [(column.name, kind(column)) for column in columns]


def views() -> set[str]:
    """The views that the migrations make."""
    made = re.compile(r"create view (\w+\.\w+)")
    files = (ROOT / "db" / "migrations").rglob("*.py")
    return {name for file in files for name in made.findall(file.read_text(encoding="utf-8"))}


def test_every_view_has_a_section():
    assert views() <= set(sections())


def test_columns_of_views_are_those_that_the_page_tells():
    for name, statement in VIEWS.items():
        told_columns = codes(sections()[f"ops.{name}"].split("### ")[0]) - {"ops.sync_state"}
        assert told_columns <= set(re.findall(r"\w+", statement))
