"""Something to look at after collecting: the person of whom most sources tell, and the show that is talked about."""

from typing import Any, LiteralString, NamedTuple
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
    row = _first(database_url, _MOST_TOLD_OF)
    return Example(*row) if row else None


def talked_about(database_url: str) -> UUID | None:
    """The id of the show that was talked about first; None where nobody talks."""
    row = _first(database_url, "select social.show_of(entity_id) from social.threads order by created_at, id limit 1")
    return row[0] if row else None


def _first(database_url: str, query: LiteralString) -> Any:
    with psycopg.connect(database_url.replace("+psycopg", "", 1)) as connection:
        return connection.execute(query).fetchone()
