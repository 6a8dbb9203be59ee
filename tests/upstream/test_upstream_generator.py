"""Generated shows: any number, the same for the same seed."""

import time
from collections import Counter

import pytest

from deployments.upstream import Generated
from deployments.upstream.generator import FIRST_SHOW
from tests.upstream.conftest import body_of

SHOW = f"tv/{FIRST_SHOW + 4711}"


def test_five_thousand_shows_are_there_at_once():
    started = time.monotonic()
    source = Generated(5000)
    assert len(source.show_ids()) == 5000
    assert body_of(source, SHOW)["id"] == FIRST_SHOW + 4711
    assert time.monotonic() - started < 0.2


def test_a_show_depends_on_seed_and_number_alone():
    large, small = Generated(5000, seed=3), Generated(5000, seed=3)
    small.body(f"tv/{FIRST_SHOW}")
    assert large.body(SHOW) == small.body(SHOW)
    assert large.part(SHOW, "aggregate_credits") == small.part(SHOW, "aggregate_credits")
    assert body_of(Generated(5000, seed=4), SHOW)["overview"] != body_of(large, SHOW)["overview"]


def test_seasons_and_episodes_stay_in_bounds_and_every_path_of_a_show_answers(ask_generated):
    lengths, seasons = set(), set()
    for number in range(40):
        show = ask_generated(f"/3/tv/{FIRST_SHOW + number}").json()
        seasons.add(len(show["seasons"]))
        lengths |= {season["episode_count"] for season in show["seasons"]}
    assert min(seasons) >= 1
    assert 3 < max(seasons) <= 8
    assert min(lengths) >= 6
    assert 12 < max(lengths) <= 16


def guests_of(show):
    return {guest.person for season in show.seasons for episode in season.episodes for guest in episode.guests}


def test_most_people_of_a_show_belong_to_others_too():
    source = Generated(300)
    shows = [source.show(show_id) for show_id in source.show_ids()]
    cast = Counter(
        person for show in shows if show for person in {role.person for role in show.roles} | guests_of(show)
    )
    assert sum(shows > 1 for shows in cast.values()) > len(cast) / 2
    assert all(source.person(person) for person in cast)


def test_find_leads_from_imdb_ids_to_shows_and_people(ask_generated):
    show = ask_generated(f"/3/tv/{FIRST_SHOW + 5}", append_to_response="external_ids,aggregate_credits").json()
    hits = ask_generated(f"/3/find/{show['external_ids']['imdb_id']}", external_source="imdb_id").json()
    assert [hit["id"] for hit in hits["tv_results"]] == [show["id"]]
    people = [ask_generated(f"/3/person/{person['id']}").json() for person in show["aggregate_credits"]["cast"][:3]]
    imdb_id = next(person["imdb_id"] for person in people if person["imdb_id"])
    hits = ask_generated(f"/3/find/{imdb_id}", external_source="imdb_id").json()
    assert hits["person_results"][0]["id"] in {person["id"] for person in people}


def test_images_of_generated_shows_are_served(ask_generated):
    show = ask_generated(f"/3/tv/{FIRST_SHOW + 5}", append_to_response="season/1").json()
    paths = [show["poster_path"], show["networks"][0]["logo_path"], show["season/1"]["episodes"][0]["still_path"]]
    assert [ask_generated(f"/t/p/w92{path}").status_code for path in paths] == [200, 200, 200]


@pytest.mark.parametrize("shows", [0, -3, 10**9])
def test_an_impossible_number_of_shows_is_refused(shows):
    with pytest.raises(ValueError, match="must be between 1 and"):
        Generated(shows)
