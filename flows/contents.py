"""What the show bundles list below a show: seasons, episode groups, people.

Reads the TMDb show bundles. Several stages ask this of the same bundles several times over, and a bundle is a megabyte
of JSON: what it lists is remembered until its record changes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from db import records
from db.records import RecordKey
from flows.selection import ShowRef

MOST = 2000
"""Bundles whose contents are remembered: some 20 MB."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one bundle lists. What is malformed is left out; the stage that stores it tells.

    Attributes:
        seasons: TMDb's names of the seasons (`1399/0`, `1399/1` …) in order, each with a digest of what matters to its
            credits; none where the bundle does not hold the season's episodes.
        groups: TMDb's ids of the episode groups, each with how many episodes it is said to hold.
        people: TMDb's ids of everybody whom the show as a whole credits.
    """

    seasons: Mapping[str, str | None]
    groups: Mapping[str, int]
    people: Sequence[str]


_known: dict[tuple[RecordKey, datetime], Contents] = {}


def contents(session: Connection | Session, shows: Sequence[ShowRef]) -> dict[str, Contents]:
    """What the stored bundles of these shows list, by TMDb's id of the show."""
    keys = [RecordKey("tmdb", "show", show.tmdb_id) for show in shows if show.tmdb_id]
    changed = records.changed_at(session, keys)
    found = {key.ref: known for key, moment in changed.items() if (known := _known.get((key, moment)))}
    for key, record in records.load(session, [key for key in changed if key.ref not in found]).items():
        found[key.ref] = Contents(_seasons(key.ref, record.body), _groups(record.body), _people(record.body))
        if len(_known) >= MOST:
            _known.clear()
        if record.changed_at:
            _known[key, record.changed_at] = found[key.ref]
    return found


def _seasons(show: str, bundle: Mapping[str, Any]) -> dict[str, str | None]:
    numbers = {season.get("season_number") for season in _objects(bundle.get("seasons"))}
    return {
        f"{show}/{number}": _digest(bundle.get(f"season/{number}"))
        for number in sorted(number for number in numbers if isinstance(number, int))
    }


def _digest(season: Any) -> str | None:
    """What matters to a season's credits: its episodes and the credits in them; votes and texts do not."""
    if not isinstance(season, Mapping):
        return None
    told = [
        [
            episode.get("id"),
            episode.get("episode_number"),
            *(sorted(str(c.get("credit_id")) for c in _objects(episode.get(part))) for part in ("crew", "guest_stars")),
        ]
        for episode in _objects(season.get("episodes"))
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _groups(bundle: Mapping[str, Any]) -> dict[str, int]:
    groups = bundle.get("episode_groups")
    listed = _objects(groups.get("results")) if isinstance(groups, Mapping) else ()
    return {str(group["id"]): group.get("episode_count") or 0 for group in listed if group.get("id")}


def _people(bundle: Mapping[str, Any]) -> list[str]:
    credits = bundle.get("aggregate_credits")
    parts = [credits.get("cast"), credits.get("crew")] if isinstance(credits, Mapping) else []
    people = [person.get("id") for part in (*parts, bundle.get("created_by")) for person in _objects(part)]
    return [str(id_) for id_ in dict.fromkeys(id_ for id_ in people if isinstance(id_, int))]


def _objects(listed: Any) -> Sequence[Mapping[str, Any]]:
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else ()
