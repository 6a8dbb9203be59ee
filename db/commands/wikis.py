"""Wikis of shows, and pages of wikis: which to ask, and what a person decides about whom a page is about.

Reads and writes `core.show_wikis` and `core.wiki_pages`, and takes back what a rejected page had told: its texts,
relations and seats, and the facts, names and pictures where no other page of the person is left.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts, write
from db.derive import derive
from models.entities import Kind
from models.rules.wikis import article_of, seeded, wiki_host
from models.wikis import PageStatus, ShowWiki

SEED, WIKIDATA, EDITOR = "seed", "wikidata", "editor"


class NotThere(ValueError):
    """There is no such show, wiki or page; the message says which."""


class Taken(ValueError):
    """The page is another person's."""


@dataclass(frozen=True)
class Wikis:
    """The wikis of some shows.

    `active` are those to ask, in order; `fresh` are rows that are to be stored, because nobody has said yet.
    """

    active: dict[UUID, list[str]]
    fresh: list[dict[str, Any]]


class ListedPage(NamedTuple):
    """A page as a person decides about it."""

    id: UUID
    status: str
    person: str
    show: str | None
    url: str
    reason: str
    decided_by: str | None


def wikis_of(connection: Connection | Session, shows: Collection[UUID]) -> Wikis:
    """The wikis of these shows: the stored ones; for a show without any, those of the first list; and what Wikidata names.

    A wiki that an editor switched off stays off.
    """
    stored: dict[UUID, dict[str, tuple[int, bool]]] = {}
    for row in connection.execute(
        text("select show_id, wiki, position, is_active from core.show_wikis where show_id = any(:shows)"),
        {"shows": list(shows)},
    ):
        stored.setdefault(row.show_id, {})[row.wiki] = (row.position, row.is_active)
    fresh: list[dict[str, Any]] = []
    for row in connection.execute(text(_TITLES), {"shows": list(shows)}):
        known = stored.setdefault(row.id, {})
        proposals = [] if known else [(wiki, SEED) for wiki in seeded(row.name, row.original_name)]
        named = (article_of(str(article)) for article in row.articles or ())
        proposals += [(article[0], WIKIDATA) for article in named if article]
        for wiki, origin in proposals:
            if wiki not in known:
                position = max((place for place, _ in known.values()), default=-1) + 1
                known[wiki] = (position, True)
                fresh.append(
                    {"show_id": row.id, "wiki": wiki, "position": position, "is_active": True, "origin": origin}
                )
    active = {
        show: [wiki for wiki, (place, on) in sorted(wikis.items(), key=lambda item: item[1][0]) if on]
        for show, wikis in stored.items()
    }
    return Wikis({show: wikis for show, wikis in active.items() if wikis}, fresh)


_TITLES = """
    select s.id, s.name, s.original_name,
           (select case when jsonb_typeof(f.fields->'fandom_article') = 'array' then f.fields->'fandom_article' end
            from core.facts f where f.entity_id = s.id and f.source = 'wikidata') as articles
    from core.shows s where s.id = any(:shows) order by s.id
"""


def put_wikis(session: Session, fresh: Iterable[Mapping[str, Any]]) -> Counts:
    """Store wikis that nobody has said anything about yet; what is stored stays."""
    kept = ("position", "is_active", "origin")
    return write(session, ShowWiki, fresh, insert_only=kept)


def list_wikis(connection: Connection | Session, show: str | None = None) -> list[tuple[Any, ...]]:
    """Show, wiki, place, whether it is asked, and who said so; of all shows, or of one."""
    rows = connection.execute(
        text(
            "select s.id, s.name, w.wiki, w.position, w.is_active, w.origin"
            " from core.show_wikis w join core.shows s on s.id = w.show_id"
            " where cast(:show as uuid) is null or s.id = :show order by s.sort_name, s.id, w.position, w.wiki"
        ),
        {"show": find_show(connection, show) if show else None},
    )
    return [tuple(row) for row in rows]


def add_wiki(session: Session, show: str, wiki: str, *, position: int | None = None) -> Counts:
    """Have a wiki asked for a show's people: behind the others, or at a place of its own. Switches one on that was off.

    Raises:
        NotThere: there is no such show, or the name is no wiki's.
    """
    show_id, host = find_show(session, show), _host(wiki)
    seed = wikis_of(session, [show_id])
    put_wikis(session, seed.fresh)  # else the first list would never be stored: an editor's row came before it
    place = position if position is not None else len([name for name in seed.active.get(show_id, []) if name != host])
    row = {"show_id": show_id, "wiki": host, "position": place, "is_active": True, "origin": EDITOR}
    return write(session, ShowWiki, [row])


def remove_wiki(session: Session, show: str, wiki: str) -> Counts:
    """Have a wiki no longer asked for a show's people. Its row stays, so that no list brings it back.

    Raises:
        NotThere: there is no such show, or the wiki is not one of its.
    """
    show_id, host = find_show(session, show), _host(wiki)
    put_wikis(session, wikis_of(session, [show_id]).fresh)
    known = session.execute(
        text("select position from core.show_wikis where show_id = :show and wiki = :wiki"),
        {"show": show_id, "wiki": host},
    ).scalar_one_or_none()
    if known is None:
        raise NotThere(f"{host} is no wiki of that show")
    row = {"show_id": show_id, "wiki": host, "position": known, "is_active": False, "origin": EDITOR}
    return write(session, ShowWiki, [row])


def find_show(connection: Connection | Session, named: str) -> UUID:
    """A show by our id, IMDb's (tt...) or TMDb's.

    Raises:
        NotThere: there is none.
    """
    found = connection.execute(
        text(
            "select s.id from core.shows s where s.id::text = lower(:named) or exists ("
            "   select from core.external_ids x where x.entity_id = s.id and x.source in ('imdb', 'tmdb')"
            "     and x.value = :named)"
        ),
        {"named": named.strip()},
    ).scalar_one_or_none()
    if found is None:
        raise NotThere(f"there is no show {named}")
    return UUID(str(found))


def _host(wiki: str) -> str:
    host = wiki_host(wiki)
    if host is None:
        raise NotThere(f"{wiki!r} is no name of a wiki; one is real-housewives.fandom.com, or real-housewives")
    return host


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
