"""Queries about who belongs to a show, a season or an episode.

A member is a person in a category; whoever a source credits or counts for the show, or for one of its seasons, is one, and of a
season also who is listed in one of its episodes. Where several sources count, the highest count is shown; it is `counted` where
so many episodes are listed one by one, else `claimed`.

On screen, moreover, is whoever an editor says is (`core.cast_roles`), and an editor's billing comes before that of sources.
The list of a season tells the role in it, else that in the show; the list of a show that in it, else in its latest season.
"""

from typing import Any
from uuid import UUID

from models.entities import Kind
from webapp.fragments import ROLE, living
from webapp.paging import Key, Order
from webapp.people.service import PERSON, PICTURE
from webapp.reading import Reading, json_page

_PERSON = f"""cross join lateral (
        select person.sort_name
        from core.people person join core.entities living on living.id = person.id and {living("living")}
        where person.id = member.person_id offset 0) person"""
"""What a member is sorted by. `offset 0`: looked up one by one, as PostgreSQL expects more members than any show has and would
go through all people."""

_OF_SHOW = f"""
    select member.person_id, cast(null as uuid) as season_id, person.sort_name, member.billing_order
    from (select mention.person_id,
                 coalesce(min(mention.billing_order) filter (where mention.is_curated and mention.of_show),
                          min(mention.billing_order) filter (where mention.of_show),
                          min(mention.billing_order)) as billing_order
          from (select person_id, billing_order, true as of_show, false as is_curated from core.credits
                where show_id = :entity_id and category = cast(:category as text)
                union all
                select person_id, billing_order, entity_id = show_id, false from core.credit_counts
                where show_id = :entity_id and category = cast(:category as text)
                union all
                select person_id, billing_order, entity_id = show_id, true from core.cast_roles
                where show_id = :entity_id and cast(:category as text) = 'cast') mention
          group by mention.person_id) member
    {_PERSON}"""

_SEASON = f"""
    select season.id
    from core.seasons season join core.entities listed on listed.id = season.id and {living("listed")}
    where season.show_id = :entity_id and season.is_listed and season.season_number = :season_number"""

_OF_SEASON = f"""
    select member.person_id, member.season_id, person.sort_name, member.billing_order
    from (select mention.person_id, mention.season_id,
                 coalesce(min(mention.billing_order) filter (where mention.is_curated),
                          min(mention.billing_order)) as billing_order
          from (select count.person_id, season.id as season_id, count.billing_order, false as is_curated
                from ({_SEASON}) season
                join core.credit_counts count on count.entity_id = season.id and count.category = cast(:category as text)
                union all
                select seen.person_id, season.id, null, false
                from ({_SEASON}) season
                join core.episodes episode on episode.season_id = season.id and episode.is_listed
                join core.appearances seen on seen.episode_id = episode.id and seen.category = cast(:category as text)
                union all
                select said.person_id, season.id, said.billing_order, true
                from ({_SEASON}) season
                join core.cast_roles said on said.entity_id = season.id and cast(:category as text) = 'cast') mention
          group by mention.person_id, mention.season_id) member
    {_PERSON}"""

BILLED = Order("billing", (Key("billing_order", "bigint", nullable=True), Key("sort_name"), Key("person_id", "uuid")))

COUNTS = "case when {counted} >= coalesce({claimed}, 1) then 'counted' else 'claimed' end"
"""Whose word a number of episodes is: of so many listed and so many claimed the greater is shown."""

_PARTS = f"""
    select mention.n, mention.of_season, season.id as season_id, season.season_number, max(mention.claimed) as claimed,
           nullif(sum(mention.counted), 0) as counted, coalesce(bool_or(mention.is_regular), false) as is_regular,
           coalesce(sum(mention.archive), 0) as archive
    from (select member.n, member.season_id as of_season, count.entity_id as season_id, count.episodes as claimed,
                 cast(null as bigint) as counted, count.is_regular, cast(null as bigint) as archive
          from page member
          join (select * from core.credit_counts
                where show_id = entity.id and category = cast(:category as text) and entity_id <> entity.id offset 0) count
               on count.person_id = member.person_id
          union all
          select member.n, member.season_id, episode.season_id, null,
                 count(distinct episode.id) filter (where not seen.is_archive_footage), null,
                 count(distinct episode.id) filter (where seen.is_archive_footage)
          from page member
          join core.appearances seen on seen.person_id = member.person_id
          join core.episodes episode on episode.id = seen.episode_id and episode.is_listed
          where seen.show_id = entity.id and seen.category = cast(:category as text)
          group by member.n, member.season_id, episode.season_id) mention
    join (select listed.id, listed.season_number
          from core.seasons listed join core.entities living on living.id = listed.id and {living("living")}
          where listed.show_id = entity.id and listed.is_listed offset 0) season on season.id = mention.season_id
    group by mention.n, mention.of_season, season.id, season.season_number"""
"""In which seasons each member of the page is, for all of them at once."""

_CURATED = """
    select said.role, said.notes
    from core.cast_roles said left join core.seasons of_season on of_season.id = said.entity_id
    where said.person_id = member.person_id and said.show_id = entity.id and cast(:category as text) = 'cast'
          and (member.season_id is null or said.entity_id in (member.season_id, entity.id))
    order by said.entity_id = coalesce(member.season_id, entity.id) desc, of_season.season_number desc
    limit 1"""

_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select cast(md5(concat_ws('/', entity.id, member.season_id, member.person_id, cast(:category as text))) as uuid) as id,
           entity.id as show_id, member.season_id, member.person_id,
           {ROLE.format(show="entity.id", person="member.person_id", category="cast(:category as text)")} as role,
           member.billing_order, curated.notes,
           (select row_to_json(short)
            from (select {PERSON} from core.people person {PICTURE} where person.id = member.person_id) short) as person,
           cast(:category as text) as category,
           greatest(coalesce(in_show.episodes, in_seasons.claimed), in_seasons.counted) as episodes,
           {COUNTS.format(counted="in_seasons.counted", claimed="coalesce(in_show.episodes, in_seasons.claimed)")} as counts,
           coalesce(in_seasons.archive, 0) as archive_footage_episodes,
           coalesce(in_show.is_regular, in_seasons.is_regular, false) as is_regular,
           in_seasons.in_this as episodes_in_season, in_seasons.latest as latest_season,
           curated.role as curated_role, coalesce(in_seasons.list, '[]') as seasons
    from page member
    left join lateral (
        select max(count.episodes) as episodes, bool_or(count.is_regular) as is_regular
        from core.credit_counts count
        where count.entity_id = entity.id and count.person_id = member.person_id and count.category = cast(:category as text)
    ) in_show on true
    left join (
        select part.n, sum(part.claimed) as claimed, sum(part.counted) as counted, bool_or(part.is_regular) as is_regular,
               sum(part.archive) as archive, max(part.season_number) as latest,
               max(greatest(part.claimed, part.counted)) filter (where part.season_id = part.of_season) as in_this,
               json_agg(json_build_object(
                   'season_id', part.season_id, 'season_number', part.season_number,
                   'episodes', greatest(part.claimed, part.counted),
                   'counts', {COUNTS.format(counted="part.counted", claimed="part.claimed")},
                   'archive_footage_episodes', part.archive, 'is_regular', part.is_regular)
                   order by part.season_number, part.season_id) as list
        from ({_PARTS}) part group by part.n
    ) in_seasons on in_seasons.n = member.n
    left join lateral ({_CURATED}) curated on true
    order by member.n
) listed
"""

_LIST_OF_SEASON = f"select ({_LIST}) from ({_SEASON}) season"

_OF_EPISODE = f"""
    select seen.person_id, person.sort_name, min(seen.billing_order) as billing_order,
           bool_and(seen.is_archive_footage) as is_archive_footage
    from core.appearances seen
    join core.people person on person.id = seen.person_id
    join core.entities living on living.id = person.id and {living("living")}
    where seen.episode_id = :entity_id and seen.category = cast(:category as text)
    group by seen.person_id, person.sort_name"""

_EPISODE_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select entity.id as episode_id, member.person_id,
           (select row_to_json(short)
            from (select {PERSON} from core.people person {PICTURE} where person.id = member.person_id) short) as person,
           cast(:category as text) as category, told.role, told.attributes, member.is_archive_footage, member.billing_order,
           told.sources
    from page member
    cross join lateral (
        select coalesce(string_agg(distinct coalesce(nullif(seen.role, ''), nullif(seen.job, '')), ' / '), '') as role,
               (select coalesce(json_agg(distinct word), '[]')
                from core.appearances other cross join lateral unnest(other.attributes) word
                where other.episode_id = entity.id and other.person_id = member.person_id
                      and other.category = cast(:category as text)) as attributes,
               json_agg(distinct seen.source) as sources
        from core.appearances seen
        where seen.episode_id = entity.id and seen.person_id = member.person_id
              and seen.category = cast(:category as text)) told
    order by member.n
) listed
"""


def cast(show_id: UUID, category: str, season_number: int | None = None, **page: Any) -> Reading:
    """A show's members in billing order; with a season number, only that season's, in the season's order."""
    page |= {"below": (Kind.SHOW, show_id), "category": category}
    if season_number is None:
        return json_page(BILLED, _OF_SHOW, _LIST, **page)
    return json_page(BILLED, _OF_SEASON, _LIST, season_number=season_number, **page)


def cast_of_season(show_id: UUID, season_number: int, category: str, **page: Any) -> Reading:
    """A season's members in its billing order; there must be such a season."""
    page |= {"below": (Kind.SHOW, show_id), "category": category, "lacks": "Season not found"}
    return json_page(BILLED, _OF_SEASON, _LIST_OF_SEASON, season_number=season_number, **page)


def cast_of_episode(episode_id: UUID, category: str, **page: Any) -> Reading:
    """Who is listed in an episode, in billing order."""
    return json_page(BILLED, _OF_EPISODE, _EPISODE_LIST, below=(Kind.EPISODE, episode_id), category=category, **page)
