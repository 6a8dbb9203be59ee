"""Keyset pages: an order that ends in a unique column, and cursors that name a place in it.

A cursor holds the values by which the last row of a page was sorted, not the row. So it stays good when that row is renamed or
goes, and rows that come or go meanwhile move nothing else: a row that was there all the time is met exactly once.

Its form is a version, then base64url of a checksum and of JSON: the order's name and the values. The checksum finds what was cut
off or mistyped; it keeps nothing secret, and nothing is: a cursor can name no row that the list would not show.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from webapp.errors import Invalid

VERSION = "1"
CHECKED = 6
LONGEST = 2_000
MOST = 100
"""How many rows a page may have."""


@dataclass(frozen=True)
class Key:
    """One expression that rows are sorted by, over the columns of the candidates. What is null comes last, either way."""

    expression: str
    type: str = "text"
    descending: bool = False
    nullable: bool = False

    def __post_init__(self) -> None:
        assert self.type in _READ


@dataclass(frozen=True)
class Order:
    """An order of rows. Its last key is unique, so that no two rows have the same place."""

    name: str
    keys: tuple[Key, ...]

    def by(self) -> str:
        """What stands behind `order by`."""
        return ", ".join(
            f"{key.expression}{' desc' if key.descending else ''}{' nulls last' if key.nullable else ''}"
            for key in self.keys
        )

    def backwards(self) -> "Order":
        """The same order from its end. Places, and so cursors, are the same."""
        assert not any(key.nullable for key in self.keys)
        return replace(self, keys=tuple(replace(key, descending=not key.descending) for key in self.keys))

    def place(self) -> str:
        """A JSON list of a row's values, each as text or null."""
        return f"json_build_array({', '.join(f'({key.expression}) :: text' for key in self.keys)})"

    def after(self, values: Sequence[Any]) -> str:
        """That a row comes after these values; they are bound as `after_0`, `after_1` …

        That the first key is no lesser is said by itself, where it has to be known: from there an index is read.
        """
        ways: list[str] = []
        equal: list[str] = []
        for number, (key, value) in enumerate(zip(self.keys, values, strict=True)):
            bound = f"cast(:after_{number} as {key.type})"
            if value is not None:
                later = f"{key.expression} {'<' if key.descending else '>'} {bound}"
                ways.append(" and ".join([*equal, f"({later} or {key.expression} is null)" if key.nullable else later]))
            equal.append(f"{key.expression} is null" if value is None else f"{key.expression} = {bound}")
        after = f"({' or '.join(f'({way})' for way in ways)})"
        first = self.keys[0]
        if first.nullable:
            return after
        return f"({first.expression} {'<=' if first.descending else '>='} cast(:after_0 as {first.type}) and {after})"

    def cursor(self, place: str) -> str:
        """The cursor of a place, which is the JSON list that `place` gave."""
        named = json.dumps([self.name, *json.loads(place)], ensure_ascii=False, separators=(",", ":")).encode()
        return VERSION + urlsafe_b64encode(_checksum(named) + named).decode().rstrip("=")

    def values(self, cursor: str) -> tuple[Any, ...]:
        """The values that a cursor holds.

        Raises:
            Invalid: it is none of ours, was altered, or belongs to another order.
        """
        try:
            named = _named(cursor)
            name, *texts = json.loads(named)
        except (ValueError, TypeError):
            raise _refused("Not a cursor of this API.") from None
        if name != self.name or len(texts) != len(self.keys):
            raise _refused("A cursor of another list or order.")
        try:
            return tuple(_value(key, text) for key, text in zip(self.keys, texts, strict=True))
        except (ValueError, ArithmeticError, TypeError):
            raise _refused("Not a cursor of this API.") from None


class Slice(NamedTuple):
    """A page of a list that is read both ways: its rows, and the cursors of the pages after and before it."""

    rows: list[dict[str, Any]]
    following: str | None
    preceding: str | None


def sliced(order: Order, rows: list[dict[str, Any]], limit: int, *, backwards: bool, from_start: bool) -> Slice:
    """The page that rows make, of which one more than `limit` were asked for, each with its `place`.

    Args:
        backwards: they were asked for in the order from its end.
        from_start: no cursor said where they begin.
    """
    more, found = len(rows) > limit, rows[:limit]
    if not found:
        return Slice([], None, None)
    if backwards:
        found.reverse()
    first, last = order.cursor(found[0]["place"]), order.cursor(found[-1]["place"])
    return Slice(found, last if more or backwards else None, first if (more if backwards else not from_start) else None)


def bound(values: Sequence[Any]) -> dict[str, Any]:
    """The parameters of `Order.after`."""
    return {f"after_{number}": value for number, value in enumerate(values) if value is not None}


def _named(cursor: str) -> bytes:
    if len(cursor) > LONGEST or not re.fullmatch(rf"{VERSION}[A-Za-z0-9_-]+", cursor):
        raise ValueError("not of this form")
    packed = urlsafe_b64decode(cursor[1:] + "=" * (-len(cursor[1:]) % 4))
    checksum, named = packed[:CHECKED], packed[CHECKED:]
    if checksum != _checksum(named):
        raise ValueError("altered")
    return named


def _checksum(named: bytes) -> bytes:
    return blake2b(named, digest_size=CHECKED).digest()


def _value(key: Key, text: Any) -> Any:
    if text is None and key.nullable:
        return None
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("no value of this key")
    return _READ[key.type](text)


def _whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError("too large")
    return number


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("no number")
    return number


_READ: dict[str, Any] = {
    "text": str,
    "uuid": UUID,
    "bigint": _whole,
    "numeric": _decimal,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
}


def _refused(why: str) -> Invalid:
    return Invalid([(("query", "cursor"), why, "malformed")])
