import threading
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session

from db.bulk import write
from db.commands.facts import put_facts
from db.commands.identity import ensure
from db.commands.listing import list_again, unlist
from db.derive import derive
from db.migrations.feed import OWNERS
from db.session import read, unit_of_work
from models.entities import Alias, Entity, IdSource, Kind, Source
from models.people import Credit
from models.shows import Episode, Season, ShowLabel

pytestmark = pytest.mark.usefixtures("database")


def show(session: Session, tmdb_id: str = "1", **fields: object) -> UUID:
    ids = ensure(session, Kind.SHOW, IdSource.TMDB, [tmdb_id])
    put_facts(session, Source.TMDB, {ids[tmdb_id]: {"name": "A show", **fields}})
    derive(session, Kind.SHOW, list(ids.values()))
    return ids[tmdb_id]


def feed(since: int = 0) -> list[tuple[UUID, str, list[str], list[str]]]:
    with read() as connection:
        rows = connection.execute(
            text("select entity_id, table_name, actions, fields from ops.changes where seq > :since order by seq"),
            {"since": since},
        )
        return [tuple(row) for row in rows]


def end() -> int:
    with read() as connection:
        return connection.execute(text("select coalesce(max(seq), 0) from ops.changes")).scalar_one()


def version(id_: UUID) -> int:
    with read() as connection:
        return connection.execute(text("select version from core.entities where id = :id"), {"id": id_}).scalar_one()


def test_a_new_show_is_told_once_and_has_the_first_version():
    with unit_of_work() as session:
        id_ = show(session)
    assert (id_, "shows", ["insert"], []) in feed()
    assert version(id_) == 1


def test_an_update_tells_exactly_the_fields_that_changed():
    with unit_of_work() as session:
        id_ = show(session, tagline="old", homepage="same")
    before = end()
    with unit_of_work() as session:
        show(session, tagline="new", homepage="same")
    assert feed(before) == [(id_, "shows", ["update"], ["tagline"])]
    assert version(id_) == 2


def test_a_transaction_tells_a_table_of_an_entity_once_and_raises_its_version_once():
    with unit_of_work() as session:
        id_ = show(session)
    before = end()
    with unit_of_work() as session:
        show(session, tagline="one")
        show(session, tagline="two", homepage="x")
        write(session, ShowLabel, [{"show_id": id_, "source": "tmdb", "kind": "genre", "name": "Reality"}])
        derive(session, Kind.SHOW, [id_])
    told = {table: (actions, fields) for _, table, actions, fields in feed(before)}
    assert told == {
        "shows": (["update"], ["genres", "homepage", "tagline"]),
        "show_labels": (["insert"], []),
    }
    assert version(id_) == 2


def test_writing_the_same_again_tells_nothing():
    with unit_of_work() as session:
        id_ = show(session, tagline="same")
    before = end()
    with unit_of_work() as session:
        show(session, tagline="same")
    assert feed(before) == []
    assert version(id_) == 1


def test_what_was_rolled_back_is_never_told():
    before = end()
    with unit_of_work(dry_run=True) as session:
        show(session)
    assert feed(before) == []


def test_a_credit_raises_its_show_and_its_person_and_moving_it_raises_all_concerned():
    with unit_of_work() as session:
        id_ = show(session)
        people = ensure(session, Kind.PERSON, IdSource.TMDB, ["7", "8"])
        derive(session, Kind.PERSON, list(people.values()))
    credit = {
        "id": uuid4(),
        "show_id": id_,
        "person_id": people["7"],
        "source": "tmdb",
        "source_id": "c",
        "category": "cast",
    }
    before = end()
    with unit_of_work() as session:
        write(session, Credit, [credit])
    assert {entity for entity, *_ in feed(before)} == {id_, people["7"]}
    before = end()
    with unit_of_work() as session:
        write(session, Credit, [credit | {"person_id": people["8"]}])
    assert {(entity, tuple(fields)) for entity, _, _, fields in feed(before)} == {
        (entity, ("person_id",)) for entity in (id_, people["7"], people["8"])
    }
    assert version(people["8"]) == 2


def test_removing_rows_tells_their_owner_once_however_many_they_are():
    with unit_of_work() as session:
        id_ = show(session)
        names = [{"entity_id": id_, "source": "tmdb", "name": f"name {n}", "country": "US"} for n in range(5)]
        write(session, Alias, names)
    before = end()
    with unit_of_work() as session:
        write(session, Alias, [], scope={"entity_id": [id_], "source": "tmdb"})
    assert feed(before) == [(id_, "aliases", ["delete"], [])]


def test_an_episode_that_is_removed_and_returns_is_told_both_times():
    with unit_of_work() as session:
        id_ = show(session)
        season, episode = uuid4(), uuid4()
        write(session, Entity, [{"id": season, "kind": "season"}, {"id": episode, "kind": "episode"}])
        write(session, Season, [{"id": season, "show_id": id_, "season_number": 1}])
        write(session, Episode, [{"id": episode, "show_id": id_, "season_id": season, "episode_number": 1}])
    for change in (unlist, list_again):
        before = end()
        with unit_of_work() as session:
            change(session, Episode, [episode])
        told = {(entity, table): fields for entity, table, _, fields in feed(before)}
        assert told[episode, "entities"] == ["removed_at"]
        assert told[episode, "episodes"] == told[id_, "episodes"] == ["is_listed"]
    assert version(episode) == 3


def test_every_table_that_is_shown_is_watched():
    with read() as connection:
        tables = set(
            connection.execute(
                text("select table_name from information_schema.tables where table_schema = 'core'")
            ).scalars()
        )
    own_way = {"entities"}
    not_shown = {"facts", "assets", "lists", "listings", "merge_log", "slugs", "search_terms", "search_words"}
    assert set(OWNERS) == tables - own_way - not_shown


def test_a_reader_that_polls_during_concurrent_writers_misses_nothing(database):
    """Eight writers of ten transactions each; a reader that always asks past the last seq it saw."""
    with unit_of_work() as session:
        shows = [show(session, str(number)) for number in range(8)]
    start = seen = end()
    collected: list[int] = []
    done = threading.Event()

    def poll() -> None:
        nonlocal seen
        last_round = False
        while True:
            with read() as connection:
                rows = connection.execute(
                    text("select seq from ops.changes where seq > :seen order by seq"), {"seen": seen}
                ).scalars()
                found = list(rows)
            collected.extend(found)
            seen = found[-1] if found else seen
            if last_round:
                return
            last_round = done.is_set()

    def scribble(number: int) -> None:
        engine = create_engine(database.url)
        for round_ in range(10):
            with Session(engine) as session:
                # Not through a unit of work: the feed takes the lock itself, late, as a person at a prompt would.
                session.execute(
                    text("update core.shows set tagline = :tagline where id = :id"),
                    {"tagline": f"{number} {round_}", "id": shows[number]},
                )
                session.execute(text("select pg_sleep(random() * 0.004)"))
                session.commit()
        engine.dispose()

    reader = threading.Thread(target=poll)
    writers = [threading.Thread(target=scribble, args=(number,)) for number in range(8)]
    reader.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    with read() as connection:
        stored = list(
            connection.execute(
                text("select seq from ops.changes where seq > :start order by seq"), {"start": start}
            ).scalars()
        )
    assert len(stored) == 80
    assert collected == stored
