"""When an answer is worth asking for again: the policy that Sonarr settled on, for a change feed that lies.

Pure: what an answer says, when it was given, and a number between 0 and 1 that spreads answers of one run apart.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

Rule = Callable[[Mapping[str, Any], datetime, float], datetime]

SOONEST = timedelta(hours=6)
DAILY = timedelta(days=1)
WEEKLY = timedelta(days=7)
MONTHLY = timedelta(days=30)
RECENT = timedelta(days=30)
JITTER = 0.1
ENDED = frozenset({"Ended", "Canceled"})
UNNAMED = frozenset({"tba", "tbd", "to be announced"})


def show_expiry(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
    """When a show's bundle falls due.

    An aired episode still called "TBA" makes it due as soon as anything ever is (six hours); a running show, or one
    whose last episode aired within thirty days, is due daily; an ended one every thirty days.
    """
    if _aired_unnamed(body, fetched_at.date()):
        return _after(fetched_at, SOONEST, spread)
    last = _day(body.get("last_air_date"))
    running = body.get("status") not in ENDED or (last is not None and fetched_at.date() - last < RECENT)
    return _after(fetched_at, DAILY if running else MONTHLY, spread)


def season_expiry(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
    """When a season's answer falls due by itself: daily around its airing, else every thirty days.

    A change in the show's bundle makes it due at once, whatever this says.
    """
    days = [day for episode in _objects(body.get("episodes")) if (day := _day(episode.get("air_date")))]
    airing = any(-RECENT < fetched_at.date() - day < RECENT for day in days)
    return _after(fetched_at, DAILY if airing else MONTHLY, spread)


def person_expiry(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
    """When a person's answer falls due by itself: every thirty days; TMDb's feed of changed people comes before.

    Wikidata's answers, too: it has no feed that could be asked for some items only.
    """
    return _after(fetched_at, MONTHLY, spread)


def find_expiry(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
    """When a search by another catalogue's id is worth repeating: weekly."""
    return _after(fetched_at, WEEKLY, spread)


def quarterly_expiry(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
    """When a wiki's page falls due by itself: every ninety days. A newer revision makes it due at once."""
    return _after(fetched_at, timedelta(days=90), spread)


def imdb_expiry(pause: timedelta) -> Rule:
    """When an answer of IMDb falls due by itself, if it usually does after `pause`.

    One of which a part is missing is due daily. One that IMDb's pages gave in place of what gives more is due weekly at
    the latest, so that this is soon tried again.
    """

    def rule(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
        longest = DAILY if body.get("missing") else WEEKLY if body.get("layer") == "pages" else pause
        return _after(fetched_at, min(pause, longest), spread)

    return rule


def imdb_episodes_expiry(body: Mapping[str, Any], fetched_at: datetime, spread: float) -> datetime:
    """When IMDb's episodes of a show fall due: daily while one airs within thirty days, before or after, else weekly."""
    airing = any(-RECENT < fetched_at.date() - day < RECENT for day in _imdb_days(body))
    return imdb_expiry(DAILY if airing else WEEKLY)(body, fetched_at, spread)


EXPIRY: dict[str, dict[str, Rule]] = {
    "tmdb": {
        "show": show_expiry,
        "season": season_expiry,
        "person": person_expiry,
        "find": find_expiry,
        "episode_group": person_expiry,
    },
    "imdb": {
        "list": imdb_expiry(SOONEST),
        "title": imdb_expiry(WEEKLY),
        "episodes": imdb_episodes_expiry,
        "credits": imdb_expiry(WEEKLY),
        "appearances": imdb_expiry(MONTHLY),
        "title_images": imdb_expiry(MONTHLY),
        "person_images": imdb_expiry(MONTHLY),
    },
    "fandom": {"title": find_expiry, "page": quarterly_expiry, "search": person_expiry},
    "wikidata": dict.fromkeys(("entity", "label", "by_imdb", "by_tmdb_person", "by_tmdb_show"), person_expiry),
}
"""The rule of each kind of answer, by its source and resource."""


def _aired_unnamed(body: Mapping[str, Any], today: date) -> bool:
    seasons = (value for key, value in body.items() if key.startswith("season/"))
    episodes = [episode for season in seasons for episode in _objects((season or {}).get("episodes"))]
    episodes += [episode for name in ("last_episode_to_air", "next_episode_to_air") if (episode := body.get(name))]
    return any(
        str(episode.get("name") or "").strip().lower() in UNNAMED
        and (day := _day(episode.get("air_date"))) is not None
        and timedelta(0) <= today - day < RECENT
        for episode in episodes
        if isinstance(episode, Mapping)
    )


def _imdb_days(body: Mapping[str, Any]) -> Iterable[date]:
    """The dates of the episodes in GraphQL's pages; IMDb's HTML tells none here."""
    for page in _objects(body.get("pages")):
        for edge in _objects(_below(page, "data", "title", "episodes", "episodes", "edges")):
            parts = [_below(edge, "node", "releaseDate", part) for part in ("year", "month", "day")]
            try:
                yield date(*parts)
            except (TypeError, ValueError, OverflowError):
                continue


def _below(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _after(moment: datetime, pause: timedelta, spread: float) -> datetime:
    """A moment later by the pause, give or take a tenth, so that one run's answers do not all fall due in one run."""
    return moment.astimezone(UTC) + pause * (1 + JITTER * (2 * spread - 1))
