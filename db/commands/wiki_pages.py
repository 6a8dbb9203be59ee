"""Pages of wikis: what a person decides about whom a page is about, and whom it names.

Reads and writes `core.wiki_pages`, and takes back what a rejected page had told: its texts, relations and seats, and the
facts, names and pictures where no other page of the person is left.
"""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.commands.wikis import NotThere
from db.derive import derive
from models.entities import Kind
from models.wikis import PageStatus


class Taken(ValueError):
    """The page is another person's."""


class ListedPage(NamedTuple):
    """A page as a person decides about it."""

    id: UUID
    status: str
    person: str
    show: str | None
    url: str
    reason: str
    decided_by: str | None


def list_pages(connection: Connection | Session, status: PageStatus | None = None) -> list[ListedPage]:
    """Pages with whom they are, or may be, about; those of a status, or all."""
    rows = connection.execute(
        text(
            "select p.id, p.status, who.name, s.name, p.url, p.reason, p.decided_by"
            " from core.wiki_pages p left join core.people who on who.id = p.entity_id"
            " left join core.shows s on s.id = p.show_id"
            " where cast(:status as text) is null or p.status = :status order by who.sort_name, p.entity_id, p.wiki, p.title"
        ),
        {"status": status},
    )
    return [ListedPage(row[0], row[1], row[2] or "?", *row[3:]) for row in rows]


def confirm_page(session: Session, page: UUID, by: str) -> None:
    """Say that a page is about the person it was found for; the next run of the stage takes what it tells.

    Raises:
        NotThere: there is no such page.
        Taken: it is confirmed as another person's, which has to be rejected first.
    """
    row = _page(session, page)
    other = session.execute(
        text(
            "select who.name from core.wiki_pages p join core.people who on who.id = p.entity_id"
            " where p.wiki = :wiki and p.title = :title and p.status = 'confirmed' and p.id <> :id"
        ),
        {"wiki": row.wiki, "title": row.title, "id": page},
    ).scalar_one_or_none()
    if other is not None:
        raise Taken(f"{row.url} is confirmed as the page of {other}; reject that first")
    _decide(session, page, PageStatus.CONFIRMED, by)


def reject_page(session: Session, page: UUID, by: str) -> None:
    """Say that a page is not about the person. It is not asked for again, and what it told is gone.

    Raises:
        NotThere: there is no such page.
    """
    row = _page(session, page)
    _decide(session, page, PageStatus.REJECTED, by)
    for table in ("page_texts", "relations", "reunion_seats"):
        session.execute(text(f"delete from core.{table} where page_id = :page"), {"page": page})
    forget_unconfirmed(session, [row.entity_id])


def forget_unconfirmed(session: Session, people: Collection[UUID]) -> None:
    """Drop what wikis told of those of these people who have no confirmed page (any more)."""
    bare = list(
        session.execute(
            text(
                "select w.person from unnest(cast(:people as uuid[])) as w(person) where not exists ("
                " select from core.wiki_pages p where p.entity_id = w.person and p.status = 'confirmed')"
            ),
            {"people": list(people)},
        ).scalars()
    )
    for table in ("facts", "aliases"):
        session.execute(
            text(f"delete from core.{table} where entity_id = any(:bare) and source = 'fandom'"), {"bare": bare}
        )
    session.execute(
        text(
            "update core.images set is_listed = false where entity_id = any(:bare) and source = 'fandom' and is_listed"
        ),
        {"bare": bare},
    )
    derive(session, Kind.PERSON, bare)


def _page(session: Session, page: UUID) -> Any:
    row = session.execute(
        text("select entity_id, wiki, title, url from core.wiki_pages where id = :id for update"), {"id": page}
    ).one_or_none()
    if row is None:
        raise NotThere(f"there is no page {page}")
    return row


def _decide(session: Session, page: UUID, status: PageStatus, by: str) -> None:
    """Note a decision; the stage looks at the show and the person again, though no answer has changed."""
    session.execute(
        text("update core.wiki_pages set status = :status, decided_by = :by where id = :id"),
        {"status": status, "by": by, "id": page},
    )
    session.execute(
        text(
            "delete from ops.sync_state y using core.wiki_pages p"
            " where p.id = :id and y.resource = 'fandom' and y.entity_id in (p.entity_id, p.show_id)"
        ),
        {"id": page},
    )


def link_relations(session: Session, wikis: Collection[str]) -> int:
    """Find out who of the catalogue the people are whom pages of these wikis name; says how many it found anew.

    By the page that a name leads to, where that is somebody's; else by the name, where one person of the same show has
    it.
    """
    linked = session.execute(text(_LINK), {"wikis": list(wikis)})
    return int(linked.rowcount)  # type: ignore[attr-defined]


_LINK = """
    update core.relations r set other_id = w.other
    from (
        select r.page_id, r.kind, r.name, nullif(coalesce(linked.entity_id, named.id), r.person_id) as other
        from core.relations r join core.wiki_pages p on p.id = r.page_id
        left join core.wiki_pages linked
          on linked.wiki = p.wiki and linked.title = r.title and linked.status = 'confirmed'
        left join lateral (
            select min(who.id::text)::uuid as id from core.people who
            where who.sort_name = lower(unaccent(r.name)) and exists (
                select from core.credits c
                where c.person_id = who.id and c.show_id = p.show_id and c.category = 'cast')
            having count(*) = 1) named on true
        where p.wiki = any(:wikis)) w
    where (r.page_id, r.kind, r.name) = (w.page_id, w.kind, w.name) and r.other_id is distinct from w.other
"""
