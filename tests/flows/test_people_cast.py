"""People and their credits: shared people, same names, vanished credits, and answers that fail."""

from copy import deepcopy
from typing import Any

from deployments.upstream.source import Body

SHOW = 900000003


def sync(catalogue: Any, *shows: int) -> Any:
    return catalogue.run("people-cast", tmdb_ids=list(shows or [SHOW]), force=True)


def without(person: int) -> Any:
    """A change that takes a person out of a cast."""
    return lambda body: {**body, "cast": [member for member in body["cast"] if member["id"] != person]}


def cast_of(catalogue: Any, show: int = SHOW) -> set[int]:
    return set(
        catalogue.column(
            "select p.tmdb_id from core.credits c join core.people p on p.id = c.person_id"
            " where c.show_id = :show and c.category = 'cast'",
            show=catalogue.show(show),
        )
    )


def test_a_person_of_two_shows_is_one_row(catalogue):
    shared = catalogue.rows(
        "select p.tmdb_id, count(distinct c.show_id) from core.people p join core.credits c on c.person_id = p.id"
        " where c.category = 'cast' group by p.tmdb_id having count(distinct c.show_id) > 1"
    )
    assert shared
    standing = "select p.tmdb_id from core.people p join core.entities e on e.id = p.id where e.merged_into is null"
    assert catalogue.one(f"select count(*) - count(distinct tmdb_id) from ({standing}) s") == 0


def test_two_people_of_one_name_stay_two(catalogue, upstream):
    one, other = sorted(cast_of(catalogue))[:2]
    name = (upstream.source.body(f"person/{one}") or {})["name"]
    upstream.amend(f"person/{other}", name=name)
    assert sync(catalogue).failures == {}
    assert catalogue.rows(
        "select tmdb_id, name from core.people where tmdb_id in (:one, :other) order by 1", one=one, other=other
    ) == [
        (one, name),
        (other, name),
    ]


def test_every_cast_member_has_the_episodes_that_tmdb_claims_for_show_and_season(catalogue, upstream):
    for season in (None, 1, 2):
        path = f"tv/{SHOW}" if season is None else f"tv/{SHOW}/season/{season}"
        told = (upstream.source.part(path, "aggregate_credits") or {})["cast"]
        table = "core.shows" if season is None else "core.seasons"
        stored = catalogue.rows(
            f"select p.tmdb_id, n.episodes from core.credit_counts n join core.people p on p.id = n.person_id"
            f" join {table} o on o.id = n.entity_id where n.show_id = :show and n.category = 'cast'"
            + ("" if season is None else " and o.season_number = :season"),
            show=catalogue.show(SHOW),
            season=season,
        )
        assert dict(stored) == {member["id"]: member["total_episode_count"] for member in told}


def listed_by_episode(upstream: Any) -> set[tuple[int, int, str, str, str | None]]:
    """TMDb's episode and person, category, job and role, as the show's seasons list them."""
    found: set[tuple[int, int, str, str, str | None]] = set()
    for season in (upstream.source.body(f"tv/{SHOW}") or {})["seasons"]:
        body = upstream.source.body(f"tv/{SHOW}/season/{season['season_number']}") or {}
        for episode in body["episodes"]:
            found |= {(episode["id"], guest["id"], "cast", "", guest["character"]) for guest in episode["guest_stars"]}
            found |= {(episode["id"], member["id"], "crew", member["job"], None) for member in episode["crew"]}
    return found


APPEARANCES = (
    "select e.tmdb_id, p.tmdb_id, a.category, a.job, a.role from core.appearances a"
    " join core.episodes e on e.id = a.episode_id join core.people p on p.id = a.person_id"
    " where a.source = 'tmdb' and a.show_id = :show"
)


def test_guests_and_crew_appear_in_the_episodes_that_list_them(catalogue, upstream):
    told = listed_by_episode(upstream)
    assert {category for _, _, category, _, _ in told} == {"cast", "crew"}
    assert set(catalogue.rows(APPEARANCES, show=catalogue.show(SHOW))) == told


def test_a_guest_whom_an_episode_lists_no_more_is_gone_from_it(catalogue, upstream):
    path = f"tv/{SHOW}/season/1"
    body = deepcopy(upstream.source.body(path) or {})
    first = next(episode for episode in body["episodes"] if episode["guest_stars"])
    gone = first["guest_stars"][0]["id"]
    first["guest_stars"] = first["guest_stars"][1:]
    upstream.amend(path, episodes=body["episodes"])
    report = sync(catalogue)
    assert report.tables["core.appearances"].removed == 1
    assert not catalogue.rows(
        APPEARANCES + " and e.tmdb_id = :e and p.tmdb_id = :p", show=catalogue.show(SHOW), e=first["id"], p=gone
    )


def test_a_vanished_credit_is_removed_and_the_person_stays(catalogue, upstream):
    gone = min(cast_of(catalogue))
    facts = catalogue.rows(
        "select f.fields from core.facts f join core.people p on p.id = f.entity_id where p.tmdb_id = :id", id=gone
    )
    for path in (f"tv/{SHOW}", f"tv/{SHOW}/season/1", f"tv/{SHOW}/season/2"):
        upstream.amend(f"{path}/aggregate_credits", without(gone))
    report = sync(catalogue)
    assert report.tables["core.credits"].removed >= 1
    assert gone not in cast_of(catalogue)
    assert (
        catalogue.rows(
            "select f.fields from core.facts f join core.people p on p.id = f.entity_id where p.tmdb_id = :id", id=gone
        )
        == facts
    )
    assert (
        catalogue.one(
            "select count(*) from core.credit_counts n join core.people p on p.id = n.person_id"
            " where p.tmdb_id = :id and n.show_id = :show",
            id=gone,
            show=catalogue.show(SHOW),
        )
        == 0
    )


def test_a_vanished_credit_stays_while_a_season_is_not_answered(catalogue, upstream):
    before = cast_of(catalogue)
    gone = min(before)
    for path in (f"tv/{SHOW}", f"tv/{SHOW}/season/1"):
        upstream.amend(f"{path}/aggregate_credits", without(gone))
    upstream.withdraw(f"tv/{SHOW}/season/2")
    report = sync(catalogue)
    assert [name for name in report.failures if "seasons" in name]
    assert cast_of(catalogue) == before
    assert report.tables["core.credits"].removed == 0


def test_a_person_that_tmdb_no_longer_has_fails_alone_and_keeps_what_is_known(catalogue, upstream):
    gone, changed = sorted(cast_of(catalogue))[:2]
    name, biography = catalogue.rows("select name, biography from core.people where tmdb_id = :id", id=gone)[0]
    upstream.withdraw(f"person/{gone}")
    upstream.amend(f"person/{changed}", biography="Changed since.")
    report = sync(catalogue)
    assert list(report.failures) == [f"person {gone}"]
    assert "404" in report.failures[f"person {gone}"]
    assert catalogue.rows("select name, biography from core.people where tmdb_id = :id", id=gone) == [(name, biography)]
    assert catalogue.one("select biography from core.people where tmdb_id = :id", id=changed) == "Changed since."
    (state,) = catalogue.records(
        "select y.* from ops.sync_state y join core.people p on p.id = y.entity_id"
        " where p.tmdb_id = :id and y.resource = 'person'",
        id=gone,
    )
    assert state["status"] == "failed" and "404" in state["last_error"]
    assert state["last_success_at"] < state["last_attempt_at"]


def test_an_imdb_id_that_two_people_claim_opens_a_case_and_crashes_nothing(catalogue, upstream):
    one, other = sorted(cast_of(catalogue))[:2]
    claimed = (upstream.source.body(f"person/{one}") or {})["imdb_id"]
    upstream.amend(f"person/{other}", imdb_id=claimed)
    upstream.amend(f"person/{other}/external_ids", imdb_id=claimed)
    report = sync(catalogue)
    assert (report.failures, report.ambiguous) == ({}, 1)
    assert catalogue.one("select tmdb_id from core.people where imdb_id = :id", id=claimed) == one
    opened = catalogue.column("select candidates from ops.match_cases where status = 'open'")
    assert [found[0]["value"] for found in opened].count(claimed) == 1


def test_a_person_whose_answer_does_not_parse_or_the_database_refuses_fails_alone(catalogue, upstream):
    first, second, third = sorted(cast_of(catalogue))[:3]
    upstream.amend(f"person/{first}", also_known_as=5)
    upstream.amend(f"person/{second}", biography="a\x00b")
    upstream.amend(f"person/{third}", biography="Changed since.")
    report = sync(catalogue)
    assert f"person {first}" in report.failures
    assert len(report.failures) <= 2
    assert catalogue.one("select biography from core.people where tmdb_id = :id", id=third) == "Changed since."


def test_the_api_serves_the_cast_with_seasons_and_counts(catalogue, upstream):
    served = catalogue.ask(f"/shows/{catalogue.show(SHOW)}/cast?limit=100")
    told = (upstream.source.part(f"tv/{SHOW}", "aggregate_credits") or {})["cast"]
    assert {m["person"]["tmdb_id"]: m["episodes"] for m in served} == {m["id"]: m["total_episode_count"] for m in told}
    counts = {regular: {m["counts"] for m in served if m["is_regular"] is regular} for regular in (True, False)}
    assert counts == {True: {"claimed"}, False: {"counted"}}, "no episode lists a regular, each lists its guests"
    body: Body = served[0]
    assert {part["season_number"] for part in body["seasons"]} <= {1, 2}
