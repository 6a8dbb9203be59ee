"""Seeded changes to recorded bodies: a key dropped, retyped, emptied or added. And what must not come of them."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from flows.sources.imdb.answers import ImdbImage
from flows.sources.imdb.pages.values import picture_name
from flows.sources.payload import Payload

Path = tuple[str | int, ...]
KINDS = ("drop", "retype", "empty", "add")
ADDED = "addedByAMutation"
IDENTITIES = (("imdb_id",), ("person_id", "category", "job"), ("id",), ("url",))
"""What two things of a kind are the same by, the first that they have."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change to one key of a body, named so that a failing one can be repeated."""

    kind: str
    path: Path

    def __str__(self) -> str:
        return f"{self.kind} {'.'.join(map(str, self.path))}"

    @property
    def key(self) -> str | int:
        """The key that was changed."""
        return self.path[-1]

    def of(self, body: Any) -> Any:
        """The body with the change; what is not on the way to it is shared."""
        return _changed(body, self.path, self.kind)


def chosen(body: Any, number: int, seed: str, *, below: Path = ()) -> Mutation:
    """One of all changes that can be made below a place of a body, the same each time."""
    pick = random.Random(f"{seed}-{number}")
    root = body
    for step in below:
        root = root[step]
    path = pick.choice([path for path in places(root, below) if path[-1] != "__typename"])
    kind = pick.choice(KINDS)
    return Mutation(kind, (*path[:-1], ADDED) if kind == "add" else path)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The way to every key of every object."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from places(item, (*path, place))


def _changed(value: Any, path: Path, kind: str) -> Any:
    step, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[step] = _changed(value[step], tuple(rest), kind)  # type: ignore[index]
    elif kind == "drop":
        del copy[step]  # type: ignore[arg-type]
    elif kind == "add":
        copy[step] = {"new": True}  # type: ignore[index]
    else:
        copy[step] = (_retyped if kind == "retype" else _emptied)(value[step])  # type: ignore[index]
    return copy


def _retyped(value: Any) -> Any:
    """Something of another type, that nobody could take for the same."""
    if isinstance(value, str):
        return {"unexpected": [1]}
    if isinstance(value, (dict, list)):
        return "unexpected"
    return ["unexpected"]


def _emptied(value: Any) -> Any:
    """Nothing, as an upstream may send it in place of something."""
    return type(value)() if isinstance(value, (str, dict, list)) else None


def optional_keys() -> set[str]:
    """The keys that are rightly not there in some answers of an upstream."""

    def all_below(kind: type[Payload]) -> Iterator[type[Payload]]:
        for below in kind.__subclasses__():
            yield below
            yield from all_below(below)

    return {name for kind in all_below(Payload) for name in kind.sometimes}


def wrongs(before: Any, after: Any, path: str = "") -> list[str]:
    """Where something else is said than before. To say less is not wrong."""
    if after == before or after is None or after == () or after == [] or after == "" or after == {}:
        return []
    if isinstance(before, bool) and isinstance(after, bool):
        return [] if before or path.endswith(("has_more", "has_next")) else [f"{path}: became true"]
    if is_dataclass(before) and is_dataclass(after):
        if not _same(before, after):
            return [f"{path}: {before!r} became {after!r}"]
        return [
            wrong
            for field in fields(before)
            if field.name != "id"  # of a picture it may be the name of its file; that they are the same is known
            for wrong in wrongs(getattr(before, field.name), getattr(after, field.name), f"{path}.{field.name}")
        ]
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        new = [f"{path}.{key}: is new" for key in after if key not in before]
        return new + [
            wrong for key in after if key in before for wrong in wrongs(before[key], after[key], f"{path}.{key}")
        ]
    if isinstance(before, (tuple, list)) and isinstance(after, (tuple, list)):
        return _wrong_items(before, after, path)
    return [f"{path}: {before!r} became {after!r}"]


def _wrong_items(before: Any, after: Any, path: str) -> list[str]:
    if len(before) == len(after):
        pairs = zip(before, after, strict=True)
        return [wrong for place, (old, new) in enumerate(pairs) for wrong in wrongs(old, new, f"{path}.{place}")]
    found: list[str] = []
    for item in after:
        same = [old for old in before if _same(old, item)]
        if not same:
            found.append(f"{path}: {item!r} is new")
        elif all(wrongs(old, item, path) for old in same):
            found += wrongs(same[0], item, path)
    return found


def _same(old: Any, new: Any) -> bool:
    """Whether two are the same thing. A picture without its id goes by the name of its file."""
    for names in IDENTITIES:
        if not all(hasattr(old, name) and hasattr(new, name) for name in names):
            continue
        if all(getattr(new, name) in (getattr(old, name), None) for name in names):
            return True
        return isinstance(new, ImdbImage) and new.url == old.url and new.id == picture_name(new.url)
    return bool(old == new)
