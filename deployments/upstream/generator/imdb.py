"""What IMDb says of generated shows: for every tenth an episode 0 that TMDb lacks, for every seventh no specials."""

from collections.abc import Iterable

from deployments.upstream.catalogue.imdb_model import Differs, ImdbList, More
from deployments.upstream.catalogue.model import Show
from deployments.upstream.generator.seasons import EPISODE_SLOTS, FIRST_EPISODE, SEASON_SLOTS
from deployments.upstream.generator.shows import FIRST_SHOW, FIRST_TITLE

EPISODES, PILOTS = "tt992", "tt993"
LIST = "ls991000001"


def episode_id(show: Show, season: int, number: int, tmdb_id: int) -> str:
    return f"{EPISODES}{tmdb_id - FIRST_EPISODE:09}"


def series_of(imdb_id: str) -> str | None:
    """The series an episode belongs to, by the count that its id has."""
    if imdb_id.startswith(EPISODES) and len(imdb_id) == len(EPISODES) + 9:
        return f"{FIRST_TITLE}{int(imdb_id.removeprefix(EPISODES)) // (SEASON_SLOTS * EPISODE_SLOTS):06}"
    if imdb_id.startswith(PILOTS) and len(imdb_id) == len(PILOTS) + 6:
        return f"{FIRST_TITLE}{imdb_id.removeprefix(PILOTS)}"
    return None


def differs(show: Show) -> Differs:
    number = show.id - FIRST_SHOW
    pilot = More(f"{PILOTS}{number:06}", 1, 0, "Unaired Pilot") if number % 10 == 3 else None
    return Differs(
        more=[pilot] if pilot else (),
        without=(0,) if number % 7 == 2 else (),
        images=4 + number % 9,
    )


def whole_list(titles: Iterable[str]) -> ImdbList:
    return ImdbList(LIST, "All generated shows", "Nobody curated it.", [(imdb_id, None) for imdb_id in titles])
