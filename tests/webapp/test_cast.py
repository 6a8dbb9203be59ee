"""Who belongs to a show."""

from datetime import UTC, date, datetime

from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from models.entities import Entity
from tests.webapp import factories as make


def names(rows: list[dict]) -> list[str]:
    return [row["person"]["full_name"] for row in rows]


def test_regulars_without_appearances_are_listed_with_the_episodes_that_a_source_claims(client):
    with make.catalogue() as session:
        show = make.show(session)
        first, second = make.season(session, show, 1), make.season(session, show, 2)
        host = make.person(session, "Hostia Ficta", known_for="Acting", twitter_id="hostia")
        make.image(session, host.id, "profile", "hostia")
        make.credit(session, show, host, character="Self - Host", billing_order=3)
        make.episodes_claimed(session, show, host, 20, billing_order=3, is_regular=True)
        make.episodes_claimed(session, second, host, 8, billing_order=0, is_regular=False)
        make.episodes_claimed(session, first, host, 12, billing_order=5, is_regular=True)
    [member] = client.get(f"/api/v1/shows/{show.id}/cast").json
    assert (member["role"], member["category"], member["billing_order"]) == ("Self - Host", "cast", 3)
    assert (member["episodes"], member["counts"], member["is_regular"]) == (20, "claimed", True)
    assert (member["season_id"], member["notes"]) == (None, None)
    assert member["seasons"] == [
        {
            "season_id": str(season.id),
            "season_number": number,
            "episodes": episodes,
            "counts": "claimed",
            "archive_footage_episodes": 0,
            "is_regular": regular,
        }
        for season, number, episodes, regular in ((first, 1, 12, True), (second, 2, 8, False))
    ]
    assert member["person_id"] == member["person"]["id"] == str(host.id)
    assert member["person"]["profile_url"] == "https://images.invalid/hostia.jpg"
    assert (member["person"]["known_for"], member["person"]["external_ids"]) == ("Acting", {"twitter": "hostia"})


def test_the_order_is_billing_then_name_then_id_and_pages_join(client):
    with make.catalogue() as session:
        show = make.show(session)
        for name, billing in (("Zoe", 1), ("Unbilled", None), ("Anna", 1), ("First", 0), ("Another unbilled", None)):
            make.credit(session, show, make.person(session, name), billing_order=billing)
        twins = sorted(str(make.person(session, "Twin").id) for _ in range(3))
        for twin in twins:
            make.credit(session, show, session.get_one(make.Person, twin), billing_order=2)
    path = f"/api/v1/shows/{show.id}/cast"
    rows = client.get(path).json
    assert names(rows) == ["First", "Anna", "Zoe", "Twin", "Twin", "Twin", "Another unbilled", "Unbilled"]
    assert [row["person_id"] for row in rows[3:6]] == twins
    assert [row for offset in (0, 3, 6, 9) for row in client.get(f"{path}?limit=3&offset={offset}").json] == rows
    assert len({row["id"] for row in rows}) == 8


def test_several_roles_and_sources_make_one_member(client):
    with make.catalogue() as session:
        show = make.show(session)
        person = make.person(session)
        make.credit(session, show, person, character="The Ghost", billing_order=2)
        make.credit(session, show, person, character="Self", billing_order=1)
        make.credit(session, show, person, character="Self", billing_order=1, source="imdb")
        make.credit(session, show, person, character="")
        make.episodes_claimed(session, show, person, 3)
        make.episodes_claimed(session, show, person, 5, source="imdb")
    [member] = client.get(f"/api/v1/shows/{show.id}/cast").json
    assert (member["role"], member["billing_order"], member["episodes"]) == ("Self / The Ghost", 1, 5)


def test_a_person_known_only_from_a_season_counts_its_episodes_and_the_role_stays_empty(client):
    with make.catalogue() as session:
        show = make.show(session)
        person = make.person(session)
        for number in (1, 2):
            make.episodes_claimed(session, make.season(session, show, number), person, 4, billing_order=number)
        make.episodes_claimed(session, make.season(session, show, 3, is_listed=False), person, 100)
    [member] = client.get(f"/api/v1/shows/{show.id}/cast").json
    assert (member["role"], member["episodes"], member["billing_order"]) == ("", 8, 1)
    assert [part["season_number"] for part in member["seasons"]] == [1, 2]


def test_crew_and_creators_are_lists_of_their_own(client):
    with make.catalogue() as session:
        show = make.show(session)
        both = make.person(session, "Both")
        make.credit(session, show, both, character="Self")
        make.credit(session, show, both, category="crew", job="Producer", department="Production")
        make.credit(session, show, make.person(session, "Maker"), category="creator")
    path = f"/api/v1/shows/{show.id}/cast"
    on_screen, [behind], made_by = (client.get(f"{path}?category={c}").json for c in ("cast", "crew", "creator"))
    assert names(on_screen) == names(client.get(path).json) == ["Both"]
    assert (behind["person"]["full_name"], behind["role"], behind["category"]) == ("Both", "Producer", "crew")
    assert names(made_by) == ["Maker"]
    assert on_screen[0]["id"] != behind["id"]
    assert client.get(f"{path}?category=audience").status_code == 422


def test_a_season_has_its_own_members_and_billing(client):
    with make.catalogue() as session:
        show = make.show(session)
        first, second = make.season(session, show, 1), make.season(session, show, 2)
        old, new = make.person(session, "Old"), make.person(session, "New")
        for person, billing in ((old, 0), (new, 1)):
            make.credit(session, show, person, character="Self", billing_order=billing)
        make.episodes_claimed(session, first, old, 10, billing_order=0)
        make.episodes_claimed(session, second, old, 2, billing_order=7)
        make.episodes_claimed(session, second, new, 9, billing_order=0)
    path = f"/api/v1/shows/{show.id}/cast?season_number="
    rows = client.get(f"{path}2").json
    assert [(row["person"]["full_name"], row["billing_order"]) for row in rows] == [("New", 0), ("Old", 7)]
    assert {row["season_id"] for row in rows} == {str(second.id)}
    assert names(client.get(f"{path}1").json) == ["Old"]
    assert client.get(f"{path}3").json == []


def test_removed_people_are_left_out(client):
    with make.catalogue() as session:
        show = make.show(session)
        for name in ("Stays", "Goes"):
            person = make.person(session, name)
            make.credit(session, show, person)
        session.get_one(Entity, person.id).removed_at = datetime.now(UTC)
    assert names(client.get(f"/api/v1/shows/{show.id}/cast").json) == ["Stays"]
    answer = client.get(f"/api/v1/shows/people/{person.id}")
    assert (answer.status_code, answer.json["detail"]) == (404, "Person not found")


def test_a_show_without_cast_is_an_empty_list(client):
    with make.catalogue() as session:
        show = make.show(session)
    assert client.get(f"/api/v1/shows/{show.id}/cast").json == []


def test_the_greater_of_counted_and_claimed_is_shown_and_said_to_be_it(client):
    """And old pictures count apart."""
    with make.catalogue() as session:
        show = make.show(session)
        first, second = make.season(session, show, 1), make.season(session, show, 2)
        person = make.person(session, "Seen")
        make.credit(session, show, person, character="Self")
        episodes = [make.episode(session, season, number) for season in (first, second) for number in (1, 2, 3)]
        for place, seen in enumerate(episodes):
            make.appearance(session, seen, person, role="Self", is_archive_footage=place == 5)
        make.appearance(session, episodes[0], person, role="Self", source="tmdb")
        make.appearance(session, make.episode(session, second, 9, is_listed=False), person)
        make.episodes_claimed(session, show, person, 4)
        make.episodes_claimed(session, second, person, 7)
        guest = make.person(session, "Guest")
        make.appearance(session, episodes[3], guest, role="Self - Guest")
    [member] = client.get(f"/api/v1/shows/{show.id}/cast").json
    told = ("episodes", "counts", "archive_footage_episodes", "latest_season", "episodes_in_season", "curated_role")
    assert [member[name] for name in told] == [5, "counted", 1, 2, None, None]
    assert [(part["episodes"], part["counts"], part["archive_footage_episodes"]) for part in member["seasons"]] == [
        (3, "counted", 0),
        (7, "claimed", 1),
    ]
    of_season = client.get(f"/api/v1/shows/{show.id}/seasons/2/cast").json
    assert names(of_season) == ["Guest", "Seen"]
    assert [row["episodes_in_season"] for row in of_season] == [1, 7]
    assert {row["season_id"] for row in of_season} == {str(second.id)}
    assert client.get(f"/api/v1/shows/{show.id}/cast?season_number=2").json == of_season
    missing = client.get(f"/api/v1/shows/{show.id}/seasons/7/cast")
    assert (missing.status_code, missing.json["detail"]) == (404, "Season not found")


def test_an_episode_has_its_own_cast_and_crew(client):
    with make.catalogue() as session:
        episode = make.episode(session, make.season(session, make.show(session), 1), 1)
        star, old, editor = (make.person(session, name) for name in ("Star", "Old", "Editor"))
        make.appearance(session, episode, star, role="Self", attributes=["(voice)"], billing_order=0)
        make.appearance(session, episode, star, role="Host", source="tmdb", job="x")
        make.appearance(session, episode, old, role="Self", is_archive_footage=True)
        make.appearance(session, episode, editor, category="crew", job="Editor")
    first, second = client.get(f"/api/v1/episodes/{episode.id}/cast").json
    assert (first["person"]["full_name"], first["role"], first["sources"]) == ("Star", "Host / Self", ["imdb", "tmdb"])
    assert (first["attributes"], first["is_archive_footage"], second["is_archive_footage"]) == (
        ["(voice)"],
        False,
        True,
    )
    [behind] = client.get(f"/api/v1/episodes/{episode.id}/cast?category=crew").json
    assert (behind["person_id"], behind["role"]) == (str(editor.id), "Editor")
    told = client.get(f"/api/v1/episodes/{episode.id}").json
    assert told["crew"] == [{"person_id": str(editor.id), "full_name": "Editor", "jobs": ["Editor"]}]


def test_credits_group_everybody_and_the_crew_by_department(client):
    with make.catalogue() as session:
        show = make.show(session)
        season = make.season(session, show, 1)
        star, maker, editor = (make.person(session, name) for name in ("Star", "Maker", "Editor"))
        make.credit(session, show, star, character="Self", billing_order=1)
        make.credit(session, show, star, character="Host", billing_order=0)
        make.credit(session, show, maker, category="creator")
        make.credit(session, show, maker, category="crew", job="Producer", department="Production")
        make.credit(session, show, editor, category="crew", job="Editor", department="Editing")
        make.credit(session, show, editor, category="crew", job="Runner")
        for number, day in ((1, date(2019, 5, 1)), (2, date(2021, 5, 1))):
            make.appearance(session, make.episode(session, season, number, air_date=day), star)
    told = client.get(f"/api/v1/shows/{show.id}/credits").json
    [cast] = told["cast"]
    assert (cast["full_name"], cast["roles"], cast["billing_order"]) == ("Star", ["Host", "Self"], 0)
    assert (cast["episodes"], cast["counts"], cast["first_year"], cast["last_year"]) == (2, "counted", 2019, 2021)
    assert [(person["full_name"], person["roles"]) for person in told["creators"]] == [("Maker", [])]
    assert [(part["department"], [person["full_name"] for person in part["members"]]) for part in told["crew"]] == [
        ("Editing", ["Editor"]),
        ("Production", ["Maker"]),
        ("", ["Editor"]),
    ]


def test_an_editor_says_what_people_are_and_who_comes_first(client, as_user):
    admin, fan = as_user("ada", Role.ADMIN), as_user("fan")
    with make.catalogue() as session:
        show = make.show(session)
        first, second = make.season(session, show, 1), make.season(session, show, 2)
        star, friend, unknown = (make.person(session, name) for name in ("Stella", "Amica", "Ignota"))
        make.credit(session, show, friend, billing_order=0)
        make.credit(session, show, star, billing_order=5)
        make.episodes_claimed(session, second, friend, 3, billing_order=0)

    def says(entity, person, **body):
        return admin.put(f"/api/v1/admin/entities/{entity.id}/roster/{person.id}", json=body)

    said = says(show, star, role="main", billing_order=0, notes="Since the first day")
    assert (said.status_code, said.json["season_number"], said.json["full_name"]) == (200, None, "Stella")
    assert says(second, friend, role="friend").json["season_number"] == 2
    assert says(first, unknown, role="guest").status_code == 200
    told = [
        (row["person"]["full_name"], row["curated_role"], row["notes"])
        for row in client.get(f"/api/v1/shows/{show.id}/cast").json
    ]
    assert told == [("Amica", "friend", None), ("Stella", "main", "Since the first day"), ("Ignota", "guest", None)]
    says(show, friend, role="guest", billing_order=1)
    assert names(client.get(f"/api/v1/shows/{show.id}/cast").json) == ["Stella", "Amica", "Ignota"]
    (of_season,) = client.get(f"/api/v1/shows/{show.id}/seasons/2/cast").json
    assert (of_season["curated_role"], of_season["episodes_in_season"]) == ("friend", 3), (
        "of this season, not of the show"
    )
    assert names(client.get(f"/api/v1/shows/{show.id}/seasons/1/cast").json) == ["Ignota"]
    assert client.get(f"/api/v1/shows/{show.id}/cast?category=crew").json == []
    roster = admin.get(f"/api/v1/admin/shows/{show.id}/roster").json
    assert [(row["season_number"], row["full_name"], row["role"]) for row in roster] == [
        (None, "Stella", "main"), (None, "Amica", "guest"), (1, "Ignota", "guest"), (2, "Amica", "friend"),
    ]  # fmt: skip
    left = admin.delete(f"/api/v1/admin/entities/{show.id}/roster/{friend.id}")
    assert (left.status_code, len(left.json)) == (200, 3)
    assert admin.delete(f"/api/v1/admin/entities/{show.id}/roster/{friend.id}").status_code == 404
    assert says(show, show, role="main").status_code == says(star, star, role="main").status_code == 404
    assert says(show, star, role="villain").status_code == 422
    assert fan.get(f"/api/v1/admin/shows/{show.id}/roster").status_code == 403
    with as_system() as session:
        acts = session.execute(text("select action from ops.audit_log order by id")).scalars().all()
    assert acts == ["roster.say"] * 4 + ["roster.withdraw"], "what was refused is not noted"
