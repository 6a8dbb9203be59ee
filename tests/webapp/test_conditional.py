"""Conditional reads: an ETag that changes with the answer and with nothing less, and a 304 for which no JSON is built."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db.commands.retention import drop_changes
from db.object_store import object_store
from db.session import transaction
from models.entities import Entity
from tests.webapp import factories as make
from tests.webapp.test_every_route import addresses, one_of_each
from webapp.reading import Answer, json_of


def conditional(client, address: str, tags: str) -> int:
    answer = client.get(address, headers={"If-None-Match": tags})
    if answer.status_code == 304:
        assert answer.data == b"" and answer.headers["ETag"] and answer.headers["Cache-Control"]
        assert "Content-Type" not in answer.headers
    return int(answer.status_code)


def test_every_route_answers_304_to_who_has_its_answer_in_one_statement(client, statements):
    with make.catalogue() as session:
        full = addresses(one_of_each(session, make.full_show(session)))
    tags = set()
    for path, address in full.items():
        first = client.get(address)
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"].startswith("public, max-age="), path
        assert client.get(address).headers["ETag"] == tag, path
        with statements() as seen:
            assert conditional(client, address, tag) == 304, path
        assert len(seen) == 1
        assert conditional(client, address, f'"other", W/{tag}') == 304, path
        assert conditional(client, address, "*") == 304, path
        assert conditional(client, address, '"other"') == 200, path
        assert conditional(client, address, f'"{tag[2:]}') == 200, path
        tags.add(tag)
    assert len(tags) == len(full) - 1, "only the two addresses of a person share one"


@pytest.mark.parametrize("odd", ["", "\0", "W/", '"', "ä", "x" * 60_000, "'; drop table core.shows; --"])
def test_odd_conditions_are_no_condition(client, odd):
    assert client.get("/api/v1/shows", headers={"If-None-Match": odd}).status_code == 200


def test_no_json_is_built_for_who_has_it_already(client):
    """The body would fail, were it looked at."""
    body = "select to_json(1 / (select count(*) from ops.runs))"
    with pytest.raises(Exception, match="division by zero"):
        json_of(body).answer()
    broken = json_of(body)
    whole = json_of("select to_json(1)")
    alike = replace(whole, statement=whole.statement._replace(digest=broken.statement.digest))
    known = alike.answer().tag
    assert broken.answer(f'"{known}"') == Answer(known, None)


def test_the_tag_of_a_show_follows_what_it_tells(client):
    """Its own columns, its sets, and the names and logos of those whom it names; not what others do."""
    with make.catalogue() as session:
        show, other = make.full_show(session), make.show(session, "Other")
    address = f"/api/v1/shows/{show.id}"
    seen = {client.get(address).headers["ETag"]}
    for change in (
        "update core.shows set tagline = 'New' where id = :show",
        "insert into core.aliases (entity_id, source, name) values (:show, 'tmdb', 'Another')",
        "update core.networks set name = 'Renamed' where tmdb_id is not null",
        "update core.companies set name = 'Renamed' where tmdb_id is not null",
        "update core.watch_providers set name = 'Renamed' where tmdb_id is not null",
        "update core.images set url = 'https://images.invalid/new.jpg' where kind = 'logo'",
        "delete from core.show_networks where show_id = :show",
    ):
        with make.catalogue() as session:
            session.execute(text(change), {"show": show.id})
        tag = client.get(address).headers["ETag"]
        assert tag not in seen, change
        seen.add(tag)
    with make.catalogue() as session:
        session.execute(text("update core.shows set tagline = 'Elsewhere' where id = :show"), {"show": other.id})
    assert client.get(address).headers["ETag"] in seen
    assert conditional(client, address, client.get(f"{address}?region=US").headers["ETag"]) == 200


def test_the_tag_of_a_list_follows_every_change_of_the_catalogue(client):
    seen = set()
    for name in ("One", "Two"):
        with make.catalogue() as session:
            make.show(session, name)
        seen.add(client.get("/api/v1/shows").headers["ETag"])
    with make.catalogue() as session:
        session.execute(text("update core.entities set removed_at = now() where kind = 'show'"))
    seen.add(client.get("/api/v1/shows").headers["ETag"])
    assert len(seen) == 3


def test_an_outdated_tag_is_looked_at_and_answered_with_the_new_answer(client, statements):
    with make.catalogue() as session:
        show = make.show(session)
    for address, field in ((f"/api/v1/shows/{show.id}", "tagline"), ("/api/v1/shows", "homepage")):
        old = client.get(address)
        with make.catalogue() as session:
            session.execute(text(f"update core.shows set {field} = 'New {field}' where id = :show"), {"show": show.id})
        with statements() as seen:
            new = client.get(address, headers={"If-None-Match": old.headers["ETag"]})
        assert (new.status_code, len(seen)) == (200, 2)
        assert new.headers["ETag"] == client.get(address).headers["ETag"] != old.headers["ETag"]
        assert f"New {field}" in new.text and f"New {field}" not in old.text


def test_a_change_that_is_not_committed_has_no_tag(client):
    with make.catalogue() as session:
        show = make.show(session)
    before = client.get("/api/v1/shows").headers["ETag"]
    with make.catalogue() as session:
        session.execute(text("update core.shows set tagline = 'New' where id = :show"), {"show": show.id})
        assert client.get("/api/v1/shows").headers["ETag"] == before
    assert client.get("/api/v1/shows").headers["ETag"] != before


def test_who_was_removed_or_merged_is_no_304(client):
    with make.catalogue() as session:
        show, other = make.show(session), make.show(session, "Other")
    tag = client.get(f"/api/v1/shows/{show.id}").headers["ETag"]
    with make.catalogue() as session:
        session.get_one(Entity, show.id).merged_into = other.id
    assert conditional(client, f"/api/v1/shows/{show.id}", tag) == 301
    with make.catalogue() as session:
        session.get_one(Entity, other.id).removed_at = datetime.now(UTC)
    assert conditional(client, f"/api/v1/shows/{other.id}", "*") == 404


def test_when_images_were_fetched_is_part_of_their_tag(client):
    with make.catalogue() as session:
        show = make.full_show(session)
    address = f"/api/v1/shows/{show.id}/images"
    seen = set()
    for day in (1, 2):
        with transaction() as session:
            session.execute(
                text(
                    "insert into ops.sync_state (resource, entity_id, status, last_success_at)"
                    " values ('images', :show, 'success', make_timestamptz(2026, 1, :day, 0, 0, 0))"
                    " on conflict (resource, entity_id) do update set last_success_at = excluded.last_success_at"
                ),
                {"show": show.id, "day": day},
            )
        seen.add(client.get(address).headers["ETag"])
    assert len(seen) == 2


def test_sweeping_the_feed_changes_no_tag(client):
    with make.catalogue() as session:
        make.show(session)
    before = client.get("/api/v1/shows").headers["ETag"]
    with transaction() as session:
        drop_changes(session, timedelta(seconds=-60))
        left = session.execute(text("select count(*) from ops.changes")).scalar_one()
    assert left == 1
    assert client.get("/api/v1/shows").headers["ETag"] == before


def test_signed_addresses_are_kept_no_longer_than_they_are_good_for(client, monkeypatch):
    with make.catalogue() as session:
        show = make.full_show(session)
    address = f"/api/v1/shows/{show.id}"
    open_tag = client.get(address).headers["ETag"]
    store = object_store()
    monkeypatch.setattr(store, "presigned_for", timedelta(seconds=20))
    monkeypatch.setattr(store, "_presign", lambda key, period: f"https://media.invalid/{key}?{period}")
    tags = set()
    for period in (1, 2):
        monkeypatch.setattr(store, "period", lambda period=period: period)
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=20"
        tags.add(answer.headers["ETag"])
        assert conditional(client, address, answer.headers["ETag"]) == 304
    assert len(tags | {open_tag}) == 3
