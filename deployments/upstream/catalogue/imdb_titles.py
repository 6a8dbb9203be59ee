"""How IMDb words what is known of a title: series, episodes, who did what in them. Pure functions over the facts."""

from collections.abc import Sequence

from deployments.upstream.catalogue import imdb_facts as facts
from deployments.upstream.catalogue.imdb_facts import Part
from deployments.upstream.catalogue.imdb_model import Entry, Known
from deployments.upstream.catalogue.model import Show
from deployments.upstream.catalogue.seasons import LAST_PLAYED
from deployments.upstream.source import Body


def series_title(known: Known) -> Body:
    """A series as a title."""
    show, differs = known.show, known.differs
    identity = str(show.imdb_id)
    dates = sorted(entry.air_date for entry in known.entries if entry.air_date and entry.season)
    ended = show.status in ("Ended", "Canceled") or differs.kind == "tvMiniSeries"
    summary = facts.rating(identity, bool(dates) and dates[0] <= LAST_PLAYED)
    if differs.rating:
        summary = {"aggregateRating": differs.rating[0], "voteCount": differs.rating[1]}
    name = differs.name or show.name
    return {
        "id": identity,
        "titleText": {"text": name},
        "originalTitleText": {"text": show.original_name or name},
        "titleType": facts.title_type(differs.kind),
        "releaseYear": {"year": int(dates[0][:4]), "endYear": int(dates[-1][:4]) if ended else None} if dates else None,
        "releaseDate": facts.date_parts(dates[0] if dates else None, show.country),
        "runtime": {"seconds": show.runtime * 60} if dates else None,
        "plot": facts.plot(differs.plot or show.overview),
        "ratingsSummary": summary,
        "certificate": {"rating": show.ratings["US"]} if "US" in show.ratings else None,
        "titleGenres": {"genres": [{"genre": {"text": words}} for words in genres(show)]},
        "primaryImage": facts.image(identity, 1, name, "poster", 1000, 1500) if show.posters else None,
        "series": None,
        "countriesOfOrigin": {"countries": [{"id": show.country}]},
        "keywords": [words for _, words in show.keywords],
        "interests": interests(show),
        "isOngoing": not ended,
    }


def episode_title(known: Known, entry: Entry) -> Body:
    """An episode as a title."""
    aired = entry.air_date is not None and entry.air_date <= LAST_PLAYED
    year = int(entry.air_date[:4]) if entry.air_date else None
    number = {"seasonNumber": entry.season, "episodeNumber": entry.number} if entry.season is not None else None
    of = {"id": known.show.imdb_id, "titleText": {"text": known.differs.name or known.show.name}}
    return {
        "id": entry.imdb_id,
        "titleText": {"text": entry.name},
        "originalTitleText": {"text": entry.name},
        "titleType": facts.title_type("tvEpisode"),
        "releaseYear": {"year": year, "endYear": None} if year else None,
        "releaseDate": facts.date_parts(entry.air_date, known.show.country),
        "runtime": {"seconds": entry.runtime * 60} if entry.runtime else None,
        "plot": facts.plot(entry.overview),
        "ratingsSummary": facts.rating(entry.imdb_id, aired, 300),
        "certificate": None,
        "titleGenres": {"genres": [{"genre": {"text": words}} for words in genres(known.show)]},
        "primaryImage": still(known, entry),
        "series": {"series": of, "episodeNumber": number},
        "countriesOfOrigin": {"countries": [{"id": known.show.country}]},
        "keywords": [],
        "interests": [],
        "isOngoing": False,
    }


def still(known: Known, entry: Entry) -> Body | None:
    """An episode's picture, where it has one."""
    if not entry.has_still:
        return None
    caption = f"{entry.name} ({(entry.air_date or '')[:4]})"
    return facts.image(entry.imdb_id, 1, caption, "still_frame", 1280, 720)


def principal(imdb_id: str, ordering: int, person_id: str, done: Body) -> Body:
    """A row of the dataset of principals."""
    return {
        "title": imdb_id,
        "ordering": ordering,
        "person": person_id,
        "category": done["category"]["id"],
        "job": "; ".join(done["jobs"]),
        "characters": [of["name"] for of in done["characters"] or ()],
    }


def work_part(job: str) -> Part:
    """What somebody did who is named with a job."""
    found, words = facts.category_of(job)
    return Part(found, job=words)


def work(parts: Sequence[tuple[Entry, Part]]) -> Body:
    """What these parts of one person and category come to."""
    found = parts[0][1].category
    characters = dict.fromkeys(name for _, part in parts for name in part.characters)
    attributes = dict.fromkeys(name for _, part in parts for name in part.attributes)
    jobs = dict.fromkeys(part.job for _, part in parts if part.job)
    return {
        "category": {"id": found.id, "text": found.text},
        "group": found.group,
        "isCast": found.is_cast,
        "characters": [{"name": name} for name in characters] or None,
        "attributes": [{"text": words} for words in attributes] or None,
        "jobs": list(jobs),
    }


def genres(show: Show) -> list[str]:
    """IMDb's names of the genres."""
    names = {"Reality": "Reality-TV", "Talk": "Talk-Show"}
    return [names.get(name, name) for _, name in show.genres]


def interests(show: Show) -> list[str]:
    """IMDb's finer genres, as far as the keywords give them away."""
    by_keyword = {"dating": "Dating Reality TV", "cooking contest": "Cooking Competition", "docusoap": "Docuseries"}
    found = [by_keyword[words] for _, words in show.keywords if words in by_keyword]
    return [*dict.fromkeys(found), *(["Reality TV"] if "Reality-TV" in genres(show) else ["Talk Show"])]
