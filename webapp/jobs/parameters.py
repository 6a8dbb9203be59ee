"""What a deployment may be started with: its own JSON Schema, as Prefect made it of the flow's signature."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]

from webapp.errors import Invalid, Location

LOC = ("json", "parameters")


def check(parameters: Mapping[str, Any], schema: Mapping[str, Any] | None) -> None:
    """Refuse parameters that the flow would not take, or would pass over.

    Raises:
        Invalid: naming each field that is at fault.
    """
    validator = Draft202012Validator(closed(schema or {}), format_checker=Draft202012Validator.FORMAT_CHECKER)
    if wrong := [fault for error in validator.iter_errors(dict(parameters)) for fault in _faults(error)]:
        raise Invalid(wrong)


def closed(schema: Any) -> Any:
    """The schema with every object closed that does not say otherwise: a misspelt `dry_run` must not run for real."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), Mapping):
        parts.setdefault("additionalProperties", False)
    return parts


def _faults(error: ValidationError) -> Iterator[tuple[Location, str, str]]:
    where: Location = (*LOC, *error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        yield from (((*where, name), "Unknown field.", "unknown") for name in error.instance if name not in known)
    elif error.validator == "required":
        yield from (
            ((*where, name), "Missing data for required field.", "missing")
            for name in error.validator_value
            if name not in error.instance
        )
    else:
        yield where, error.message, "invalid"
