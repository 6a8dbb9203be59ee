"""JSON that clients send: read once, and only what PostgreSQL can hold."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import g, request
from marshmallow import EXCLUDE
from webargs import missing
from webargs.flaskparser import FlaskParser

from webapp.errors import Invalid, Location


class Parser(FlaskParser):
    """Arguments of views. What a schema does not know is passed over, so that newer clients are served too."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, EXCLUDE)

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
