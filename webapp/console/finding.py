"""The page of search: shows, people and episodes by any spelling."""

from typing import Any

from flask import render_template, request

from models.search import SEARCHED
from webapp.console.frame import asked, blp, told
from webapp.search import service
from webapp.search.schemas import SHORTEST, SearchQuery

MOST_FOUND = 24


@blp.get("/search")
def search() -> str:
    """What was found, the best first."""
    words = request.args.get("q", "").strip()
    found: list[dict[str, Any]] = []
    kind = None
    if len(words) >= SHORTEST:
        query = asked(SearchQuery) | {"limit": MOST_FOUND}
        kind = query.get("type")
        found = told(service.search(**query), "Search.Search", **query)
    return render_template(
        "console/search.html", q=words, kind=kind, kinds=list(SEARCHED), found=found, too_short=len(words) < SHORTEST
    )
