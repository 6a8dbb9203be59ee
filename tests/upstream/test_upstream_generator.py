"""Generated shows: any number, the same for the same seed."""

from collections import Counter
from itertools import islice

import pytest

from deployments.upstream import Generated, Upstream
from deployments.upstream.generator import FIRST_SHOW, MAX_SHOWS
from tests.upstream.conftest import asking, body_of

SHOW = f"tv/{FIRST_SHOW + 4711}"


def test_half_a_million_shows_are_there_without_being_made():
    source = Generated(MAX_SHOWS)  # made one by one they would take an hour and all memory
    assert len(source.show_ids()) == MAX_SHOWS
    assert body_of(source, SHOW)["id"] == FIRST_SHOW + 4711


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


def people_of(show):
    """Everybody a show credits anywhere."""
    return {person["id"] for kind in ("cast", "crew") for person in show["aggregate_credits"][kind]}


def people_in(source, number):
    return people_of({"aggregate_credits": source.part(f"tv/{FIRST_SHOW + number}", "aggregate_credits")})


@pytest.fixture(scope="module")
def full():
    """A catalogue of three hundred shows at full size, with a fifth of its shows as bodies."""
    source = Generated(300, seed=5, size="full")
    return source, [source.bundle(number) for number in range(0, 300, 5)]


def test_at_full_size_shows_have_the_shape_of_long_running_ones(full):
    source, shows = full
    regular = [[season for season in show["seasons"] if season["season_number"]] for show in shows]
    assert 6 <= min(map(len, regular)) < 9 and 22 < max(map(len, regular)) <= 25
    lengths = {season["episode_count"] for seasons in regular for season in seasons}
    assert (min(lengths), max(lengths)) == (8, 30)
    assert 240 < sum(show["number_of_episodes"] for show in shows) / len(shows) < 360
    assert 0.4 < sum("season/0" in show for show in shows) / len(shows) < 0.7
    people = [len(people_of(show)) for show in shows]
    assert 30 <= min(people) < 50 and 100 < max(people) <= 120
    assert source.people == 40 * 300


def test_at_full_size_most_people_belong_to_several_shows():
    source = Generated(40, size="full")
    shows = Counter(person for number in range(40) for person in people_in(source, number))
    assert sum(found > 1 for found in shows.values()) > len(shows) / 2
    assert len(shows) > 0.97 * source.people


@pytest.mark.parametrize(
    ("field", "share"),
    [
        *(("next_episode_to_air", 0.77), ("created_by", 0.17), ("production_companies", 0.12), ("networks", 0.03)),
        *(("poster_path", 0.02), ("genres", 0.01), ("episode_run_time", 0.85)),
    ],
)
def test_as_many_shows_lack_a_field_as_recordings_do(full, field, share):
    _, shows = full
    lacking = sum(not show[field] for show in shows) / len(shows)
    assert lacking == pytest.approx(share, abs=0.11)


def test_a_bundle_is_what_http_answers_for_its_parts(full):
    source, shows = full
    show = next(show for show in shows if len(show["seasons"]) < 10)
    path = f"/3/tv/{show['id']}"
    with Upstream(source) as running:
        ask = asking(running)
        parts = [key for key in show if "/" in key or key in ("images", "aggregate_credits", "external_ids")]
        answered = ask(path, append_to_response=",".join(parts)).json()
        assert answered == {key: show[key] for key in answered}
        person = source.person_bundle(7)
        assert ask(f"/3/person/{person['id']}", append_to_response="external_ids,images").json() == person


def test_ids_never_repeat_in_a_full_catalogue(full):
    _, shows = full
    seasons = [season["id"] for show in shows for season in show["seasons"]]
    episodes = [ep["id"] for show in shows for key in show if key[:7] == "season/" for ep in show[key]["episodes"]]
    assert len(set(seasons)) == len(seasons)
    assert len(set(episodes)) == len(episodes)
    assert max(episodes) < 2**31


def test_names_are_of_all_scripts_and_a_few_people_share_theirs(full):
    source, _ = full
    names = [source.person_bundle(number)["name"] for number in range(4000)]
    assert any("田" in name for name in names) and any("Соколова" in name for name in names)
    shared = sum(found for found in Counter(names).values() if found > 1)
    assert 0.01 < shared / len(names) < 0.08


def test_what_is_not_broadcast_yet_has_neither_length_nor_still_nor_guests(full):
    _, shows = full
    running = (show for show in shows if show["next_episode_to_air"])
    for show in islice(running, 5):
        coming = show["next_episode_to_air"]
        assert coming["air_date"] > show["last_air_date"]
        assert (coming["runtime"], coming["still_path"], coming["overview"]) == (None, None, "")
        assert show["status"] == "Returning Series"


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


def test_an_unknown_size_is_refused():
    with pytest.raises(ValueError, match="must be one of small, full"):
        Generated(3, size="huge")  # type: ignore[arg-type]
