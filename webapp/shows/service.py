"""Queries about a show."""

from uuid import UUID

from models.entities import Kind
from webapp.fragments import LOGO_COLUMNS, aliases, living, logo
from webapp.reading import Reading, json_of_entity
from webapp.shows.listing import PICTURE, SUMMARY


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
    select {SUMMARY},
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
    {PICTURE}
    left join lateral {_companies("networks", "show_networks", "network_id")} network on true
    left join lateral {_companies("companies", "show_companies", "company_id")} company on true
    left join lateral {_OFFERS} offered on true
    where show.id = entity.id
) detail
"""


def _versions(link: str, column: str) -> str:
    """The sum of the versions of whom a table links a show with, each found by its key."""
    return f"""(
        select sum((select part.version from core.entities part where part.id = named.id))
        from (select distinct {column} as id from core.{link} where show_id = entity.id) named)"""


_VERSION = f"""concat_ws('.', entity.version, {_versions("show_networks", "network_id")},
    {_versions("show_companies", "company_id")}, {_versions("show_watch_providers", "provider_id")})"""
"""The show's own version and those of whom it names: versions only grow, and who is named is the show's own."""


def show(show_id: UUID, region: str | None = None) -> Reading:
    """One show; with a region, only that region's watch providers."""
    return json_of_entity(Kind.SHOW, show_id, _DETAIL, version=_VERSION, region=region.upper() if region else None)
