"""IMDb's facts in the shapes its data has: titles, names, credits and images, as plain objects.

Its pages and its GraphQL endpoint answer with these; the keys are IMDb's own.
"""

from collections.abc import Sequence
from typing import NamedTuple

from deployments.upstream.catalogue.model import Person, digest, spread
from deployments.upstream.source import Body

IMAGES = "https://imdb-images.invalid"
"""Stands in facts for the address of IMDb's pictures, which the protocol modules know."""
TYPES = {
    "tvSeries": "TV Series",
    "tvMiniSeries": "TV Mini Series",
    "tvEpisode": "TV Episode",
    "tvSpecial": "TV Special",
    "movie": "Movie",
}
COUNTRIES = {"US": "United States", "GB": "United Kingdom", "AU": "Australia", "DE": "Germany", "SE": "Sweden"}


class Category(NamedTuple):
    """A kind of credit: IMDb's id, its words, and the id of its group on pages."""

    id: str
    text: str
    group: str
    is_cast: bool = False


def category(identity: str, text: str, is_cast: bool = False) -> Category:
    unique = digest("imdb category", identity)
    parts = (unique[:8], unique[8:12], unique[12:16], unique[16:20], unique[20:32])
    return Category(identity, text, f"amzn1.imdb.concept.name_credit_category.{'-'.join(parts)}", is_cast)


SELF = Category(
    "self", "Self", "amzn1.imdb.concept.name_credit_group.7caf7d16-5db9-4f4f-8864-d4c6e711c686", is_cast=True
)
ARCHIVE = category("archive_footage", "Archive Footage", is_cast=True)
CATEGORIES = {
    found.id: found
    for found in (
        SELF,
        ARCHIVE,
        category("actor", "Actor", is_cast=True),
        category("actress", "Actress", is_cast=True),
        category("director", "Director"),
        category("writer", "Writer"),
        category("producer", "Producer"),
        category("editor", "Editor"),
        category("casting_director", "Casting Director"),
        category("camera_department", "Camera and Electrical Department"),
        category("miscellaneous", "Additional Crew"),
    )
}
WORK = {
    "Director": ("director", ""),
    "Writer": ("writer", "written by"),
    "Creator": ("writer", "creator"),
    "Story Editor": ("writer", "story editor"),
    "Editor": ("editor", ""),
    "Casting Director": ("casting_director", ""),
    "Camera Operator": ("camera_department", "camera operator"),
}
"""TMDb's jobs as IMDb counts them: category, and what stands in brackets. Producers of all kinds are producers."""


def category_of(job: str) -> tuple[Category, str]:
    """The category of a job and what is said beside it."""
    if "Producer" in job:
        return CATEGORIES["producer"], job.lower()
    identity, words = WORK.get(job, ("miscellaneous", job.lower()))
    return CATEGORIES[identity], words


class Part(NamedTuple):
    """What somebody does in a title: the category, characters or job, and what stands in brackets."""

    category: Category
    characters: tuple[str, ...] = ()
    job: str = ""
    attributes: tuple[str, ...] = ()


def part_of(character: str, gender: int = 0, name: str = "") -> Part:
    """A role as IMDb has it: most of reality are themselves; `(archive footage)` and the like are attributes."""
    text, _, bracket = character.partition(" (")
    attributes = tuple(filter(None, [bracket.rstrip(")"), name and f"as {name}"]))
    found = CATEGORIES["actress" if gender == 1 else "actor"]
    if text.lower().startswith(("self", "selbst")) or not text or text in ("Programledare", "Kock"):
        found = SELF
        text = text.replace("Selbst", "Self") if text.startswith("Selbst") else text or "Self"
    return Part(found, (text,), attributes=attributes)


def title_type(kind: str) -> Body:
    series = kind in ("tvSeries", "tvMiniSeries")
    return {
        "id": kind,
        "text": TYPES[kind],
        "canHaveEpisodes": series,
        "isSeries": series,
        "isEpisode": kind == "tvEpisode",
    }


def text(words: str | None) -> Body | None:
    return {"text": words} if words else None


def plain(words: str | None) -> Body | None:
    return {"plainText": words} if words else None


def plot(words: str | None) -> Body | None:
    return {"plotText": plain(words)} if words else None


def date_parts(day: str | None, country: str = "US") -> Body | None:
    """`2016-10-05` in parts, as the date of a country."""
    if not day:
        return None
    year, month, of_month = map(int, day.split("-"))
    return {"day": of_month, "month": month, "year": year, "country": {"id": country, "text": COUNTRIES[country]}}


def rating(imdb_id: str, rated: bool, most: int = 6000) -> Body:
    """How IMDb's users rate a title; of what nobody has seen nothing."""
    if not rated:
        return {"aggregateRating": None, "voteCount": 0}
    votes = int(spread(5, most, imdb_id, "votes"))
    return {"aggregateRating": round(spread(4.5, 9.4, imdb_id, "rating"), 1), "voteCount": votes}


def image(owner: str, place: int, caption: str, kind: str, width: int, height: int) -> Body:
    """A picture of a title or person; the address names its owner, so that it can be drawn again."""
    return {
        "id": f"rm99{int(digest('rm', owner, place)[:10], 16):013}",
        "url": f"{IMAGES}/M/MV5B{owner}_{place}_{digest('imdb image', owner, place)[:8]}@._V1_.jpg",
        "width": width,
        "height": height,
        "caption": plain(caption),
        "type": kind,
        "createdBy": "Sample Studios",
        "copyright": "Nobody",
        "names": [],
        "titles": [],
    }


def person_name(person: Person, name: str = "") -> Body:
    """Somebody as credits name them."""
    owner = str(person.imdb_id)
    shown = name or person.name
    portrait = image(owner, 1, shown, "publicity", 600, 900) if person.photos else None
    return {"id": owner, "nameText": {"text": shown}, "primaryImage": portrait}


def person_body(person: Person, name: str, professions: Sequence[str]) -> Body:
    """Somebody as their own page has it."""

    def day(value: str | None) -> Body | None:
        if not value:
            return None
        parts = date_parts(value) or {}
        return {
            "date": value,
            "dateComponents": {key: parts[key] for key in ("day", "month", "year")} | {"isBCE": False},
        }

    return {
        **person_name(person, name),
        "bio": {"text": plain(person.biography)} if person.biography else None,
        "birthDate": day(person.birthday),
        "deathDate": day(person.deathday),
        "deathStatus": "DEAD" if person.deathday else "ALIVE",
        "birthLocation": text(person.birthplace),
        "primaryProfessions": [
            {"category": {"id": found, "text": CATEGORIES[found].text}} for found in professions if found in CATEGORIES
        ],
        "akas": list(person.aliases),
    }


def person_images(person: Person) -> list[Body]:
    """The pictures of a person: their photographs, and one more at work."""
    owner = str(person.imdb_id)
    count = person.photos + 1 if person.photos else 0
    found = []
    for place in range(1, count + 1):
        kind = "publicity" if place <= person.photos else "still_frame"
        of = image(owner, place, person.name, kind, 600, 900)
        found.append(of | {"names": [{"id": owner, "nameText": {"text": person.name}}]})
    return found
