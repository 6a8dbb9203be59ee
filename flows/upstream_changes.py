"""Upstream changes: what TMDb says changed since we last asked, so that a night asks for little else.

Reads TMDb's feeds of changed shows and people; makes the records of those that are ours due (`ops.source_records`)
and remembers how far the feeds were read (`ops.upstream_feeds`). TMDb answers for fourteen days at a time; after a
longer absence it is asked window by window. A feed that lies is caught by each record's own expiry
(`models.rules.refresh`).
"""

from datetime import UTC, date, datetime, timedelta

from prefect import task

from db import records
from db.records import RecordKey
from db.session import read, unit_of_work
from db.upstream_feeds import read_until, set_read_until
from flows.bundles import STORE
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection
from flows.sources.errors import Unauthorized, UpstreamError
from flows.sources.tmdb.client import TmdbClient
from flows.stage import collecting, stage

FEEDS = {"tv": "show", "person": "person"}
"""TMDb's feeds, and the resource whose records each is about."""

WINDOW = timedelta(days=13)
"""From one day to the other, both included, this spans the fourteen days that TMDb allows."""

LONGEST_ABSENCE = timedelta(days=180)
"""TMDb's terms let nothing be kept longer without asking again, so nothing older is worth catching up with."""


@collecting("upstream-changes")
def sync_upstream_changes(selection: Selection = Selection()) -> RunReport:
    """Make due what TMDb says has changed. When particular shows are meant, there is nothing to do."""
    with stage("upstream-changes", selection, tolerated=0.0) as run:
        if not (selection.names_shows or selection.force):
            run.select(list(FEEDS), "feeds")
            for feed in FEEDS:
                run.add(follow(feed, selection))
    return run.report


@task(**STORE)
def follow(feed: str, selection: Selection) -> Outcome:
    """Read one feed up to now, and expire the records that it names."""
    now = datetime.now(UTC)
    outcome = Outcome(done=1)
    with read() as connection:
        since = read_until(connection, "tmdb", feed)
    changed: set[int] = set()
    try:
        with TmdbClient() as client:
            for start, end in windows(since, now) if since else ():  # at first everything is new anyway
                changed |= client.changes(feed, start, end)
    except Unauthorized:
        raise
    except UpstreamError as error:
        # Not read further, so the next run asks for the same days again.
        return Outcome(failures={f"TMDb's feed of changes to {feed}": str(error)})
    keys = [RecordKey("tmdb", FEEDS[feed], str(id_)) for id_ in sorted(changed)]
    with unit_of_work(dry_run=selection.dry_run) as session:
        outcome.due = records.expire(session, keys, before=now)
        set_read_until(session, "tmdb", feed, now)
    return outcome


def windows(since: datetime, until: datetime) -> list[tuple[date, date]]:
    """The days from one moment to another in pieces that TMDb answers, oldest first; each piece includes both its days."""
    start = max(since, until - LONGEST_ABSENCE).date()
    pieces = []
    while start <= until.date():
        end = min(start + WINDOW, until.date())
        pieces.append((start, end))
        start = end + timedelta(days=1)
    return pieces
