"""Queries about networks, companies and providers. They have TMDb's number in paths, as they always had, or our id."""

from typing import Any

from models.entities import Kind
from webapp.fragments import LOGO_COLUMNS, PLAIN, external_ids, lives, logo
from webapp.paging import Key, Order
from webapp.reading import Reading, Ref, json_of_entity, json_page
from webapp.shows import listing

_TABLES = {
    Kind.NETWORK: ("networks", "show_networks", "network_id"),
    Kind.COMPANY: ("companies", "show_companies", "company_id"),
    Kind.PROVIDER: ("watch_providers", "show_watch_providers", "provider_id"),
}
"""What is known of each kind, which shows it has, and under which name there."""

ORDERS = {
    order.name: order
    for order in (
        Order("name", (Key("sort_name"), Key("id", "uuid"))),
        Order("shows", (Key("shows", "bigint", descending=True), Key("sort_name"), Key("id", "uuid"))),
    )
}


def _shows(kind: Kind) -> str:
    """How many living shows `one` has."""
    _, link, column = _TABLES[kind]
    return f"""(
        select count(*)
        from (select distinct show_id from core.{link} where {column} = one.id) link where {lives("link.show_id")})"""


def _columns(kind: Kind) -> str:
    country = "" if kind is Kind.PROVIDER else "one.origin_country, "
    return f"one.tmdb_id as id, one.id as uuid, one.name, {country}{LOGO_COLUMNS}"


def _list(kind: Kind) -> str:
    return f"""
select coalesce(json_agg(listed), '[]')
from (select {_columns(kind)}, page.shows
      from page join core.{_TABLES[kind][0]} one on one.id = page.id
      left join lateral {logo("one")} logo on true
      order by page.n) listed"""


def _candidates(kind: Kind) -> str:
    return f"""
    select one.id, one.sort_name, {_shows(kind)} as shows
    from core.{_TABLES[kind][0]} one
    where {lives("one.id")} and (cast(:q as text) is null or strpos(one.sort_name, {PLAIN}) > 0)"""


def _detail(kind: Kind) -> str:
    regions = """
           (select coalesce(json_agg(offer.region order by offer.region), '[]')
            from (select distinct region from core.show_watch_providers where provider_id = one.id) offer) as regions,"""
    return f"""
select row_to_json(detail)
from (select {_columns(kind)},{regions if kind is Kind.PROVIDER else ""}
             {_shows(kind)} as shows, {external_ids(kind, "one")} as external_ids
      from core.{_TABLES[kind][0]} one
      left join lateral {logo("one")} logo on true
      where one.id = entity.id) detail"""


_LISTS = {kind: _list(kind) for kind in _TABLES}
_CANDIDATES = {kind: _candidates(kind) for kind in _TABLES}
_DETAILS = {kind: _detail(kind) for kind in _TABLES}


def organisations(kind: Kind, order: str = "name", q: str | None = None, **page: Any) -> Reading:
    """All of a kind, by name or by how many shows they have."""
    return json_page(ORDERS[order], _CANDIDATES[kind], _LISTS[kind], q=q, **page)


def organisation(kind: Kind, ref: Ref) -> Reading:
    """One of them."""
    return json_of_entity(kind, ref, _DETAILS[kind])


def shows_of(kind: Kind, ref: Ref, **query: Any) -> Reading:
    """Its shows."""
    query[kind.value] = ref
    return listing.shows(below=(kind, ref), **query)
