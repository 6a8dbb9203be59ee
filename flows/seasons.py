"""The season records of a show: which there are, and which must be asked for again because their season changed.

A season's credits cost one request, so they are asked for when the season is new, when its own rule says so
(`models.rules.refresh`), or when what the show's bundle says of its episodes and their people is no longer what it said
when the credits were asked for last.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.records import RecordKey
from db.session import read, transaction
from flows.bundles import CHUNK, tmdb_refs
from flows.contents import contents
from flows.fetching import Fetched, fetch_chunks
from flows.selection import ShowRef
from flows.stage import StageRun, chunks

SEASONS_CHUNK = 8
"""Shows, with all their seasons."""


def fetch_with_seasons(run: StageRun, shows: Sequence[ShowRef]) -> Iterator[tuple[list[ShowRef], Fetched]]:
    """Fetch the bundles of all shows, then the records of their seasons, piece by piece of shows.

    A show that could not be asked about is among the failures of its piece.
    """
    failures: dict[str, str] = {}
    for piece, fetched in fetch_chunks(run, "show", chunks(shows, CHUNK), tmdb_refs):
        failures |= fetched.failures
        with transaction() as session:
            expire_changed(session, piece)
    for piece, fetched in fetch_chunks(run, "season", chunks(shows, SEASONS_CHUNK), _refs):
        fetched.failures |= failures
        yield piece, fetched


def _refs(shows: Sequence[ShowRef]) -> list[str]:
    with read() as connection:
        return [ref for refs in season_refs(connection, shows).values() for ref in refs]


def season_keys(session: Session, shows: Sequence[ShowRef]) -> dict[UUID, list[RecordKey]]:
    """The records of each show's seasons."""
    refs = season_refs(session, shows)
    return {show.id: [RecordKey("tmdb", "season", ref) for ref in refs.get(show.tmdb_id or "", [])] for show in shows}


def season_refs(session: Connection | Session, shows: Sequence[ShowRef]) -> dict[str, list[str]]:
    """TMDb's names of the seasons of these shows, as their bundles list them: {show: [`1399/0`, `1399/1` …]}."""
    return {show: list(bundle.seasons) for show, bundle in contents(session, shows).items()}


def expire_changed(session: Session, shows: Sequence[ShowRef]) -> None:
    """Make the records of seasons due that their shows' bundles tell otherwise than when they were asked for."""
    session.execute(
        text(
            "update ops.source_records r set expires_at = least(expires_at, now()), basis = w.digest"
            " from unnest(cast(:refs as text[]), cast(:digests as text[])) as w(ref, digest)"
            " where r.source = 'tmdb' and r.resource = 'season' and r.ref = w.ref and r.basis is distinct from w.digest"
            "   and r.basis is not null"
        ),
        _told(session, shows),
    )


def remember(session: Session, shows: Sequence[ShowRef]) -> None:
    """Note what the bundles tell of the seasons whose records were asked for just now."""
    session.execute(
        text(
            "update ops.source_records r set basis = w.digest"
            " from unnest(cast(:refs as text[]), cast(:digests as text[])) as w(ref, digest)"
            " where r.source = 'tmdb' and r.resource = 'season' and r.ref = w.ref and r.basis is null"
        ),
        _told(session, shows),
    )


def _told(session: Session, shows: Sequence[ShowRef]) -> dict[str, list[str]]:
    """The seasons of which the bundles tell, each with the digest of that."""
    seasons = [season for bundle in contents(session, shows).values() for season in bundle.seasons.items()]
    told = {ref: digest for ref, digest in seasons if digest}
    return {"refs": list(told), "digests": list(told.values())}
