"""What admins do to the catalogue: each act in the request's transaction, under the catalogue's lock, and in the audit log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import assets, audit, cases, editing, wiki_pages, wikis
from db.commands.merge import MergeRefused, lock, merge
from db.commands.merge.undo import unmerge
from db.commands.wiki_pages import Taken
from db.commands.wikis import NotThere
from db.derive import MODELS
from db.provenance import sayings
from models.entities import Kind
from webapp import frame
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, Invalid, NotFound
from webapp.jobs import service as jobs
from webapp.request_id import request_id

_NAMES = "coalesce(show.name, person.name)"
_NAMED = """
    left join core.shows show on show.id = {entity} left join core.people person on person.id = {entity}"""

_CASES = f"""
    select asked.id, asked.kind, asked.entity_id, {_NAMES} as name, asked.source, asked.reason, asked.candidates, asked.status,
           asked.opened_at, asked.settled_at
    from ops.match_cases asked {_NAMED.format(entity="asked.entity_id")}
    where (cast(:id as uuid) is null or asked.id = :id) and (cast(:status as text) is null or asked.status = :status)
    order by asked.opened_at, asked.id limit :limit"""

_PAGES = """
    select page.id, page.status, page.entity_id, person.name, page.show_id, show.name as show_name, page.wiki, page.title,
           page.url, page.reason, page.decided_by
    from core.wiki_pages page left join core.people person on person.id = page.entity_id
    left join core.shows show on show.id = page.show_id
    where (cast(:id as uuid) is null or page.id = :id) and (cast(:status as text) is null or page.status = :status)
    order by person.sort_name, page.entity_id, page.wiki, page.title, page.id limit :limit"""

_MERGES = f"""
    select log.id, log.kind, {_NAMES} as name, log.winner_id, log.loser_id, log.reason, log.merged_by, log.merged_at,
           log.undone_at
    from core.merge_log log {_NAMED.format(entity="log.winner_id")}
    where cast(:id as uuid) is null or log.id = :id
    order by log.merged_at desc, log.id limit :limit"""

_WIKIS = """
    select wiki, position, is_active, origin from core.show_wikis where show_id = :id order by not is_active, position, wiki"""

REFRESHING = "on-demand"
"""The deployment of `prefect.yaml` that collects everything about particular shows."""

Row = dict[str, Any]


def entity(session: Session, entity_id: UUID) -> Row:
    """An entity with every field that an editor may say something of: what is shown, whose word it is, what the others say."""
    kind, version = _known(session, entity_id)
    shown = dict(
        session.execute(text(f"select * from {MODELS[kind].__table__.fullname} where id = :id"), {"id": entity_id})  # type: ignore[attr-defined]
        .mappings()
        .one()
    )
    said: dict[str, list[Row]] = {}
    for row in session.execute(text(sayings(kind)), {"ids": [entity_id], "fields": None}).mappings():
        saying = {name: row[name] for name in ("source", "value", "layer", "is_shown")} | {"since": row["changed_at"]}
        said.setdefault(row["field"], []).append(saying)
    chosen = editing.said(session, entity_id)
    told = []
    for field in editing.editable(kind):
        every = said.get(field, [])
        first: Row = next((one for one in every if one["is_shown"]), {})
        source = first.get("source") or ("editor" if field in chosen else None)
        told.append(
            {
                "field": field,
                "value": shown[field],
                "source": source,
                "layer": first.get("layer"),
                "since": first.get("since"),
                "others": sorted((one for one in every if one is not first), key=lambda one: str(one["source"])),
            }
        )
    return {"id": entity_id, "kind": kind, "version": version, "name": shown.get("name"), "fields_": told}


def edit(
    session: Session,
    viewer: Viewer,
    entity_id: UUID,
    say: Row,
    withdraw: list[str],
    *,
    check: Callable[[int], None] = frame.match,
) -> Row:
    """Say something of an entity, or no longer. `check` is told the version that there is.

    Raises:
        Stale: it changed since the client read it.
        Invalid: a field cannot be edited, or cannot have the value.
    """
    lock(session)
    kind, version = _known(session, entity_id)
    check(version)
    before = editing.said(session, entity_id)
    try:
        editing.edit(session, kind, entity_id, say, withdraw)
    except editing.NotEditable as error:
        place = "set" if error.field in say else "unset"
        raise Invalid([(("json", place, error.field), str(error), "invalid")]) from None
    details = {
        "set": say,
        "unset": withdraw,
        "before": {name: before[name] for name in (*say, *withdraw) if name in before},
    }
    _note(session, viewer, "entity.edit", (kind, entity_id), **details)
    return entity(session, entity_id)


def list_cases(session: Session, status: str, limit: int) -> list[Row]:
    """Questions of identity, the oldest first."""
    return _rows(session, _CASES, status=status, limit=limit)


def case(session: Session, case_id: UUID) -> Row:
    """One question of identity."""
    return _row(session, _CASES, "Case", case_id)


def choose(session: Session, viewer: Viewer, case_id: UUID, source: str, value: str) -> Row:
    """Say that a candidate is right."""
    with _deciding(session, viewer, "case.choose", ("match_case", case_id), source=source, value=value):
        case(session, case_id)
        cases.choose(session, case_id, source, value, by=f"user {viewer.id}")
    return case(session, case_id)


def dismiss(session: Session, viewer: Viewer, case_id: UUID) -> Row:
    """Say that no candidate is right."""
    with _deciding(session, viewer, "case.dismiss", ("match_case", case_id)):
        case(session, case_id)
        cases.dismiss(session, case_id)
    return case(session, case_id)


def list_pages(session: Session, status: str, limit: int) -> list[Row]:
    """Pages of wikis, by the people whom they may be about."""
    return _rows(session, _PAGES, status=status, limit=limit)


def page(session: Session, page_id: UUID) -> Row:
    """One page of a wiki."""
    return _row(session, _PAGES, "Page", page_id)


def confirm(session: Session, viewer: Viewer, page_id: UUID) -> Row:
    """Say that a page is about its person."""
    with _deciding(session, viewer, "wiki_page.confirm", ("wiki_page", page_id)):
        wiki_pages.confirm_page(session, page_id, f"user {viewer.id}")
    return page(session, page_id)


def reject(session: Session, viewer: Viewer, page_id: UUID) -> Row:
    """Say that a page is not about its person."""
    with _deciding(session, viewer, "wiki_page.reject", ("wiki_page", page_id)):
        wiki_pages.reject_page(session, page_id, f"user {viewer.id}")
    return page(session, page_id)


def retry_image(session: Session, viewer: Viewer, url: str) -> None:
    """Have an image that could not be copied tried again at once."""
    with _deciding(session, viewer, "image.retry", ("media_failure", url)):
        assets.forget_failures(session, [url])


def list_wikis(session: Session, show_id: UUID) -> list[Row]:
    """The wikis of a show, those that are asked first."""
    if _known(session, show_id)[0] is not Kind.SHOW:
        raise NotFound("Show not found")
    return _rows(session, _WIKIS, id=show_id)


def add_wiki(session: Session, viewer: Viewer, show_id: UUID, wiki: str, position: int | None) -> list[Row]:
    """Have a wiki asked for a show's people."""
    with _deciding(session, viewer, "show_wiki.add", (Kind.SHOW, show_id), wiki=wiki):
        wikis.add_wiki(session, str(show_id), wiki, position=position)
    return list_wikis(session, show_id)


def remove_wiki(session: Session, viewer: Viewer, show_id: UUID, wiki: str) -> list[Row]:
    """Have a wiki no longer asked."""
    with _deciding(session, viewer, "show_wiki.remove", (Kind.SHOW, show_id), wiki=wiki):
        wikis.remove_wiki(session, str(show_id), wiki)
    return list_wikis(session, show_id)


def list_merges(session: Session, limit: int) -> list[Row]:
    """Merges, the newest first."""
    return _rows(session, _MERGES, limit=limit)


def one_merge(session: Session, merge_id: UUID) -> Row:
    """One merge."""
    return _row(session, _MERGES, "Merge", merge_id)


def make_one(session: Session, viewer: Viewer, kind: str, winner_id: UUID, loser_id: UUID, reason: str) -> Row:
    """Make two entities one."""
    with _deciding(session, viewer, "entity.merge", (kind, winner_id), loser=str(loser_id), reason=reason):
        made = merge(session, Kind(kind), winner_id, loser_id, reason, f"user {viewer.id}")
    return one_merge(session, made)


def undo(session: Session, viewer: Viewer, merge_id: UUID) -> Row:
    """Make two of what a merge made one."""
    with _deciding(session, viewer, "entity.unmerge", ("merge", merge_id)):
        one_merge(session, merge_id)
        unmerge(session, merge_id)
    return one_merge(session, merge_id)


def refresh(session: Session, viewer: Viewer, show_id: UUID, key: str | None) -> Row:
    """Have everything about a show asked again, as soon as a worker is free; answers the job."""
    if _known(session, show_id)[0] is not Kind.SHOW:
        raise NotFound("Show not found")
    selection = {"ids": [str(show_id)], "force": True}
    return jobs.start(session, viewer, deployment=REFRESHING, parameters={"selection": selection}, key=key)


@contextmanager
def _deciding(
    session: Session, viewer: Viewer, action: str, target: tuple[str, object], **details: Any
) -> Iterator[None]:
    """What stands around an act: the catalogue's lock, an entry in the log, and refusals as the API words them."""
    lock(session)
    _note(session, viewer, action, target, **details)
    try:
        yield
    except NotThere as error:
        raise NotFound(str(error)) from None
    except (cases.NotOpen, MergeRefused, Taken) as error:
        raise Conflict(str(error)) from None


def _note(session: Session, viewer: Viewer, action: str, target: tuple[str, object], **details: Any) -> None:
    audit.record(session, viewer.id, action, target, details=details, request_id=request_id())


def _known(session: Session, entity_id: UUID) -> tuple[Kind, int]:
    found = session.execute(
        text("select kind, version, merged_into, removed_at from core.entities where id = :id"), {"id": entity_id}
    ).one_or_none()
    if found is None or found.removed_at is not None:
        raise NotFound("Entity not found")
    if found.merged_into is not None:
        raise Conflict(f"It was merged into {found.merged_into}")
    return Kind(found.kind), int(found.version)


def _rows(session: Session, statement: str, **parameters: Any) -> list[Row]:
    bound = {"id": None, "status": None, **parameters}
    return [dict(row) for row in session.execute(text(statement), bound).mappings()]


def _row(session: Session, statement: str, what: str, id_: UUID) -> Row:
    found = _rows(session, statement, id=id_, limit=1)
    if not found:
        raise NotFound(f"{what} not found")
    return found[0]
