"""Keeping in step: the feed misses nothing while others write, freshness, and the whole catalogue in constant memory."""

import json
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from db.commands.merge import merge
from db.commands.retention import drop_changes
from db.derive import derive
from db.session import transaction, unit_of_work
from models.entities import Entity, Kind
from models.ops import Run, SyncState
from tests.bench.invented import SMALL
from tests.bench.seed import seed
from tests.webapp import factories as make
from webapp.sync import catalogue


def changes(client, since=None, limit=1000):
    query = {"limit": limit} | ({} if since is None else {"since": since})
    answer = client.get("/api/v1/changes", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_feed_tells_what_changed_was_removed_and_became_another(client):
    assert changes(client) == []
    with make.catalogue() as session:
        show, person, other = make.show(session), make.person(session), make.person(session, "Nemo Alter")
    first = changes(client)
    assert {(row["entity_id"], row["table"]) for row in first} == {
        (str(show.id), "shows"), (str(person.id), "people"), (str(other.id), "people"),
    }  # fmt: skip
    assert first[0].keys() == {
        "seq", "entity_id", "kind", "table", "actions", "fields", "changed_at", "removed", "merged_into",
    }  # fmt: skip
    last = first[-1]["seq"]
    with make.catalogue() as session:
        session.get_one(make.Show, show.id).tagline = "New"
        session.get_one(Entity, show.id).removed_at = datetime.now(UTC)
    with unit_of_work() as session:
        merge(session, Kind.PERSON, person.id, other.id, "a test says so", "test")
    later = changes(client, last)
    assert min(row["seq"] for row in later) > last
    told = {(row["entity_id"], row["table"]): row for row in later}
    assert told[str(show.id), "shows"]["fields"] == ["tagline"] and told[str(show.id), "shows"]["removed"] is True
    assert told[str(other.id), "entities"]["merged_into"] == str(person.id)
    paged = [row["seq"] for since in (0, first[1]["seq"]) for row in changes(client, since, 2)]
    assert paged[:3] == [row["seq"] for row in first]


def test_a_reader_that_keeps_the_last_seq_misses_nothing_while_others_write(client, kept_database):
    """Writers open their transactions in one order and commit in another; a reader polls all the while."""
    with make.catalogue() as session:
        shows = [make.show(session, f"Nulla {number}").id for number in range(4)]
    seen, since, done = [], changes(client)[-1]["seq"], threading.Event()
    rounds = 40
    written: list[int] = []

    def write(show: UUID) -> None:
        with psycopg.connect(kept_database.url.replace("+psycopg", "")) as connection:
            for number in range(rounds):
                connection.execute("select pg_sleep(random() * 0.003)")
                connection.execute("update core.shows set tagline = %s where id = %s", [f"{number}", show])
                connection.execute("select pg_sleep(random() * 0.003)")
                if number % 5 == 4:
                    connection.rollback()
                else:
                    newest = connection.execute("select max(seq) from ops.changes where entity_id = %s", [show])
                    written.extend(seq for (seq,) in newest)
                    connection.commit()

    def read() -> None:
        nonlocal since
        while True:
            last_look = done.is_set()
            for row in changes(client, since, 7):
                seen.append(row["seq"])
                since = row["seq"]
            if last_look and not changes(client, since, 1):
                return

    threads = [threading.Thread(target=write, args=(show,)) for show in shows]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join(60)
    done.set()
    reader.join(60)
    assert not reader.is_alive()
    assert len(written) == len(shows) * rounds * 4 // 5
    assert seen == sorted(set(seen)), "in order, none twice"
    assert set(seen) == set(written)


def test_who_is_further_behind_than_the_feed_is_kept_is_told_to_begin_anew(client):
    with make.catalogue() as session:
        show = make.show(session)
    first = changes(client)[-1]["seq"]
    for tagline in ("one", "two"):
        with make.catalogue() as session:
            session.get_one(make.Show, show.id).tagline = tagline
    with transaction() as session:
        session.execute(
            text("update ops.changes set changed_at = now() - interval '9 days' where seq <= :seq + 1"), {"seq": first}
        )
        drop_changes(session, timedelta(days=8))
    answer = client.get(f"/api/v1/changes?since={first}")
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert "catalogue.ndjson" in answer.json["detail"]
    [kept] = changes(client)
    assert changes(client, kept["seq"] - 1) == [kept] and changes(client, kept["seq"]) == []


@pytest.mark.parametrize("query", ["since=-1", "since=x", f"since={2**63}", "limit=0", "limit=1001"])
def test_places_that_the_feed_cannot_have_are_422(bare_client, query):
    assert bare_client.get(f"/api/v1/changes?{query}").status_code == 422


def test_freshness_tells_each_resource_and_the_last_run_of_each_stage(client):
    now = datetime.now(UTC).replace(microsecond=0)
    with make.catalogue() as session:
        shows = [make.show(session, f"Nulla {number}") for number in range(3)]
        for show, status, success, due in (
            (shows[0], "success", now - timedelta(days=2), now + timedelta(days=1)),
            (shows[1], "success", now - timedelta(days=1), now - timedelta(hours=1)),
            (shows[2], "failed", None, None),
        ):
            session.add(
                SyncState(
                    resource="images",
                    entity_id=show.id,
                    status=status,
                    last_attempt_at=now,
                    last_success_at=success,
                    next_due_at=due,
                )
            )
        for age, status, dry in ((3, "completed", False), (2, "failed", False), (1, "completed", True)):
            started = now - timedelta(hours=age)
            session.add(
                Run(
                    stage="images",
                    status=status,
                    started_at=started,
                    finished_at=started + timedelta(minutes=1),
                    dry_run=dry,
                    parameters={},
                    report={},
                )
            )
    told = client.get("/api/v1/status/freshness").json
    [resource], [stage] = told["resources"], told["stages"]
    for times in (resource, stage):
        times |= {
            name: datetime.fromisoformat(value)
            for name, value in times.items()
            if name.endswith(("_at", "_success")) and value
        }
    assert resource == {
        "resource": "images", "entities": 3, "done": 1, "due": 2, "failed": 1, "last_attempt_at": now,
        "oldest_success": now - timedelta(days=2), "newest_success": now - timedelta(days=1),
    }  # fmt: skip
    assert stage["status"] == "failed" and stage["started_at"] == now - timedelta(hours=2)
    assert stage["last_completed_at"] == now - timedelta(hours=3) + timedelta(minutes=1)
    assert told["seq"] == changes(client)[-1]["seq"]


def read_whole(client):
    with client.get("/api/v1/catalogue.ndjson") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
        return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def test_the_whole_catalogue_comes_a_line_each_with_the_place_from_which_the_feed_goes_on(client):
    with make.catalogue() as session:
        show, gone = make.full_show(session), make.show(session, "Gone")
        session.get_one(Entity, gone.id).removed_at = datetime.now(UTC)
    first, *lines, last = read_whole(client)
    assert first["kind"] == "catalogue" and last == {"kind": "end", "lines": len(lines) + 1}
    assert {line["kind"] for line in lines} == {str(kind) for kind in Kind}
    assert str(gone.id) not in {line["id"] for line in lines}
    [told] = [line for line in lines if line["kind"] == "show"]
    assert (told["id"], told["name"], told["external_ids"]["tmdb"]) == (str(show.id), "Isola Ficta", str(show.tmdb_id))
    assert told["poster_url"] and told["aliases"] and told["version"] >= 1 and "sort_name" not in told
    assert changes(client, first["seq"]) == []
    with unit_of_work() as session:
        make.fact(session, show.id, "editor", name="Isola Nova")
        derive(session, Kind.SHOW, [show.id])
    assert {row["entity_id"] for row in changes(client, first["seq"])} == {str(show.id)}


def test_the_stream_is_one_snapshot_and_lets_only_so_many_read_at_once(client):
    with make.catalogue() as session:
        make.show(session, "Before")
    streams = [client.get("/api/v1/catalogue.ndjson", buffered=False) for _ in range(catalogue.AT_ONCE)]
    begun = streams[0].iter_encoded()
    next(begun)
    refused = client.get("/api/v1/catalogue.ndjson")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    with make.catalogue() as session:
        make.show(session, "After")
    assert b"After" not in b"".join(begun)
    for stream in streams:
        stream.close()
    assert len([line for line in read_whole(client) if line["kind"] == "show"]) == 2


def test_reading_five_times_as_much_takes_no_more_memory(client, kept_database, monkeypatch):
    monkeypatch.setattr(catalogue, "ROWS", 20)
    peaks = []
    for shows in (40, 200):
        with psycopg.connect(kept_database.owner_url.replace("+psycopg", ""), autocommit=True) as owner:
            owner.execute("truncate core.entities, core.search_terms, core.search_words, core.lists cascade")
            owner.execute("truncate ops.source_records")
        seed(kept_database.owner_url, shows=shows, shape=SMALL, analyze=False)
        tracemalloc.start()
        with client.get("/api/v1/catalogue.ndjson", buffered=False) as answer:
            sent = sum(len(part) for part in answer.iter_encoded())
        peaks.append((sent, tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
    (little, low), (much, high) = peaks
    assert much > 4 * little
    assert high < 1.5 * low and high < much / 2
