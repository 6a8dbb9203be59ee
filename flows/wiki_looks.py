"""Who is looked for in which wikis, and which pages may be theirs.

Reads the casts of shows, the wikis of shows, Wikidata's word on whose page is whose, and what wikis answered about titles.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from db import records
from db.commands.wikis import Wikis, wikis_of
from db.records import Record, RecordKey
from flows.selection import ShowRef
from flows.sources.errors import MalformedAnswer
from flows.sources.fandom import plan
from flows.sources.fandom.payloads import SearchPayload, TitlesPayload
from models.rules.agreement import alike
from models.rules.titles import normal
from models.rules.wikis import article_of, is_shared

SEARCHED_PEOPLE = 20
"""Of a show, those of the best billed without a page whom its first wiki is searched for."""


class Member(NamedTuple):
    """Somebody of a cast: the names by which a page may go, and the pages that Wikidata names, as (wiki, title)."""

    id: UUID
    name: str
    names: tuple[str, ...]
    articles: tuple[tuple[str, str], ...]


class Look(NamedTuple):
    """A show's cast, the best billed first, and the wikis to look for it in; `own` are about this show alone."""

    show: ShowRef
    titles: tuple[str, ...]
    wikis: tuple[str, ...]
    own: frozenset[str]
    members: tuple[Member, ...]

    @property
    def asked(self) -> dict[RecordKey, tuple[Member, str]]:
        """The records that say whether a page is there, each with whose it would be and the title asked for."""
        wanted: dict[RecordKey, tuple[Member, str]] = {}
        for wiki in self.wikis:
            for member in self.members:
                if title := plan.legal(member.name):
                    wanted.setdefault(RecordKey("fandom", "title", plan.page_ref(wiki, title)), (member, title))
        for member in self.members:
            for wiki, title in member.articles:
                wanted[RecordKey("fandom", "title", plan.page_ref(wiki, title))] = (member, title)
        return wanted

    def namesakes(self, member: Member) -> int:
        """How many others of the cast go by one of a member's names."""
        mine = {normal(name) for name in member.names}
        return sum(bool(mine & {normal(name) for name in other.names}) for other in self.members) - 1


class Claim(NamedTuple):
    """A page that may be a member's: the title asked for and the page's own, its newest revision."""

    member: Member
    wiki: str
    asked: str
    title: str
    revision: int
    redirected: bool
    named_by_wikidata: bool
    licence: str | None

    @property
    def record(self) -> RecordKey:
        """The record that holds the page."""
        return RecordKey("fandom", "page", plan.page_ref(self.wiki, self.title))


class Found(NamedTuple):
    """A title that a search found and that may be a member's."""

    member: Member
    wiki: str
    title: str


def looks_of(connection: Connection | Session, shows: Sequence[ShowRef]) -> tuple[list[Look], Wikis]:
    """What is to be looked for about each of these shows, and the wikis behind that; shows without anything are left out."""
    ids = [show.id for show in shows]
    wikis = wikis_of(connection, ids)
    casts: dict[UUID, list[Member]] = {}
    for row in connection.execute(text(_CAST), {"shows": ids}):
        named = (article_of(str(article)) for article in row.articles or ())
        articles = tuple((article[0], article[1]) for article in named if article)
        names = tuple(dict.fromkeys([row.name, *row.aliases]))
        casts.setdefault(row.show_id, []).append(Member(row.id, row.name, names, articles))
    others = {row.show_id: row.names for row in connection.execute(text(_NAMES), {"shows": ids})}
    single = set(connection.execute(text(_SINGLE)).scalars())
    found = []
    for show in shows:
        active, members = wikis.active.get(show.id, []), casts.get(show.id, [])
        if members and (active or any(member.articles for member in members)):
            own = frozenset(wiki for wiki in active if wiki in single and not is_shared(wiki))
            titles = tuple(dict.fromkeys([show.name, *others.get(show.id, ())]))
            found.append(Look(show, titles, tuple(active), own, tuple(members)))
    return found, wikis


_CAST = """
    select c.show_id, p.id, p.name, min(c.billing_order) as place,
           array(select a.name from core.aliases a where a.entity_id = p.id order by 1) as aliases,
           (select case when jsonb_typeof(f.fields->'fandom_article') = 'array' then f.fields->'fandom_article' end
            from core.facts f where f.entity_id = p.id and f.source = 'wikidata') as articles
    from core.credits c join core.people p on p.id = c.person_id join core.entities e on e.id = p.id
    where c.show_id = any(:shows) and c.category = 'cast' and e.merged_into is null and e.removed_at is null
    group by c.show_id, p.id order by c.show_id, place nulls last, p.sort_name, p.id
"""
_NAMES = """
    select s.id as show_id, array_remove(array_prepend(s.original_name,
           array(select a.name from core.aliases a where a.entity_id = s.id order by 1)), null) as names
    from core.shows s where s.id = any(:shows)
"""
_SINGLE = "select wiki from core.show_wikis where is_active group by wiki having count(distinct show_id) = 1"


def claims_of(connection: Connection | Session, looks: Sequence[Look]) -> dict[UUID, list[Claim]]:
    """The pages that are there and may be somebody's, by show."""
    answers = records.load(connection, list({key for look in looks for key in look.asked}))
    payloads = {key: payload for key, record in answers.items() if (payload := _titles(record))}
    found: dict[UUID, list[Claim]] = {}
    for look in looks:
        claims: dict[tuple[UUID, str, str], Claim] = {}
        for key, (member, asked) in look.asked.items():
            for claim in _claims(look, key, member, asked, payloads.get(key)):
                known = claims.setdefault((claim.member.id, claim.wiki, claim.title), claim)
                if claim.named_by_wikidata and not known.named_by_wikidata:
                    claims[claim.member.id, claim.wiki, claim.title] = claim
        found[look.show.id] = list(claims.values())
    return found


def _claims(look: Look, key: RecordKey, member: Member, asked: str, payload: TitlesPayload | None) -> Iterable[Claim]:
    told = payload.found(asked) if payload else None
    if payload is None or told is None or told[0].is_disambiguation:
        return
    page, redirected = told
    wiki, _ = plan.split(key.ref)
    rights = payload.query.rightsinfo
    licence = rights.text if rights else None
    # People of one name ask for the same title.
    for one in (other for other in look.members if other.id == member.id or plan.legal(other.name) == asked):
        named = bool({(wiki, asked), (wiki, page.title)} & set(one.articles))
        yield Claim(one, wiki, asked, page.title, page.revision_id or 0, redirected, named, licence)


def _titles(record: Record) -> TitlesPayload | None:
    if record.status != 200:
        return None
    try:
        return TitlesPayload.parse(record.body, record.key.ref)
    except MalformedAnswer:
        return None  # the client lets none through; one of an older version is asked for again when it falls due


def searches_of(connection: Connection | Session, looks: Sequence[Look]) -> dict[RecordKey, tuple[Look, Member]]:
    """The searches for those of the best billed who have no page under their name."""
    claims = claims_of(connection, looks)
    wanted = {}
    for look in looks:
        have = Counter(claim.member.id for claim in claims[look.show.id])
        lacking = [member for member in look.members if not have[member.id] and plan.legal(member.name)]
        for member in lacking[:SEARCHED_PEOPLE] if look.wikis else ():
            ref = plan.page_ref(look.wikis[0], plan.legal(member.name))
            wanted[RecordKey("fandom", "search", ref)] = (look, member)
    return wanted


def searched(connection: Connection | Session, looks: Sequence[Look]) -> Mapping[UUID, list[Found]]:
    """What the searches found that may be somebody's, by show."""
    wanted = searches_of(connection, looks)
    found: dict[UUID, list[Found]] = {}
    for key, record in records.load(connection, list(wanted)).items():
        look, member = wanted[key]
        hits = [hit.title for hit in _search(record).query.search]
        wiki, _ = plan.split(key.ref)
        found.setdefault(look.show.id, []).extend(Found(member, wiki, hit) for hit in alike(hits, member.names))
    return found


def _search(record: Record) -> SearchPayload:
    try:
        return SearchPayload.parse(record.body, record.key.ref) if record.status == 200 else SearchPayload()
    except MalformedAnswer:
        return SearchPayload()  # a search only ever proposes; without one there is nothing to propose


def expire_changed(session: Session, claims: Iterable[Claim]) -> None:
    """Make the pages due of which there is a newer revision than when they were asked for."""
    session.execute(
        text(
            "update ops.source_records r set expires_at = least(expires_at, now()), basis = w.revision"
            " from unnest(cast(:refs as text[]), cast(:revisions as text[])) as w(ref, revision)"
            " where r.source = 'fandom' and r.resource = 'page' and r.ref = w.ref and r.basis <> w.revision"
        ),
        _revisions(claims),
    )


def remember(session: Session, claims: Iterable[Claim]) -> None:
    """Note of which revision the pages were that were asked for just now."""
    session.execute(
        text(
            "update ops.source_records r set basis = w.revision"
            " from unnest(cast(:refs as text[]), cast(:revisions as text[])) as w(ref, revision)"
            " where r.source = 'fandom' and r.resource = 'page' and r.ref = w.ref and r.basis is null"
        ),
        _revisions(claims),
    )


def _revisions(claims: Iterable[Claim]) -> dict[str, Any]:
    told = {claim.record.ref: str(claim.revision) for claim in claims}
    return {"refs": list(told), "revisions": list(told.values())}
