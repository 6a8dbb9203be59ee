"""The season records of a show: which there are, and which must be asked for again because their season changed.

A season's credits cost one request, so they are asked for when the season is new, when its own rule says so
(`models.rules.refresh`), or when what the show's bundle says of its episodes and their people is no longer what it said
when the credits were asked for last.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import Session

from db import records
from db.records import RecordKey
from flows.bundles import tmdb_refs
from flows.selection import ShowRef


def season_refs(session: Connection | Session, shows: Sequence[ShowRef]) -> dict[str, list[str]]:
    """TMDb's names of the seasons of these shows, as their bundles list them: {show: [`1399/0`, `1399/1` …]}."""
    return {show: list(seasons) for show, seasons in _seasons(session, shows).items()}


def expire_changed(session: Session, shows: Sequence[ShowRef]) -> None:
    """Make the records of seasons due that their shows' bundles tell otherwise than when they were asked for."""
    told = {ref: digest for seasons in _seasons(session, shows).values() for ref, digest in seasons.items() if digest}
    session.execute(
        text(
            "update ops.source_records r set expires_at = least(expires_at, now()), basis = w.digest"
            " from unnest(cast(:refs as text[]), cast(:digests as text[])) as w(ref, digest)"
            " where r.source = 'tmdb' and r.resource = 'season' and r.ref = w.ref and r.basis is distinct from w.digest"
            "   and r.basis is not null"
        ),
        {"refs": list(told), "digests": list(told.values())},
    )


def remember(session: Session, shows: Sequence[ShowRef]) -> None:
    """Note what the bundles tell of the seasons whose records were asked for just now."""
    told = {ref: digest for seasons in _seasons(session, shows).values() for ref, digest in seasons.items() if digest}
    session.execute(
        text(
            "update ops.source_records r set basis = w.digest"
            " from unnest(cast(:refs as text[]), cast(:digests as text[])) as w(ref, digest)"
            " where r.source = 'tmdb' and r.resource = 'season' and r.ref = w.ref and r.basis is null"
        ),
        {"refs": list(told), "digests": list(told.values())},
    )


def _seasons(session: Connection | Session, shows: Sequence[ShowRef]) -> dict[str, dict[str, str | None]]:
    """The seasons that each show's bundle lists, by TMDb's name, with a digest of what it tells of them."""
    answers = records.load(session, [RecordKey("tmdb", "show", ref) for ref in tmdb_refs(shows)])
    found: dict[str, dict[str, str | None]] = {}
    for key, record in answers.items():
        numbers = (s.get("season_number") for s in record.body.get("seasons") or [] if isinstance(s, dict))
        found[key.ref] = {
            f"{key.ref}/{number}": _digest(record.body.get(f"season/{number}"))
            for number in sorted({n for n in numbers if isinstance(n, int)})
        }
    return found


def _digest(season: Any) -> str | None:
    """What matters to a season's credits: its episodes and the credits in them; votes and texts do not."""
    if not isinstance(season, Mapping):
        return None
    episodes = [episode for episode in season.get("episodes") or [] if isinstance(episode, Mapping)]
    told = [
        [
            episode.get("id"),
            episode.get("episode_number"),
            *(
                sorted(str(c.get("credit_id")) for c in episode.get(part) or [] if isinstance(c, Mapping))
                for part in ("crew", "guest_stars")
            ),
        ]
        for episode in episodes
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
