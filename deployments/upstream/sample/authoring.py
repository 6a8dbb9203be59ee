"""How the sample's shows are written down: compact text, expanded here to facts.

A cast line is `Name | character | seasons`, seasons being `1-3` (every episode of these) and `4:2` (two episodes of season 4),
separated by spaces. An episode line is `Title | overview | guests`, guests being `Name (character)` separated by semicolons;
the character may be left out where it is `Self`. Episodes follow each other weekly unless the season says otherwise.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from deployments.upstream.catalogue.model import Episode, Guest, Job, Organisation, Role, Season, Show, Worker
from deployments.upstream.sample.companies import COMPANIES, NETWORKS, PROVIDERS, keyword
from deployments.upstream.sample.people import named

FIRST_SHOW, FIRST_SEASON, FIRST_EPISODE = 900000001, 900200001, 900300001


def season(
    number: int, starts: str | None, overview: str, lines: str, *, name: str = "", days: int = 7, posters: int = 1
) -> Season:
    """A season of episodes that follow every `days` days; without a start nothing is dated and there are no stills."""
    first = date.fromisoformat(starts) if starts else None
    texts = [line.strip() for line in lines.strip().splitlines()]
    episodes = []
    for place, text in enumerate(texts):
        title, summary, guests = [*(field.strip() for field in text.split("|")), "", ""][:3]
        episodes.append(
            Episode(
                id=0,
                number=place + 1,
                name=title,
                overview=summary,
                air_date=(first + timedelta(days=days * place)).isoformat() if first else None,
                kind="finale" if place == len(texts) - 1 and number > 0 else "standard",
                guests=tuple(guest(text) for text in guests.split(";") if text.strip()),
                has_still=first is not None,
            )
        )
    return Season(
        0, number, name or (f"Season {number}" if number else "Specials"), overview, starts, tuple(episodes), posters
    )


def guest(text: str) -> Guest:
    name, _, character = text.strip().removesuffix(")").partition(" (")
    return Guest(named(name).id, character or "Self")


def episodes_of(text: str, seasons: Sequence[Season]) -> dict[int, int]:
    """Season number to number of episodes, from `1-3 4:2`; empty text means every episode there is."""
    lengths = {season.number: len(season.episodes) for season in seasons}
    if not text:
        return {number: length for number, length in lengths.items() if number > 0}
    counted: dict[int, int] = {}
    for word in text.split():
        match = re.fullmatch(r"(\d+)(?:-(\d+))?(?::(\d+))?", word)
        if match is None:
            raise ValueError(f"not a list of seasons: {text!r}")
        for number in range(int(match[1]), int(match[2] or match[1]) + 1):
            counted[number] = int(match[3]) if match[3] else lengths[number]
    return counted


def show(
    number: int,
    name: str,
    *,
    imdb: int | None,
    seasons: Sequence[Season],
    cast: str = "",
    crew: str = "",
    directors: Sequence[str] = (),
    creators: Sequence[str] = (),
    networks: Sequence[str] = (),
    companies: Sequence[str] = (),
    keywords: Sequence[str] = (),
    offers: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    runtime: int = 43,
    **facts: Any,
) -> Show:
    """A show of the sample. `number` decides its ids, `imdb` its IMDb id; `facts` are further fields of `Show`."""
    placed = [numbered(number, found, runtime, directors) for found in seasons]
    return Show(
        id=FIRST_SHOW + number - 1,
        imdb_id=f"tt9900{imdb:05}" if imdb else None,
        name=name,
        runtime=runtime,
        seasons=tuple(placed),
        roles=tuple(
            Role(named(person).id, character, episodes_of(text, placed)) for person, character, text in lines_of(cast)
        ),
        jobs=tuple(
            Job(named(person).id, "Production", job, episodes_of(text, placed)) for person, job, text in lines_of(crew)
        ),
        creators=tuple(named(person).id for person in creators),
        networks=tuple(NETWORKS[network] for network in networks),
        companies=tuple(COMPANIES[company] for company in companies),
        keywords=tuple(keyword(word) for word in keywords),
        offers={
            country: {kind: provided(names) for kind, names in kinds.items()}
            for country, kinds in (offers or {}).items()
        },
        **facts,
    )


def numbered(show_number: int, found: Season, runtime: int, directors: Sequence[str]) -> Season:
    """The season with ids and running times; directors take turns."""
    episodes = []
    for place, episode in enumerate(found.episodes):
        minutes = runtime + (0, 1, -1, 2)[place % 4] + (20 if episode.kind == "finale" else 0)
        crew = [Worker(named(directors[place % len(directors)]).id)] if directors and episode.air_date else []
        identity = FIRST_EPISODE + show_number * 1000 + found.number * 50 + place
        episodes.append(episode._replace(id=identity, runtime=minutes if episode.air_date else None, crew=tuple(crew)))
    return replace(found, id=FIRST_SEASON + show_number * 100 + found.number, episodes=tuple(episodes))


def provided(names: Sequence[str]) -> tuple[Organisation, ...]:
    return tuple(PROVIDERS[name] for name in names)


def lines_of(text: str) -> list[tuple[str, str, str]]:
    """Three fields of every line, the last one optional."""
    rows = ([*(field.strip() for field in line.split("|")), "", ""][:3] for line in text.strip().splitlines())
    return [(row[0], row[1], row[2]) for row in rows]
