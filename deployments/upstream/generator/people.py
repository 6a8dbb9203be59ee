"""The people of generated shows, and who belongs to which show."""

import random
from datetime import date, timedelta
from typing import NamedTuple

from deployments.upstream.catalogue.model import Person
from deployments.upstream.generator import wording
from deployments.upstream.generator.shape import NAMESAKES, WITHOUT, Shape
from deployments.upstream.generator.wording import pick

FIRST_PERSON, FIRST_NAME = 920_000_000, "nm991"
DEPARTMENTS = (*("Acting",) * 7, "Directing", "Production", "Writing", "Editing", "Crew")
EARLIEST_BIRTH = date(1945, 1, 1)


class Crowd(NamedTuple):
    """The ids of everybody in one show, by what they do there."""

    regulars: list[int]
    guests: list[int]
    crew: list[int]


def pool_size(shape: Shape, shows: int) -> int:
    """How many people a catalogue has: enough for the largest show, and so many for each."""
    return max(shape.people[1], shows * shape.people_per_show)


def crowd(chance: random.Random, shape: Shape, number: int, pool: int) -> Crowd:
    """Whom the show of this number has: first the people who came with it, then those of any other show."""
    wanted = chance.randint(*shape.people)
    first = number * shape.people_per_show
    found = dict.fromkeys(range(first, first + min(wanted, shape.people_per_show)))
    while len(found) < wanted:
        found[int(chance.random() * pool)] = None
    people = [FIRST_PERSON + person for person in found]
    chance.shuffle(people)
    regulars, crew = chance.randint(5, max(6, wanted // 6)), max(4, wanted // 5)
    return Crowd(people[:regulars], people[regulars + crew :], people[regulars : regulars + crew])


def make_person(chance: random.Random, number: int) -> Person:
    """The person of this number. A few have the name of somebody before them."""

    def lacks(what: str) -> bool:
        return chance.random() < WITHOUT[what]

    named = int(number * chance.random()) if chance.random() < NAMESAKES else number
    name = wording.person_name(named)
    born = EARLIEST_BIRTH + timedelta(days=int(chance.random() * 20_000))
    return Person(
        id=FIRST_PERSON + number,
        imdb_id=None if lacks("person_imdb_id") else f"{FIRST_NAME}{number:07}",
        name=name,
        gender=pick(chance, (0, 1, 1, 2, 2, 3)),
        birthday=None if lacks("birthday") else born.isoformat(),
        birthplace=None if lacks("birthplace") else pick(chance, wording.PLACES),
        biography="" if lacks("biography") else f"{name} {pick(chance, wording.LIVES)}",
        department=pick(chance, DEPARTMENTS),
        aliases=(f"{name.split()[0]} {pick(chance, wording.LAST_NAMES)}",) if chance.random() < 0.1 else (),
        photos=0 if lacks("profile") else pick(chance, (1, 1, 2)),
        instagram=f"invented.person.{number}" if chance.random() < 0.2 else None,
    )
