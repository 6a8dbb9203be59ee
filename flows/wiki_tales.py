"""What the confirmed pages of people tell, stored: texts, relations, seats at reunions, facts, names and pictures.

Reads `core.wiki_pages` and the pages' source records. Where a person has several pages, the first that tells a field
counts. What an answer that is not complete does not mention stays; a complete one takes back what it no longer tells.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db import records
from db.bulk import Counts, write
from db.commands.facts import add_facts, put_facts
from db.commands.wiki_pages import link_relations
from db.derive import derive
from db.records import RecordKey
from flows.bundles import count_drift
from flows.outcome import Outcome
from flows.pictures import put_images, wiki_image
from flows.sources.errors import MalformedAnswer
from flows.sources.fandom import plan
from flows.sources.fandom.article import Article, person_fields, read_article
from flows.sources.fandom.payloads import ParsedPage
from models.entities import Alias, Kind, Source
from models.rules.titles import normal
from models.wikis import PageText, Relation, ReunionSeat, TextKind

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A confirmed page, read."""

    id: UUID
    person: UUID
    show: UUID | None
    wiki: str
    url: str
    article: Article
    layer: str | None
    is_complete: bool


@dataclass
class Told:
    """What the pages of one person tell together; `is_whole` when each of them was answered completely."""

    pages: list[Page] = field(default_factory=list)
    is_whole: bool = True

    @property
    def fields(self) -> Row:
        """The facts, each from the first page that tells it."""
        fields: Row = {}
        for page in self.pages:
            fields = person_fields(page.article) | fields
        return fields

    @property
    def layer(self) -> str | None:
        """The way the first page was asked."""
        return self.pages[0].layer if self.pages else None


def tell(session: Session, people: Collection[UUID], outcome: Outcome) -> None:
    """Store what the confirmed pages of these people tell."""
    told = _told(session, people, outcome)
    pages = [page for one in told.values() for page in one.pages]
    complete = {"page_id": [page.id for page in pages if page.is_complete]}
    for model, rows_of in ((PageText, _texts), (Relation, _relations), (ReunionSeat, _seats)):
        rows = [row for page in pages for row in rows_of(page)]
        outcome.count(f"core.{model.__tablename__}", write(session, model, rows, scope=complete))
    linked = link_relations(session, {page.wiki for page in pages})
    outcome.count("core.relations", Counts(updated=linked))
    _put_facts(session, told, outcome)
    whole = {"entity_id": [person for person, one in told.items() if one.is_whole], "source": Source.FANDOM}
    outcome.count("core.aliases", write(session, Alias, list(_names(told)), scope=whole))
    outcome.count("core.people", derive(session, Kind.PERSON, list(told)))
    _put_images(session, told, outcome)


_CONFIRMED = """
    select p.id, p.entity_id, p.show_id, p.wiki, p.title from core.wiki_pages p
    where p.entity_id = any(:people) and p.status = 'confirmed' order by p.entity_id, p.seen_at, p.wiki, p.title
"""


def _told(session: Session, people: Collection[UUID], outcome: Outcome) -> dict[UUID, Told]:
    rows = session.execute(text(_CONFIRMED), {"people": list(people)}).all()
    keys = {row.id: RecordKey("fandom", "page", plan.page_ref(row.wiki, row.title)) for row in rows}
    answers = records.load(session, list(keys.values()))
    told: dict[UUID, Told] = {}
    for row in rows:
        one, record = told.setdefault(row.entity_id, Told()), answers.get(keys[row.id])
        payload = None
        if record is not None and record.status == 200:
            try:
                payload = ParsedPage.parse(record.body, record.key.ref)
                count_drift(outcome.drift, payload, "page")
            except MalformedAnswer as error:
                outcome.failures[record.key.ref] = str(error)
        if record is None or payload is None:
            one.is_whole = False
            continue
        url = plan.page_url(row.wiki, row.title)
        article = read_article(payload, url)
        page = Page(row.id, row.entity_id, row.show_id, row.wiki, url, article, record.layer, record.is_complete)
        one.pages.append(page)
        one.is_whole &= record.is_complete
    return {person: one for person, one in told.items() if one.pages}


def _texts(page: Page) -> Iterator[Row]:
    """Texts by kind, each kind in the order of the page."""
    article, nothing = page.article, {"season_number": None, "season_order": None}
    taglines = [
        {"body": line.text, "season_number": line.season_number, "season_order": line.season_order}
        for line in article.taglines
    ]
    told: dict[TextKind, list[Row]] = {
        TextKind.BIOGRAPHY: [{"body": paragraph, **nothing} for paragraph in article.biography],
        TextKind.TAGLINE: taglines,
        TextKind.TRIVIA: [{"body": line, **nothing} for line in article.trivia],
    }
    for kind, texts in told.items():
        for position, row in enumerate(texts):
            yield {"page_id": page.id, "kind": kind, "position": position, "entity_id": page.person, **row}


def _relations(page: Page) -> Iterator[Row]:
    """Whom the page names; who that is in the catalogue is found out apart."""
    for kind, people in page.article.relations.items():
        for other in people:
            named = {"name": other.name, "note": other.note, "title": other.title}
            yield {"page_id": page.id, "kind": kind, "person_id": page.person, **named}


def _seats(page: Page) -> Iterator[Row]:
    for seat in page.article.seats:
        where = {"season_number": seat.season_number, "side": seat.side, "seat": seat.seat}
        yield {"page_id": page.id, "person_id": page.person, "show_id": page.show, **where}


def _put_facts(session: Session, told: dict[UUID, Told], outcome: Outcome) -> None:
    for layer in {one.layer for one in told.values()}:
        whole = {id_: one.fields for id_, one in told.items() if one.layer == layer and one.is_whole}
        part = {id_: one.fields for id_, one in told.items() if one.layer == layer and not one.is_whole}
        outcome.count("core.facts", put_facts(session, Source.FANDOM, whole, layer=layer))
        outcome.count("core.facts", add_facts(session, Source.FANDOM, part, layer=layer))


def _names(told: dict[UUID, Told]) -> Iterator[Row]:
    """The further names that infoboxes tell."""
    for person, one in told.items():
        own = normal(str(one.fields.get("name") or ""))
        for name in dict.fromkeys(name for page in one.pages for name in page.article.names):
            if normal(name) not in ("", own):
                yield {"entity_id": person, "source": Source.FANDOM, "name": name, "country": "", "kind": ""}


def _put_images(session: Session, told: dict[UUID, Told], outcome: Outcome) -> None:
    rows = [
        wiki_image(person, image, page.url)
        for person, one in told.items()
        for page in one.pages
        for image in page.article.images
    ]
    whole = [person for person, one in told.items() if one.is_whole]
    put_images(session, outcome, Source.FANDOM, rows, complete_for=whole)
