r"""What the lines of the datasets say, in the words of IMDb's other layers (`answers.py`). Pure.

`\N` stands for what is not known, nothing is quoted, lists are parted by commas, in `types` and `attributes` of other names
by a control character; characters are a JSON array.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from flows.sources.imdb.answers import ImdbEpisode, ImdbEpisodeCredit, ImdbTitle
from flows.sources.imdb.datasets import COLUMNS, Dataset
from models.rules.dates import is_partial

NULL = "\\N"
DIVIDER = "\x02"
"""Between several types, or attributes, of another name."""

LARGEST = 2**31 - 1

DEPARTMENTS = {
    "actor": "Acting",
    "actress": "Acting",
    "director": "Directing",
    "producer": "Production",
    "writer": "Writing",
    "editor": "Editing",
    "cinematographer": "Camera",
    "composer": "Sound",
}
"""What TMDb, whose word is shown, calls what somebody is known for."""

UNTOLD = frozenset({"miscellaneous", "archive_footage", "archive_sound"})
"""Professions that say nothing of what somebody does."""

Cells = tuple[str | None, ...]


class Rating(NamedTuple):
    """What IMDb's audience gave."""

    average: float
    votes: int


class Aka(NamedTuple):
    """Another name of a title; `country` as IMDb's region, which may be one of its own such as `XWW` (worldwide)."""

    name: str
    country: str
    kind: str


def cells(dataset: Dataset, line: bytes) -> Cells | None:
    """The columns of a line; None where it is no line of this file."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    found = text.split("\t")
    if len(found) < len(COLUMNS[dataset]) or "\0" in text:
        return None
    return tuple(None if cell == NULL or not cell else cell for cell in found)


def title_of(row: Cells) -> ImdbTitle:
    """A line of title.basics; it tells a year and no day, so a complete answer knows more."""
    imdb_id, kind, name, original, _, year, end_year, runtime, genres, *_ = row
    return ImdbTitle(
        imdb_id=imdb_id or "",
        is_complete=False,
        name=name,
        original_name=original,
        kind=kind,
        year=_whole(year),
        end_year=_whole(end_year),
        runtime=_whole(runtime),
        genres=_listed(genres),
    )


def rating_of(row: Cells) -> Rating | None:
    """A line of title.ratings; None where it says nothing that can be a rating."""
    _, average, votes, *_ = row
    try:
        rating = float(average or "")
    except ValueError:
        return None
    number = _whole(votes)
    return Rating(rating, number) if 0 <= rating <= 10 and number is not None else None


def episode_of(row: Cells, name: str | None, rating: Rating | None) -> ImdbEpisode:
    """A line of title.episode with what other files say of the episode."""
    imdb_id, _, season, number, *_ = row
    return ImdbEpisode(
        imdb_id=imdb_id or "",
        season_number=_whole(season),
        episode_number=_whole(number),
        name=name,
        rating=rating.average if rating else None,
        votes=rating.votes if rating else None,
    )


def aka_of(row: Cells) -> Aka | None:
    """A line of title.akas; None for the original title, which is a fact of its own."""
    _, _, name, region, _, types, attributes, original, *_ = row
    if not name or original == "1":
        return None
    return Aka(name, region or "", (types or attributes or "").replace(DIVIDER, ", "))


def principal_of(row: Cells) -> tuple[str, ImdbEpisodeCredit]:
    """A line of title.principals: whose it is, and the credit."""
    title, _, person, category, job, characters, *_ = row
    credit = ImdbEpisodeCredit(
        episode_id=title or "", category=_words(category or ""), job=job, characters=tuple(_characters(characters))
    )
    return person or "", credit


def crew_of(row: Cells) -> Iterator[tuple[str, ImdbEpisodeCredit]]:
    """A line of title.crew: all who directed and wrote it."""
    title, directors, writers, *_ = row
    for category, people in (("Director", directors), ("Writer", writers)):
        for person in _listed(people):
            yield person, ImdbEpisodeCredit(episode_id=title or "", category=category)


def person_facts(row: Cells) -> Mapping[str, Any]:
    """A line of name.basics as a person's facts; births and deaths by their years."""
    _, name, born, died, professions, titles, *_ = row
    jobs = _listed(professions)
    return {
        "name": name,
        "birth_date": born if is_partial(born) else None,
        "death_date": died if is_partial(died) else None,
        "known_for": next((DEPARTMENTS[job] for job in jobs if job in DEPARTMENTS), None),
        "occupations": [job.replace("_", " ") for job in jobs if job not in UNTOLD],
        "known_for_titles": list(_listed(titles)),
    }


def _words(category: str) -> str:
    """A category as IMDb's pages write it: `archive_footage` is `Archive footage`."""
    return category.replace("_", " ").capitalize()


def _characters(cell: str | None) -> Iterable[str]:
    """The names in a JSON array; one that is no array is a name as it stands."""
    if cell is None:
        return ()
    try:
        found = json.loads(cell)
    except ValueError:
        return (cell,)
    return (name for name in found if isinstance(name, str)) if isinstance(found, list) else (cell,)


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in cell.split(",") if part)) if cell else ()


def _whole(cell: str | None) -> int | None:
    number = int(cell) if cell and cell.isascii() and cell.isdigit() and len(cell) < 11 else None
    return number if number is not None and number <= LARGEST else None
