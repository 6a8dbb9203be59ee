"""People."""

from datetime import UTC, date, datetime

from models.entities import Entity, Kind
from tests.webapp import factories as make


def test_a_person_has_names_ids_pictures_and_shows(client):
    with make.catalogue() as session:
        person = make.person(
            session, "Nemo Fictus", known_for="Acting", biography="Nothing is known.", birth_date=date(1980, 2, 29),
            birth_place="Nowhere", gender="male", tmdb_popularity=1.5, youtube_id="nemo", facebook_id="nemo.f",
        )  # fmt: skip
        make.external_id(session, Kind.PERSON, person.id, "imdb", "nm900000070")
        make.alias(session, person.id, "Captain N.")
        make.image(session, person.id, "profile", "small", vote_count=1)
        make.image(session, person.id, "profile", "liked", vote_count=8, mirrored=True)
        make.image(session, person.id, "media", "scene", vote_count=99)
        older = make.show(session, "Older", premiere_date=date(2001, 1, 1))
        newer = make.show(session, "Newer", premiere_date=date(2011, 1, 1))
        make.credit(session, older, person, character="Self")
        make.episodes_claimed(session, make.season(session, newer, 1), person, 6)
        make.episodes_claimed(session, make.season(session, newer, 2), person, 5)
        gone = make.show(session, "Gone")
        make.credit(session, gone, person, character="Self")
        session.get_one(Entity, gone.id).removed_at = datetime.now(UTC)
    answer = client.get(f"/api/v1/shows/people/{person.id}")
    assert answer.status_code == 200
    body = answer.json
    assert (body["id"], body["full_name"], body["known_for"]) == (str(person.id), "Nemo Fictus", "Acting")
    assert (body["biography"], body["birth_date"], body["birth_place"]) == (
        "Nothing is known.",
        "1980-02-29",
        "Nowhere",
    )
    assert body["external_ids"] == {"imdb": "nm900000070", "facebook": "nemo.f", "youtube": "nemo"}
    assert body["aliases"] == [{"name": "Captain N.", "country": "", "kind": ""}]
    assert [image["file_path"] for image in body["images"]] == ["/liked.jpg", "/small.jpg", "/scene.jpg"]
    assert body["profile_url"] == body["images"][0]["hosted_url"]
    assert [(c["show_id"], c["role"], c["episodes"]) for c in body["credits"]] == [
        (str(newer.id), "", 11),
        (str(older.id), "Self", None),
    ]


def test_an_unknown_person_and_the_id_of_a_show_are_not_found(client):
    with make.catalogue() as session:
        show = make.show(session)
        person = make.person(session)
    for path in (f"people/{show.id}", "people/00000000-0000-0000-0000-000000000000"):
        answer = client.get(f"/api/v1/shows/{path}")
        assert (answer.status_code, answer.json["detail"]) == (404, "Person not found")
    assert client.get(f"/api/v1/shows/{person.id}").json["detail"] == "Show not found"
