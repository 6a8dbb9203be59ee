"""Which images an invented catalogue has: their names, sizes, languages and votes, and the way back from name to picture.

A file is named after its owner (`t` show, `s` season, `e` episode, `p` person, `n` network, `c` company, `w` watch provider),
its kind, its place and a check: `t900000001s2poster1x5f0c2d3e.jpg`. So nothing needs an index, however large the catalogue.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deployments.upstream.catalogue.model import Episode, Organisation, Person, Season, Show, digest, spread
from deployments.upstream.pictures import Picture
from deployments.upstream.source import Body

SIZES = {"poster": (500, 750), "backdrop": (800, 450), "still": (400, 225), "profile": (300, 450), "logo": (400, 160)}
NAME = re.compile(
    r"(?P<owner>t(?P<show>\d+)(s(?P<season>\d+)(e(?P<episode>\d+))?)?|(?P<kind>[pncw])(?P<id>\d+))"
    r"(poster|backdrop|still|profile|logo)\d+x[0-9a-f]{8}\.(jpg|png|svg)"
)


@dataclass(frozen=True, slots=True)
class Artwork:
    """One image of an owner."""

    owner: str
    kind: str
    place: int
    title: str
    subtitle: str = ""
    language: str | None = None

    @property
    def stem(self) -> str:
        return stem(self.owner, self.kind, self.place)

    @property
    def path(self) -> str:
        """As TMDb's bodies name it: logos are offered as PNG and served as SVG too."""
        return f"/{self.stem}.{'png' if self.kind == 'logo' else 'jpg'}"

    @property
    def body(self) -> Body:
        """The entry in an `images` part."""
        width, height = SIZES[self.kind]
        return {
            "aspect_ratio": round(width / height, 3),
            "height": height,
            "iso_639_1": self.language,
            "file_path": self.path,
            "vote_average": round(spread(4, 6, self.stem, "vote"), 3),
            "vote_count": max(0, 12 - 3 * self.place),
            "width": width,
        }

    @property
    def picture(self) -> Picture:
        return Picture(self.kind, *SIZES[self.kind], self.title, self.subtitle, self.stem)


def stem(owner: str, kind: str, place: int) -> str:
    """The name of an owner's image without extension."""
    return f"{owner}{kind}{place}x{digest(owner, kind, place)[:8]}"


def show_artwork(show: Show) -> dict[str, list[Artwork]]:
    """Posters, backdrops and logos of a show. The first poster and logo carry text, later posters another language or none."""
    owner, languages = f"t{show.id}", (show.language, None, "es", show.language)
    return {
        "backdrops": [Artwork(owner, "backdrop", place, show.name) for place in range(1, show.backdrops + 1)],
        "logos": [
            Artwork(owner, "logo", place, show.name, language=show.language) for place in range(1, show.logos + 1)
        ],
        "posters": [
            Artwork(owner, "poster", place, show.name, show.tagline, languages[(place - 1) % 4])
            for place in range(1, show.posters + 1)
        ],
    }


def season_artwork(show: Show, season: Season) -> list[Artwork]:
    owner = f"t{show.id}s{season.number}"
    languages = (show.language, None)
    return [
        Artwork(owner, "poster", place, show.name, season.name, languages[(place - 1) % 2])
        for place in range(1, season.posters + 1)
    ]


def episode_owner(show: Show, season: Season, episode: Episode) -> str:
    return f"t{show.id}s{season.number}e{episode.number}"


def still_path(show: Show, season: Season, episode: Episode) -> str | None:
    """The path of an episode's still: what `first_path(episode_artwork(...))` gives, in a third of the time."""
    return f"/{stem(episode_owner(show, season, episode), 'still', 1)}.jpg" if episode.has_still else None


def episode_artwork(show: Show, season: Season, episode: Episode) -> list[Artwork]:
    code = f"S{season.number:02}E{episode.number:02} {show.name}"
    owner = episode_owner(show, season, episode)
    return [Artwork(owner, "still", 1, episode.name, code)] if episode.has_still else []


def person_artwork(person: Person) -> list[Artwork]:
    return [Artwork(f"p{person.id}", "profile", place, person.name) for place in range(1, person.photos + 1)]


def logo(kind: str, organisation: Organisation) -> list[Artwork]:
    """The logo of a network (`n`), company (`c`) or watch provider (`w`)."""
    return [Artwork(f"{kind}{organisation.id}", "logo", 1, organisation.name)] if organisation.has_logo else []


def organisation(kind: str, found: Organisation) -> Body:
    """A network (`n`) or company (`c`) as shows and episode groups list it."""
    path = first_path(logo(kind, found))
    return {"id": found.id, "logo_path": path, "name": found.name, "origin_country": found.country}


def first_path(artwork: Sequence[Artwork]) -> str | None:
    """The path of the image shown first, null where there is none."""
    return artwork[0].path if artwork else None
