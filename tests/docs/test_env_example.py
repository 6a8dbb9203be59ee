"""`.env.example` is complete both ways: every variable that a settings class reads, and none that no class reads."""

import importlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from dotenv import dotenv_values
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("db", "flows", "webapp", "deployments")


class Line(NamedTuple):
    """A variable in the file: the default that is shown, and the comment above it."""

    default: str
    comment: str


@cache
def described() -> dict[str, Line]:
    found: dict[str, Line] = {}
    for block in (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n"):
        *comments, last = block.strip("\n").splitlines()
        if match := re.fullmatch(r"#([A-Z][A-Z0-9_]*)=(.*)", last):
            assert match[1] not in found, f"{match[1]} stands there twice"
            found[match[1]] = Line(match[2], " ".join(line.removeprefix("#").strip() for line in comments))
    return found


def settings_classes() -> list[type[BaseSettings]]:
    """Every settings class of our packages, in whichever module it stands."""
    sources = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    defining = [file for file in sources if re.search(r"class \w+\(BaseSettings\)", file.read_text(encoding="utf-8"))]
    modules = [importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)) for file in defining]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseSettings) and value.__module__ == module.__name__
    ]


def fields() -> dict[str, list[FieldInfo]]:
    """The fields that read each variable; two classes may share one."""
    found: dict[str, list[FieldInfo]] = {}
    for settings in settings_classes():
        for name, field in settings.model_fields.items():
            found.setdefault(name.upper(), []).append(field)
    return found


def shown(default: object) -> str:
    if default is None or default is PydanticUndefined:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(map(str, default)) if isinstance(default, list | tuple) else str(default)


def test_every_variable_of_every_settings_class_stands_there_and_no_other():
    assert sorted(described()) == sorted(fields())


@pytest.mark.parametrize("variable", sorted(fields()))
def test_a_variable_is_explained_as_its_field_is(variable):
    comment = described()[variable].comment.lower()
    for field in fields()[variable]:
        assert field.description, f"the field of {variable} has no description"
        assert field.description.rstrip(".").lower() in comment


@pytest.mark.parametrize("variable", sorted(fields()))
def test_a_variable_is_shown_with_its_default(variable):
    defaults = {shown(field.default) for field in fields()[variable]}
    assert described()[variable].default in defaults


def test_the_file_as_it_is_sets_nothing():
    assert dotenv_values(ROOT / ".env.example") == {}
