"""Seasons and episodes through a second run: renumbered, swapped, dropped, returned, doubled, and claimed by two shows."""

from typing import Any

from deployments.upstream.source import Body

SHOW = 900000003
SEASON = f"tv/{SHOW}/season/1"


def episodes(catalogue: Any, season: int = 1, show: int = SHOW) -> dict[int, Any]:
    """A season's listed episodes: our id by number."""
    return dict(
        catalogue.rows(
            "select e.episode_number, e.id from core.episodes e join core.seasons s on s.id = e.season_id"
            " where e.show_id = :show and s.season_number = :season and e.is_listed and s.is_listed",
            show=catalogue.show(show),
            season=season,
        )
    )


def sync(catalogue: Any, **selection: Any) -> Any:
    return catalogue.run("seasons-episodes", tmdb_ids=[SHOW], force=True, **selection)


def listing(change: Any) -> Any:
    """A change of a season's episodes."""
    return lambda body: {**body, "episodes": change([dict(episode) for episode in body["episodes"]])}


def numbered(found: list[Body], numbers: list[int]) -> list[Body]:
    return [{**episode, "episode_number": number} for episode, number in zip(found, numbers, strict=True)]


def test_two_episodes_that_swap_numbers_stay_themselves(catalogue, upstream):
    before = episodes(catalogue)
    upstream.amend(SEASON, listing(lambda found: numbered(found, [2, 1, 3, 4, 5, 6])))
    report = sync(catalogue)
    assert (report.status, report.failures, report.drift) == ("completed", {}, {})
    assert episodes(catalogue) == before | {1: before[2], 2: before[1]}


def test_a_dropped_episode_is_kept_unlisted_and_comes_back_as_itself(catalogue, upstream):
    before = episodes(catalogue)
    upstream.amend(SEASON, listing(lambda found: found[:2] + numbered(found[3:], [3, 4, 5])))
    report = sync(catalogue)
    assert report.tables["core.episodes"].removed == 1
    assert episodes(catalogue) == {1: before[1], 2: before[2], 3: before[4], 4: before[5], 5: before[6]}
    (row,) = catalogue.rows(
        "select is_listed, removed_at is not null from core.episodes e join core.entities n on n.id = e.id"
        " where e.id = :id",
        id=before[3],
    )
    assert row == (False, True)
    assert catalogue.one("select episode_total from core.shows where tmdb_id = :show", show=SHOW) == 11
    assert len(catalogue.ask(f"/shows/{catalogue.show(SHOW)}/seasons/1/episodes")) == 5

    upstream.restore()
    sync(catalogue)
    assert episodes(catalogue) == before
    assert catalogue.one("select removed_at from core.entities where id = :id", id=before[3]) is None


def test_a_new_episode_and_an_episode_zero_are_rows_like_others(catalogue, upstream):
    before = episodes(catalogue)
    upstream.amend(
        SEASON,
        listing(
            lambda found: [
                {**found[0], "id": 900999000, "episode_number": 0, "name": "The Audition"},
                *found,
                {**found[0], "id": 900999001, "episode_number": 7, "name": "One More", "air_date": "2021-06-01"},
            ]
        ),
    )
    assert sync(catalogue).failures == {}
    after = episodes(catalogue)
    assert set(after) == {0, *before, 7} and before.items() <= after.items()
    served = catalogue.ask(f"/shows/{catalogue.show(SHOW)}/seasons/1/episodes")
    assert [(served[0]["episode_number"], served[0]["title"]), served[-1]["title"]] == [(0, "The Audition"), "One More"]


def test_a_renumbered_season_takes_its_episodes_with_it(catalogue, upstream):
    before = episodes(catalogue, 2)

    def renumbered(body: Body) -> Body:
        return {
            **body,
            "seasons": [
                {**season, "season_number": 3} if season["season_number"] == 2 else season for season in body["seasons"]
            ],
        }

    second = upstream.source.body(f"tv/{SHOW}/season/2") or {}
    third = {
        **second,
        "season_number": 3,
        "episodes": [{**episode, "season_number": 3} for episode in second["episodes"]],
    }

    def appended(body: Body) -> Body:
        return {**renumbered(body), "season/3": third}

    upstream.amend(f"tv/{SHOW}", appended)
    upstream.withdraw(f"tv/{SHOW}/season/2")
    season_id = catalogue.one(
        "select id from core.seasons where show_id = :show and season_number = 2", show=catalogue.show(SHOW)
    )
    assert sync(catalogue).failures == {}
    assert episodes(catalogue, 3) == before
    assert catalogue.one("select season_number from core.seasons where id = :id", id=season_id) == 3


def test_a_season_dropped_by_tmdb_is_not_believed_at_once_and_then_unlisted_with_its_episodes_kept(catalogue, upstream):
    before = episodes(catalogue, 2)
    upstream.amend(f"tv/{SHOW}", lambda body: {**body, "seasons": body["seasons"][:1]})
    upstream.withdraw(f"tv/{SHOW}/season/2")
    report = sync(catalogue)
    assert "6 of 12 episodes" in str(report.failures) and "allow_shrink" in str(report.failures)
    assert episodes(catalogue, 2) == before

    assert sync(catalogue, allow_shrink=True).failures == {}
    show = catalogue.show(SHOW)
    assert catalogue.rows(
        "select season_number, is_listed from core.seasons where show_id = :show order by 1", show=show
    ) == [(1, True), (2, False)]
    assert catalogue.one("select count(*) from core.episodes where id = any(:ids)", ids=list(before.values())) == 6
    assert [season["season_number"] for season in catalogue.ask(f"/shows/{show}/seasons")] == [1]
    assert catalogue.rows("select season_total, episode_total from core.shows where id = :show", show=show) == [(1, 6)]


def test_a_season_whose_part_is_missing_loses_nothing(catalogue, upstream):
    before = episodes(catalogue)
    upstream.withdraw(SEASON)
    report = sync(catalogue)
    assert (report.status, report.written) == ("completed", 0)
    assert episodes(catalogue) == before


def test_a_number_listed_twice_is_drift_and_the_first_stays(catalogue, upstream):
    before = episodes(catalogue)
    upstream.amend(SEASON, listing(lambda found: numbered(found, [1, 2, 2, 4, 5, 6])))
    report = sync(catalogue)
    assert report.status == "completed" and report.failures == {}
    assert report.drift == {"season: episodes[] without or with a repeated number": 1}
    assert episodes(catalogue) == {number: id_ for number, id_ in before.items() if number != 3}


def test_an_episode_that_belongs_to_another_show_is_left_there_for_a_person(catalogue, upstream):
    other = episodes(catalogue, 1, 900000009)
    before = episodes(catalogue)
    foreign = catalogue.one("select tmdb_id from core.episodes where id = :id", id=other[1])
    upstream.amend(SEASON, listing(lambda found: [{**found[0], "id": foreign}, *found[1:]]))
    for _ in range(2):
        report = sync(catalogue)
        assert (report.failures, report.ambiguous) == ({}, 1)
    assert episodes(catalogue, 1, 900000009) == other
    assert {number: id_ for number, id_ in before.items() if number > 1}.items() <= episodes(catalogue).items()
    (case,) = catalogue.records("select * from ops.match_cases where reason like 'episode-owned%'")
    assert case["entity_id"] == catalogue.show(SHOW) and case["status"] == "open"
    assert case["candidates"][0]["value"] == str(foreign)
    assert case["candidates"][0]["entity_id"] == str(other[1])


def test_one_episode_id_in_two_seasons_or_twice_in_one_crashes_nothing(catalogue, upstream):
    first = (upstream.source.body(SEASON) or {})["episodes"][0]
    upstream.amend(SEASON, listing(lambda found: [*found, {**first, "episode_number": 9}]))
    upstream.amend(f"tv/{SHOW}/season/2", listing(lambda found: [{**found[0], "id": first["id"]}, *found[1:]]))
    report = sync(catalogue)
    assert (report.status, report.failures) == ("completed", {})
    assert episodes(catalogue)[1]
    assert catalogue.one("select count(*) from core.episodes where tmdb_id = :id", id=first["id"]) == 1
