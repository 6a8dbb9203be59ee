"""What Wikidata says of the sample's people: dates of every precision and rank, and where TMDb's word of it leads astray.

TMDb's external ids name an item for some people only; the others are found by their IMDb id.
"""

from collections.abc import Mapping

from deployments.upstream.catalogue.items import GENDERS, UNKNOWN, About, Said, item_id
from deployments.upstream.catalogue.model import Person
from deployments.upstream.sample.wikis import PERSON_ARTICLES

TELEVISION, FERRY, SELLER, WRITER = "television personality", "ferry operator", "estate agent", "writer"

PEOPLE: Mapping[str, About] = {
    "Delphine Astor-Quist": About(
        births=[Said("1966-02")],
        gender=GENDERS[1],
        birthplace="Trieste, Italy",
        residence="Larkspur Bay (invented), California, USA",
        occupations=(TELEVISION, FERRY),
        freebase="/m/0fict01",
        aliases=("Delphine Quist",),
    ),
    "Marla Vance": About(
        births=[Said("1974-03-22")], gender=GENDERS[1], birthplace="Santa Rosa, California, USA", occupations=(SELLER,)
    ),
    "Renata Solis": About(births=[Said("1972-09-30")], gender=GENDERS[1], occupations=(TELEVISION,)),
    "Priya Anand-Holt": About(
        births=[Said("1987"), Said("1988-07-19", "preferred")], gender=GENDERS[1], occupations=(SELLER,)
    ),
    "Jonah Weatherby": About(births=[Said("1890-01-30", "deprecated"), Said("1991-01")], gender=GENDERS[2]),
    "Odette Marchetti": About(births=[Said(UNKNOWN)], gender=GENDERS[1], birthplace="Trieste, Italy"),
    "Bram Holloway": About(births=[Said("1969-12-24")], deaths=[Said("2022-10-03")], gender=GENDERS[2]),
    "Kit Abernathy": About(births=[Said("1980-04-01")], gender=GENDERS[1], occupations=(WRITER,)),
    "Gus Astor-Quist": About(births=[Said("1961-07-07")], gender=GENDERS[2], occupations=(FERRY,)),
    "Ash Whitlock": About(births=[Said("1998-02-02")], gender=GENDERS[3]),
    "Barnaby Stokes": About(births=[Said("1962")], gender=GENDERS[2], occupations=(TELEVISION,)),
    "Dex Ferro": About(births=[Said("1970-05-16")], gender=GENDERS[2], occupations=(TELEVISION,)),
    "Mags Oyelaran": About(births=[Said("1973-05")], gender=GENDERS[1]),
}

REDIRECTED, DELETED, NO_PERSON = "Q9989999999", "Q9989999998", "Q9989999997"
ODD = {"Kit Abernathy": REDIRECTED, "Theo Castellane": DELETED, "Coco Delacroix-Reyes": NO_PERSON}
"""Whose item TMDb names by an id that leads elsewhere: on to the item, to nothing, to a house."""
NAMED_BY_TMDB = ("Delphine Astor-Quist", "Marla Vance", "Priya Anand-Holt", "Jonah Weatherby", "Dex Ferro")
THINGS = {NO_PERSON: "Delacroix House"}


def about(person: Person) -> About | None:
    """What Wikidata says of somebody; of namesakes, only the first is known there."""
    found = PEOPLE.get(person.name)
    if found is None:
        return None
    article = PERSON_ARTICLES.get(person.name)
    return About(**{field: getattr(found, field) for field in found.__slots__} | {"article": article})


def named_by_tmdb(name: str, tmdb_id: int) -> str | None:
    """The item that TMDb's external ids name."""
    return ODD.get(name) or (item_id(tmdb_id) if name in NAMED_BY_TMDB else None)
