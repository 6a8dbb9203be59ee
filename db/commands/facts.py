"""Facts in: what one source says of entities, normalised."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from db.bulk import Counts, write
from models.entities import Fact, Source

Fields = Mapping[str, Any]


def put_facts(session: Session, source: Source, facts: Mapping[UUID, Fields]) -> Counts:
    """Store a source's whole view of these entities; what it no longer says is gone. An equal view writes nothing.

    What an upstream leaves blank it does not know; what an editor leaves blank is said to be nothing.
    """
    rows = [
        {
            "entity_id": id_,
            "source": source,
            "fields": {name: value for name, value in fields.items() if source == Source.EDITOR or _says(value)},
        }
        for id_, fields in facts.items()
    ]
    return write(session, Fact, rows, stamp="changed_at")


def _says(value: Any) -> bool:
    """Whether a value tells anything: an unknown, a blank and an empty list do not."""
    return value is not None and value != "" and value != [] and value != {}
