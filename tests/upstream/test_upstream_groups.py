"""Episode groups: other orders of a show's episodes, listed by the show and answered one by one."""

import pytest

from deployments.upstream import Generated
from deployments.upstream.generator import FIRST_SHOW
from tests.upstream.conftest import body_of

LARKSPUR = "/3/tv/900000002"


@pytest.fixture
def groups(ask):
    """The groups of a show with reunions, by name."""
    listed = ask(LARKSPUR, append_to_response="episode_groups").json()["episode_groups"]["results"]
    return {group["name"]: ask(f"/3/tv/episode_group/{group['id']}").json() for group in listed}


def titles(group):
    return [(part["name"], [episode["name"] for episode in part["episodes"]]) for part in group["groups"]]


def test_a_group_states_what_its_show_lists_of_it_and_its_parts_in_order(ask, groups):
    listed = ask(f"{LARKSPUR}/episode_groups").json()
    assert listed["id"] == 900000002
    for summary in listed["results"]:
        group = groups[summary["name"]]
        assert {key: group[key] for key in summary} == summary
        assert set(group) - set(summary) == {"groups"}
        assert [part["order"] for part in group["groups"]] == list(range(1, group["group_count"] + 1))
        assert {key for part in group["groups"] for key in part} == {"id", "name", "order", "episodes", "locked"}
        episodes = [episode for part in group["groups"] for episode in part["episodes"]]
        assert len(episodes) == group["episode_count"]
        assert all(
            [e["order"] for e in part["episodes"]] == list(range(len(part["episodes"]))) for part in group["groups"]
        )


def test_an_episode_of_a_group_is_the_episode_of_its_season_without_credits(ask, groups):
    episode = groups["By reunion"]["groups"][0]["episodes"][0]
    season = ask(f"{LARKSPUR}/season/{episode['season_number']}").json()["episodes"]
    (same,) = (found for found in season if found["id"] == episode["id"])
    assert episode == {key: value for key, value in same.items() if key not in ("crew", "guest_stars")} | {"order": 0}


def test_specials_stand_with_the_season_they_followed(groups):
    first, second, *_ = titles(groups["By reunion"])
    assert first[0] == "Season 1"
    assert first[1][-1] == "Reunion: High Water Mark"
    assert second[1][-1] == "Reunion: The Ferry Ledger"


def test_an_unknown_group_is_404(ask):
    for identity in ("35a4e902" + "0" * 16, "0" * 24, "no-group"):
        assert ask(f"/3/tv/episode_group/{identity}").json()["status_code"] == 34


def test_a_group_can_be_amended_by_its_path(ask, upstream, groups):
    identity = groups["Absolute"]["id"]
    upstream.amend(f"tv/episode_group/{identity}", name="In one row")
    assert ask(f"/3/tv/episode_group/{identity}").json()["name"] == "In one row"


def test_a_fifth_of_generated_shows_have_groups_and_every_listed_group_answers():
    source, found = Generated(40, size="full"), 0
    for number in range(40):
        listed = source.part(f"tv/{FIRST_SHOW + number}", "episode_groups")
        assert listed is not None
        found += bool(listed["results"])
        for group in listed["results"]:
            body = body_of(source, f"tv/episode_group/{group['id']}")
            episodes = [episode["id"] for part in body["groups"] for episode in part["episodes"]]
            assert len(set(episodes)) == len(episodes) == body["episode_count"] == group["episode_count"]
    assert 3 <= found <= 15
