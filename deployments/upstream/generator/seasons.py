"""The seasons of a generated show: when they were broadcast, their episodes, who is a guest in them and who made them."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import NamedTuple

from deployments.upstream.catalogue.model import Episode, Guest, Season, Worker
from deployments.upstream.catalogue.seasons import LAST_PLAYED
from deployments.upstream.generator import wording
from deployments.upstream.generator.people import Crowd
from deployments.upstream.generator.shape import RUNNING, WITHOUT, Shape
from deployments.upstream.generator.wording import pick

FIRST_SEASON, FIRST_EPISODE = 1_000_000_000, 1_100_000_000
SEASON_SLOTS, EPISODE_SLOTS = 32, 32
"""Ids a show has for its seasons, and a season for its episodes."""
STEPS = (7, 7, 7, 7, 1, 3)
JOBS = (("Directing", "Director"), ("Directing", "Director"), ("Writing", "Writer"), ("Editing", "Editor"))
LAST_DAY = date.fromisoformat(LAST_PLAYED)


class Calendar(NamedTuple):
    """When a show is broadcast: the days between two episodes, and first day and number of episodes of each season."""

    step: int
    seasons: list[tuple[date, int]]


def calendar(chance: random.Random, shape: Shape) -> Calendar:
    """Seasons one after another up to some day in the past or, for a running show, up to the middle of the last one."""
    lengths = [chance.randint(*shape.episodes) for _ in range(chance.randint(*shape.seasons))]
    step = pick(chance, STEPS)
    if chance.random() < RUNNING:
        starts = LAST_DAY - timedelta(days=step * chance.randrange(lengths[-1] - 1))
    else:
        starts = LAST_DAY - timedelta(days=step * lengths[-1] + int(chance.random() ** 2 * 3500))
    seasons = [(starts, lengths[-1])]
    for length in reversed(lengths[:-1]):
        starts -= timedelta(days=length * step + int(30 + chance.random() * 170))
        seasons.append((starts, length))
    return Calendar(step, seasons[::-1])


def make_seasons(chance: random.Random, shape: Shape, show: int, people: Crowd) -> list[Season]:
    """All seasons of the show of this number, the specials first if it has any. Every guest appears, none out of turn."""
    step, found = calendar(chance, shape)
    guests = cycle(people.guests)
    seasons = [
        make_season(chance, shape, show, place, starts, step, length, guests, people)
        for place, (starts, length) in enumerate(found, 1)
    ]
    if chance.random() < shape.specials:
        seasons.insert(0, make_specials(chance, show, seasons, people))
    return seasons


def make_season(
    chance: random.Random,
    shape: Shape,
    show: int,
    place: int,
    starts: date,
    step: int,
    length: int,
    guests: Iterator[int],
    people: Crowd,
) -> Season:
    """Season `place`. What is not broadcast yet has a name at best, and neither a length nor a still."""
    roll = chance.random
    first = FIRST_EPISODE + (show * SEASON_SLOTS + place) * EPISODE_SLOTS
    least, most = shape.guests
    episodes = []
    for index in range(length):
        day = (starts + timedelta(days=step * index)).isoformat()
        coming = day > LAST_PLAYED
        workers = [Worker(pick(chance, people.crew), *pick(chance, JOBS))]
        if roll() < 0.4:
            workers.append(Worker(people.crew[index % len(people.crew)], "Writing", "Story Editor"))
        episodes.append(
            Episode(
                id=first + index,
                number=index + 1,
                name=f"Episode {index + 1}" if coming else wording.episode_title(chance),
                overview="" if coming or roll() < WITHOUT["episode_overview"] else wording.sentence(chance),
                air_date=day,
                runtime=None if coming or roll() < WITHOUT["runtime"] else pick(chance, (22, 42, 43, 44, 60, 84)),
                kind="finale" if index == length - 1 else "standard",
                guests=[] if coming else [Guest(next(guests), "Self") for _ in range(int(least + roll() * (most + 1)))],
                crew=[] if coming else workers,
                has_still=not coming and roll() >= WITHOUT["still"],
            )
        )
    return Season(
        id=FIRST_SEASON + show * SEASON_SLOTS + place,
        number=place,
        name=f"Season {place}",
        overview="" if roll() < WITHOUT["season_overview"] else wording.sentence(chance),
        air_date=starts.isoformat(),
        episodes=episodes,
        posters=0 if roll() < WITHOUT["season_poster"] else pick(chance, (1, 1, 2)),
    )


def make_specials(chance: random.Random, show: int, seasons: list[Season], people: Crowd) -> Season:
    """Season 0: a reunion after most seasons, in the week after its last episode."""
    first = FIRST_EPISODE + show * SEASON_SLOTS * EPISODE_SLOTS
    ended = [season for season in seasons if (season.episodes[-1].air_date or "") < LAST_PLAYED]
    chosen = [season for season in ended if chance.random() < 0.7] or seasons[:1]
    episodes = []
    for index, season in enumerate(chosen):
        last = season.episodes[-1].air_date or LAST_PLAYED
        episodes.append(
            Episode(
                id=first + index,
                number=index + 1,
                name=f"Reunion: {season.name}",
                overview="" if chance.random() < WITHOUT["episode_overview"] else wording.sentence(chance),
                air_date=(date.fromisoformat(last) + timedelta(days=5)).isoformat(),
                runtime=60,
                guests=[Guest(person, "Self") for person in people.guests[index : index + 2]],
                has_still=chance.random() >= WITHOUT["still"],
            )
        )
    return Season(FIRST_SEASON + show * SEASON_SLOTS, 0, "Specials", "", episodes[0].air_date, episodes)
