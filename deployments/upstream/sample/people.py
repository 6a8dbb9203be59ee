"""The people of the sample. All invented: names, dates, places of birth and lives.

One line each in `people.txt`: name | gender (f, m, x, -) | born | place of birth | department | biography | extras. Extras
are words such as `photos=2`, `no-imdb`, `imdb=nm990000010` (of somebody listed twice), `died=2021-02-03`, `aka=Other Name`,
`instagram=handle`, joined by commas. Ids count the lines: append only.
"""

from pathlib import Path

from deployments.upstream.catalogue.model import Person
from deployments.upstream.sample.items import named_by_tmdb

FIRST_PERSON = 900100001
LINES = Path(__file__).with_name("people.txt").read_text(encoding="utf-8").splitlines()


GENDERS = {"f": 1, "m": 2, "x": 3}


def read(number: int, line: str) -> Person:
    """The person on one line."""
    name, gender, born, birthplace, department, biography, extras = line.split("|")
    options = dict(word.partition("=")[::2] for word in extras.split(", ") if word)
    return Person(
        id=FIRST_PERSON + number,
        imdb_id=None if "no-imdb" in options else options.get("imdb", f"nm9900{number + 1:05}"),
        name=name,
        gender=GENDERS.get(gender, 0),
        birthday=born or None,
        deathday=options.get("died"),
        birthplace=birthplace or None,
        biography=biography,
        department=department or "Acting",
        aliases=tuple(filter(None, [options.get("aka")])),
        photos=int(options.get("photos", 1)),
        instagram=options.get("instagram"),
        wikidata=named_by_tmdb(name, FIRST_PERSON + number),
    )


PEOPLE = tuple(read(number, line) for number, line in enumerate(LINES))


def named(name: str) -> Person:
    """A person by name; of several of one name, the first, or the one given as `Name #2`.

    Raises:
        LookupError: nobody of the sample has this name.
    """
    name, _, place = name.partition(" #")
    found = [person for person in PEOPLE if person.name == name]
    if len(found) < (wanted := int(place or 1)):
        raise LookupError(f"nobody in the sample is called {name!r}")
    return found[wanted - 1]
