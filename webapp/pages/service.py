"""Queries about wikis' pages."""

from uuid import UUID

from models.entities import Kind
from webapp.fragments import living
from webapp.reading import Reading, json_of_entity


def _texts(kind: str, value: str = "body.body") -> str:
    return f"""(
        select coalesce(json_agg({value} order by body.position), '[]')
        from core.page_texts body where body.page_id = page.id and body.kind = '{kind}')"""


_TAGLINE = """json_build_object(
    'season_number', body.season_number, 'season_order', body.season_order, 'text', body.body)"""

_RELATIONS = f"""(
    select coalesce(json_agg(listed), '[]')
    from (select relation.kind, relation.name, relation.note, living.id as person_id
          from core.relations relation
          left join core.entities living on living.id = relation.other_id and {living("living")}
          where relation.page_id = page.id order by relation.kind, relation.name) listed)"""

_SEATS = """(
    select coalesce(json_agg(listed), '[]')
    from (select seat.season_number, seat.show_id, seat.side, seat.seat
          from core.reunion_seats seat where seat.page_id = page.id order by seat.season_number) listed)"""

_PAGES = f"""
select coalesce(json_agg(listed), '[]')
from (
    select page.id, page.wiki, page.title, page.url, page.revision_id, page.licence, page.show_id,
           {_texts("biography")} as biography, {_texts("tagline", _TAGLINE)} as taglines, {_texts("trivia")} as trivia,
           {_RELATIONS} as relations, {_SEATS} as reunion_seats
    from core.wiki_pages page
    where page.entity_id = entity.id and page.status = 'confirmed' order by page.seen_at, page.wiki, page.title
) listed
"""


def pages_of(person_id: UUID) -> Reading:
    """The confirmed pages of a person, in the order in which they were found."""
    return json_of_entity(Kind.PERSON, person_id, _PAGES)
