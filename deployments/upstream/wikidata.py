"""Wikidata's API: `/wikidata/w/api.php` with `wbgetentities`, and `query` with a search for `haswbstatement`."""

import re

from flask import Blueprint, Response

from deployments.upstream.answers import answer_as_it_is
from deployments.upstream.mediawiki import (
    ApiError,
    check_lag,
    parameter,
    rendered,
    values,
    wanted_format,
    whole,
    yes,
)
from deployments.upstream.service import service
from deployments.upstream.source import Body

blueprint = Blueprint("wikidata", __name__)

MOST_ITEMS = 50
LONGEST_SEARCH = 300
"""Characters that a search may have."""
ALWAYS = ("type", "id")
ALL_PARTS = "info|sitelinks|aliases|labels|descriptions|claims|datatype"
IN_LANGUAGES = ("labels", "descriptions", "aliases")
INFO = ("pageid", "ns", "title", "lastrevid", "modified")
MODIFIED = "2026-05-04T12:00:00Z"
STATEMENT = re.compile(r"haswbstatement:(\S+)")


@blueprint.errorhandler(ApiError)
def refuse(error: ApiError) -> Response:
    return rendered(error)


@blueprint.route("/wikidata/w/api.php", methods=["GET", "POST"])
def api() -> Response:
    if (page := wanted_format()) is not None:
        return page
    check_lag()
    match parameter("action"):
        case "wbgetentities":
            return answer_as_it_is({"entities": entities(), "success": 1})
        case "query" if "search" in values("list"):
            return answer_as_it_is(search())
        case action:
            raise ApiError("badvalue", f'Unrecognized value for parameter "action": {action or "help"}.')


def entities() -> Body:
    """The items asked for, by the ids they were asked by."""
    ids = values("ids", limit=MOST_ITEMS)
    if not ids:
        raise ApiError("param-missing", "A parameter that is required was missing. (Either provide the item ids.)")
    if wrong := next((identity for identity in ids if not re.fullmatch(r"[QPL]\d+", identity)), None):
        raise ApiError("no-such-entity", f'Could not find an entity with the ID "{wrong}".', id=wrong)
    return {identity: entity(identity) for identity in ids}


def entity(asked: str) -> Body:
    """One item in the parts and languages asked for; a redirect's target says where it was come from."""
    found = service().source.fact(f"wikidata/{asked}")
    redirects: Body = {}
    if found and "redirect" in found and parameter("redirects", "yes") != "no":
        redirects = {"redirects": {"from": asked, "to": found["redirect"]}}
        found = service().source.fact(f"wikidata/{found['redirect']}")
    if found is None or "redirect" in found:
        return {"id": asked, "missing": yes()}
    parts = values("props", ALL_PARTS)
    languages = values("languages")
    wanted = [*(INFO if "info" in parts else ()), *ALWAYS, *(part for part in ALL_PARTS.split("|") if part in parts)]
    answered: Body = {}
    for key in wanted:
        if key not in found:
            continue
        value = found[key]
        if key in IN_LANGUAGES and languages:
            value = {language: text for language, text in value.items() if language in languages}
        answered[key] = value
    return answered | redirects


def search() -> Body:
    """Items that have one of the statements searched for: `haswbstatement:P345=nm1|P345=nm2`."""
    words = parameter("srsearch").strip()
    if not words:
        raise ApiError("missingparam", 'The "srsearch" parameter must be set.')
    if len(words) > LONGEST_SEARCH:
        info = f"Search request is longer than the maximum allowed length. ({len(words)} > {LONGEST_SEARCH})"
        raise ApiError("cirrussearch-query-too-long", info)
    found: dict[str, None] = {}
    for group in STATEMENT.findall(words):
        for pair in group.split("|"):
            found |= dict.fromkeys(service().source.fact(f"wikidata/search/{pair}") or ())
    if service().conditions.failing(blueprint.name).empty_lists:
        found = {}
    titles = list(found)
    first, size = whole("sroffset", 0), min(whole("srlimit", 10), 500)
    body: Body = {"batchcomplete": yes()}
    if len(titles) > first + size:
        body["continue"] = {"sroffset": first + size, "continue": "-||"}
    hits = [
        {
            "ns": 0,
            "title": title,
            "pageid": int(title[1:]),
            "size": 4000,
            "wordcount": 0,
            "snippet": "",
            "timestamp": MODIFIED,
        }
        for title in titles[first : first + size]
    ]
    return body | {"query": {"searchinfo": {"totalhits": len(titles)}, "search": hits}}
