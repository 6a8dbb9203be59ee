"""Finding things: by words of any spelling, by slug, by the ids of others."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from db.commands.merge import merge
from db.derive import derive
from db.session import unit_of_work
from models.entities import Entity, Kind
from tests.webapp import factories as make


def said(session, kind, name, *aliases, **fields):
    """A show or a person that TMDb calls so, derived."""
    entity = make.entity(session, kind)
    make.fact(session, entity, "tmdb", name=name, **fields)
    for alias in aliases:
        make.alias(session, entity, alias)
    derive(session, kind, [entity])
    return entity


def renamed(session, entity, name):
    session.get_one(make.Fact, (entity, "tmdb")).fields = {"name": name}
    session.flush()
    derive(session, Kind.SHOW, [entity])


@pytest.fixture
def bay(client):
    """Two shows of nearly the same name, who is in them, and an episode."""
    with make.catalogue() as session:
        first = said(
            session,
            Kind.SHOW,
            "The Ficta Housewives of Élan Bay",
            "Bay Wives",
            tmdb_popularity=9,
            premiere_date="2021-03-04",
        )
        known = said(session, Kind.SHOW, "The Ficta Housewives of Élan Hills", tmdb_popularity=900)
        make.image(session, first, "poster", "bay", mirrored=True)
        person = said(session, Kind.PERSON, "Zoë Élanova", "Zo the Bay", known_for="Acting")
        shows = [session.get_one(make.Show, id_) for id_ in (first, known)]
        for show in shows:
            make.credit(session, show, session.get_one(make.Person, person))
        season = make.season(session, shows[0], 2)
        episode = make.episode(
            session, season, 5, name="Storm over the Bay", air_date=datetime(2022, 5, 6, tzinfo=UTC).date()
        )
        derive_episode(session, episode)
    return {"first": str(first), "known": str(known), "person": str(person), "episode": str(episode.id)}


def derive_episode(session, episode):
    make.fact(session, episode.id, "tmdb", name=episode.name, air_date=str(episode.air_date))
    derive(session, Kind.EPISODE, [episode.id])


def ids(answer):
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json]


def test_what_is_found_tells_what_it_is(client, bay):
    [show] = client.get("/api/v1/search?q=bay+wives").json
    assert show.pop("picture_url").endswith(".jpg")
    nothing = dict.fromkeys(
        ("known_for", "show_id", "show_name", "show_slug", "season_number", "episode_number", "air_date")
    )
    assert show == nothing | {
        "type": "show", "id": bay["first"], "name": "The Ficta Housewives of Élan Bay",
        "slug": "the-ficta-housewives-of-elan-bay", "match": "exact", "matched": "bay wives", "premiere_date": "2021-03-04",
    }  # fmt: skip
    [person] = client.get("/api/v1/search?q=zoe+elan").json
    assert (person["type"], person["slug"], person["known_for"]) == ("person", "zoe-elanova", "Acting")
    assert (person["show_id"], person["show_slug"]) == (bay["known"], "the-ficta-housewives-of-elan-hills")
    [episode] = client.get("/api/v1/search?q=Storm%20over").json
    assert (episode["type"], episode["name"], episode["slug"]) == ("episode", "Storm over the Bay", None)
    assert (episode["show_id"], episode["season_number"], episode["episode_number"]) == (bay["first"], 2, 5)
    assert episode["air_date"] == "2022-05-06"


@pytest.mark.parametrize(
    ("q", "first", "match"),
    [
        ("ficta housewives of elan", "known", "word"),
        ("fhoeb", "first", "exact"),
        ("fhoe", "known", "prefix"),
        ("the ficta", "known", "prefix"),
        ("ÉLAN  bay!", "first", "word"),
        ("ficta hosewifes hils", "known", "similar"),
        ("zoe elanowa", "person", "similar"),
        ("zo the bay", "person", "exact"),
        ("strom", "episode", "similar"),
    ],
)
def test_any_spelling_finds_the_best_known_first(client, bay, q, first, match):
    answer = client.get("/api/v1/search", query_string={"q": q})
    assert (answer.json[0]["id"], answer.json[0]["match"]) == (bay[first], match)


def test_exact_comes_before_beginning_before_word(client):
    with make.catalogue() as session:
        word = said(session, Kind.SHOW, "Some Villa", tmdb_popularity=9000)
        beginning = said(session, Kind.SHOW, "Villa Nulla", tmdb_popularity=500)
        exact = said(session, Kind.PERSON, "Villa")
    assert ids(client.get("/api/v1/search?q=villa")) == [str(exact), str(beginning), str(word)]
    assert ids(client.get("/api/v1/search?q=villa&type=show")) == [str(beginning), str(word)]
    assert ids(client.get("/api/v1/search?q=villa&limit=1")) == [str(exact)]


def test_an_episode_is_found_by_its_number(client, bay):
    for q in ("fhoeb s2e5", "ficta housewives of elan bay S02E05", "fhoeb season 2 episode 5", "bay wives s2 e5"):
        assert ids(client.get("/api/v1/search", query_string={"q": q})) == [bay["episode"]]
    assert ids(client.get("/api/v1/search?q=fhoeb+s2e6")) == []
    assert ids(client.get("/api/v1/search?q=fhoeb+s2e5&type=show")) == []


def test_what_is_gone_is_not_found(client, bay):
    with make.catalogue() as session:
        session.get_one(Entity, bay["known"]).removed_at = datetime.now(UTC)
    with unit_of_work() as session:
        other = said(session, Kind.PERSON, "Nobody Fictus")
        merge(session, Kind.PERSON, other, make.UUID(bay["person"]), "a test says so", "test")
    assert ids(client.get("/api/v1/search?q=ficta+housewives&type=show")) == [bay["first"]]
    assert ids(client.get("/api/v1/search?q=zoe+elanova")) == [str(other)]
    assert client.get("/api/v1/search?q=zoe").json[0]["name"] == "Nobody Fictus"


@pytest.mark.parametrize(
    "query", ["", "q=", "q=a", f"q={'a' * 101}", "q=a%00b", "q=ab&limit=0", "q=ab&limit=101", "q=ab&type=season"]
)
def test_a_search_is_two_to_a_hundred_letters(bare_client, query):
    assert bare_client.get(f"/api/v1/search?{query}").status_code == 422


def test_nothing_but_signs_finds_nothing(client, bay):
    for q in ("…!", "%%", "--", "__ __"):
        assert ids(client.get("/api/v1/search", query_string={"q": q})) == []


def test_a_slug_leads_to_its_show_by_any_of_its_names(client, bay):
    whole = {
        "show_id": bay["first"], "slug": "the-ficta-housewives-of-elan-bay",
        "canonical_slug": "the-ficta-housewives-of-elan-bay", "show_name": "The Ficta Housewives of Élan Bay",
    }  # fmt: skip
    address = "/api/v1/shows/resolve-slug?slug="
    assert client.get(address + whole["slug"]).json == whole
    for slug in ("bay-wives", f"{whole['slug']}--{bay['first'][:8]}"):
        assert client.get(address + slug).json == whole | {"slug": slug}
    for slug in ("fhoeb", "nobody", f"bay--{bay['first'][:8]}", f"{whole['slug']}--{'0' * 8}", "--", "%25"):
        assert client.get(address + slug).status_code == 404, slug
    assert client.get("/api/v1/shows/resolve-slug").status_code == 422


def test_of_people_of_one_name_the_show_tells_who_is_meant(client, bay):
    with make.catalogue() as session:
        other = said(session, Kind.PERSON, "Zoë Élanova")
    address = "/api/v1/people/resolve-slug?slug=zoe-elanova"
    assert client.get(address).json["person_id"] == bay["person"]
    assert client.get(f"{address}--{str(other)[:8]}").json["person_id"] == str(other)
    with make.catalogue() as session:
        show = make.show(session, "Elsewhere")
        make.credit(session, show, session.get_one(make.Person, other))
    found = client.get(f"{address}&show_id={show.id}").json
    assert found["person_id"] == str(other) and found["canonical_slug"] == f"zoe-elanova--{str(other)[:8]}"
    assert client.get(f"{address}&show_id={uuid4()}").json["person_id"] == bay["person"]
    assert found["full_name"] == "Zoë Élanova" and found["slug"] == "zoe-elanova"


def test_a_slug_that_was_leads_on_after_a_new_name_or_a_merge(client, bay):
    address = "/api/v1/shows/resolve-slug?slug="
    with make.catalogue() as session:
        renamed(session, make.UUID(bay["first"]), "Bay Story")
    answer = client.get(f"{address}the-ficta-housewives-of-elan-bay")
    assert (answer.status_code, answer.location) == (301, f"{address}bay-story")
    assert client.get(answer.location).json["show_id"] == bay["first"]
    with unit_of_work() as session:
        merge(session, Kind.SHOW, make.UUID(bay["known"]), make.UUID(bay["first"]), "a test says so", "test")
    for slug in ("the-ficta-housewives-of-elan-bay", "bay-story"):
        answer = client.get(address + slug)
        assert (answer.status_code, answer.location) == (301, f"{address}the-ficta-housewives-of-elan-hills")
    assert "max-age" in answer.headers["Cache-Control"]
    with make.catalogue() as session:
        session.get_one(Entity, bay["known"]).removed_at = datetime.now(UTC)
    assert client.get(f"{address}bay-story").status_code == 404


def test_an_id_of_another_catalogue_leads_to_whatever_has_it(client, bay):
    with make.catalogue() as session:
        make.external_id(session, Kind.SHOW, bay["first"], "tmdb", "7")
        make.external_id(session, Kind.PERSON, bay["person"], "tmdb", "7")
        make.external_id(session, Kind.EPISODE, bay["episode"], "imdb", "tt7")
    show, person = client.get("/api/v1/lookup/tmdb/7").json
    assert (show["kind"], show["id"], show["slug"]) == ("show", bay["first"], "the-ficta-housewives-of-elan-bay")
    assert (person["kind"], person["id"], person["is_primary"]) == ("person", bay["person"], True)
    assert client.get("/api/v1/lookup/tmdb/7?kind=person").json == [person]
    [episode] = client.get("/api/v1/lookup/imdb/tt7").json
    assert (episode["show_id"], episode["season_number"], episode["episode_number"]) == (bay["first"], 2, 5)
    for path, status in (("imdb/tt8", 404), ("tmdb/7?kind=season", 404), ("tmdb/7?kind=x", 422), ("myspace/7", 422)):
        assert client.get(f"/api/v1/lookup/{path}").status_code == status
    with unit_of_work() as session:
        merge(session, Kind.SHOW, make.UUID(bay["known"]), make.UUID(bay["first"]), "a test says so", "test")
    assert client.get("/api/v1/lookup/tmdb/7?kind=show").json[0]["id"] == bay["known"]
