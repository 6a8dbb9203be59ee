"""What a person says of an entity: facts of the source `editor`, which are always shown, also where they say "nothing".

Reads and writes `core.facts`; derives the entity. The picture of an entity is such a fact, too (`poster_image_id` …).
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Integer, Numeric, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Session

from db.commands.facts import put_facts
from db.derive import MODELS, derive
from models.entities import Kind, Source
from models.people import Gender
from models.rules.dates import is_partial
from models.rules.image_choice import PICTURES
from models.rules.precedence import PARTIAL_DATES, SOURCES

LONGEST = 20_000
"""Letters of a text."""

MOST = 200
"""Entries of a list."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NotEditable(ValueError):
    """A field that nobody can edit, or a value that it cannot have. `field` names it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@cache
def editable(kind: Kind) -> tuple[str, ...]:
    """The fields of a kind that an editor may say something of: those that sources tell, but for objects; and its pictures."""
    columns = MODELS[kind].__table__.c  # type: ignore[attr-defined]
    return (*(name for name in SOURCES[kind] if not isinstance(columns[name].type, JSONB)), *PICTURES.get(kind, ()))


def shape(kind: Kind, field: str) -> str:
    """What a field holds: `picture`, `list`, `flag`, `number`, `date` or `text`."""
    type_ = MODELS[kind].__table__.c[field].type  # type: ignore[attr-defined]
    if field in PICTURES.get(kind, ()):
        return "picture"
    if isinstance(type_, ARRAY):
        return "list"
    return _shape(type_)


def read(kind: Kind, field: str, written: str) -> Any:
    """The value that a person has written in a form: an entry of a list per line, `yes` or `no`, a number, a text. What cannot be
    read so stays the text that it is, and `edit` says what is wrong with it.
    """
    type_ = MODELS[kind].__table__.c[field].type  # type: ignore[attr-defined]
    if isinstance(type_, ARRAY):
        return [_read(type_.item_type, line.strip()) for line in written.splitlines() if line.strip()]
    return _read(type_, written.replace("\r\n", "\n").strip())


def _shape(type_: Any) -> str:
    if isinstance(type_, Boolean):
        return "flag"
    if isinstance(type_, (Integer, Numeric)):
        return "number"
    return "date" if isinstance(type_, Date) else "text"


def _read(type_: Any, written: str) -> Any:
    if _shape(type_) == "flag":
        return {"yes": True, "no": False}.get(written.lower(), written)
    if _shape(type_) == "number" and re.fullmatch(r"[0-9]{1,15}", written):
        return int(written)
    if _shape(type_) == "number" and re.fullmatch(r"[0-9]{1,15}[.][0-9]{1,10}", written):
        return float(written)
    return written


def said(session: Session, entity_id: UUID) -> dict[str, Any]:
    """What an editor says of an entity, by field."""
    found = session.execute(
        text("select fields from core.facts where entity_id = :id and source = 'editor'"), {"id": entity_id}
    ).scalar_one_or_none()
    return dict(found or {})


def edit(session: Session, kind: Kind, entity_id: UUID, say: Mapping[str, Any], withdraw: Collection[str] = ()) -> None:
    """Say these fields are so, or with null that they are empty; of those that are withdrawn the sources are believed again.

    Whoever calls holds the catalogue's lock.

    Raises:
        NotEditable: one of the fields, or its value.
    """
    for field in (*say, *withdraw):
        if field not in editable(kind):
            raise NotEditable(field, f"No field of a {kind} that can be edited.")
    told = {field: _checked(session, kind, entity_id, field, value) for field, value in say.items()}
    fields = {name: value for name, value in (said(session, entity_id) | told).items() if name not in withdraw}
    if fields:
        put_facts(session, Source.EDITOR, {entity_id: fields})
    else:
        session.execute(text("delete from core.facts where entity_id = :id and source = 'editor'"), {"id": entity_id})
    derive(session, kind, [entity_id])


def _checked(session: Session, kind: Kind, entity_id: UUID, field: str, value: Any) -> Any:
    """The value, if the column can hold it."""
    column: Column[Any] = MODELS[kind].__table__.c[field]  # type: ignore[attr-defined]
    if value is None:
        if not column.nullable and column.server_default is None:
            raise NotEditable(field, "Cannot be empty.")
        return None
    if field in PICTURES.get(kind, ()):
        return _picture(session, kind, entity_id, field, value)
    if field in PARTIAL_DATES.get(kind, ()):
        fits = is_partial(value) and _is_day(value + "-01-01"[len(value) - 4 :])
        wrong = None if fits else "Not a date: 1974, 1974-12 or 1974-12-14."
    elif field == "gender":
        wrong = None if value in list(Gender) else f"Must be one of: {', '.join(Gender)}."
    else:
        wrong = _unfit(column, value)
    if wrong:
        raise NotEditable(field, wrong)
    return value


def _unfit(column: "Column[Any]", value: Any) -> str | None:
    """Why a column cannot hold a value, as a sentence."""
    kind = column.type
    if isinstance(kind, ARRAY):
        if not isinstance(value, list) or len(value) > MOST:
            return f"Not a list of at most {MOST}."
        return next((why for entry in value if (why := _unfit_one(kind.item_type, entry))), None)
    return _unfit_one(kind, value)


def _unfit_one(kind: Any, value: Any) -> str | None:
    if isinstance(kind, Boolean):
        return None if isinstance(value, bool) else "Not true or false."
    if isinstance(kind, Integer):
        return None if type(value) is int and 0 <= value < 2**31 else "Not a whole number that can be stored."
    if isinstance(kind, Numeric):
        whole = 10 ** ((kind.precision or 0) - (kind.scale or 0))
        fits = type(value) in (int, float, Decimal) and 0 <= value < whole - 1
        return None if fits else f"Not a number between 0 and {whole - 1}."
    if isinstance(kind, Date):
        return None if isinstance(value, str) and _is_day(value) else "Not a date like 1974-12-14."
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or _CONTROL.search(value):
        return f"Not a text of 1 to {LONGEST} letters."
    return None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _picture(session: Session, kind: Kind, entity_id: UUID, field: str, value: Any) -> str:
    found = session.execute(
        text("select id from core.images where entity_id = :entity and kind = :kind and id :: text = lower(:id)"),
        {"entity": entity_id, "kind": PICTURES[kind][field], "id": str(value)},
    ).scalar_one_or_none()
    if found is None:
        raise NotEditable(field, f"Not an image of this {kind} of the kind {PICTURES[kind][field]}.")
    return str(found)
