"""The query about a person's credits: by show, then role, then season, then episode."""

from uuid import UUID

from models.entities import Kind
from webapp.cast.service import COUNTS
from webapp.fragments import living, pictures
from webapp.reading import Reading, json_of_entity

_CREDITS = f"""
with role as materialized (
    select show_id, category, word, max(department) as department
    from (select show_id, category, coalesce(nullif(character, ''), job, '') as word, department
          from core.credits where person_id = entity.id
          union all
          select show_id, category, coalesce(nullif(role, ''), job, ''), null
          from core.appearances where person_id = entity.id
          union all
          select show_id, category, '', null from core.credit_counts count
          where person_id = entity.id
                and not exists (select from core.credits credit
                                where credit.show_id = count.show_id and credit.person_id = count.person_id
                                      and credit.category = count.category)
                and not exists (select from core.appearances seen
                                where seen.show_id = count.show_id and seen.person_id = count.person_id
                                      and seen.category = count.category)) mention
    group by show_id, category, word
), seen as materialized (
    select seen.show_id, seen.category, coalesce(nullif(seen.role, ''), seen.job, '') as word, season.id as season_id,
           season.season_number, episode.id as episode_id, episode.episode_number, episode.name as title, episode.air_date,
           bool_and(seen.is_archive_footage) as is_archive_footage
    from core.appearances seen
    join core.episodes episode on episode.id = seen.episode_id and episode.is_listed
    join core.entities living on living.id = episode.id and {living("living")}
    join core.seasons season on season.id = episode.season_id
    where seen.person_id = entity.id
    group by seen.show_id, seen.category, word, season.id, season.season_number, episode.id
), of_season as (
    select show_id, category, word, season_id, season_number, count(*) as episodes,
           json_agg(json_build_object('episode_id', episode_id, 'episode_number', episode_number, 'title', title,
                                      'air_date', air_date, 'is_archive_footage', is_archive_footage)
                    order by episode_number, episode_id) as list
    from seen group by show_id, category, word, season_id, season_number
), counted as (
    select show_id, category, count(distinct episode_id) as episodes
    from seen where not is_archive_footage group by show_id, category
), claimed as (
    select show_id, category, coalesce(max(episodes) filter (where season_id is null), sum(episodes)) as episodes,
           coalesce(json_agg(json_build_object('season_number', season_number, 'episodes', episodes) order by season_number)
                    filter (where season_id is not null), '[]') as list
    from (select count.show_id, count.category, season.id as season_id, season.season_number, max(count.episodes) as episodes
          from core.credit_counts count
          left join core.seasons season on season.id = count.entity_id
          where count.person_id = entity.id and (count.entity_id = count.show_id or season.is_listed)
          group by count.show_id, count.category, season.id, season.season_number) part
    group by show_id, category
)
select coalesce(json_agg(listed), '[]')
from (
    select json_build_object('id', show.id, 'name', show.name, 'premiere_date', show.premiere_date, 'status', show.status,
                             'poster_url', picture.poster_url) as show,
           (select coalesce(json_agg(json_build_object(
                       'category', total.category, 'episodes', greatest(claimed.episodes, counted.episodes),
                       'counts', {COUNTS.format(counted="counted.episodes", claimed="claimed.episodes")},
                       'seasons', coalesce(claimed.list, '[]')) order by total.category), '[]')
            from (select distinct category from role where show_id = show.id) total
            left join claimed on claimed.show_id = show.id and claimed.category = total.category
            left join counted on counted.show_id = show.id and counted.category = total.category) as totals,
           (select json_agg(json_build_object(
                       'category', role.category, 'role', role.word, 'department', role.department,
                       'episodes', coalesce(part.episodes, 0), 'seasons', coalesce(part.list, '[]'))
                       order by role.category, part.episodes desc nulls last, role.word)
            from role
            left join lateral (
                select sum(of_season.episodes) as episodes,
                       json_agg(json_build_object('season_id', season_id, 'season_number', season_number, 'episodes', list)
                                order by season_number, season_id) as list
                from of_season
                where of_season.show_id = show.id and of_season.category = role.category and of_season.word = role.word
            ) part on true
            where role.show_id = show.id) as roles
    from core.shows show
    join core.entities living on living.id = show.id and {living("living")}
    left join lateral {pictures(Kind.SHOW, "show")} picture on true
    where show.id in (select show_id from role)
    order by show.premiere_date desc nulls last, show.sort_name, show.id
) listed
"""


def credits(person_id: UUID) -> Reading:
    """All that a person does in every show."""
    return json_of_entity(Kind.PERSON, person_id, _CREDITS)
