"""Queries about provenance."""

from functools import cache
from uuid import UUID

from db.provenance import sayings
from models.entities import Kind, Source
from models.ops import Resource
from webapp.reading import Reading, json_of_entity

PLACES: dict[Kind, dict[Source, str]] = {
    Kind.PERSON: {
        Source.TMDB: "https://www.themoviedb.org/person/",
        Source.IMDB: "https://www.imdb.com/name/",
        Source.WIKIDATA: "https://www.wikidata.org/wiki/",
    },
    Kind.SHOW: {
        Source.TMDB: "https://www.themoviedb.org/tv/",
        Source.IMDB: "https://www.imdb.com/title/",
        Source.WIKIDATA: "https://www.wikidata.org/wiki/",
    },
}
"""Where a source has its pages; its id follows."""

RECORDS: dict[Kind, tuple[tuple[Source, str], ...]] = {
    Kind.PERSON: ((Source.TMDB, "person"), (Source.IMDB, "person_images"), (Source.WIKIDATA, "entity")),
    Kind.SHOW: (
        (Source.TMDB, "show"),
        *((Source.IMDB, resource) for resource in ("title", "episodes", "credits", "title_images")),
        (Source.WIKIDATA, "entity"),
    ),
}
"""The answers that go by the entity's own id: what was asked of whom."""

STATES: tuple[tuple[Source, Resource], ...] = (
    (Source.TMDB, Resource.SHOW_DETAILS),
    (Source.TMDB, Resource.PERSON),
    (Source.IMDB, Resource.IMDB_TITLE),
    (Source.IMDB, Resource.IMDB_CAST),
    (Source.IMDB, Resource.IMDB_RATINGS),
    (Source.WIKIDATA, Resource.WIKIDATA),
    (Source.FANDOM, Resource.FANDOM),
)
"""What tells that a source was asked where no answer goes by the entity's id."""

SETS: dict[Kind, dict[str, str]] = {
    Kind.PERSON: {
        "aliases": "core.aliases x where x.entity_id",
        "images": "core.images x where x.is_listed and x.entity_id",
        "credits": "core.credits x where x.person_id",
        "appearances": "core.appearances x where x.person_id",
    },
    Kind.SHOW: {
        "aliases": "core.aliases x where x.entity_id",
        "images": "core.images x where x.is_listed and x.entity_id",
        "genres": "core.show_labels x where x.kind = 'genre' and x.show_id",
        "keywords": "core.show_labels x where x.kind = 'keyword' and x.show_id",
        "tags": "core.show_labels x where x.kind = 'tag' and x.show_id",
        "networks": "core.show_networks x where x.show_id",
        "production_companies": "core.show_companies x where x.show_id",
        "watch_providers": "core.show_watch_providers x where x.show_id",
        "content_ratings": "core.content_ratings x where x.show_id",
        "credits": "core.credits x where x.show_id",
        "appearances": "core.appearances x where x.show_id",
    },
}

_FOLLOWING = """
    union all
    select 'zodiac', born.source, to_json(person.zodiac) :: jsonb, born.layer, born.changed_at, true
    from core.people person
    join lateral (select source, layer, changed_at from said where field = 'birth_date' and is_shown) born on true
    where person.id = entity.id and person.zodiac is not null
    union all
    select 'profile_image_id', image.source, to_json(image.id) :: jsonb, null, null, true
    from core.people person join core.images image on image.id = person.profile_image_id
    where person.id = entity.id and not exists (select from said where field = 'profile_image_id')"""
"""Of people: what follows from other facts, under the source that those come from."""


@cache
def _body(kind: Kind) -> str:
    sets = " union all ".join(
        f"select '{name}' as field, x.source, count(*) from {rows} = entity.id group by x.source"
        for name, rows in SETS[kind].items()
    )
    places = ", ".join(f"('{source}', '{place}')" for source, place in PLACES[kind].items())
    asked = ", ".join(f"('{source}', '{resource}')" for source, resource in RECORDS[kind])
    states = ", ".join(f"('{source}', '{resource}')" for source, resource in STATES)
    return f"""
select row_to_json(told)
from (
    select entity.id,
        (with said as materialized (select field, source, value, layer, changed_at, is_shown from ({sayings(kind)}) s),
              every as (select * from said {_FOLLOWING if kind is Kind.PERSON else ""})
         select coalesce(json_agg(json_build_object(
                    'field', shown.field, 'source', shown.source, 'value', shown.value, 'layer', shown.layer,
                    'since', shown.changed_at, 'others', coalesce(others.list, '[]')) order by shown.field), '[]')
         from every shown
         left join lateral (
             select json_agg(json_build_object('source', o.source, 'value', o.value, 'layer', o.layer,
                                               'since', o.changed_at) order by o.source) as list
             from every o where o.field = shown.field and not o.is_shown) others on true
         where shown.is_shown) as fields,
        (select coalesce(json_agg(listed order by listed.field, listed.source), '[]') from ({sets}) listed) as sets,
        (select coalesce(json_agg(known order by known.source), '[]')
         from (
             select name.source, coalesce(id.list, '[]') as ids,
                    case when name.source = 'fandom' then page.url else place.url || id.main end as url,
                    case name.source when 'wikidata' then 'CC0 1.0' when 'fandom' then page.licence end as licence,
                    greatest(record.asked_at, state.asked_at, page.seen_at) as asked_at, fact.changed_at
             from (select source from core.facts where entity_id = entity.id
                   union
                   select source from core.external_ids
                   where entity_id = entity.id and source in ('tmdb', 'imdb', 'wikidata')
                   union
                   select 'fandom' from core.wiki_pages where entity_id = entity.id and status = 'confirmed') name
             left join (values {places}) as place(source, url) on place.source = name.source
             left join lateral (
                 select json_agg(x.value order by not x.is_primary, x.value) as list,
                        min(x.value) filter (where x.is_primary) as main
                 from core.external_ids x where x.entity_id = entity.id and x.source = name.source) id on true
             left join lateral (
                 select max(r.fetched_at) as asked_at
                 from (values {asked}) as a(source, resource)
                 join core.external_ids x on x.entity_id = entity.id and x.source = a.source
                 join ops.source_records r on r.source = a.source and r.resource = a.resource and r.ref = x.value
                 where a.source = name.source) record on true
             left join lateral (
                 select max(y.last_attempt_at) as asked_at
                 from (values {states}) as a(source, resource)
                 join ops.sync_state y on y.resource = a.resource and y.entity_id = entity.id
                 where a.source = name.source) state on true
             left join lateral (
                 select p.url, p.licence, p.seen_at from core.wiki_pages p
                 where name.source = 'fandom' and p.entity_id = entity.id and p.status = 'confirmed'
                 order by p.seen_at desc, p.id limit 1) page on true
             left join core.facts fact on fact.entity_id = entity.id and fact.source = name.source) known) as sources,
        (select coalesce(json_agg(page order by page.wiki, page.title), '[]')
         from (select wiki, title, url, revision_id, licence, seen_at from core.wiki_pages
               where entity_id = entity.id and status = 'confirmed') page) as pages
) told
"""


def provenance(kind: Kind, entity_id: UUID) -> Reading:
    """Where everything that is shown of a person or a show comes from."""
    return json_of_entity(kind, entity_id, _body(kind), version=None, ids=[entity_id], fields=None)
