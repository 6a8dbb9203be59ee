"""Facts in: what one source says of entities, normalised."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from models.entities import Fact, Source

Fields = Mapping[str, Any]


def put_facts(session: Session, source: Source, facts: Mapping[UUID, Fields], *, layer: str | None = None) -> Counts:
    """Store a source's whole view of these entities; what it no longer says is gone. An equal view writes nothing.

    What an upstream leaves blank it does not know; what an editor leaves blank is said to be nothing. `layer` is the way
    the source was asked, where it has several.
    """
    rows = [_row(id_, source, _told(source, fields), layer) for id_, fields in facts.items()]
    return write(session, Fact, rows, stamp="changed_at")


def add_facts(
    session: Session,
    source: Source,
    facts: Mapping[UUID, Fields],
    *,
    layer: str | None = None,
    over: bool | Collection[str] = True,
    complete: bool = False,
) -> Counts:
    """Store a part of a source's view of these entities: what one of its layers tells, or an answer about some fields only.

    What it does not tell stays as it is. With `over`, what it tells replaces what stood there; without, it replaces only
    what the same layer told before; names in `over` say of which fields the first goes. With `complete`, what the same
    layer told before and tells no more is gone: of what another layer told it knows nothing.
    """
    stored = {
        id_: (fields, layers)
        for id_, fields, layers in session.execute(
            text("select entity_id, fields, layers from core.facts where source = :source and entity_id = any(:ids)"),
            {"source": source, "ids": list(facts)},
        )
    }
    rows = []
    for id_, fields in facts.items():
        known, layers = stored.get(id_, ({}, {}))
        own = {name for name in known if layer and layers.get(name) == layer}
        told = _told(source, fields)
        replaced = told if over is True else over or ()
        added = {name: value for name, value in told.items() if name in replaced or name not in known or name in own}
        kept = {name: value for name, value in known.items() if not (complete and name in own)}
        fields_ = kept | added
        layers_ = {name: told_by for name, told_by in layers.items() if name in fields_}
        layers_ |= dict.fromkeys(added, layer) if layer else {}
        rows.append({"entity_id": id_, "source": source, "fields": fields_, "layers": layers_})
    return write(session, Fact, rows, stamp="changed_at")


def _row(id_: UUID, source: Source, fields: dict[str, Any], layer: str | None) -> dict[str, Any]:
    layers = dict.fromkeys(fields, layer) if layer else {}
    return {"entity_id": id_, "source": source, "fields": fields, "layers": layers}


def _told(source: Source, fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if source == Source.EDITOR or _says(value)}


def _says(value: Any) -> bool:
    """Whether a value tells anything: an unknown, a blank and an empty list do not."""
    return value is not None and value != "" and value != [] and value != {}
