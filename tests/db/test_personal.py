"""What belongs to a user: each table that refers to users says what a copy of their data holds, and what stays when they go."""

import json

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel, select

import models  # noqa: F401  (fills the metadata)
from db.commands import personal, users
from db.commands.personal import BELONGINGS, Fate, rows_of
from db.session import as_system
from models.accounts import Role, User, UserStatus
from tests.db.filled import fill


def test_every_column_that_refers_to_a_user_says_what_becomes_of_it_and_no_other_is_told():
    referring = {
        (table.fullname, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.fullname == "accounts.users"
    }
    assert {(b.table, b.column) for b in BELONGINGS} == referring | {("accounts.users", "id")}


@pytest.mark.parametrize("belonging", BELONGINGS, ids=lambda b: b.name)
def test_an_export_names_columns_that_are_there_and_no_secret(belonging):
    columns = SQLModel.metadata.tables[belonging.table].columns
    assert set(belonging.exported) <= set(columns.keys())
    assert not {"hash", "token", "key", "digest"} & set(belonging.exported)
    if belonging.fate is Fate.DETACHED:
        assert columns[belonging.column].nullable


@pytest.fixture
def filled(database, postgres):
    """A database with a row of one user in every table; gives the user's id."""
    engine = create_engine(postgres.url(database.name))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as superuser:
        rows = fill(superuser)
    engine.dispose()
    return rows["accounts.users"]["id"]


def test_every_exported_table_gives_its_rows_as_json(filled):
    with as_system() as session:
        for belonging in BELONGINGS:
            rows = list(rows_of(session, belonging, filled)) if belonging.exported else []
            assert [set(row) for row in rows] == [set(belonging.exported)] * bool(belonging.exported), belonging.name
            json.dumps(rows)


def test_who_leaves_leaves_a_tombstone_and_what_others_need(filled):
    with as_system() as session:
        users.bury(session, session.get_one(User, filled))
    for _ in range(2):
        with as_system() as session:
            personal.forget(session, filled)
    with as_system() as session:
        left = {
            belonging.name: session.execute(
                text(f"select count(*) from {belonging.table} where {belonging.column} = :id"), {"id": filled}
            ).scalar_one()
            for belonging in BELONGINGS
        }
        kept = {b.name: int(b.fate is Fate.KEPT) for b in BELONGINGS}
        assert left == kept | {"accounts.identities": 1}
        personal.forget_identities(session, filled)
        assert session.execute(text("select count(*) from accounts.identities")).scalar_one() == 0
        user = session.exec(select(User)).one()
        assert (user.username, user.display_name, user.bio, user.avatar_id) == (None,) * 4
        assert (user.role, user.status) == (Role.USER, UserStatus.DELETED)
        assert user.deleted_at is not None


def test_a_name_that_is_taken_in_whatever_case_is_left_empty(database):
    with as_system() as session:
        first = users.make(session, "ann", role=Role.MODERATOR)
        second = users.make(session, "Ann")
        assert (first.username, first.role, second.username) == ("ann", Role.MODERATOR, None)
        assert first.renamed_at is not None and second.renamed_at is None
        assert users.named(session, "ANN") == first
