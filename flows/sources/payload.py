"""What the payload models of all upstreams share: lenient texts and dates, errors with a path, counted drift."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict, ValidationError

from flows.sources.errors import MalformedAnswer

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _text_or_none(value: Any) -> Any:
    """A text without space around it and without NULs, which no database takes; None when nothing is left."""
    return (value.replace("\0", "").strip() or None) if isinstance(value, str) else value


def _date_or_none(value: Any) -> Any:
    """A date; None for the empty and impossible ones that upstreams send, such as 0000-00-00."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(match[0]) if (match := _DATE.match(value.strip())) else None
    except ValueError:
        return None


def _listed(value: Any) -> Any:
    """An array that is null counts as empty."""
    return () if value is None else value


OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
OptionalDate = Annotated[date | None, Strict(), BeforeValidator(_date_or_none)]
OptionalInt = Annotated[int | None, BeforeValidator(_text_or_none)]
OptionalFloat = Annotated[float | None, BeforeValidator(_text_or_none)]
T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(_listed)]
"""An array of objects; where it is null or not there, it is empty."""


class Payload(BaseModel):
    """A JSON object as an upstream sends it. What the model does not know is kept, what may lack is None or empty."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)
    source: ClassVar[str] = "upstream"
    sometimes: ClassVar[frozenset[str]] = frozenset()
    """Fields that are rightly not there in some answers, so that their absence is no drift."""
    unused: ClassVar[frozenset[str]] = frozenset()
    """Keys that are known and of no use here, so that they are no drift."""

    @classmethod
    def parse(cls, body: Mapping[str, Any], url: str = "") -> Self:
        """Read a body.

        Raises:
            MalformedAnswer: something is missing or of another type; it names the path to the first such field.
        """
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            path = ".".join(str(step) for step in first["loc"]) or "(the whole)"
            raise MalformedAnswer(cls.source, url or cls.__name__, f"{path}: {first['msg']}", field=path) from None


def drift(model: Payload) -> dict[str, Counter[str]]:
    """How a payload departs from its model: `unknown` and `missing` keys, counted per path.

    Items of an array share a path (`episodes[].crew[].job`), as do the values of a mapping (`results.*.link`).
    """
    unknown: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for path, found in _objects(model, ""):
        unknown.update(path + key for key in found.model_extra or () if key not in found.unused)
        for name, field in type(found).model_fields.items():
            if name not in found.model_fields_set and name not in found.sometimes:
                missing[path + (field.alias or name)] += 1
    return {"unknown": unknown, "missing": missing}


def _objects(value: Any, path: str) -> Iterator[tuple[str, Payload]]:
    """The payload objects in a value, with the path that leads to their keys."""
    if isinstance(value, Payload):
        prefix = f"{path}." if path else ""
        yield prefix, value
        for name, field in type(value).model_fields.items():
            yield from _objects(getattr(value, name), f"{prefix}{field.alias or name}")
    elif isinstance(value, tuple):
        for item in value:
            yield from _objects(item, f"{path}[]")
    elif isinstance(value, dict):
        for item in value.values():
            yield from _objects(item, f"{path}.*")
