"""The query about everybody of a show at once: cast, creators, and crew by department."""

from uuid import UUID

from models.entities import Kind
from webapp.cast.service import COUNTS
from webapp.fragments import living, pictures
from webapp.reading import Reading, json_of_entity

_CREDITED = f"""
    with credited as materialized (
        select credit.person_id, credit.category, case when credit.category = 'crew' then credit.department end as department,
               min(credit.billing_order) as billing_order,
               array_remove(array_agg(distinct coalesce(nullif(credit.character, ''), credit.job)), null) as roles
        from core.credits credit where credit.show_id = entity.id
        group by 1, 2, 3
    ), claimed as materialized (
        select count.person_id, count.category, max(count.episodes) as episodes
        from core.credit_counts count where count.entity_id = entity.id group by 1, 2
    ), counted as materialized (
        select seen.person_id, seen.category, count(distinct episode.id) as episodes,
               extract(year from min(episode.air_date)) :: integer as first_year,
               extract(year from max(episode.air_date)) :: integer as last_year
        from core.appearances seen join core.episodes episode on episode.id = seen.episode_id and episode.is_listed
        where seen.show_id = entity.id and not seen.is_archive_footage group by 1, 2
    ), member as materialized (
        select credited.category, coalesce(credited.department, '') as department, credited.billing_order, person.sort_name,
               json_build_object(
                   'person_id', person.id, 'full_name', person.name, 'profile_url', picture.profile_url,
                   'roles', credited.roles, 'episodes', greatest(claimed.episodes, counted.episodes),
                   'counts', {COUNTS.format(counted="counted.episodes", claimed="claimed.episodes")},
                   'first_year', counted.first_year, 'last_year', counted.last_year,
                   'billing_order', credited.billing_order) as told,
               person.id
        from credited
        join core.people person on person.id = credited.person_id
        join core.entities living on living.id = person.id and {living("living")}
        left join lateral {pictures(Kind.PERSON, "person")} picture on true
        left join claimed on claimed.person_id = person.id and claimed.category = credited.category
        left join counted on counted.person_id = person.id and counted.category = credited.category
    )"""

_TOLD = "coalesce(json_agg(told order by billing_order nulls last, sort_name, id), '[]')"

_CREDITS = f"""
{_CREDITED}
select json_build_object(
    'show_id', entity.id,
    'creators', (select {_TOLD} from member where category = 'creator'),
    'cast', (select {_TOLD} from member where category = 'cast'),
    'crew', (select coalesce(json_agg(json_build_object('department', grouped.department, 'members', grouped.members)
                                      order by grouped.department = '', grouped.department), '[]')
             from (select department, {_TOLD} as members from member where category = 'crew' group by department) grouped))
"""


def credits(show_id: UUID) -> Reading:
    """Everybody of a show, the crew by department."""
    return json_of_entity(Kind.SHOW, show_id, _CREDITS)
