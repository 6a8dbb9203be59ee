"""Fandom: what fans' wikis tell of the people of the selected shows.

Reads which pages there are under the names of a show's cast, in the wikis of the show; the pages that are new or have a
newer revision; for some without a page what a search finds. Writes `core.wiki_pages`, and of pages that are somebody's
texts, relations, seats at reunions, facts, names and pictures. A page is somebody's only if name and show agree; else
it waits for a person to say.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from prefect import task
from sqlmodel import Session

from db import records, sync_state
from db.bulk import write
from db.commands.wikis import put_wikis, wikis_of
from db.records import Record, RecordKey
from db.session import read, transaction, unit_of_work
from flows.bundles import STORE, name_of, note_refused, store_or_single_out, stored_since
from flows.fetching import Fetched, fetch_chunks
from flows.outcome import Outcome
from flows.report import RunReport
from flows.selection import Selection, ShowRef, selected_shows
from flows.settings import FandomSettings, load
from flows.sources.errors import MalformedAnswer
from flows.sources.fandom import plan
from flows.sources.fandom.article import Article, read_article
from flows.sources.fandom.payloads import ParsedPage
from flows.stage import StageRun, chunks, collecting, stage
from flows.wiki_decisions import PageKey, PageRow, candidate, decided, follow_move, known_pages, owners_of
from flows.wiki_looks import (
    Claim,
    Look,
    claims_of,
    expire_changed,
    looks_of,
    remember,
    searched,
    searches_of,
)
from flows.wiki_tales import tell
from models.ops import Resource
from models.wikis import PageStatus, WikiPage

CHUNK = 10


@collecting("fandom")
def sync_fandom(selection: Selection = Selection()) -> RunReport:
    """Bring what wikis tell of the people of the selected shows up to date."""
    with stage("fandom", selection) as run:
        settings = load(FandomSettings)
        run.report.upstream = settings.fandom_url
        if not settings.fandom_enabled:
            run.report.notes.append("no wiki was asked: FANDOM_ENABLED is false")
            return run.report
        with read() as connection:
            shows = selected_shows(connection, selection, Resource.FANDOM)
            looks, _ = looks_of(connection, shows)
        if len(looks) < len(shows):
            run.report.notes.append(f"{len(shows) - len(looks)} shows have no wiki or no cast and were left out")
        _sync(run, [look.show for look in looks])
    return run.report


def _sync(run: StageRun, shows: list[ShowRef]) -> None:
    """Ask for titles, then for searches, then for pages; pages are stored while the next are fetched."""
    run.select(shows)
    failures: dict[str, str] = {}
    for resource, refs_of in (("title", _title_refs), ("search", _search_refs)):
        for _, fetched in fetch_chunks(run, resource, chunks(shows, CHUNK), refs_of, source="fandom"):
            failures |= fetched.failures
    for piece, fetched in fetch_chunks(run, "page", chunks(shows, CHUNK), _page_refs, source="fandom"):
        fetched.failures = failures | fetched.failures
        refused = partial(note_refused, Resource.FANDOM)
        run.add(store_or_single_out(store_pages, piece, fetched, run.selection, refused))


def _title_refs(shows: Sequence[ShowRef]) -> list[str]:
    with read() as connection:
        looks, _ = looks_of(connection, shows)
    return sorted({key.ref for look in looks for key in look.asked})


def _search_refs(shows: Sequence[ShowRef]) -> list[str]:
    with read() as connection:
        return sorted(key.ref for key in searches_of(connection, looks_of(connection, shows)[0]))


def _page_refs(shows: Sequence[ShowRef]) -> list[str]:
    """The pages that may be somebody's; a newer revision makes one due. Rejected ones are not asked for again."""
    with transaction() as session:
        claims = [claim for claims in _open_claims(session, shows)[1].values() for claim in claims]
        expire_changed(session, claims)
    return sorted({claim.record.ref for claim in claims})


def _open_claims(session: Session, shows: Sequence[ShowRef]) -> tuple[list[Look], dict[UUID, list[Claim]]]:
    """What is looked for, and the pages found that nobody has rejected."""
    looks, _ = looks_of(session, shows)
    claims = claims_of(session, looks)
    known = known_pages(session, {claim.member.id for found in claims.values() for claim in found})
    rejected = {key for key, page in known.items() if page.status == PageStatus.REJECTED}
    return looks, {
        show: [claim for claim in found if (claim.wiki, claim.title, claim.member.id) not in rejected]
        for show, found in claims.items()
    }


@task(**STORE)
def store_pages(shows: list[ShowRef], fetched: Fetched, selection: Selection) -> Outcome:
    """Decide whose the pages are, and store what they tell, one transaction for the chunk."""
    outcome = Outcome()
    with unit_of_work(dry_run=selection.dry_run) as session:
        outcome.count("core.show_wikis", put_wikis(session, wikis_of(session, [show.id for show in shows]).fresh))
        looks, claims = _open_claims(session, shows)
        remember(session, (claim for found in claims.values() for claim in found))
        failed = {look.show.id: problem for look in looks if (problem := _problem(look, claims, fetched))}
        needed = {look.show.id: [*look.asked, *(c.record for c in claims[look.show.id])] for look in looks}
        first = {show: keys[0] for show, keys in needed.items() if keys}
        stored = set() if selection.stores_everything else stored_since(session, Resource.FANDOM, first, needed)
        looks_due = [look for look in looks if look.show.id not in stored]
        _store(session, looks_due, claims, outcome)
        due = records.expiry(session, [key for keys in needed.values() for key in keys if key.resource == "title"])
        fine = [look for look in looks if look.show.id not in failed]
        for look in fine:
            when = min((due[key] for key in look.asked if key in due), default=None)
            people = {member.id: when for member in look.members} if look in looks_due else {}
            sync_state.succeeded(session, Resource.FANDOM, {look.show.id: when, **people})
        sync_state.failed(session, Resource.FANDOM, failed)
        named = {look.show.id: name_of(look.show) for look in looks}
        outcome.failures |= {named[show]: problem for show, problem in failed.items()}
        outcome.done += len(fine)
        outcome.unchanged += sum(look.show.id in stored for look in fine)
    return outcome


def _problem(look: Look, claims: Mapping[UUID, list[Claim]], fetched: Fetched) -> str | None:
    """What of a show's wikis was not answered, in a line."""
    keys = [*look.asked, *(claim.record for claim in claims[look.show.id])]
    failures = {key.ref: fetched.failures[key.ref] for key in keys if key.ref in fetched.failures}
    if not failures:
        return None
    ref, problem = next(iter(failures.items()))
    return f"{len(failures)} pages of wikis not answered, e.g. {ref}: {problem}"


def _store(session: Session, looks: Sequence[Look], claims: Mapping[UUID, list[Claim]], outcome: Outcome) -> None:
    articles = _articles(session, [claim for look in looks for claim in claims[look.show.id]], outcome)
    people = {member.id for look in looks for member in look.members}
    known = known_pages(session, people)
    for look in looks:
        for claim in claims[look.show.id]:
            follow_move(session, claim, known)
    owners = owners_of(session, articles)
    rows: dict[PageKey, PageRow] = {}
    for row in decided(looks, claims, articles, known, owners):
        key = (row["wiki"], row["title"], row["entity_id"])
        if key not in rows or row["status"] == PageStatus.CONFIRMED != rows[key]["status"]:
            rows[key] = row  # of somebody in several shows it is enough that the page names one of them
    for look in looks:
        for found in searched(session, [look]).get(look.show.id, ()):
            key = (found.wiki, found.title, found.member.id)
            if key not in known and key not in rows:
                rows[key] = candidate(look, *found, reason=f"a search for {found.member.name} found it")
    outcome.ambiguous += sum(row["status"] == PageStatus.CANDIDATE and key not in known for key, row in rows.items())
    counts = write(session, WikiPage, rows.values(), key=("wiki", "title", "entity_id"))
    outcome.count("core.wiki_pages", counts)
    tell(session, people, outcome)


def _articles(session: Session, claims: Sequence[Claim], outcome: Outcome) -> dict[RecordKey, tuple[Article, int]]:
    """The pages that were answered, read, each with its revision."""
    found: dict[RecordKey, tuple[Article, int]] = {}
    for key, record in records.load(session, list({claim.record for claim in claims})).items():
        page = _page(record, outcome)
        if page is not None:
            found[key] = (read_article(page, plan.page_url(*plan.split(key.ref))), page.page.revid)
    return found


def _page(record: Record, outcome: Outcome) -> ParsedPage | None:
    if record.status != 200:
        return None
    try:
        return ParsedPage.parse(record.body, record.key.ref)
    except MalformedAnswer as error:
        outcome.failures[record.key.ref] = str(error)
        return None
