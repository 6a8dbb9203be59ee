"""Ids and numbers in paths. A malformed one is 422 and names its parameter; the path itself exists, so it is not 404."""

import re
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, request
from werkzeug.routing import BaseConverter

from webapp.errors import Invalid

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"[+-]?[0-9]+")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Malformed:
    """A path parameter that could not be read, and why."""

    why: str


class IdConverter(BaseConverter):
    """A UUID."""

    def to_python(self, value: str) -> UUID | Malformed:
        """The id, or what is wrong with it."""
        return UUID(value) if _UUID.fullmatch(value) else Malformed("Not a valid UUID.")


class NumberConverter(BaseConverter):
    """A whole number, of any sign and size; one that no row can hold comes out as one that no row holds."""

    def to_python(self, value: str) -> UUID | int | Malformed:
        """The number, or what is wrong with it."""
        if not _NUMBER.fullmatch(value):
            return Malformed("Not a valid integer.")
        return -1 if len(value) > len(str(LARGEST)) or int(value) > LARGEST else max(int(value), -1)


class RefConverter(NumberConverter):
    """An id of ours, or TMDb's number of a network, company or provider."""

    def to_python(self, value: str) -> UUID | int | Malformed:
        """The id or the number, or what is wrong with it."""
        if _UUID.fullmatch(value):
            return UUID(value)
        number = super().to_python(value)
        return number if isinstance(number, int) else Malformed("Neither a number of TMDb nor a UUID.")


class DigestConverter(BaseConverter):
    """A SHA-256 in hexadecimal."""

    def to_python(self, value: str) -> str | Malformed:
        """The digest in small letters, or what is wrong with it."""
        return value.lower() if _DIGEST.fullmatch(value) else Malformed("Not a valid SHA-256.")


def init_app(app: Flask) -> None:
    """Make `<id:…>`, `<number:…>`, `<ref:…>` and `<digest:…>` known, and refuse malformed ones before any view runs."""
    app.url_map.converters |= {
        "id": IdConverter,
        "number": NumberConverter,
        "ref": RefConverter,
        "digest": DigestConverter,
    }

    @app.before_request
    def refuse() -> None:
        malformed = [(n, v) for n, v in (request.view_args or {}).items() if isinstance(v, Malformed)]
        if malformed:
            raise Invalid((("path", name), value.why, "malformed") for name, value in malformed)
