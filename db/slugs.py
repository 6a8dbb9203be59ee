"""Slugs: addresses made of words. Reads the shown rows; writes `core.slugs`, and `slug` where two wanted the same at once.

A slug is the name in small letters without accents, `&` as `and`, all else but letters and digits as `-`. Who has it
first keeps it; the next of the same name gets `--` and the first eight digits of its id behind it. Derive takes the slug
that `core.slug_for` gives; here it is claimed, so that it leads to its entity for ever.
"""

from collections.abc import Collection
from functools import cache
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.entities import Kind
from models.search import SLUGGED

TABLES = {Kind.SHOW: "core.shows", Kind.PERSON: "core.people"}


def claim(session: Session, kind: Kind, ids: Collection[UUID]) -> None:
    """Note whose the slugs are that these entities show; of several that took the same, the oldest keeps it."""
    if kind in SLUGGED and ids:
        for statement in claiming(kind, "s.id = any(:ids)"):
            session.execute(text(statement), {"ids": list(ids)})


@cache
def claiming(kind: Kind, which: str) -> tuple[str, ...]:
    """The statements over the shown rows `s` for which a condition holds."""
    table = TABLES[kind]
    note = f"""
        insert into core.slugs (kind, slug, entity_id)
        select distinct on (s.slug) '{kind}', s.slug, s.id
        from {table} s join core.entities e on e.id = s.id and e.merged_into is null
        where {which} and s.slug <> ''
          and not exists (select from core.slugs k where k.kind = '{kind}' and k.slug = s.slug)
        order by s.slug, e.created_at, e.id"""
    give_way = f"""
        update {table} s set slug = core.slug_for('{kind}', s.id, s.name, null)
        from core.entities e, core.slugs k
        where {which} and e.id = s.id and e.merged_into is null
          and k.kind = '{kind}' and k.slug = s.slug and k.entity_id <> s.id"""
    return note, give_way, note
