"""Provenance: who says what of an entity, and whose word is shown.

Reads `core.facts` by the rules that derive shows them by (`models.rules.precedence`); a test holds the two together.
"""

from collections.abc import Iterable
from functools import cache

from sqlalchemy.dialects.postgresql import ARRAY

from db.derive import MODELS
from models.entities import Kind, Source
from models.rules import dates
from models.rules.precedence import PARTIAL_DATES, SAYS_NOTHING, SOURCES


@cache
def sayings(kind: Kind) -> str:
    """A query of what is said of the entities `:ids` about the fields `:fields` (all of the kind's where it is null).

    A row per entity, field and source: `entity_id, field, source, value` (JSON), `layer`, `changed_at`, `is_shown`. An editor's
    word is always shown; of the others the first that says something, of dates that may be known in part the most exact.
    """
    orders = ", ".join(
        f"('{name}', '{source}', {place})"
        for name, order in SOURCES[kind].items()
        for place, source in enumerate((Source.EDITOR, *order))
    )
    columns = MODELS[kind].__table__.c  # type: ignore[attr-defined]
    partial = _listed(PARTIAL_DATES.get(kind, ()))
    lists = _listed(name for name in SOURCES[kind] if isinstance(columns[name].type, ARRAY))
    unknown = " ".join(f"and not (o.field = '{name}' and w.word = '{value}')" for name, value in SAYS_NOTHING.items())
    return f"""
        select said.entity_id, said.field, said.source, said.value, said.layer, said.changed_at,
               said.place is not null and said.counts and row_number() over (
                   partition by said.entity_id, said.field
                   order by said.place is not null and said.counts desc, said.source = 'editor' desc, said.exact desc, said.place
               ) = 1 as is_shown
        from (
            select f.entity_id, o.field, f.source, f.fields->o.field as value, f.layers->>o.field as layer, f.changed_at,
                   p.place, case when o.field in ({partial}) then length(w.word) end as exact,
                   f.source = 'editor' or w.word is not null {unknown}
                       and (o.field not in ({partial}) or w.word ~ '{dates.PATTERN}')
                       and (o.field not in ({lists}) or jsonb_typeof(f.fields->o.field) = 'array') as counts
            from core.facts f
            cross join (select distinct field from (values {orders}) as v(field, source, place)
                        where cast(:fields as text[]) is null or field = any(cast(:fields as text[]))) o
            left join (values {orders}) as p(field, source, place) on p.field = o.field and p.source = f.source
            cross join lateral (select f.fields->>o.field as word) w
            where f.entity_id = any(:ids) and f.fields ? o.field
        ) said
    """


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "''"
