"""Where both entities of a merge have a row of the same key: the winner's stays, and what it takes from the loser's."""

from collections.abc import Callable
from typing import Any

from models.wikis import PageStatus

Row = dict[str, Any]


def _facts(kept: Row, dropped: Row) -> Row:
    """A person's corrections of both hold; of any other source the view that goes by the primary id."""
    if kept["source"] != "editor":
        return {}
    return {"fields": dropped["fields"] | kept["fields"], "layers": dropped["layers"] | kept["layers"]}


def _counts(kept: Row, dropped: Row) -> Row:
    """The larger claim."""
    return {
        "episodes": max(kept["episodes"], dropped["episodes"]),
        "is_regular": kept["is_regular"] or dropped["is_regular"],
        "billing_order": _least(kept["billing_order"], dropped["billing_order"]),
    }


def _list_items(kept: Row, dropped: Row) -> Row:
    """The better place, which is the one that the list names first; on the list while either is."""
    taken: Row = {"added_at": min(kept["added_at"], dropped["added_at"])}
    if (_left(dropped), _rank(dropped)) < (_left(kept), _rank(kept)):
        taken |= {name: dropped[name] for name in ("rank", "note", "left_at")}
    return taken


def _wiki_pages(kept: Row, dropped: Row) -> Row:
    """What was decided of the page, by a person before all."""
    strength = {PageStatus.CANDIDATE: 0, PageStatus.REJECTED: 1, PageStatus.CONFIRMED: 1}
    if (bool(dropped["decided_by"]), strength[PageStatus(dropped["status"])]) <= (
        bool(kept["decided_by"]),
        strength[PageStatus(kept["status"])],
    ):
        return {}
    return {name: dropped[name] for name in ("status", "reason", "decided_by", "revision_id", "seen_at")}


def _images(kept: Row, dropped: Row) -> Row:
    """Listed while either is; mirrored where either was."""
    return {
        "is_listed": kept["is_listed"] or dropped["is_listed"],
        "asset_id": kept["asset_id"] or dropped["asset_id"],
    }


TAKEN: dict[str, Callable[[Row, Row], Row]] = {
    "core.facts": _facts,
    "core.credit_counts": _counts,
    "core.list_items": _list_items,
    "core.wiki_pages": _wiki_pages,
    "core.images": _images,
}
"""By table: the columns of the row that stays which change, given the row that stays and the one that goes."""


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _left(row: Row) -> bool:
    return row["left_at"] is not None


def _rank(row: Row) -> float:
    return float("inf") if row["rank"] is None else row["rank"]
