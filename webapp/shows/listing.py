"""Queries for lists of shows: which belong to a list, in which order, and what a list tells of each."""

from typing import Any

from models.entities import Kind
from webapp.fragments import PLAIN, external_ids, lives, living, pictures
from webapp.paging import Key, Order
from webapp.reading import Reading, Ref, by_tmdb, json_of, json_page

SUMMARY = f"""
    show.id, show.name, show.slug, show.description, show.premiere_date, {external_ids(Kind.SHOW, "show")} as external_ids,
    show.original_name, show.tagline, show.homepage, show.status, show.type, show.in_production, show.adult,
    show.last_air_date, show.content_rating, show.original_language, show.origin_countries, show.runtimes,
    show.season_total, show.episode_total, show.totals_counted, show.tmdb_vote_average, show.tmdb_vote_count,
    show.tmdb_popularity, show.imdb_rating, show.imdb_vote_count, show.imdb_id, show.tmdb_id, show.genres,
    network.names as networks, picture.poster_url, picture.backdrop_url, picture.logo_url"""
"""What every answer with a show tells of it; beside `show` it needs `PICTURE` and `network.names`."""

PICTURE = f"left join lateral {pictures(Kind.SHOW, 'show')} picture on true"

_NAME, _ID = Key("sort_name"), Key("id", "uuid")

ORDERS = {
    order.name: order
    for order in (
        Order("name", (_NAME, _ID)),
        Order("premiere", (Key("premiere_date", "date", descending=True, nullable=True), _NAME, _ID)),
        Order("latest_episode", (Key("last_air_date", "date", descending=True, nullable=True), _NAME, _ID)),
        Order("popularity", (Key("tmdb_popularity", "numeric", descending=True, nullable=True), _NAME, _ID)),
    )
}

_CANDIDATES = f"""
    select show.id, show.sort_name, show.premiere_date, show.last_air_date, show.tmdb_popularity
    from core.shows show where {lives("show.id")}"""

_FILTERS = {
    "q": f"""(strpos(show.sort_name, {PLAIN}) > 0
             or exists (select from core.aliases alias
                        where alias.entity_id = show.id and strpos(lower(unaccent(alias.name)), {PLAIN}) > 0))""",
    "genre": "exists (select from unnest(show.genres) genre (name) where lower(genre.name) = lower(:genre))",
    "network": "exists (select from core.show_networks link where link.show_id = show.id and link.network_id = {network})",
    "company": "exists (select from core.show_companies link where link.show_id = show.id and link.company_id = {company})",
    "provider": """exists (
        select from core.show_watch_providers offer
        where offer.show_id = show.id and offer.provider_id = {provider}
              and offer.region = coalesce(cast(:region as text), offer.region))""",
    "region": """exists (
        select from core.show_watch_providers offer
        where offer.show_id = show.id and offer.region = cast(:region as text))""",
    "year": "show.premiere_date >= make_date(:year, 1, 1) and show.premiere_date < make_date(:year + 1, 1, 1)",
    "status": "lower(show.status) = lower(:status)",
    "list": """exists (
        select from core.list_items item join core.lists list on list.id = item.list_id
        where item.show_id = show.id and item.left_at is null
              and (list.id :: text = lower(:list) or list.source_id = :list))""",
}

_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select {SUMMARY}
    from page join core.shows show on show.id = page.id
    {PICTURE}
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

_PICKER = f"""
select coalesce(json_agg(listed), '[]')
from (
    select show.id, show.name, show.slug, other.names as alternative_names
    from core.shows show
    left join (select alias.entity_id, json_agg(distinct alias.name) as names
               from core.aliases alias join core.shows named on named.id = alias.entity_id and named.name <> alias.name
               group by alias.entity_id) other on other.entity_id = show.id
    where {lives("show.id")}
    order by show.sort_name, show.id
) listed
"""

_GENRES = f"""
select coalesce(json_agg(listed), '[]')
from (
    select genre.name, count(*) as shows
    from core.shows show cross join lateral unnest(show.genres) genre (name)
    where {lives("show.id")}
    group by genre.name order by genre.name
) listed
"""

_LISTS = f"""
select coalesce(json_agg(listed), '[]')
from (
    select list.id, list.source, list.source_id, list.name, list.description,
           (select count(*) from core.list_items item
            where item.list_id = list.id and item.left_at is null and {lives("item.show_id")}) as shows
    from core.lists list order by list.source, list.source_id
) listed
"""


def shows(
    order: str = "name", below: tuple[Kind, Ref] | None = None, region: str | None = None, **filters: Any
) -> Reading:
    """Shows that pass all filters (q, genre, network, company, provider, region, year, status, list), in an order.

    What is left of `filters` says which page: limit, offset, cursor.
    """
    filters["region"] = region.upper() if region else None
    given = {name: filters.pop(name) for name in _FILTERS if filters.get(name) is not None}
    if "provider" in given:
        given.setdefault("region", None)
    wanted = [name for name in given if not (name == "region" and "provider" in given)]
    ids = {}
    for kind in (Kind.NETWORK, Kind.COMPANY, Kind.PROVIDER):
        name, bound = kind.value, f":{kind}"
        ids[name] = bound
        if isinstance(given.get(name), int):
            ids[name], given[name] = by_tmdb(kind, bound), str(given[name])
    where = " and ".join(_FILTERS[name].format(**ids) for name in wanted)
    candidates = f"{_CANDIDATES} and {where}" if where else _CANDIDATES
    page = {name: value for name, value in filters.items() if name in ("limit", "offset", "cursor")}
    return json_page(ORDERS[order], candidates, _LIST, below=below, **given, **page)


def picker() -> Reading:
    """Every show by name, with its other names."""
    return json_of(_PICKER)


def genres() -> Reading:
    """Every genre by name."""
    return json_of(_GENRES)


def lists() -> Reading:
    """Every curated list. What its source calls it is no change of the catalogue."""
    return json_of(_LISTS, version=None)
