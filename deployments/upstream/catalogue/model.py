"""The facts an invented catalogue is made of. Ids are TMDb's, dates ISO strings as TMDb sends them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    return low + (high - low) * (int(digest(*parts)[:12], 16) / 0xFFFFFFFFFFFF)


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


@dataclass(frozen=True, slots=True)
class Guest:
    person: int
    character: str


@dataclass(frozen=True, slots=True)
class Episode:
    id: int
    number: int
    name: str
    overview: str = ""
    air_date: str | None = None
    runtime: int | None = None
    kind: str = "standard"
    """TMDb's `episode_type`: standard, mid_season or finale."""
    guests: Sequence[Guest] = ()
    director: int | None = None
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
    groups: Sequence[tuple[str, str, int]] = ()
    """Episode groups: name, description, TMDb's type (1 original air date ... 7 TV)."""
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
