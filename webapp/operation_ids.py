"""What operations are called: the method and the path in words, `get_show_season_cast`. Generated clients name functions so.

A path is never renamed, so neither is what it is called.
"""

import re
from typing import Any

from apispec import BasePlugin

_SINGULAR = {"people": "person", "ies": "y", "zzes": "z", "ss": None, "s": ""}
"""What becomes of an ending when one of many is meant."""


class OperationIds(BasePlugin):
    """Gives every operation of the document its `operationId`."""

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any) -> None:
        """Name the operations of a path."""
        for method, operation in (operations or {}).items():
            operation["operationId"] = operation_id(method, path or "/")


def operation_id(method: str, path: str) -> str:
    """The name of an operation; `path` as OpenAPI writes it.

    What a parameter follows is one of its kind: `/shows/{show_id}/cast` is `show_cast`. Where the word has no singular, the
    parameter is named, too: `/me/progress/{show_id}` is `me_progress_show`.
    """
    words: list[str] = []
    for part in filter(None, re.sub(r"^/api/v\d+", "", path).split("/")):
        if not part.startswith("{"):
            words.append(part)
        elif (one := _one_of(words[-1])) is not None:
            words[-1] = one
        else:
            words.append(part.strip("{}").removesuffix("_id"))
    return "_".join(re.sub(r"[^a-z0-9]+", "_", word) for word in (method, *(words or ["root"])))


def _one_of(kind: str) -> str | None:
    for plural, singular in _SINGULAR.items():
        if kind.endswith(plural):
            return None if singular is None else kind.removesuffix(plural) + singular
    return None
