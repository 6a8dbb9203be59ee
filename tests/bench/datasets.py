"""IMDb's seven files for a seeded catalogue (`seed.py`), its rows spread evenly among foreign ones.

Invented: each episode has its numbers, a name, a rating and ten principal people, most of them people of the catalogue.
"""

import random
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import text

from db.session import read
from deployments.upstream.datasets import GZIP, header, spread
from deployments.upstream.datasets.foreign import BLOCK, Size, blocks, rows_in
from flows.sources.imdb.datasets import Dataset

LEVEL = 1
FIRST_EPISODE = 70_000_000
PER_EPISODE = 10
STRANGERS = 6
"""Of the ten principal people of an episode, so many are not in the catalogue."""

_SHOWS = "select imdb_id, name, id from core.shows where imdb_id is not null order by imdb_id"
_EPISODES = (
    "select e.id, s.season_number, e.episode_number, coalesce(e.name, 'Untitled') from core.episodes e"
    " join core.seasons s on s.id = e.season_id where e.show_id = :show order by 2, 3"
)
_PEOPLE = "select imdb_id, name from core.people where imdb_id is not null order by imdb_id"


def write_files(folder: Path, size: Size) -> dict[Dataset, int]:
    """Write all files below a folder for the catalogue that the settings point to; gives their numbers of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    own = _own()
    return {dataset: _write(folder / dataset.file_name, dataset, own[dataset], size) for dataset in Dataset}


def _write(path: Path, dataset: Dataset, lines: list[bytes], size: Size) -> int:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    count = rows_in(dataset, size)
    places = -(-count // BLOCK)
    with path.open("wb") as file:
        file.write(packer.compress(header(dataset)))
        for part in _mixed(dataset, lines, size, places):
            file.write(packer.compress(part))
        file.write(packer.flush())
    return count + len(lines)


def _mixed(dataset: Dataset, lines: list[bytes], size: Size, places: int) -> Iterator[bytes]:
    if not places:
        yield b"".join(lines)
    for foreign, own in zip(blocks(dataset, size), spread(lines, places), strict=True):
        yield foreign + own


def _own() -> dict[Dataset, list[bytes]]:
    chance = random.Random(1)
    found: dict[Dataset, list[bytes]] = {dataset: [] for dataset in Dataset}

    def add(dataset: Dataset, *cells: object) -> None:
        found[dataset].append(("\t".join(map(str, cells)) + "\n").encode())

    number = FIRST_EPISODE
    with read() as connection:
        people: Sequence[str] = []
        for imdb_id, name in connection.execute(text(_PEOPLE)).tuples():
            people.append(imdb_id)  # type: ignore[attr-defined]
            add(Dataset.NAMES, imdb_id, name, chance.randrange(1950, 2004), "\\N", "actress,producer", "\\N")
        for imdb_id, name, show in connection.execute(text(_SHOWS)).tuples().all():
            add(Dataset.BASICS, imdb_id, "tvSeries", name, name, 0, 2001, "\\N", 43, "Reality-TV")
            add(Dataset.AKAS, imdb_id, 1, name, "\\N", "\\N", "original", "\\N", 1)
            add(Dataset.AKAS, imdb_id, 2, f"{name} heißt es", "DE", "de", "imdbDisplay", "\\N", 0)
            add(Dataset.RATINGS, imdb_id, 7.5, 4321)
            cast = chance.sample(people, min(40, len(people)))
            for _, season, episode, title in connection.execute(text(_EPISODES), {"show": show}).tuples():
                number += 1
                id_ = f"tt{number}"
                add(Dataset.EPISODES, id_, imdb_id, season, episode)
                add(Dataset.BASICS, id_, "tvEpisode", title, title, 0, 2001, "\\N", 43, "Reality-TV")
                add(Dataset.RATINGS, id_, f"{chance.uniform(4, 9):.1f}", chance.randrange(5, 900))
                add(Dataset.CREW, id_, cast[0], "\\N")
                for place in range(PER_EPISODE):
                    stranger = place >= PER_EPISODE - STRANGERS
                    person = f"nm7{number:07}" if stranger else chance.choice(cast)
                    add(Dataset.PRINCIPALS, id_, place + 1, person, "self", "\\N", '["Self"]')
    return found
