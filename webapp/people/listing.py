"""Queries for lists of people: by name, on rails, and whom somebody is on screen with."""

from typing import Any
from uuid import UUID

from models.entities import Kind
from webapp.fragments import PLAIN, lives, living
from webapp.paging import Key, Order
from webapp.people.service import PERSON, PICTURE
from webapp.reading import Reading, json_of, json_page

BY_NAME = Order("people", (Key("sort_name"), Key("id", "uuid")))

_NAMED = f"""
    select person.id, person.sort_name
    from core.people person
    where {lives("person.id")}"""

_BEGINS = f"strpos(' ' || person.sort_name, ' ' || {PLAIN}) > 0"

_PEOPLE = f"""
select coalesce(json_agg(listed), '[]')
from (select {PERSON} from page join core.people person on person.id = page.id {PICTURE} order by page.n) listed
"""


def _short(person: str) -> str:
    """One JSON object: a person in short, by id."""
    return f"""(
    select row_to_json(short)
    from (select {PERSON} from core.people person {PICTURE} where person.id = {person}) short)"""


LONGEST_RAIL = 24
"""How many people a rail may have. Rails are looked for in this length, a number, and cut afterwards: see `webapp.reading`."""


def _rail(metric: str, ranked: str) -> str:
    """A JSON list of cards; `ranked` gives person_id, value and latest_at in order of `place`."""
    return f"""(
    select coalesce(json_agg(card), '[]')
    from (
        select {_short("ranked.person_id")} as person,
               (select row_to_json(show)
                from (select show.id, show.name
                      from core.credits credit
                      join core.shows show on show.id = credit.show_id
                      join core.entities living on living.id = show.id and {living("living")}
                      where credit.person_id = ranked.person_id
                      order by credit.category <> 'cast', show.tmdb_popularity desc nulls last, show.sort_name, show.id
                      limit 1) show) as show,
               '{metric}' as metric, ranked.value, ranked.latest_at
        from ({ranked}) ranked where ranked.place <= :limit
        order by ranked.place
    ) card)"""


def _first(value: str, source: str) -> str:
    return f"""
        select first.person_id, first.value, entity.created_at as latest_at,
               row_number() over (order by first.value desc, first.person_id) as place
        from (select person_id, value
              from (select person_id, {value} as value from {source} group by person_id) counted
              where not exists (select from core.entities gone
                                where gone.id = person_id and (gone.removed_at is not null or gone.merged_into is not null))
              order by value desc, person_id limit {LONGEST_RAIL}) first
        join core.entities entity on entity.id = first.person_id"""


_MOST_SHOWS = _first("count(distinct show_id)", "core.credits where category = 'cast'")

_MOST_EPISODES = _first(
    "sum(episodes)",
    "(select person_id, show_id, max(episodes) as episodes from core.credit_counts"
    " where entity_id = show_id and category = 'cast' group by 1, 2) of_show",
)

_RECENT = f"""
        select newest.id as person_id, cast(null as bigint) as value, newest.created_at as latest_at,
               row_number() over (order by newest.created_at desc, newest.id) as place
        from (select entity.id, entity.created_at
              from core.entities entity where entity.kind = 'person' and {living("entity")}
              order by entity.created_at desc, entity.id limit {LONGEST_RAIL}) newest"""

_HOME = f"""
select json_build_object(
    'most_shows', {_rail("shows", _MOST_SHOWS)},
    'most_episodes', {_rail("episodes", _MOST_EPISODES)},
    'recently_added', {_rail("added_at", _RECENT)})
"""

TOGETHER = Order("together", (Key("shared", "bigint", descending=True), Key("sort_name"), Key("id", "uuid")))

_MINE = f"""
    select mine.show_id
    from core.credits mine join core.entities shown on shown.id = mine.show_id and {living("shown")}
    where mine.person_id = :entity_id and mine.category = 'cast'"""

_COSTARS = f"""
    select person.id, person.sort_name, count(distinct credit.show_id) as shared
    from core.credits credit
    join core.people person on person.id = credit.person_id
    join core.entities entity on entity.id = person.id and {living("entity")}
    where credit.show_id in ({_MINE}) and credit.category = 'cast' and credit.person_id <> :entity_id
    group by person.id, person.sort_name"""

_COSTAR_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select {_short("page.id")} as person, page.shared as shared_shows,
           (select json_agg(show order by show.name, show.id)
            from (select distinct show.id, show.name
                  from core.credits credit join core.shows show on show.id = credit.show_id
                  where credit.person_id = page.id and credit.category = 'cast' and show.id in ({_MINE})) show) as shows
    from page order by page.n
) listed
"""


def people(q: str | None = None, **page: Any) -> Reading:
    """People by name; with `q`, those one of whose names begins so."""
    if q is None:
        return json_page(BY_NAME, _NAMED, _PEOPLE, **page)
    return json_page(BY_NAME, f"{_NAMED} and {_BEGINS}", _PEOPLE, q=q, **page)


def home(limit: int = 12) -> Reading:
    """Rails: who is in most shows, in most episodes, and who came last."""
    return json_of(_HOME, limit=limit)


def costars(person_id: UUID, **page: Any) -> Reading:
    """Who is on screen in the same shows, those of most shows first."""
    return json_page(TOGETHER, _COSTARS, _COSTAR_LIST, below=(Kind.PERSON, person_id), **page)
