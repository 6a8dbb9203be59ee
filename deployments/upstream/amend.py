"""Changing answers while the upstream runs: what tests of a second collecting run, of drift and of removal need."""

from collections.abc import Callable, Sequence
from typing import Any

from deployments.upstream.source import Body, ImageFile, ItemList, Source, nothing_found

Change = Callable[[Any], Any]
"""From what was answered before to what is answered now."""


class Amended:
    """A source whose answers can be changed path by path; everything else comes from the source beneath.

    Paths are those of `Source.body` and `Source.fact`, and `<path>/<part>` for a part. A change reaches the resource
    itself wherever it is served (asked for plainly or appended), not the copies of its fields in other answers.
    """

    def __init__(self, beneath: Source) -> None:
        self.beneath = beneath
        self._changes: dict[str, Change | None] = {}

    def amend(self, path: str, change: Change | None = None, **fields: object) -> None:
        """Answer `path` with `change(body)`, or with these fields replaced."""
        self._changes[path] = change or (lambda body: {**body, **fields})

    def withdraw(self, path: str) -> None:
        """Answer `path` as if it did not exist."""
        self._changes[path] = None

    def restore(self) -> None:
        """Forget all changes."""
        self._changes.clear()

    def _changed(self, path: str, body: Any) -> Any:
        if body is None or path not in self._changes:
            return body
        change = self._changes[path]
        return None if change is None else change(body)

    @property
    def name(self) -> str:
        return self.beneath.name

    def show_ids(self) -> Sequence[int]:
        return self.beneath.show_ids()

    def body(self, path: str) -> Body | None:
        return self._changed(path, self.beneath.body(path))

    def part(self, path: str, name: str) -> Body | None:
        return self._changed(f"{path}/{name}", self.beneath.part(path, name))

    def fact(self, path: str) -> Any | None:
        return self._changed(path, self.beneath.fact(path))

    def find(self, external_id: str, external_source: str) -> Body:
        found = self._changed(f"find/{external_id}", self.beneath.find(external_id, external_source))
        return nothing_found() if found is None else found

    def item_list(self, list_id: str) -> ItemList | None:
        return None if self._changes.get(f"list/{list_id}", False) is None else self.beneath.item_list(list_id)

    def configuration(self) -> Body:
        return self.beneath.configuration()

    def image(self, size: str, file: str) -> ImageFile | None:
        return None if self._changes.get(f"image/{file}", False) is None else self.beneath.image(size, file)
