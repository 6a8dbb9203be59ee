"""People."""

from datetime import UTC, date, datetime

from models.entities import Entity, Kind
from tests.webapp import factories as make
from tests.webapp.test_paging import walked


def leave(session, one):
    """Have a person or a show leave the catalogue."""
    session.get_one(Entity, one.id).removed_at = datetime.now(UTC)


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
        leave(session, gone)
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


def test_credits_go_by_show_then_role_then_season_then_episode(client):
    with make.catalogue() as session:
        person = make.person(session)
        late = make.show(session, "Late", premiere_date=date(2024, 1, 1))
        early = make.show(session, "Early", premiere_date=date(2010, 1, 1))
        gone = make.show(session, "Gone")
        leave(session, gone)
        for show in (late, early, gone):
            make.credit(session, show, person, character="Self")
        make.credit(session, late, person, category="crew", job="Producer", department="Production")
        make.episodes_claimed(session, early, person, 8)
        first, second = make.season(session, late, 1), make.season(session, late, 2)
        make.episodes_claimed(session, first, person, 1)
        for season, number in ((second, 1), (first, 2), (first, 1)):
            make.appearance(session, make.episode(session, season, number), person, role="Self")
        make.appearance(session, make.episode(session, first, 3), person, role="Ghost", is_archive_footage=True)
    shows = client.get(f"/api/v1/people/{person.id}/credits").json
    assert [one["show"]["name"] for one in shows] == ["Late", "Early"]
    assert [(role["category"], role["role"], role["episodes"]) for role in shows[0]["roles"]] == [
        ("cast", "Self", 3),
        ("cast", "Ghost", 1),
        ("crew", "Producer", 0),
    ]
    own, ghost, crew = shows[0]["roles"]
    assert [(part["season_number"], [e["episode_number"] for e in part["episodes"]]) for part in own["seasons"]] == [
        (1, [1, 2]),
        (2, [1]),
    ]
    assert ghost["seasons"][0]["episodes"][0]["is_archive_footage"] and crew["seasons"] == []
    assert shows[0]["totals"][0] == {
        "category": "cast", "episodes": 3, "counts": "counted", "seasons": [{"season_number": 1, "episodes": 1}],
    }  # fmt: skip
    assert (shows[1]["totals"][0]["episodes"], shows[1]["totals"][0]["counts"]) == (8, "claimed")


def test_biographies_name_their_source_their_page_and_its_licence(client):
    with make.catalogue() as session:
        person = make.person(session, biography="Short.")
        make.fact(session, person.id, "tmdb", biography="Short.")
        page = make.wiki_page(session, person.id)
        make.page_text(session, page, "biography", 0, "Long.")
        make.page_text(session, page, "trivia", 0, "Cannot swim.")
    assert client.get(f"/api/v1/people/{person.id}").json["biographies"] == [
        {"source": "fandom", "text": "Long.", "url": page.url, "licence": "CC BY-SA 3.0"},
        {"source": "tmdb", "text": "Short.", "url": None, "licence": None},
    ]


def test_people_are_listed_by_name_and_found_by_the_beginning_of_any_of_theirs(client):
    with make.catalogue() as session:
        for name, key in (("Zoë Éclair", "zoe eclair"), ("Anna Zander", "anna zander"), ("Eric", "eric")):
            make.person(session, name).sort_name = key
        survivor = make.person(session, "Zander")
        leave(session, make.person(session, "Zed Gone"))
        session.get_one(Entity, make.person(session, "Zed Merged").id).merged_into = survivor.id
    names = {
        query: [person["full_name"] for person in client.get(f"/api/v1/people{query}").json]
        for query in (
            "",
            "?q=z",
            "?q=ecl",
            "?q=nna",
            "?q=ZO%C3%8B%20E",
            "?q=%25",
            "?q=_",
            "?limit=1",
            "?limit=2&offset=2",
        )
    }
    everybody = ["Anna Zander", "Eric", "Zander", "Zoë Éclair"]
    assert names == {
        "": everybody, "?q=z": ["Anna Zander", "Zander", "Zoë Éclair"], "?q=ecl": ["Zoë Éclair"], "?q=nna": [],
        "?q=ZO%C3%8B%20E": ["Zoë Éclair"], "?q=%25": [], "?q=_": [], "?limit=1": everybody[:1],
        "?limit=2&offset=2": everybody[2:],
    }  # fmt: skip
    assert [person["full_name"] for person in walked(client, "/api/v1/people?limit=1")] == everybody


def test_rails_and_costars_rank_by_what_they_say(client):
    with make.catalogue() as session:
        shows = [make.show(session, name, tmdb_popularity=place) for place, name in enumerate(("One", "Two", "Three"))]
        busy, loyal, crew = (make.person(session, name) for name in ("Busy", "Loyal", "Crew"))
        for show in shows:
            make.credit(session, show, busy)
            make.credit(session, show, crew, category="crew")
        for show in shows[:2]:
            make.credit(session, show, loyal)
        make.credit(session, shows[0], loyal, character="Twice")
        make.episodes_claimed(session, shows[0], loyal, 90)
        make.episodes_claimed(session, shows[1], loyal, 10)
        make.episodes_claimed(session, shows[0], busy, 5)
        gone = make.person(session, "Gone")
        for show in shows:
            make.credit(session, show, gone)
            make.episodes_claimed(session, show, gone, 99)
        leave(session, gone)
        for day, person in enumerate((busy, loyal, crew, gone), start=1):
            session.get_one(Entity, person.id).created_at = datetime(2020, 1, day, tzinfo=UTC)
    rails = client.get("/api/v1/people/home?limit=2").json
    assert [(card["person"]["full_name"], card["value"]) for card in rails["most_shows"]] == [("Busy", 3), ("Loyal", 2)]
    assert [(card["person"]["full_name"], card["value"]) for card in rails["most_episodes"]] == [
        ("Loyal", 100),
        ("Busy", 5),
    ]
    assert rails["most_shows"][0]["show"]["name"] == "Three"
    assert [(card["person"]["full_name"], card["metric"]) for card in rails["recently_added"]] == [
        ("Crew", "added_at"),
        ("Loyal", "added_at"),
    ]
    assert client.get("/api/v1/people/home?limit=25").status_code == 422
    [costar] = client.get(f"/api/v1/people/{busy.id}/co-stars").json
    assert (costar["person"]["full_name"], costar["shared_shows"]) == ("Loyal", 2)
    assert [show["name"] for show in costar["shows"]] == ["One", "Two"]
