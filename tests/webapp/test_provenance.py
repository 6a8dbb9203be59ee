"""Provenance: whose word is shown, what the others say, when they were asked and where they have it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from db.derive import derive
from models.entities import Entity, Kind
from models.ops import SourceRecord, SyncState
from models.people import Person
from tests.webapp import factories as make

ASKED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
EARLIER = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def person(client) -> Person:
    """Somebody of whom an editor and all four sources speak."""
    with make.catalogue() as session:
        person = make.person(session, "Nemo Fictus")
        for source, value in (("tmdb", "900000071"), ("imdb", "nm900000071"), ("wikidata", "Q99900000071")):
            make.external_id(session, Kind.PERSON, person.id, source, value)
        make.external_id(session, Kind.PERSON, person.id, "imdb", "nm900000072", primary=False)
        views: dict[str, dict[str, Any]] = {
            "editor": {"homepage": None},
            "tmdb": {
                "name": "Nemo Fictus",
                "birth_date": "1974-05",
                "gender": "unknown",
                "homepage": "https://a.invalid",
            },
            "imdb": {"name": "N. Fictus", "birth_date": "1974"},
            "wikidata": {"birth_date": "1974-05-06", "gender": "male", "occupations": ["judge", "cook"]},
            "fandom": {"birth_date": "1975-05-06", "residence": "Here", "hair": "red"},
        }
        for source, said in views.items():
            layers = dict.fromkeys(said, "datasets") if source == "imdb" else None
            make.fact(session, person.id, source, layers=layers, **said).changed_at = EARLIER
        make.wiki_page(session, person.id, seen_at=ASKED)
        make.wiki_page(session, person.id, "Another Nemo", status="candidate")
        make.image(session, person.id, "profile", "portrait")
        make.alias(session, person.id, "Captain N.")
        session.add(
            SourceRecord(
                source="wikidata",
                resource="entity",
                ref="Q99900000071",
                status=200,
                body=b"",
                digest="",
                fetched_at=ASKED,
                expires_at=ASKED,
            )
        )
        session.add(SyncState(resource="person", entity_id=person.id, status="failed", last_attempt_at=EARLIER))
        derive(session, Kind.PERSON, [person.id])
    return person


def test_every_field_tells_whose_word_it_is_and_what_the_others_say(client, person):
    body = client.get(f"/api/v1/people/{person.id}/provenance").json
    told = {field["field"]: field for field in body["fields"]}
    assert body["id"] == str(person.id)
    since = "2026-02-01T00:00:00+00:00"
    assert told["birth_date"] == {
        "field": "birth_date",
        "source": "wikidata",
        "value": "1974-05-06",
        "layer": None,
        "since": since,
        "others": [
            {"source": "fandom", "value": "1975-05-06", "layer": None, "since": since},
            {"source": "imdb", "value": "1974", "layer": "datasets", "since": since},
            {"source": "tmdb", "value": "1974-05", "layer": None, "since": since},
        ],
    }
    assert (told["gender"]["value"], told["gender"]["source"]) == ("male", "wikidata")
    assert (told["zodiac"]["value"], told["zodiac"]["source"]) == ("taurus", "wikidata")
    assert (told["homepage"]["value"], told["homepage"]["source"]) == (None, "editor")
    assert [other["value"] for other in told["homepage"]["others"]] == ["https://a.invalid"]
    assert told["occupations"]["value"] == ["judge", "cook"]
    assert told["profile_image_id"]["source"] == "tmdb"
    assert "hair" not in told


def test_what_is_told_is_what_is_shown(client, person):
    shown = client.get(f"/api/v1/people/{person.id}").json
    assert shown == client.get(f"/api/v1/shows/people/{person.id}").json
    told = client.get(f"/api/v1/people/{person.id}/provenance").json["fields"]
    named = {"name": "full_name"}
    hidden = {"profile_image_id"}
    assert {f["field"]: f["value"] for f in told if f["field"] not in hidden} == {
        f["field"]: shown[named.get(f["field"], f["field"])] for f in told if f["field"] not in hidden
    }
    assert (shown["birth_precision"], shown["residence"], shown["death_date"]) == ("day", "Here", None)


def test_sources_tell_their_ids_address_licence_and_when_they_were_asked(client, person):
    body = client.get(f"/api/v1/people/{person.id}/provenance").json
    sources = {source["source"]: source for source in body["sources"]}
    assert set(sources) == {"editor", "tmdb", "imdb", "wikidata", "fandom"}
    assert sources["imdb"]["ids"] == ["nm900000071", "nm900000072"]
    urls = {
        "editor": None,
        "tmdb": "https://www.themoviedb.org/person/900000071",
        "imdb": "https://www.imdb.com/name/nm900000071",
        "wikidata": "https://www.wikidata.org/wiki/Q99900000071",
        "fandom": "https://fictional.fandom.com/wiki/Nemo_Fictus",
    }
    assert {name: source["url"] for name, source in sources.items()} == urls
    licences = {name: source["licence"] for name, source in sources.items() if source["licence"]}
    assert licences == {"wikidata": "CC0 1.0", "fandom": "CC BY-SA 3.0"}
    asked = {name: source["asked_at"] for name, source in sources.items() if source["asked_at"]}
    at = "2026-03-04T05:06:07+00:00"
    assert asked == {"tmdb": "2026-02-01T00:00:00+00:00", "wikidata": at, "fandom": at}
    [page] = body["pages"]
    assert (page["url"], page["revision_id"], page["licence"]) == (urls["fandom"], 7, "CC BY-SA 3.0")
    counts = {(part["field"], part["source"]): part["count"] for part in body["sets"]}
    assert counts == {("aliases", "tmdb"): 1, ("images", "tmdb"): 1}


@pytest.mark.parametrize(("precision", "told"), [("day", "1974-12-14"), ("month", "1974-12"), ("year", "1974")])
def test_dates_are_told_as_far_as_they_are_known(client, precision, told):
    known = {
        "birth_date": date(1974, 12, 14),
        "birth_precision": precision,
        "death_date": date(2001, 7, 8),
        "death_precision": precision,
    }
    with make.catalogue() as session:
        show = make.show(session)
        person = make.person(session, **known)
        make.credit(session, show, person)
    body = client.get(f"/api/v1/people/{person.id}").json
    assert (body["birth_date"], body["birth_precision"]) == (told, precision)
    assert body["death_date"] == "2001-07-08"[: len(told)]
    [member] = client.get(f"/api/v1/shows/{show.id}/cast").json
    assert member["person"]["birth_date"] == told


def test_the_chosen_picture_comes_first_whatever_it_is(client):
    with make.catalogue() as session:
        person = make.person(session)
        make.image(session, person.id, "profile", "liked", vote_count=9)
        scene = make.image(session, person.id, "media", "scene")
    assert client.get(f"/api/v1/people/{person.id}").json["profile_url"].endswith("/liked.jpg")
    with make.catalogue() as session:
        session.get_one(Person, person.id).profile_image_id = scene.id
    body = client.get(f"/api/v1/people/{person.id}").json
    assert body["profile_url"].endswith("/scene.jpg")
    assert [image["file_path"] for image in body["images"]] == ["/scene.jpg", "/liked.jpg"]


def test_a_shows_fields_and_sets_tell_their_sources(client):
    with make.catalogue() as session:
        show = make.full_show(session)
        removed = make.show(session, "Removed")
        session.get_one(Entity, removed.id).removed_at = ASKED
        assert session.exec(select(Person)).first()
    body = client.get(f"/api/v1/shows/{show.id}/provenance").json
    told = {field["field"]: (field["source"], field["layer"]) for field in body["fields"]}
    assert told == {"name": ("tmdb", None), "runtimes": ("tmdb", None), "imdb_rating": ("imdb", "datasets")}
    counts = {(part["field"], part["source"]): part["count"] for part in body["sets"]}
    assert counts["aliases", "tmdb"] == counts["networks", "tmdb"] == counts["credits", "tmdb"] == 2
    assert {source["source"]: source["url"] for source in body["sources"]} == {
        "tmdb": f"https://www.themoviedb.org/tv/{show.tmdb_id}",
        "imdb": f"https://www.imdb.com/title/{show.imdb_id}",
    }
    assert client.get(f"/api/v1/shows/{removed.id}/provenance").status_code == 404
