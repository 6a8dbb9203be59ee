"""Something to look at after collecting: the person of whom most sources tell."""

from typing import NamedTuple
from uuid import UUID

import psycopg

_MOST_TOLD_OF = """
    select p.id, p.name, array_agg(f.source order by f.source)
    from core.facts f join core.people p on p.id = f.entity_id join core.entities e on e.id = p.id
    where e.merged_into is null and f.source <> 'editor'
    group by p.id, p.name
    order by count(*) desc, sum((select count(*) from jsonb_object_keys(f.fields))) desc, p.sort_name, p.id
    limit 1
"""


class Example(NamedTuple):
    """A person, and the sources that tell of them."""

    id: UUID
    name: str
    sources: list[str]


def most_told_of(database_url: str) -> Example | None:
    """The person of whom most sources tell, and of those the one of whom they tell most; None without any people."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1)) as connection:
        row = connection.execute(_MOST_TOLD_OF).fetchone()
    return Example(*row) if row else None
