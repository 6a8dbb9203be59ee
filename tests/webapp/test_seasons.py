"""Seasons and episodes of a show."""

from datetime import UTC, date, datetime

from models.entities import Entity, Kind
from tests.webapp import factories as make
from tests.webapp.test_paging import walked


def test_seasons_come_by_number_from_zero_with_their_episodes_ids_and_dates(client):
    with make.catalogue() as session:
        show = make.show(session)
        second = make.season(session, show, 2)
        specials = make.season(session, show, 0, overview="Apart.", air_date=date(2020, 1, 1), tmdb_vote_average=6.5)
        make.external_id(session, Kind.SEASON, specials.id, "tvdb", "900000050")
        make.episode(session, specials, 2, tmdb_id=900000052, imdb_id="tt900000052", air_date=date(2020, 2, 2))
        make.episode(session, specials, 0, tmdb_id=900000051, air_date=date(2020, 1, 1))
        make.episode(session, specials, 9, tmdb_id=900000059, air_date=date(2029, 1, 1), is_listed=False)
        make.image(session, specials.id, "poster", "specials")
    first, last = client.get(f"/api/v1/shows/{show.id}/seasons").json
    assert (first["season_number"], first["title"], first["show_name"]) == (0, "Season 0", show.name)
    assert first["external_ids"] == {"tvdb": "900000050"}
    assert (first["tmdb_episode_ids"], first["imdb_episode_ids"]) == ([900000051, 900000052], ["tt900000052"])
    assert (first["premiere_date"], first["last_air_date"]) == ("2020-01-01", "2020-02-02")
    assert first["poster_url"] == "https://images.invalid/specials.jpg"
    assert (last["id"], last["tmdb_episode_ids"], last["first_air_date"]) == (str(second.id), [], None)
    assert client.get(f"/api/v1/shows/{show.id}/seasons/0").json == first
    assert client.get(f"/api/v1/shows/{show.id}/seasons?limit=1&offset=1").json == [last]
    assert client.get(f"/api/v1/shows/{show.id}/seasons?offset=2").json == []


def test_seasons_that_a_source_stopped_listing_are_left_out(client):
    with make.catalogue() as session:
        show = make.show(session)
        make.season(session, show, 1)
        make.season(session, show, 2, is_listed=False)
        session.get_one(Entity, make.season(session, show, 3).id).removed_at = datetime.now(UTC)
    assert [row["season_number"] for row in client.get(f"/api/v1/shows/{show.id}/seasons").json] == [1]
    for number in (2, 3, 4, -1, 2**31, 10**40):
        for path in ("", "/episodes"):
            answer = client.get(f"/api/v1/shows/{show.id}/seasons/{number}{path}")
            assert (answer.status_code, answer.json["detail"]) == (404, "Season not found")


def test_a_number_that_was_given_anew_leads_to_the_listed_season(client):
    with make.catalogue() as session:
        show = make.show(session)
        make.season(session, show, 1, is_listed=False)
        listed = make.season(session, show, 1)
        make.season(session, make.show(session, "Another"), 1)
    assert client.get(f"/api/v1/shows/{show.id}/seasons/1").json["id"] == str(listed.id)


def test_episodes_come_by_number_with_everything_known_of_them(client):
    with make.catalogue() as session:
        show = make.show(session)
        season = make.season(session, show, 1)
        make.episode(session, make.season(session, show, 2), 1)
        third = make.episode(
            session, season, 3, name="Nobody Leaves", overview="Somebody leaves.", air_date=date(2022, 5, 6), runtime=61,
            tmdb_id=900000061, imdb_id="tt900000061", tmdb_vote_average=8.25, tmdb_vote_count=4, imdb_rating=7.5,
            imdb_vote_count=12, episode_type="finale",
        )  # fmt: skip
        make.external_id(session, Kind.EPISODE, third.id, "imdb", "tt900000061")
        make.image(session, third.id, "still", "english-still", language="en", vote_count=3)
        make.image(session, third.id, "still", "still")
        make.episode(session, season, 0)
        make.episode(session, season, 4, is_listed=False)
        session.get_one(Entity, make.episode(session, season, 5).id).removed_at = datetime.now(UTC)
    path = f"/api/v1/shows/{show.id}/seasons/1/episodes"
    rows = client.get(path).json
    assert [row["episode_number"] for row in rows] == [0, 3]
    assert client.get(f"{path}?limit=1&offset=1").json == [rows[1]]
    assert rows[1] == {
        "id": str(third.id), "season_id": str(season.id), "show_id": str(show.id), "show_name": show.name,
        "season_number": 1, "episode_number": 3, "title": "Nobody Leaves", "synopsis": "Somebody leaves.",
        "overview": "Somebody leaves.", "air_date": "2022-05-06", "runtime": 61, "episode_type": "finale",
        "production_code": None, "tmdb_vote_average": 8.25, "tmdb_vote_count": 4, "imdb_rating": 7.5,
        "imdb_vote_count": 12, "imdb_id": "tt900000061", "tmdb_id": 900000061,
        "external_ids": {"imdb": "tt900000061"}, "still_url": "https://images.invalid/still.jpg",
    }  # fmt: skip


def test_a_season_without_episodes_is_an_empty_list(client):
    with make.catalogue() as session:
        show = make.show(session)
        make.season(session, show, 1)
    assert client.get(f"/api/v1/shows/{show.id}/seasons/1/episodes").json == []


def test_an_episode_by_itself_knows_its_neighbours_numbers_and_other_orders(client):
    with make.catalogue() as session:
        show = make.show(session)
        special = make.episode(session, make.season(session, show, 0), 1)
        first, second = make.season(session, show, 1), make.season(session, show, 2)
        one, two = make.episode(session, first, 1), make.episode(session, first, 2)
        make.episode(session, first, 3, is_listed=False)
        three = make.episode(session, second, 1, name="Three")
        make.listing(session, two, "imdb", 7, 8)
        group = make.episode_group(session, show, "Reunions")
        for place, episode in enumerate((three, one)):
            make.in_group(session, group, episode, place)
    told = client.get(f"/api/v1/episodes/{two.id}").json
    assert told["previous_episode"]["id"] == str(one.id)
    assert told["next_episode"] == {"id": str(three.id), "season_number": 2, "episode_number": 1, "title": "Three"}
    assert told["numbers"] == [{"source": "imdb", "season_number": 7, "episode_number": 8}]
    alone = client.get(f"/api/v1/episodes/{special.id}").json
    assert (alone["previous_episode"], alone["next_episode"], alone["season_number"]) == (None, None, 0)
    assert client.get(f"/api/v1/episodes/{one.id}").json["groups"] == [
        {
            "group_id": str(group.id), "name": "Reunions", "type": "story_arc", "part": 0, "part_name": "Part 0",
            "position": 1,
        }
    ]  # fmt: skip
    [listed] = client.get(f"/api/v1/shows/{show.id}/episode-groups").json
    assert (listed["name"], listed["parts"], listed["episodes"]) == ("Reunions", 1, 2)
    path = f"/api/v1/shows/{show.id}/episode-groups/{group.id}"
    assert [row["episode_id"] for row in walked(client, f"{path}?limit=1")] == [str(three.id), str(one.id)]
    with make.catalogue() as session:
        other = make.show(session, "Other")
    missing = client.get(path.replace(str(show.id), str(other.id)))
    assert (missing.status_code, missing.json["detail"]) == (404, "Episode group not found")


def test_a_season_by_its_id_knows_what_is_listed_and_what_stands_beside_it(client):
    with make.catalogue() as session:
        show = make.show(session)
        seasons = [make.season(session, show, number, episode_total=9) for number in (0, 1, 2)]
        make.episode(session, seasons[1], 1, air_date=date(2031, 1, 1))
        make.episode(session, seasons[1], 2, is_listed=False)
        make.listing(session, seasons[1], "tmdb", 1)
    told = client.get(f"/api/v1/seasons/{seasons[1].id}").json
    assert (told["episodes"], told["episode_total"], told["has_dated_episodes"]) == (1, 9, True)
    assert (told["previous_season"], told["next_season"]) == (0, 2)
    assert told["numbers"] == [{"source": "tmdb", "season_number": 1, "episode_number": None}]
    of_show = client.get(f"/api/v1/shows/{show.id}/seasons").json
    assert [season["has_dated_episodes"] for season in of_show] == [False, True, False]
    assert client.get(f"/api/v1/episodes/{seasons[1].id}").status_code == 404
