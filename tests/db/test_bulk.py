"""Bulk writes: the difference, all of the difference, and nothing but the difference."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from db.bulk import Counts, write
from models.entities import Alias, Entity, Fact, Kind, Source
from models.ops import MatchCase, Run, SourceRecord
from models.shows import LabelKind, Show, ShowLabel
from tests.db import rows as make
from tests.db.rows import touched

LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


def alias(entity_id, name, kind="", country=""):
    return {"entity_id": entity_id, "source": "tmdb", "name": name, "country": country, "kind": kind}


def label(show_id, name, kind=LabelKind.GENRE, source=Source.TMDB):
    return {"show_id": show_id, "source": source, "kind": kind, "name": name}


def names(session):
    return set(session.execute(text("select name from core.show_labels")).scalars())


def test_a_write_says_what_it_inserted_updated_removed_and_left(session):
    show = make.show(session)
    write(session, Alias, [alias(show, "one"), alias(show, "two"), alias(show, "three")])

    incoming = [alias(show, "one"), alias(show, "two", kind="changed"), alias(show, "four"), alias(show, "five")]
    counts = write(session, Alias, incoming, scope={"entity_id": show})

    assert counts == Counts(inserted=2, updated=1, removed=1, unchanged=1)
    assert counts.changed == 4
    stored = session.exec(select(Alias.name, Alias.kind).where(Alias.entity_id == show)).all()
    assert sorted(stored) == [("five", ""), ("four", ""), ("one", ""), ("two", "changed")]


def test_writing_the_same_again_touches_no_row(session):
    show = make.show(session)
    rows = [alias(show, name, kind=name) for name in ("one", "two", "three")]
    write(session, Alias, rows)
    versions = text("select name, ctid::text, xmin::text from core.aliases order by name")
    before = session.execute(versions).all()

    with touched(session) as seen:
        counts = write(session, Alias, reversed(rows), scope={"entity_id": show})

    assert counts == Counts(unchanged=3)
    assert seen.tables == {}
    assert session.execute(versions).all() == before


def test_only_the_rows_that_differ_are_touched(session):
    show = make.show(session)
    rows = [alias(show, str(number)) for number in range(100)]
    write(session, Alias, rows)

    with touched(session) as seen:
        write(session, Alias, [*rows[:98], alias(show, "98", kind="changed"), alias(show, "new")])

    assert seen.tables["core.aliases"] == 2


def test_a_scope_of_one_value_removes_only_there(session):
    one, other = make.show(session), make.show(session)
    write(session, ShowLabel, [label(one, "kept"), label(one, "gone"), label(other, "foreign")])

    counts = write(session, ShowLabel, [label(one, "kept")], scope={"show_id": one, "kind": LabelKind.GENRE})

    assert counts == Counts(removed=1, unchanged=1)
    assert names(session) == {"kept", "foreign"}


def test_a_scope_of_lists_removes_only_where_all_its_columns_agree(session):
    one, two, other = make.show(session), make.show(session), make.show(session)
    write(
        session,
        ShowLabel,
        [
            label(one, "gone"),
            label(two, "gone too", LabelKind.TAG),
            label(two, "of another kind", LabelKind.KEYWORD),
            label(two, "of another source", source=Source.IMDB),
            label(other, "of another show"),
        ],
    )

    scope = {"show_id": [one, two], "kind": (LabelKind.GENRE, LabelKind.TAG), "source": Source.TMDB}
    counts = write(session, ShowLabel, [label(one, "new")], scope=scope)

    assert counts == Counts(inserted=1, removed=2)
    assert names(session) == {"new", "of another kind", "of another source", "of another show"}


def test_a_scope_of_no_values_removes_nothing(session):
    write(session, ShowLabel, [label(make.show(session), "kept")])
    assert write(session, ShowLabel, [], scope={"show_id": []}) == Counts()
    assert names(session) == {"kept"}


def test_no_rows_empty_their_scope_and_without_one_do_nothing(session):
    show = make.show(session)
    write(session, ShowLabel, [label(show, "one"), label(show, "two")])

    assert write(session, ShowLabel, []) == Counts()
    assert names(session) == {"one", "two"}
    assert write(session, ShowLabel, [], scope={"show_id": show}) == Counts(removed=2)
    assert names(session) == set()


def test_the_stamp_moves_only_on_rows_that_change(session):
    same, other = make.entity(session), make.entity(session)
    rows = [{"entity_id": id_, "source": "tmdb", "fields": {"name": "before"}} for id_ in (same, other)]
    write(session, Fact, rows, stamp="changed_at")
    session.execute(text("update core.facts set changed_at = :then"), {"then": LONG_AGO})

    write(session, Fact, [rows[0], rows[1] | {"fields": {"name": "after"}}], stamp="changed_at")

    stamps = dict(session.execute(text("select entity_id, changed_at from core.facts")).all())
    assert stamps[same] == LONG_AGO
    assert stamps[other] == session.execute(text("select now()")).scalar_one()


def test_a_stored_row_keeps_its_insert_only_columns(session):
    show, first, second = make.show(session), uuid4(), uuid4()
    case = {"kind": "show", "entity_id": show, "source": "imdb", "reason": "test", "candidates": [], "status": "open"}
    key = ("entity_id", "source", "reason")
    write(session, MatchCase, [{"id": first, **case}], key=key, insert_only=("id",))

    with touched(session) as seen:
        assert write(session, MatchCase, [{"id": second, **case}], key=key, insert_only=("id",)) == Counts(unchanged=1)
    assert seen.tables == {}

    changed = {"id": second, **case, "status": "dismissed"}
    assert write(session, MatchCase, [changed], key=key, insert_only=("id",)) == Counts(updated=1)
    assert session.exec(select(MatchCase.id, MatchCase.status)).all() == [(first, "dismissed")]


def test_of_rows_with_the_same_key_the_first_counts(session):
    show = make.show(session)
    counts = write(session, Alias, [alias(show, "one", kind="first"), alias(show, "one", kind="second")])
    assert counts == Counts(inserted=1)
    assert session.exec(select(Alias.kind)).all() == ["first"]


def test_every_type_comes_back_as_it_went_in(session):
    id_ = make.entity(session)
    nasty = "tab\there, newline\nthere, return\r, back\\slash, \\N, \\., 'quote\" {brace,} 🦩 é é ﷽ \u200b \x01"
    row = {
        "id": id_,
        "name": nasty,
        "description": "",
        "tagline": None,
        "adult": None,
        "in_production": False,
        "premiere_date": date(1999, 12, 31),
        "last_air_date": None,
        "languages": ["en", nasty, "", "NULL", "a,b"],
        "genres": [],
        "runtimes": [0, 42],
        "next_episode": {"name": nasty, "list": [1, None, {"deep": True}], "number": 1.5},
        "most_recent_episode": None,
        "tmdb_vote_average": 8.125,
        "imdb_rating": Decimal("7.9"),
        "tmdb_vote_count": 2**31 - 1,
        "created_at": LONG_AGO,
    }

    write(session, Show, [row])

    stored = session.get_one(Show, id_)
    assert {name: getattr(stored, name) for name in row} == row
    assert session.execute(text("select next_episode is null, most_recent_episode is null from core.shows")).one() == (
        False,
        True,
    )
    with touched(session) as seen:
        assert write(session, Show, [row]) == Counts(unchanged=1)
    assert seen.tables == {}


def test_bytes_come_back_as_they_went_in(session):
    body = bytes(range(256))
    row = {
        "source": "tmdb", "resource": "show", "ref": "1", "status": 200, "body": body, "digest": "d", "etag": None,
        "fetched_at": LONG_AGO, "expires_at": LONG_AGO,
    }  # fmt: skip
    write(session, SourceRecord, [row], key=("source", "resource", "ref"))
    assert session.exec(select(SourceRecord.body)).one() == body


def test_a_number_finer_than_its_column_is_the_same_when_written_again(session):
    row = {"id": make.entity(session), "name": "Casa Ficta", "tmdb_vote_average": 7.12345678}
    assert write(session, Show, [row]) == Counts(inserted=1)
    assert write(session, Show, [row]) == Counts(unchanged=1)
    assert session.exec(select(Show.tmdb_vote_average)).one() == Decimal("7.123")


def test_a_value_becomes_null_and_null_becomes_a_value(session):
    id_ = make.show(session, tagline="before", next_episode={"name": "before"})
    row = {"id": id_, "name": "Casa Ficta", "tagline": None, "next_episode": None}
    assert write(session, Show, [row]) == Counts(updated=1)
    assert session.exec(select(Show.tagline, Show.next_episode)).one() == (None, None)
    assert write(session, Show, [row]) == Counts(unchanged=1)
    assert write(session, Show, [row | {"tagline": ""}]) == Counts(updated=1)


def test_two_writes_to_one_table_share_a_transaction(session):
    show = make.show(session)
    assert write(session, Alias, [alias(show, "one")]) == Counts(inserted=1)
    assert write(session, ShowLabel, [label(show, "two")]) == Counts(inserted=1)
    assert write(session, Alias, [alias(show, "one"), alias(show, "three")]) == Counts(inserted=1, unchanged=1)


def test_a_write_sees_what_the_session_has_not_flushed_yet(session):
    entity = Entity(id=uuid4(), kind=Kind.SHOW)
    session.add(entity)
    assert write(session, Fact, [{"entity_id": entity.id, "source": "tmdb", "fields": {}}]) == Counts(inserted=1)


def test_columns_that_are_not_written_get_their_defaults_and_keep_their_values(session):
    id_ = uuid4()
    row = {"id": id_, "stage": "test", "status": "running"}
    write(session, Run, [row])
    assert session.exec(select(Run.dry_run, Run.parameters)).one() == (False, {})
    session.execute(text("update ops.runs set dry_run = true"))
    assert write(session, Run, [row | {"status": "completed"}]) == Counts(updated=1)
    assert session.exec(select(Run.dry_run)).one() is True


ALIASES = st.lists(
    st.fixed_dictionaries(
        {
            "owner": st.integers(0, 2),
            "name": st.sampled_from(["a", "b", "A", "", "\\N", "\t"])
            | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=3),
            "kind": st.sampled_from(["", "x", "x ", "\n"]),
        }
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ALIASES, after=ALIASES, complete_for=st.sets(st.integers(0, 2)) | st.none())
@example(before=[{"owner": 0, "name": "a", "kind": ""}], after=[], complete_for={0})
def test_after_any_write_the_table_holds_its_rows_and_the_same_again_is_unchanged(session, before, after, complete_for):
    with session.begin_nested() as attempt:
        owners = [make.entity(session) for _ in range(3)]

        def rows_of(drawn):
            return [alias(owners[item["owner"]], item["name"], kind=item["kind"]) for item in drawn]

        def held():
            stored = session.execute(text("select entity_id, name, kind from core.aliases")).all()
            return {(owner, name): kind for owner, name, kind in stored}

        write(session, Alias, rows_of(before))
        old = held()
        new: dict[tuple[UUID, str], str] = {}
        for row in rows_of(after):
            new.setdefault((row["entity_id"], row["name"]), row["kind"])
        within = {owners[number] for number in complete_for or ()}
        gone = {key for key in old if key[0] in within and key not in new}
        scope = None if complete_for is None else {"entity_id": within}

        counts = write(session, Alias, rows_of(after), scope=scope)

        assert held() == {key: kind for key, kind in old.items() if key not in gone} | new
        assert counts == Counts(
            inserted=len(new.keys() - old.keys()),
            updated=len([key for key in new.keys() & old.keys() if new[key] != old[key]]),
            removed=len(gone),
            unchanged=len([key for key in new.keys() & old.keys() if new[key] == old[key]]),
        )
        again = [alias(*key, kind=kind) for key, kind in reversed(new.items())]
        with touched(session) as seen:
            assert write(session, Alias, again, scope=scope) == Counts(unchanged=len(new))
        assert seen.tables == {}
        attempt.rollback()
