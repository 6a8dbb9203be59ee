"""The rows of the datasets, from what a source has of IMDb. Titles come with their episodes behind them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from deployments.upstream.source import Body, Source

NULL = "\\N"
COLUMNS: Mapping[str, Sequence[str]] = {
    "title.basics": (
        *("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult"),
        *("startYear", "endYear", "runtimeMinutes", "genres"),
    ),
    "title.akas": ("titleId", "ordering", "title", "region", "language", "types", "attributes", "isOriginalTitle"),
    "title.episode": ("tconst", "parentTconst", "seasonNumber", "episodeNumber"),
    "title.ratings": ("tconst", "averageRating", "numVotes"),
    "title.principals": ("tconst", "ordering", "nconst", "category", "job", "characters"),
    "title.crew": ("tconst", "directors", "writers"),
    "name.basics": ("nconst", "primaryName", "birthYear", "deathYear", "primaryProfession", "knownForTitles"),
}
KNOWN_FOR = 4
Row = tuple[str, Sequence[str]]
"""The dataset and the fields of a row."""


def rows_of(source: Source) -> Iterator[Row]:
    """All rows of all datasets."""
    known_for: dict[str, list[str]] = {}
    for imdb_id in source.fact("imdb/titles") or ():
        if (title := source.fact(f"imdb/{imdb_id}")) is None:
            continue
        principals: dict[str, list[Body]] = {}
        for credit in source.fact(f"imdb/{imdb_id}/principals") or ():
            principals.setdefault(credit["title"], []).append(credit)
        yield from rows_of_title(title, principals.get(imdb_id, []))
        for credit in principals.get(imdb_id, ()):
            known_for.setdefault(credit["person"], []).append(imdb_id)
        for episode in source.fact(f"imdb/{imdb_id}/episodes") or ():
            yield from rows_of_title(episode, principals.get(episode["id"], []))
            number = episode["series"]["episodeNumber"] or {}
            numbers = text(number.get("seasonNumber")), text(number.get("episodeNumber"))
            yield "title.episode", (episode["id"], imdb_id, *numbers)
    for name_id in source.fact("imdb/names") or ():
        if (name := source.fact(f"imdb/{name_id}")) is not None:
            yield "name.basics", name_row(name, known_for.get(name_id, []))


def rows_of_title(title: Body, principals: Sequence[Body]) -> Iterator[Row]:
    """What all files say of one title or episode."""
    identity, name = title["id"], title["titleText"]["text"]
    original, years = title["originalTitleText"]["text"], title["releaseYear"] or {}
    runtime = title["runtime"]["seconds"] // 60 if title["runtime"] else None
    genres = listed(genre["genre"]["text"] for genre in title["titleGenres"]["genres"])
    kind = title["titleType"]["id"]
    yield (
        "title.basics",
        (
            identity,
            kind,
            name,
            original,
            "0",
            text(years.get("year")),
            text(years.get("endYear")),
            text(runtime),
            genres,
        ),
    )
    yield "title.akas", (identity, "1", original, NULL, NULL, "original", NULL, "1")
    if kind != "tvEpisode":
        yield "title.akas", (identity, "2", name, "US", NULL, "imdbDisplay", NULL, "0")
    rating = title["ratingsSummary"]
    if rating["aggregateRating"] is not None:
        yield "title.ratings", (identity, f"{rating['aggregateRating']:.1f}", str(rating["voteCount"]))
    for credit in principals:
        characters = json.dumps(credit["characters"], ensure_ascii=False) if credit["characters"] else NULL
        ordering = str(credit["ordering"])
        yield (
            "title.principals",
            (identity, ordering, credit["person"], credit["category"], text(credit["job"]), characters),
        )
    crew = {
        category: listed(credit["person"] for credit in principals if credit["category"] == category)
        for category in ("director", "writer")
    }
    yield "title.crew", (identity, crew["director"], crew["writer"])


def name_row(name: Body, known_for: Sequence[str]) -> Sequence[str]:
    def year(date: Any) -> str:
        return text(date["dateComponents"]["year"] if date else None)

    professions = listed(found["category"]["id"] for found in name["primaryProfessions"])
    return (
        name["id"],
        name["nameText"]["text"],
        year(name["birthDate"]),
        year(name["deathDate"]),
        professions,
        listed(known_for[:KNOWN_FOR]),
    )


def text(value: object) -> str:
    """A field; tabs and line ends cannot be in one."""
    return NULL if value in (None, "") else " ".join(str(value).split("\t"))


def listed(values: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(values)) or NULL
