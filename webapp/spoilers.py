"""`?spoilers=hide`: the catalogue without what its reader has not seen yet, for those who keep their progress of a show.

| of | is left out |
|---|---|
| an episode that is ahead | its title, words, picture, length, type, ratings, crew; its number, date and ids stay |
| who is in such an episode, its images, that it was found | the rows themselves |
| a season with such an episode | its words, its pictures, its ratings; in how many of its episodes people are |
| a show with such an episode | what the latest one is called, in how many episodes people are, and which |
| a show of which progress is kept | what the next episode is called |

An answer is read as for everybody, and made less afterwards, so a reading needs to know nothing of this. What is ahead says
`social.is_ahead`, as for talk (`webapp/talk/visibility.py`); of a show without progress nothing is. A resource says by one
of the functions below what its answer is made of: `@blp.sends(EpisodeSchema, hides=spoilers.episode)`.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from webapp.access.viewer import Viewer
from webapp.talk.entities import NAMES

Row = dict[str, Any]

NAMED = ("id", "episode_id", "season_id", "show_id", "entity_id")
"""Fields that may name an episode, a season or a show."""

WORDS = (
    *("title", "name", "synopsis", "overview", "still_url", "poster_url", "runtime", "episode_type", "production_code"),
    *("tmdb_vote_average", "tmdb_vote_count", "imdb_rating", "imdb_vote_count"),
)
"""What an episode or a season says of itself."""

COUNTS = ("episodes", "archive_footage_episodes", "episodes_in_season", "latest_season")


class Seen(NamedTuple):
    """What is ahead of a viewer, of what an answer names: ids of episodes, of seasons and shows with such, and the shows of
    which the viewer keeps progress.
    """

    ahead: frozenset[str]
    kept: frozenset[str]


Hides = Callable[[Any, Seen], Any]

_AHEAD = text(
    f"""
    select entity.id :: text as id,
           case entity.kind when 'season' then exists (
                    select from core.episodes episode where episode.season_id = entity.id and episode.is_listed
                        and social.is_ahead(:viewer, episode.id))
                else social.is_ahead(:viewer, entity.id) end as is_ahead,
           entity.kind = 'show' and exists (
               select from social.progress progress
               where progress.user_id = :viewer and progress.show_id in {NAMES.format(entity="entity.id")}) as is_kept
    from core.entities entity
    where entity.id = any(cast(:ids as uuid[])) and entity.kind in ('show', 'season', 'episode')
    """
)


def seen_of(session: Session, viewer: Viewer, answer: Any) -> Seen:
    """What is ahead of a viewer of what an answer names, asked in one query."""
    ids = sorted({name for name in _names(answer) if _is_id(name)})
    rows = session.execute(_AHEAD, {"viewer": viewer.id, "ids": ids}).all()
    return Seen(frozenset(row.id for row in rows if row.is_ahead), frozenset(row.id for row in rows if row.is_kept))


def episodes(rows: list[Row], seen: Seen) -> list[Row]:
    """A list of episodes, by `id` or `episode_id`."""
    return [_silent(row, seen.ahead, row.get("episode_id", row.get("id"))) for row in rows]


def episode(row: Row, seen: Seen) -> Row:
    """An episode with its neighbours and its crew."""
    near = {
        name: row[name] and _silent(row[name], seen.ahead, row[name]["id"])
        for name in ("previous_episode", "next_episode")
    }
    crew: Row = {"crew": []} if row["id"] in seen.ahead else {}
    return _silent(row, seen.ahead, row["id"]) | near | crew


def seasons(rows: list[Row], seen: Seen) -> list[Row]:
    """A list of seasons, whose titles stay."""
    return [season(row, seen) for row in rows]


def season(row: Row, seen: Seen) -> Row:
    """A season."""
    return _silent(row, seen.ahead, row["id"]) | {"title": row["title"]}


def show(row: Row, seen: Seen) -> Row:
    """A show with its latest and its next episode."""
    untold = {"most_recent_episode": row["id"] in seen.ahead, "next_episode": row["id"] in seen.kept}
    return row | {name: row[name] | {"name": None} for name, hides in untold.items() if hides and row[name]}


def cast(rows: list[Row], seen: Seen) -> list[Row]:
    """Who belongs to a show or a season, with the seasons that they are in."""
    return [_uncounted(row, seen, row["season_id"] or row["show_id"]) for row in rows]


def everybody(row: Row, seen: Seen) -> Row:
    """The credits of a show: creators, cast, crew by department."""
    if row["show_id"] not in seen.ahead:
        return row
    untold = {"episodes": None, "first_year": None, "last_year": None}
    listed = {name: [one | untold for one in row[name]] for name in ("creators", "cast")}
    crew = [part | {"members": [one | untold for one in part["members"]]} for part in row["crew"]]
    return row | listed | {"crew": crew}


def members(rows: list[Row], seen: Seen) -> list[Row]:
    """Rows that each tell something about one episode: who is in it, or an image of it."""
    return [row for row in rows if row.get("episode_id", row.get("entity_id")) not in seen.ahead]


def found(rows: list[Row], seen: Seen) -> list[Row]:
    """What a search found: that an episode has such a title would tell it."""
    return [row for row in rows if row["type"] != "episode" or row["id"] not in seen.ahead]


def gallery(rows: list[Row], seen: Seen) -> list[Row]:
    """Images with their owners."""
    return [row for row in rows if row["owner"]["kind"] == "show" or row["owner"]["id"] not in seen.ahead]


def credits(rows: list[Row], seen: Seen) -> list[Row]:
    """A person's credits by show, role, season and episode."""
    return [_part(row, seen) if row["show"]["id"] in seen.ahead else row for row in rows]


def looked_up(rows: list[Row], seen: Seen) -> list[Row]:
    """What has an id of another catalogue."""
    return [_silent(row, seen.ahead, row["id"]) if row["kind"] == "episode" else row for row in rows]


def _part(row: Row, seen: Seen) -> Row:
    roles = []
    for role in row["roles"]:
        listed = [one | {"episodes": members(one["episodes"], seen)} for one in role["seasons"]]
        listed = [one for one in listed if one["episodes"]]
        if listed or not role["seasons"]:  # else it is a role in what is ahead alone
            roles.append(role | {"seasons": listed, "episodes": sum(len(one["episodes"]) for one in listed)})
    totals = [total | {"episodes": None, "seasons": []} for total in row["totals"]]
    return row | {"totals": totals, "roles": roles}


def _uncounted(row: Row, seen: Seen, about: str) -> Row:
    parts = [one for one in row["seasons"] if one["season_id"] not in seen.ahead]
    if about not in seen.ahead and row["show_id"] not in seen.ahead:
        return row
    return row | {name: None for name in COUNTS if name in row} | {"seasons": parts}


def _silent(row: Row, ahead: frozenset[str], about: Any) -> Row:
    return row | {name: None for name in WORDS if name in row} if about in ahead else row


def _names(answer: Any) -> Iterator[str]:
    if isinstance(answer, list):
        for inner in answer:
            yield from _names(inner)
    elif isinstance(answer, dict):
        for name, inner in answer.items():
            if name in NAMED and isinstance(inner, str):
                yield inner
            else:
                yield from _names(inner)


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
