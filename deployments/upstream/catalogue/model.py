"""The facts an invented catalogue is made of. Ids are TMDb's, dates ISO strings as TMDb sends them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

REALITY = (10764, "Reality")
TALK = (10767, "Talk")
DOCUMENTARY = (99, "Documentary")
COUNTRIES = {
    "US": "United States of America",
    "GB": "United Kingdom",
    "AU": "Australia",
    "DE": "Germany",
    "SE": "Sweden",
}
LANGUAGES = {"en": ("English", "English"), "de": ("German", "Deutsch"), "sv": ("Swedish", "svenska")}


def digest(*parts: object) -> str:
    """Forty hexadecimal digits that depend on these parts alone."""
    return hashlib.sha1("|".join(map(str, parts)).encode()).hexdigest()


def spread(low: float, high: float, *parts: object) -> float:
    """A number between `low` and `high` that depends on the parts alone."""
    return low + (high - low) * (crc32("|".join(map(str, parts)).encode()) / 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A network, a production company or a watch provider."""

    id: int
    name: str
    country: str = "US"
    has_logo: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    imdb_id: str | None
    name: str
    gender: int = 0
    """As TMDb counts: 0 not set, 1 female, 2 male, 3 non-binary."""
    birthday: str | None = None
    deathday: str | None = None
    birthplace: str | None = None
    biography: str = ""
    department: str = "Acting"
    aliases: Sequence[str] = ()
    photos: int = 1
    instagram: str | None = None
    wikidata: str | None = None
    """The item that TMDb says is about this person."""


@dataclass(frozen=True, slots=True)
class Role:
    """A regular's role. TMDb lists regulars by season with a number of episodes, never episode by episode."""

    person: int
    character: str
    episodes: Mapping[int, int]
    """Season number to number of episodes."""


@dataclass(frozen=True, slots=True)
class Job:
    """A member of the crew with the episodes of each season worked on."""

    person: int
    department: str
    job: str
    episodes: Mapping[int, int]


class Guest(NamedTuple):
    person: int
    character: str


class Worker(NamedTuple):
    """A member of the crew of one episode."""

    person: int
    department: str = "Directing"
    job: str = "Director"


class Episode(NamedTuple):
    """A tuple, because a generated show has hundreds."""

    id: int
    number: int
    name: str
    overview: str = ""
    air_date: str | None = None
    runtime: int | None = None
    kind: str = "standard"
    """TMDb's `episode_type`: standard, mid_season or finale."""
    guests: Sequence[Guest] = ()
    crew: Sequence[Worker] = ()
    has_still: bool = True


@dataclass(frozen=True, slots=True)
class Season:
    id: int
    number: int
    name: str
    overview: str = ""
    air_date: str | None = None
    episodes: Sequence[Episode] = ()
    posters: int = 1

    def episode(self, number: int) -> Episode | None:
        return next((episode for episode in self.episodes if episode.number == number), None)


@dataclass(frozen=True, slots=True)
class Group:
    """An episode group: another order the episodes of a show can be told in."""

    name: str
    description: str
    kind: int
    """TMDb's type: 1 original air date, 2 absolute, 3 DVD, 4 digital, 5 story arc, 6 production, 7 TV."""
    arrangement: str
    """How the episodes are arranged: a name `groups.ARRANGEMENTS` knows."""


@dataclass(frozen=True, slots=True)
class Show:
    id: int
    imdb_id: str | None
    name: str
    overview: str = ""
    tagline: str = ""
    status: str = "Returning Series"
    kind: str = "Reality"
    """TMDb's `type`."""
    language: str = "en"
    country: str = "US"
    original_name: str | None = None
    first_air_date: str | None = None
    """Stated where no episode is dated; otherwise the first dated episode's."""
    homepage: str = ""
    runtime: int = 43
    """Minutes an episode usually takes; what `run_times` says of it is another matter."""
    run_times: Sequence[int] = ()
    """TMDb's `episode_run_time`, which is usually empty."""
    genres: Sequence[tuple[int, str]] = (REALITY,)
    keywords: Sequence[tuple[int, str]] = ()
    networks: Sequence[Organisation] = ()
    companies: Sequence[Organisation] = ()
    creators: Sequence[int] = ()
    ratings: Mapping[str, str] = field(default_factory=dict)
    """Country to content rating."""
    titles: Sequence[tuple[str, str, str]] = ()
    """Alternative titles: country, title, type."""
    offers: Mapping[str, Mapping[str, Sequence[Organisation]]] = field(default_factory=dict)
    """Country to kind of offer (flatrate, free, ads, rent, buy) to providers."""
    groups: Sequence[Group] = ()
    roles: Sequence[Role] = ()
    jobs: Sequence[Job] = ()
    seasons: Sequence[Season] = ()
    posters: int = 2
    backdrops: int = 2
    logos: int = 1

    @property
    def regular_seasons(self) -> list[Season]:
        """All seasons but the specials."""
        return [season for season in self.seasons if season.number > 0]

    def season(self, number: int) -> Season | None:
        return next((season for season in self.seasons if season.number == number), None)
