"""Queries about shows."""

from uuid import UUID

from models.entities import Kind
from webapp.fragments import (
    BEST_IMAGE_FIRST,
    IMAGE_COLUMNS,
    LOGO_COLUMNS,
    aliases,
    chosen_first,
    external_ids,
    living,
    logo,
    pictures,
)
from webapp.paging import Key, Order
from webapp.reading import Reading, json_of_entity, json_page

_SUMMARY = f"""
    show.id, show.name, show.description, show.premiere_date, {external_ids(Kind.SHOW, "show")} as external_ids,
    show.original_name, show.tagline, show.homepage, show.status, show.type, show.in_production, show.adult,
    show.last_air_date, show.content_rating, show.original_language, show.origin_countries, show.runtimes,
    show.season_total, show.episode_total, show.totals_counted, show.tmdb_vote_average, show.tmdb_vote_count,
    show.tmdb_popularity, show.imdb_rating, show.imdb_vote_count, show.imdb_id, show.tmdb_id, show.genres,
    network.names as networks, picture.poster_url, picture.backdrop_url, picture.logo_url"""

BY_NAME = Order("name", (Key("sort_name"), Key("id", "uuid")))

_CANDIDATES = f"""
    select show.id, show.sort_name
    from core.shows show join core.entities entity on entity.id = show.id and {living("entity")}"""

_PICTURE = f"left join lateral {pictures(Kind.SHOW, 'show')} picture on true"

_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select {_SUMMARY}
    from page join core.shows show on show.id = page.id
    {_PICTURE}
    left join lateral (
        select coalesce(json_agg(item.name order by item.position, item.name), '[]') as names
        from (select network.name, min(link.position) as position
              from core.show_networks link
              join core.networks network on network.id = link.network_id
              join core.entities entity on entity.id = network.id and {living("entity")}
              where link.show_id = show.id group by network.id, network.name) item
    ) network on true
    order by page.n
) listed
"""


def _companies(table: str, link: str, column: str) -> str:
    """One row: the names, TMDb ids and objects of what a show is linked with, in the sources' order."""
    return f"""(
        select coalesce(json_agg(item.name), '[]') as names,
               coalesce(json_agg(item.id) filter (where item.id is not null), '[]') as ids,
               coalesce(json_agg(item) filter (where item.id is not null), '[]') as objects
        from (select company.tmdb_id as id, company.id as uuid, company.name, company.origin_country, {LOGO_COLUMNS}
              from (select {column} as id, min(position) as position
                    from core.{link} where show_id = show.id group by {column}) linked
              join core.{table} company on company.id = linked.id
              join core.entities entity on entity.id = company.id and {living("entity")}
              left join lateral {logo("company")} logo on true
              order by linked.position, company.name, company.id) item)"""


_OFFERS = f"""(
    with offer as materialized (
        select region, offer_type, provider_id, min(display_priority) as display_priority, min(link) as link
        from core.show_watch_providers
        where show_id = show.id
        group by region, offer_type, provider_id
    ), provider as materialized (
        select provider.tmdb_id, provider.id as uuid, provider.name, {LOGO_COLUMNS}
        from core.watch_providers provider
        join core.entities entity on entity.id = provider.id and {living("entity")}
        left join lateral {logo("provider")} logo on true
        where provider.id in (select provider_id from offer) and provider.tmdb_id is not null
    ), grouped as (
        select offer.region, offer.offer_type, min(offer.link) as link,
               json_agg(json_build_object(
                   'provider_id', logo.tmdb_id, 'uuid', logo.uuid, 'provider_name', logo.name,
                   'display_priority', offer.display_priority,
                   'tmdb_logo_path', logo.tmdb_logo_path, 'logo_path', logo.logo_path,
                   'hosted_logo_key', logo.hosted_logo_key, 'hosted_logo_url', logo.hosted_logo_url,
                   'hosted_logo_sha256', logo.hosted_logo_sha256,
                   'hosted_logo_content_type', logo.hosted_logo_content_type,
                   'hosted_logo_bytes', logo.hosted_logo_bytes, 'hosted_logo_etag', logo.hosted_logo_etag,
                   'hosted_logo_at', logo.hosted_logo_at, 'logo_url', logo.logo_url
               ) order by offer.display_priority nulls last, lower(logo.name), logo.uuid) as providers
        from offer join provider logo on logo.uuid = offer.provider_id
        where cast(:region as text) is null or offer.region = cast(:region as text)
        group by offer.region, offer.offer_type
    )
    select coalesce((select json_agg(grouped order by grouped.region, grouped.offer_type) from grouped), '[]') as groups,
           coalesce((select json_agg(distinct logo.name)
                     from offer join provider logo on logo.uuid = offer.provider_id
                     where offer.offer_type = 'flatrate' and offer.region = coalesce(cast(:region as text), 'US')
                    ), '[]') as streaming)"""

_DETAIL = f"""
select row_to_json(detail)
from (
    select {_SUMMARY},
           show.keywords, show.tags, offered.streaming as streaming_providers, show.listed_on,
           network.ids as tmdb_network_ids, company.ids as tmdb_production_company_ids,
           network.objects as tmdb_networks, company.objects as tmdb_production_companies,
           offered.groups as watch_providers, show.languages, show.spoken_languages, show.production_countries,
           company.names as production_companies, show.most_recent_episode, show.next_episode,
           (select coalesce(json_agg(rated order by rated.country, rated.rating), '[]')
            from (select country, rating, descriptors,
                         rank() over (partition by country order by source <> 'editor', source) as place
                  from core.content_ratings where show_id = show.id) ranked
            cross join lateral (select ranked.country, ranked.rating, ranked.descriptors) rated
            where ranked.place = 1) as content_ratings,
           {aliases("show")} as aliases
    from core.shows show
    {_PICTURE}
    left join lateral {_companies("networks", "show_networks", "network_id")} network on true
    left join lateral {_companies("companies", "show_companies", "company_id")} company on true
    left join lateral {_OFFERS} offered on true
    where show.id = entity.id
) detail
"""

_VERSION = """
    concat(entity.version, '.', (
        select sum(part.version) from core.entities part
        where part.id in (select network_id from core.show_networks where show_id = entity.id
                          union select company_id from core.show_companies where show_id = entity.id
                          union select provider_id from core.show_watch_providers where show_id = entity.id)))"""
"""The show's own version and those of whom it names: versions only grow, and who is named is the show's own."""

_IMAGES_VERSION = """
    concat(entity.version, '.', (select extract(epoch from last_success_at) from ops.sync_state
                                 where entity_id = entity.id and resource = 'images'))"""
"""When images were fetched is no change of the catalogue."""

_IMAGES = f"""
select coalesce(json_agg(listed), '[]')
from (
    select image.id, show.id as show_id, show.tmdb_id, show.name as show_name, {IMAGE_COLUMNS},
           synced.last_success_at as fetched_at
    from core.shows show
    join core.images image on image.entity_id = show.id and image.is_listed
    left join core.assets asset on asset.id = image.asset_id
    left join ops.sync_state synced on synced.entity_id = show.id and synced.resource = 'images'
    where show.id = entity.id and (cast(:image_kind as text) is null or image.kind = cast(:image_kind as text))
          and (cast(:language as text) is null or coalesce(image.language, 'none') = lower(cast(:language as text)))
          and (cast(:min_width as integer) is null or image.width >= cast(:min_width as integer))
    order by image.kind, {chosen_first(Kind.SHOW, "show")}, {BEST_IMAGE_FIRST}
) listed
"""


def shows(limit: int, offset: int = 0, cursor: str | None = None) -> Reading:
    """Shows by name."""
    return json_page(BY_NAME, _CANDIDATES, _LIST, limit=limit, offset=offset, cursor=cursor)


def show(show_id: UUID, region: str | None = None) -> Reading:
    """One show; with a region, only that region's watch providers."""
    return json_of_entity(Kind.SHOW, show_id, _DETAIL, version=_VERSION, region=region.upper() if region else None)


def images(
    show_id: UUID, kind: str | None = None, language: str | None = None, min_width: int | None = None
) -> Reading:
    """A show's images by kind, of a kind the chosen one first, then the best."""
    return json_of_entity(
        Kind.SHOW,
        show_id,
        _IMAGES,
        version=_IMAGES_VERSION,
        image_kind=kind,
        language=language,
        min_width=min_width,
    )
