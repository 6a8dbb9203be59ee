"""IMDb's pages: `/imdb/title/tt…/`, `…/episodes/`, `…/fullcredits/`, `…/mediaindex/`, `/imdb/name/nm…/`, `/imdb/list/ls…/`.

A page that was recorded is served as it is; all others are made of a source's facts (`imdb_page.py`).
"""

import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from deployments.upstream import imdb_credits_page, imdb_other_pages, imdb_page
from deployments.upstream.answers import as_text
from deployments.upstream.catalogue.imdb_facts import IMAGES
from deployments.upstream.service import service

blueprint = Blueprint("imdb-pages", __name__)

PAGE_SIZE = 250
IGNORED = ("ref_",)
"""Parts of a query that say only where somebody came from."""


@blueprint.before_request
def recorded() -> Response | None:
    """The page that was recorded for this address, or one that shows nothing known."""
    if service().conditions.failing(blueprint.name).redesign:
        return as_text(imdb_page.redesigned())
    query = urlencode(sorted((key, value) for key, value in request.args.items() if key not in IGNORED))
    address = request.path.removeprefix("/imdb/").strip("/")
    found = service().source.fact(f"imdb-page/{address}?{query}")
    return as_text(found) if found is not None else None


@blueprint.route("/imdb/title/<title_id>/")
def title(title_id: str) -> Response:
    found = fact(title_id)
    if found is None:
        return answered(None)
    return answered(imdb_page.title_page(found, listed(f"{title_id}/episodes"), len(listed(f"{title_id}/images"))))


@blueprint.route("/imdb/title/<title_id>/episodes/")
def episodes(title_id: str) -> Response:
    found = fact(title_id)
    if found is None or not found["titleType"]["canHaveEpisodes"]:
        return answered(None)
    return answered(imdb_page.episodes_page(found, listed(f"{title_id}/episodes"), request.args.get("season")))


@blueprint.route("/imdb/title/<title_id>/fullcredits/")
def credits(title_id: str) -> Response:
    found = fact(title_id)
    return answered(imdb_credits_page.credits_page(found, listed(f"{title_id}/credits")) if found else None)


@blueprint.route("/imdb/title/<owner>/mediaindex/", defaults={"kind": "title"})
@blueprint.route("/imdb/name/<owner>/mediaindex/", defaults={"kind": "name"})
def gallery(kind: str, owner: str) -> Response:
    found = fact(owner, "nm" if kind == "name" else "tt")
    if found is None:
        return answered(None)
    return answered(imdb_other_pages.gallery_page(kind, found, listed(f"{owner}/images"), request.args.get("after")))


@blueprint.route("/imdb/name/<name_id>/")
def name(name_id: str) -> Response:
    found = fact(name_id, "nm")
    return answered(imdb_other_pages.name_page(found, listed(f"{name_id}/images")) if found else None)


@blueprint.route("/imdb/list/<list_id>/")
def list_of_titles(list_id: str) -> Response:
    found = fact(list_id, "ls")
    number = request.args.get("page", "1")
    if found is None or not number.isascii() or not number.isdigit() or number == "0":
        return answered(None)
    items = listed(f"{list_id}/items", found["items"])
    start = (int(number) - 1) * PAGE_SIZE
    part = items[start : start + PAGE_SIZE]
    if start and not part:
        return answered(None)
    titles = [(rank, title, item["note"]) for rank, item in enumerate(part, start + 1) if (title := fact(item["id"]))]
    return answered(imdb_other_pages.list_page({**found, "items": items}, titles, start + PAGE_SIZE < len(items)))


@blueprint.route("/imdb/<path:path>")
def anything_else(path: str) -> Response:
    return answered(None)


def answered(text: str | None) -> Response:
    """A page, or the one that says there is none."""
    if text is None:
        return as_text(imdb_page.not_there(), 404)
    return as_text(text, replaced={IMAGES: f"{request.host_url}imdb-images"})


def fact(identity: str, kind: str = "tt") -> Any:
    """What the source has of a title, or of a name (`nm`) or list (`ls`); nothing by an id of another kind."""
    return service().source.fact(f"imdb/{identity}") if re.fullmatch(rf"{kind}\d+", identity) else None


def listed(path: str, known: list[Any] | None = None) -> list[Any]:
    """A list of the source's, empty where lists are to be."""
    if service().conditions.failing(blueprint.name).empty_lists:
        return []
    return known if known is not None else service().source.fact(f"imdb/{path}") or []
