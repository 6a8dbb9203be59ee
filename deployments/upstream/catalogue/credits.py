"""Credits of invented shows, in TMDb's four shapes: cast and crew, aggregated or not, of a show and of a season.

As at TMDb, a show's plain `credits` are those of its latest season, regulars are no guest stars, and a role keeps its
credit id in every answer that names it.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from deployments.upstream.catalogue.artwork import first_path, person_artwork
from deployments.upstream.catalogue.model import Episode, Person, Season, Show, digest, spread
from deployments.upstream.source import Body

People = Callable[[int], Body]
"""Gives what every credit says about a person (`person_fields`), by id."""

FIRST_GUEST = 500


def credit_id(show: Show, person: int, work: str) -> str:
    """Of one role or job in one show: the same wherever it is listed."""
    return _credit_id(show.id, person, work)


@lru_cache(65_536)
def _credit_id(show: int, person: int, work: str) -> str:
    return digest("credit", show, person, work)[:24]


def person_fields(person: Person) -> Body:
    """What every credit says about its person."""
    return {
        "adult": False,
        "gender": person.gender,
        "id": person.id,
        "known_for_department": person.department,
        "name": person.name,
        "original_name": person.name,
        "popularity": round(spread(0.2, 9, person.id, "popularity"), 4),
        "profile_path": first_path(person_artwork(person)),
    }


def creators(show: Show, people: People) -> list[Body]:
    return [
        {
            "id": person,
            "credit_id": credit_id(show, person, "Creator"),
            **{key: people(person)[key] for key in ("name", "original_name", "gender", "profile_path")},
        }
        for person in show.creators
    ]


def guest_stars(show: Show, episode: Episode, people: People) -> list[Body]:
    return [
        {
            "character": guest.character,
            "credit_id": credit_id(show, guest.person, guest.character),
            "order": FIRST_GUEST + place,
            **people(guest.person),
        }
        for place, guest in enumerate(episode.guests)
    ]


def episode_crew(show: Show, episode: Episode, people: People) -> list[Body]:
    return [
        {
            "job": worker.job,
            "department": worker.department,
            "credit_id": credit_id(show, worker.person, worker.job),
            **people(worker.person),
        }
        for worker in episode.crew
    ]


def season_credits(show: Show, season: Season | None, people: People) -> Body:
    """Regulars and crew of a season; of no season at all, nobody."""
    if season is None:
        return {"cast": [], "crew": []}
    roles = [role for role in show.roles if role.episodes.get(season.number)]
    jobs = [job for job in show.jobs if job.episodes.get(season.number)]
    return {
        "cast": [
            {
                **people(role.person),
                "character": role.character,
                "credit_id": credit_id(show, role.person, role.character),
                "order": order,
            }
            for order, role in enumerate(roles)
        ],
        "crew": [
            {
                **people(job.person),
                "credit_id": credit_id(show, job.person, job.job),
                "department": job.department,
                "job": job.job,
            }
            for job in jobs
        ],
    }


def aggregate_credits(show: Show, seasons: Iterable[Season], people: People) -> Body:
    """Everybody credited in these seasons with the number of episodes, per role and in total; guests included."""
    chosen = list(seasons)
    cast: Counts = {}
    crew: Counts = {}
    for role in show.roles:
        if episodes := sum(role.episodes.get(season.number, 0) for season in chosen):
            count(cast, (role.person, ""), role.character, episodes)
    for job in show.jobs:
        if episodes := sum(job.episodes.get(season.number, 0) for season in chosen):
            count(crew, (job.person, job.department), job.job, episodes)
    for season in chosen:
        for episode in season.episodes:
            for guest in episode.guests:
                count(cast, (guest.person, ""), guest.character, 1)
            for worker in episode.crew:
                count(crew, (worker.person, worker.department), worker.job, 1)
    return {
        "cast": [
            {
                **people(person),
                "roles": works(show, person, roles, "character"),
                "total_episode_count": sum(roles.values()),
                "order": order,
            }
            for order, ((person, _), roles) in enumerate(cast.items())
        ],
        "crew": [
            {
                **people(person),
                "jobs": works(show, person, jobs, "job"),
                "department": department,
                "total_episode_count": sum(jobs.values()),
            }
            for (person, department), jobs in crew.items()
        ],
    }


Counts = dict[tuple[int, str], dict[str, int]]
"""Person and department (of the cast: none) to role or job to number of episodes."""


def count(counts: Counts, key: tuple[int, str], work: str, episodes: int) -> None:
    of_person = counts.setdefault(key, {})
    of_person[work] = of_person.get(work, 0) + episodes


def works(show: Show, person: int, counts: dict[str, int], label: str) -> list[Body]:
    return [
        {"credit_id": credit_id(show, person, work), label: work, "episode_count": episodes}
        for work, episodes in counts.items()
    ]
