"""What clients send: JSON, read once, and only what PostgreSQL can hold; and what queries say."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NoReturn

from flask import g, request
from marshmallow import EXCLUDE, Schema
from webargs import missing
from webargs.flaskparser import FlaskParser

from webapp.errors import Invalid, Location

LONGEST_KEPT = 200
"""Bytes of a query; what a longer one says is not remembered."""


class Parser(FlaskParser):
    """Arguments of views. What a schema does not know is passed over, so that newer clients are served too."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, EXCLUDE)

    def parse(self, argmap: Any, *args: Any, location: str | None = None, **options: Any) -> Any:
        """What the schema reads. What a query says hangs on its text alone, and most are asked again and again."""
        if location == "query" and isinstance(argmap, Schema) and len(request.query_string) <= LONGEST_KEPT:
            return dict(self._query(argmap, request.query_string))
        return super().parse(argmap, *args, location=location, **options)

    @lru_cache(maxsize=1024)  # noqa: B019 - there is one parser, for good
    def _query(self, schema: Schema, _text: bytes) -> dict[str, Any]:
        read: dict[str, Any] = super().parse(schema, location="query")
        return read

    def load_json(self, req: Any, schema: Any) -> Any:
        """The body, which the frame has read already."""
        return json_body()


def json_body() -> Any:
    """The body as JSON; `missing` where there is none, or one of another type.

    Raises:
        Invalid: it is not well-formed, or holds text that is none.
    """
    if "json_body" not in g:
        g.json_body = _read() if request.is_json else missing
    return g.json_body


def _read() -> Any:
    raw = request.get_data(cache=True)
    if not raw:
        return missing
    try:
        parsed = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Invalid([(("json",), "Not valid JSON.", "malformed")]) from None
    if b"\\u" in raw or b"\0" in raw:
        wrong = [(("json", *loc), "Holds a character that is none.", "malformed") for loc in _odd(parsed)]
        if wrong:
            raise Invalid(wrong)
    return parsed


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and its like are not of JSON


def _odd(value: Any, loc: Location = ()) -> Iterator[Location]:
    """Where text holds what PostgreSQL refuses: NUL, or half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            yield loc
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _odd(name, loc)
            yield from _odd(inner, (*loc, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _odd(inner, (*loc, place))
