"""What Wikidata says of generated people: of most who are on IMDb, with dates of all precisions."""

from zlib import crc32

from deployments.upstream.catalogue.items import GENDERS, About, Said
from deployments.upstream.catalogue.model import Person
from deployments.upstream.generator.wikis import WIKI

OCCUPATIONS = ("television personality", "actor", "entrepreneur", "singer", "athlete")
KNOWN = 60
"""Percent of people with an item."""


def about(person: Person, article: str | None) -> About | None:
    """What Wikidata says of somebody, None where it has no item. `article` is the title of the one in the wiki."""
    roll = crc32(f"item {person.id}".encode())
    if roll % 100 >= KNOWN or person.imdb_id is None:
        return None
    born = person.birthday or f"{1950 + roll % 50}-{1 + roll % 12:02}-{1 + roll % 28:02}"
    precision = (10, 10, 10, 10, 10, 7, 4)[roll % 7]
    return About(
        births=[Said(born[:precision])] if roll % 11 else (),
        gender=GENDERS.get(person.gender),
        birthplace=person.birthplace,
        occupations=(OCCUPATIONS[roll % len(OCCUPATIONS)],),
        article=f"{WIKI.removesuffix('.fandom.com')}:{article}" if article else None,
    )


def named_by_tmdb(person: Person) -> bool:
    """Whether TMDb's external ids name a person's item, where there is one."""
    return crc32(f"tmdb item {person.id}".encode()) % 100 < KNOWN
