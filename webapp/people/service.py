"""Queries about people."""

from uuid import UUID

from models.entities import Kind
from webapp.fragments import (
    BEST_IMAGE_FIRST,
    IMAGE_COLUMNS,
    ROLE,
    aliases,
    chosen_first,
    external_ids,
    living,
    partial_date,
    pictures,
)
from webapp.reading import Reading, json_of_entity

PERSON = f"""
    person.id, person.name as full_name, person.slug, person.known_for, {external_ids(Kind.PERSON, "person")} as external_ids,
    person.gender, {partial_date("person.birth_date", "person.birth_precision")} as birth_date, person.birth_precision,
    person.zodiac, person.imdb_id, person.tmdb_id, picture.profile_url"""
"""The columns of a person in short; beside `person` it needs `PICTURE`."""

PICTURE = f"left join lateral {pictures(Kind.PERSON, 'person')} picture on true"
"""The chosen picture."""

_IMAGES = f"""(
    select coalesce(json_agg(listed), '[]')
    from (select image.id, {IMAGE_COLUMNS}
          from core.images image left join core.assets asset on asset.id = image.asset_id
          where image.entity_id = person.id and image.is_listed
          order by {chosen_first(Kind.PERSON, "person")}, image.kind <> 'profile', image.kind,
                   {BEST_IMAGE_FIRST}) listed)"""

_CREDITS = f"""(
    select coalesce(json_agg(listed), '[]')
    from (select show.id as show_id, show.name as show_name, part.category,
                 {ROLE.format(show="show.id", person="person.id", category="part.category")} as role,
                 coalesce(part.in_show, part.in_seasons) as episodes, 'claimed' as counts
          from (select show_id, category, max(episodes) filter (where entity_id = show_id) as in_show,
                       sum(episodes) filter (where entity_id <> show_id) as in_seasons
                from (select show_id, category, entity_id, max(episodes) as episodes
                      from core.credit_counts where person_id = person.id group by show_id, category, entity_id
                      union all
                      select show_id, category, null, null from core.credits where person_id = person.id) mention
                group by show_id, category) part
          join core.shows show on show.id = part.show_id
          join core.entities living on living.id = show.id and {living("living")}
          order by show.premiere_date desc nulls last, show.sort_name, show.id, part.category) listed)"""

_BIOGRAPHIES = """(
    select coalesce(json_agg(listed), '[]')
    from (select fact.source, fact.fields ->> 'biography' as text, page.url, page.licence
          from core.facts fact
          left join lateral (
              select url, licence from core.wiki_pages
              where fact.source = 'fandom' and entity_id = person.id and status = 'confirmed'
              order by seen_at desc, id limit 1) page on true
          where fact.entity_id = person.id and fact.fields ->> 'biography' <> ''
          union all
          select 'fandom', body.body, page.url, page.licence
          from core.wiki_pages page join core.page_texts body on body.page_id = page.id and body.kind = 'biography'
          where page.entity_id = person.id and page.status = 'confirmed'
          order by source, url, text) listed)"""

_DETAIL = f"""
select row_to_json(detail)
from (
    select {PERSON}, person.biography,
           {partial_date("person.death_date", "person.death_precision")} as death_date, person.death_precision,
           person.birth_place, person.residence, person.occupations, person.homepage, person.adult,
           person.tmdb_popularity, {aliases("person")} as aliases, {_IMAGES} as images, {_CREDITS} as credits,
           {_BIOGRAPHIES} as biographies
    from core.people person {PICTURE}
    where person.id = entity.id
) detail
"""


def person(person_id: UUID) -> Reading:
    """One person."""
    return json_of_entity(Kind.PERSON, person_id, _DETAIL)
