"""Whose a page is: what was decided about pages before, and what their words say now.

Reads and writes `core.wiki_pages`. What a person decided, and what was confirmed once, stands.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.records import RecordKey
from flows.sources.fandom import plan
from flows.sources.fandom.article import Article
from flows.wiki_looks import Claim, Look, Member
from models.rules.agreement import judge_page
from models.rules.wikis import LICENCE
from models.wikis import PageStatus

PageRow = dict[str, Any]
PageKey = tuple[str, str, UUID]
"""Wiki, title, and whose the page may be."""


class KnownPage(NamedTuple):
    """What is stored of a page: what was decided, why, by which person if by one, its licence, and the show."""

    status: str = ""
    reason: str = ""
    decided_by: str | None = None
    licence: str = LICENCE
    show_id: UUID | None = None


def known_pages(session: Session, people: Collection[UUID]) -> dict[PageKey, KnownPage]:
    """What was decided about the pages of these people so far."""
    rows = session.execute(
        text(
            "select wiki, title, entity_id, status, reason, decided_by, licence, show_id from core.wiki_pages"
            " where entity_id = any(:people)"
        ),
        {"people": list(people)},
    )
    return {(wiki, title, entity): KnownPage(*rest) for wiki, title, entity, *rest in rows}


def follow_move(session: Session, claim: Claim, known: dict[PageKey, KnownPage]) -> None:
    """A page that was moved and left a redirect stays the page that it was."""
    old, new = (claim.wiki, claim.asked, claim.member.id), (claim.wiki, claim.title, claim.member.id)
    if claim.redirected and old in known and new not in known:
        session.execute(
            text(
                "update core.wiki_pages set title = :title, url = :url"
                " where wiki = :wiki and title = :asked and entity_id = :person and not exists ("
                "   select from core.wiki_pages o where o.wiki = :wiki and o.title = :title and o.status = 'confirmed')"
            ),
            {"title": claim.title, "url": plan.page_url(claim.wiki, claim.title), "wiki": claim.wiki,
             "asked": claim.asked, "person": claim.member.id},
        )  # fmt: skip
        known[new] = known.pop(old)


def owners_of(session: Session, articles: Collection[RecordKey]) -> dict[tuple[str, str], UUID]:
    """Whose these pages are confirmed to be."""
    refs = [plan.split(key.ref) for key in articles]
    rows = session.execute(
        text(
            "select p.wiki, p.title, p.entity_id from core.wiki_pages p"
            " join unnest(cast(:wikis as text[]), cast(:titles as text[])) as w(wiki, title) using (wiki, title)"
            " where p.status = 'confirmed'"
        ),
        {"wikis": [wiki for wiki, _ in refs], "titles": [title for _, title in refs]},
    )
    return {(wiki, title): entity for wiki, title, entity in rows}


def decided(
    looks: Sequence[Look],
    claims: Mapping[UUID, list[Claim]],
    articles: Mapping[RecordKey, tuple[Article, int]],
    known: Mapping[PageKey, KnownPage],
    owners: dict[tuple[str, str], UUID],
) -> Iterator[PageRow]:
    """A row for each page that was read. What a person decided, and what was confirmed once, stands."""
    for look in looks:
        for claim in claims[look.show.id]:
            if claim.record not in articles:
                continue
            article, revision = articles[claim.record]
            row = candidate(look, claim.member, claim.wiki, claim.title, reason="")
            before = known.get((claim.wiki, claim.title, claim.member.id), KnownPage())
            status, reason = before.status, before.reason
            row |= {"revision_id": revision, "licence": claim.licence or before.licence}
            if before.decided_by is None and status != PageStatus.CONFIRMED:
                verdict = judge_page(
                    article.signs(claim.asked if claim.redirected else None),
                    names=claim.member.names,
                    titles=look.titles,
                    own_wiki=claim.wiki in look.own,
                    named_by_wikidata=claim.named_by_wikidata,
                    namesakes=look.namesakes(claim.member),
                )
                status, reason = (PageStatus.CONFIRMED if verdict.agreed else PageStatus.CANDIDATE), verdict.reason
                owner = owners.get((claim.wiki, claim.title), claim.member.id)
                if verdict.agreed and owner != claim.member.id:
                    status, reason = (
                        PageStatus.CANDIDATE,
                        f"{reason}; but it is confirmed as the page of another person",
                    )
            if status == PageStatus.CONFIRMED:
                owners[claim.wiki, claim.title] = claim.member.id
            if before.show_id is not None and (before.status == status or status != PageStatus.CONFIRMED):
                row["show_id"] = before.show_id  # the show that it was found with, until another one is named
            yield row | {"status": status, "reason": reason}


def candidate(look: Look, member: Member, wiki: str, title: str, *, reason: str) -> PageRow:
    """A row for a page that may be a member's."""
    return {
        "entity_id": member.id,
        "show_id": look.show.id,
        "wiki": wiki,
        "title": title,
        "url": plan.page_url(wiki, title),
        "revision_id": None,
        "licence": LICENCE,
        "status": PageStatus.CANDIDATE,
        "reason": reason,
    }
