"""What the bundled sample promises to those who collect from it."""

import csv
import re
from collections import Counter

import pytest

from deployments.upstream import IMDB_LIST_CSV

SEASONS = ",".join(f"season/{number}" for number in range(7))
CSV_COLUMNS = (
    "Position,Const,Created,Modified,Description,Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,"
    "Release Date,Directors"
)


@pytest.fixture
def shows(ask, sample):
    """Every show with its credits and seasons, as answered over HTTP."""
    query = {"append_to_response": f"aggregate_credits,credits,external_ids,images,watch/providers,keywords,{SEASONS}"}
    return [ask(f"/3/tv/{show}", **query).json() for show in sample.show_ids()]


def seasons_of(show):
    return [show[key] for key in show if key.startswith("season/")]


def test_there_are_a_dozen_shows_or_more_with_one_to_six_seasons_of_four_to_ten_episodes(shows):
    assert len(shows) >= 12
    for show in shows:
        regular = [season for season in seasons_of(show) if season["season_number"]]
        assert 1 <= show["number_of_seasons"] == len(regular) <= 6
        assert all(4 <= len(season["episodes"]) <= 10 for season in regular)
        assert show["number_of_episodes"] == sum(len(season["episodes"]) for season in regular)


def test_every_id_lies_where_no_real_one_does(shows):
    def ids(value):
        if isinstance(value, list):
            return [found for entry in value for found in ids(entry)]
        if isinstance(value, dict):
            own = [value[key] for key in ("id", "provider_id", "show_id") if isinstance(value.get(key), int)]
            return own + [found for key, entry in value.items() if key != "genres" for found in ids(entry)]
        return []

    assert min(ids(shows)) >= 900_000_000
    imdb = [show["external_ids"]["imdb_id"] for show in shows if show["external_ids"]["imdb_id"]]
    assert all(re.fullmatch(r"tt9900\d{5}", imdb_id) for imdb_id in imdb)
    assert len(set(imdb)) == len(imdb) >= 10


def test_ids_of_seasons_and_episodes_are_unique(shows):
    episodes = [episode["id"] for show in shows for season in seasons_of(show) for episode in season["episodes"]]
    seasons = [season["id"] for show in shows for season in seasons_of(show)]
    assert len(set(episodes)) == len(episodes)
    assert len(set(seasons)) == len(seasons)


def test_regulars_are_counted_by_season_and_are_no_guest_stars_there(ask, shows):
    for show in shows:
        for season in seasons_of(show):
            cast = ask(f"/3/tv/{show['id']}/season/{season['season_number']}/credits").json()["cast"]
            guests = {guest["id"] for episode in season["episodes"] for guest in episode["guest_stars"]}
            assert not guests & {person["id"] for person in cast}, (show["name"], season["season_number"])


def test_counts_of_a_show_are_those_of_its_seasons_under_the_same_credit_ids(ask, shows):
    for show in shows:
        by_credit: Counter[str] = Counter()
        for season in show["seasons"]:
            path = f"/3/tv/{show['id']}/season/{season['season_number']}/aggregate_credits"
            for person in ask(path).json()["cast"]:
                for role in person["roles"]:
                    by_credit[role["credit_id"]] += role["episode_count"]
        whole = [role for person in show["aggregate_credits"]["cast"] for role in person["roles"]]
        assert {role["credit_id"]: role["episode_count"] for role in whole} == by_credit


def test_guests_of_the_talk_show_are_cast_of_at_least_six_other_shows(shows):
    (talk,) = (show for show in shows if show["type"] == "Talk Show")
    guests = {guest["id"] for season in seasons_of(talk) for ep in season["episodes"] for guest in ep["guest_stars"]}
    others = [
        show["name"]
        for show in shows
        if show is not talk and guests & {person["id"] for person in show["aggregate_credits"]["cast"]}
    ]
    assert len(guests) >= 20
    assert len(others) >= 6


def test_the_edges_a_collector_meets_are_all_there(shows):
    assert any(show["status"] == "Ended" for show in shows)
    assert [show["name"] for show in shows if show["next_episode_to_air"]] == ["Altitude Crew"]
    assert sum(season["season_number"] == 0 for show in shows for season in seasons_of(show)) == 2
    (bare,) = (show for show in shows if show["poster_path"] is None)
    assert (bare["overview"], bare["first_air_date"], bare["last_episode_to_air"]) == ("", None, None)
    assert {episode["air_date"] for season in seasons_of(bare) for episode in season["episodes"]} == {None}
    names = [(person["name"], person["id"]) for show in shows for person in show["aggregate_credits"]["cast"]]
    assert len({number for name, number in names if name == "Alex Kim"}) == 2


def test_the_imdb_export_overlaps_the_lists_and_has_each_odd_entry(ask):
    with IMDB_LIST_CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert ",".join(rows[0]) == CSV_COLUMNS
    listed = {item["id"] for number in (1, 2) for item in ask(f"/4/list/90000000{number}").json()["results"]}
    found = {
        row["Title"]: ask(f"/3/find/{row['Const']}", external_source="imdb_id").json()["tv_results"] for row in rows
    }
    single = {title: hits[0] for title, hits in found.items() if len(hits) == 1}
    assert all(hit["name"] == title for title, hit in single.items())
    assert len([hit for hit in single.values() if hit["id"] in listed]) == 5
    assert [title for title, hit in single.items() if hit["id"] not in listed] == ["Mother of Pearl"]
    assert {hit["original_name"] for hit in found["Kitchen Wars"]} == {"Küchenkrieg", "Kökskriget"}
    assert not {hit["first_air_date"][:4] for hit in found["Kitchen Wars"]} & {row["Year"] for row in rows[5:6]}
    assert [row["Title"] for row in rows if row["Title Type"] == "movie"] == ["The Ferry That Stayed"]
    assert found["Pilot Light"] == []


def test_a_person_has_a_profile_with_external_ids_and_photos(ask):
    body = ask("/3/person/900100001", append_to_response="external_ids,images").json()
    assert (body["name"], body["birthday"], body["imdb_id"]) == ("Marla Vance", "1974-03-22", "nm990000001")
    assert body["external_ids"]["imdb_id"] == body["imdb_id"]
    assert body["images"]["profiles"][0]["file_path"] == body["profile_path"]


def test_an_episode_answers_alone_with_its_parts(ask):
    listed = ask("/3/tv/900000001/season/1").json()["episodes"][2]
    episode = ask("/3/tv/900000001/season/1/episode/3", append_to_response="credits,external_ids,images").json()
    assert {key: episode.get(key) for key in listed} == listed | {"show_id": None}
    assert episode["images"]["stills"][0]["file_path"] == episode["still_path"]
    assert episode["credits"]["guest_stars"] == episode["guest_stars"]
