"""Credits of invented shows, in TMDb's four shapes: cast and crew, aggregated or not, of a show and of a season.

As at TMDb, a show's plain `credits` are those of its latest season, regulars are no guest stars, and a role keeps its
credit id in every answer that names it.
"""

from collections.abc import Callable, Iterable

from deployments.upstream.catalogue.artwork import first_path, person_artwork
from deployments.upstream.catalogue.model import Episode, Person, Season, Show, digest, spread
from deployments.upstream.source import Body

People = Callable[[int], Person]
"""Looks a person up by id."""

FIRST_GUEST = 500


def credit_id(show: Show, person: int, work: str) -> str:
    """Of one role or job in one show: the same wherever it is listed."""
    return digest("credit", show.id, person, work)[:24]


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
    found = [people(person) for person in show.creators]
    return [
        {
            "id": person.id,
            "credit_id": credit_id(show, person.id, "Creator"),
            "name": person.name,
            "original_name": person.name,
            "gender": person.gender,
            "profile_path": first_path(person_artwork(person)),
        }
        for person in found
    ]


def guest_stars(show: Show, episode: Episode, people: People) -> list[Body]:
    return [
        {
            "character": guest.character,
            "credit_id": credit_id(show, guest.person, guest.character),
            "order": FIRST_GUEST + place,
            **person_fields(people(guest.person)),
        }
        for place, guest in enumerate(episode.guests)
    ]


def episode_crew(show: Show, episode: Episode, people: People) -> list[Body]:
    if episode.director is None:
        return []
    job = {"job": "Director", "department": "Directing", "credit_id": credit_id(show, episode.director, "Director")}
    return [{**job, **person_fields(people(episode.director))}]


def season_credits(show: Show, season: Season | None, people: People) -> Body:
    """Regulars and crew of a season; of no season at all, nobody."""
    if season is None:
        return {"cast": [], "crew": []}
    roles = [role for role in show.roles if role.episodes.get(season.number)]
    jobs = [job for job in show.jobs if job.episodes.get(season.number)]
    return {
        "cast": [
            {
                **person_fields(people(role.person)),
                "character": role.character,
                "credit_id": credit_id(show, role.person, role.character),
                "order": order,
            }
            for order, role in enumerate(roles)
        ],
        "crew": [
            {
                **person_fields(people(job.person)),
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
            if episode.director is not None:
                count(crew, (episode.director, "Directing"), "Director", 1)
    return {
        "cast": [
            {
                **person_fields(people(person)),
                "roles": works(show, person, roles, "character"),
                "total_episode_count": sum(roles.values()),
                "order": order,
            }
            for order, ((person, _), roles) in enumerate(cast.items())
        ],
        "crew": [
            {
                **person_fields(people(person)),
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
