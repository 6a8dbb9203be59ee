"""TMDb's protocol for changes: `/tv/changes`, `/person/changes`, and what changed about one show or person."""

import re
from datetime import date, timedelta
from typing import Any

from flask import Response, request

from deployments.upstream.answers import answer, not_found, refused
from deployments.upstream.catalogue.model import digest
from deployments.upstream.changes import MOST_DAYS, Change, Window
from deployments.upstream.pages import asked_page, pages_of
from deployments.upstream.service import service
from deployments.upstream.source import Body

PAGE_SIZE = 100


def changed_ids(kind: str) -> Response:
    """A page of the ids that changed in the days asked for."""
    page = asked_page()
    found = service().feed.ids(kind, asked_window())
    return answer(
        {
            "results": [{"id": number, "adult": False} for number in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
            "page": page,
            "total_pages": pages_of(len(found), PAGE_SIZE),
            "total_results": len(found),
        }
    )


def changes_of(path: str) -> Response:
    """What changed about a show or person in the days asked for, by field."""
    source = service().source
    if source.body(path) is None:
        raise not_found()
    keys: dict[str, list[Body]] = {}
    for change in service().feed.changes(asked_window()):
        if change.path == path or change.path.startswith(f"{path}/"):
            for key, value, original in told(change):
                keys.setdefault(key, []).append(item(change, key, value, original))
    return answer({"changes": [{"key": key, "items": items} for key, items in keys.items()]})


def told(change: Change) -> list[tuple[str, Any, Any]]:
    """Field, value and original value of everything a change changed. Of a season or episode: which season."""
    source = service().source
    if match := re.fullmatch(r"(tv/\d+/season/(\d+)).*", change.path):
        season = source.body(match[1]) or {}
        return [("season", {"season_id": season.get("id"), "season_number": int(match[2])}, None)]
    if part := change.path.split("/")[2:]:
        return [("/".join(part), None, None)]
    before, after = source.beneath.body(change.path) or {}, source.body(change.path) or {}
    return [(key, after.get(key), before.get(key)) for key in {**before, **after} if before.get(key) != after.get(key)]


def item(change: Change, key: str, value: Any, original: Any) -> Body:
    return {
        "id": digest("change", change.path, key, change.at)[:24],
        "action": "updated",
        "time": f"{change.at:%Y-%m-%d %H:%M:%S} UTC",
        "iso_639_1": "",
        "iso_3166_1": "",
        "value": value,
        "original_value": original,
    }


def asked_window() -> Window:
    """The days a request asks for: without any the last 24 hours; of one, from it up to today or the day up to it."""
    feed, days = service().feed, {name: asked_day(name) for name in ("start_date", "end_date")}
    first, last = days["start_date"], days["end_date"]
    if first is None and last is None:
        return feed.last_day()
    last = last or feed.clock().date()
    first = first or last - timedelta(days=1)
    if first > last:
        raise refused(422, 5, "Invalid parameters: Your request parameters are incorrect.")
    if (last - first).days > MOST_DAYS:
        raise refused(422, 20, f"Invalid date range: Should be a range no longer than {MOST_DAYS} days.")
    return feed.days(first, last)


def asked_day(name: str) -> date | None:
    if not (text := request.args.get(name, "")):
        return None
    try:
        return date.fromisoformat(text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else "")
    except ValueError:
        raise refused(400, 23, "Invalid date: Format needs to be YYYY-MM-DD.") from None
