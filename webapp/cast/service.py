"""Queries about a show's cast.

A member is a person in a category; whoever a source credits or counts for the show, or for one of its seasons, is one. Where
several sources count, the highest count is shown.
"""

from typing import Any
from uuid import UUID

from models.entities import Kind
from webapp.fragments import ROLE, living
from webapp.paging import Key, Order
from webapp.people.service import PERSON, PICTURE
from webapp.reading import Reading, json_page

_OF_SHOW = f"""
    select mention.person_id, cast(null as uuid) as season_id, person.sort_name,
           coalesce(min(mention.billing_order) filter (where mention.of_show), min(mention.billing_order)) as billing_order
    from (select person_id, billing_order, true as of_show from core.credits
          where show_id = :entity_id and category = cast(:category as text)
          union all
          select person_id, billing_order, entity_id = show_id from core.credit_counts
          where show_id = :entity_id and category = cast(:category as text)) mention
    join core.people person on person.id = mention.person_id
    join core.entities living on living.id = person.id and {living("living")}
    group by mention.person_id, person.sort_name"""

_OF_SEASON = f"""
    select count.person_id, season.id as season_id, person.sort_name, min(count.billing_order) as billing_order
    from core.seasons season
    join core.entities listed on listed.id = season.id and {living("listed")}
    join core.credit_counts count on count.entity_id = season.id and count.category = cast(:category as text)
    join core.people person on person.id = count.person_id
    join core.entities living on living.id = person.id and {living("living")}
    where season.show_id = :entity_id and season.is_listed and season.season_number = :season_number
    group by count.person_id, season.id, person.sort_name"""

BILLED = Order("billing", (Key("billing_order", "bigint", nullable=True), Key("sort_name"), Key("person_id", "uuid")))

_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select cast(md5(concat_ws('/', entity.id, member.season_id, member.person_id, cast(:category as text))) as uuid) as id,
           entity.id as show_id, member.season_id, member.person_id,
           {ROLE.format(show="entity.id", person="member.person_id", category="cast(:category as text)")} as role,
           member.billing_order, cast(null as text) as notes,
           (select row_to_json(short)
            from (select {PERSON} from core.people person {PICTURE} where person.id = member.person_id) short) as person,
           cast(:category as text) as category, coalesce(in_show.episodes, in_seasons.episodes) as episodes,
           'claimed' as counts, coalesce(in_show.is_regular, in_seasons.is_regular, false) as is_regular,
           coalesce(in_seasons.list, '[]') as seasons
    from page member
    left join lateral (
        select max(count.episodes) as episodes, bool_or(count.is_regular) as is_regular
        from core.credit_counts count
        where count.entity_id = entity.id and count.person_id = member.person_id and count.category = cast(:category as text)
    ) in_show on true
    left join lateral (
        select sum(part.episodes) as episodes, bool_or(part.is_regular) as is_regular,
               json_agg(json_build_object('season_id', season.id, 'season_number', season.season_number,
                                          'episodes', part.episodes, 'is_regular', part.is_regular)
                        order by season.season_number, season.id) as list
        from (select count.entity_id, max(count.episodes) as episodes, bool_or(count.is_regular) as is_regular
              from core.credit_counts count
              where count.person_id = member.person_id and count.show_id = entity.id and count.category = cast(:category as text)
                    and count.entity_id <> entity.id
              group by count.entity_id) part
        join core.seasons season on season.id = part.entity_id and season.is_listed
        join core.entities living on living.id = season.id and {living("living")}
    ) in_seasons on true
    order by member.n
) listed
"""


def cast(show_id: UUID, category: str, season_number: int | None = None, **page: Any) -> Reading:
    """A show's members in billing order; with a season number, only that season's, in the season's order."""
    page |= {"below": (Kind.SHOW, show_id), "category": category}
    if season_number is None:
        return json_page(BILLED, _OF_SHOW, _LIST, **page)
    return json_page(BILLED, _OF_SEASON, _LIST, season_number=season_number, **page)
