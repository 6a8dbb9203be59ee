"""Wikis of shows: which to ask about a show's people, by a first list, by Wikidata, and by what an editor says.

Reads and writes `core.show_wikis`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db.bulk import Counts, write
from models.rules.wikis import article_of, seeded, wiki_host
from models.wikis import ShowWiki

SEED, WIKIDATA, EDITOR = "seed", "wikidata", "editor"


class NotThere(ValueError):
    """There is no such show, wiki or page; the message says which."""


@dataclass(frozen=True)
class Wikis:
    """The wikis of some shows.

    `active` are those to ask, in order; `fresh` are rows that are to be stored, because nobody has said yet.
    """

    active: dict[UUID, list[str]]
    fresh: list[dict[str, Any]]


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
