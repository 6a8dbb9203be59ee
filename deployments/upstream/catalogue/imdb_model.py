"""What IMDb says differently of a show, its lists, and a show as IMDb has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from deployments.upstream.catalogue.imdb_facts import Part
from deployments.upstream.catalogue.model import Guest, Show, Worker

Place = tuple[int, int]
"""Season and number."""


class More(NamedTuple):
    """An episode that only IMDb has; without a season and number where it knows none."""

    imdb_id: str
    season: int | None
    number: int | None
    name: str
    overview: str = ""
    air_date: str | None = None
    guests: Sequence[Guest] = ()


class MoreCredit(NamedTuple):
    """A part that only IMDb knows of, in episodes by season and number."""

    person: int
    part: Part
    episodes: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Differs:
    """What IMDb says otherwise of a show."""

    kind: str = "tvSeries"
    name: str | None = None
    plot: str | None = None
    rating: tuple[float, int] | None = None
    words: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)
    """Of an episode as TMDb numbers it: another `name`, `overview` or `air_date`."""
    more: Sequence[More] = ()
    credits: Sequence[MoreCredit] = ()
    without: Sequence[int] = ()
    """Seasons that IMDb does not have."""
    images: int = 6


NOTHING = Differs()


class Entry(NamedTuple):
    """An episode as IMDb has it."""

    imdb_id: str
    season: int | None
    number: int | None
    name: str
    overview: str
    air_date: str | None
    runtime: int | None
    has_still: bool
    guests: Sequence[Guest]
    crew: Sequence[Worker]
    place: Place | None
    """Where TMDb has it."""


@dataclass(frozen=True, slots=True)
class ImdbList:
    """A list with the titles on it and what its author noted."""

    id: str
    name: str
    description: str
    items: Sequence[tuple[str, str | None]]


class Known(NamedTuple):
    """A show with what IMDb makes of it."""

    show: Show
    differs: Differs
    entries: Sequence[Entry]
