"""What all MediaWiki APIs share: parameters with `|` between values, two format versions, errors within 200, `maxlag`."""

from collections.abc import Iterable
from html import escape

from flask import Response, request

from deployments.upstream.answers import answer_as_it_is
from deployments.upstream.service import service
from deployments.upstream.source import Body

MOST_TITLES = 50
API_HELP = "See https://www.mediawiki.org/wiki/API:Main_page for API usage."


class ApiError(Exception):
    """A request that the API answers with an error of this code; `more` are further fields of it."""

    def __init__(self, code: str, info: str, headers: dict[str, str] | None = None, **more: object) -> None:
        super().__init__(info)
        self.code, self.info, self.headers, self.more = code, info, headers or {}, more


def rendered(error: ApiError) -> Response:
    """The answer for an error: 200, as MediaWiki does, with the code in a header too."""
    usage = {"docref": API_HELP} if is_modern() else {"*": API_HELP}
    body = {"error": {"code": error.code, "info": error.info, **error.more, **usage}, "servedby": "sample-upstream"}
    response = answer_as_it_is(body)
    response.headers.update({"MediaWiki-API-Error": error.code, **error.headers})
    return response


def is_modern() -> bool:
    """Whether format version 2 is asked for: true and false, lists instead of objects by page id."""
    return parameter("formatversion") in ("2", "latest")


def parameter(name: str, default: str = "") -> str:
    """A parameter of the request, from its query or its form."""
    return request.values.get(name, default)


def values(name: str, default: str = "", *, limit: int = 500) -> list[str]:
    """The values of a parameter, which `|` parts, or the character U+001F where the first one is that.

    Raises:
        ApiError: there are more than the limit.
    """
    text = parameter(name, default)
    parts = text[1:].split("\x1f") if text.startswith("\x1f") else text.split("|")
    found = [part for part in parts if part]
    if len(found) > limit:
        raise ApiError(
            "toomanyvalues",
            f'Too many values supplied for parameter "{name}". The limit is {limit}.',
            parameter=name,
            limit=limit,
            lowlimit=limit,
            highlimit=500,
        )
    return found


def flag(name: str) -> bool:
    """Whether a switch is given, with whatever value."""
    return name in request.values


def yes() -> object:
    """How a field that is either there or not says that it is."""
    return True if is_modern() else ""


def whole(name: str, default: int) -> int:
    text = parameter(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise ApiError("badinteger", f'Invalid value "{text}" for integer parameter "{name}".')
    return int(text)


def check_lag() -> None:
    """Refuse a request that says how much lag it puts up with, when there is more.

    Raises:
        ApiError: of the code `maxlag`.
    """
    lag = service().conditions.failing(request.blueprint or "").lag
    if lag and parameter("maxlag") and lag > whole("maxlag", 5):
        raise ApiError(
            "maxlag",
            f"Waiting for a database server: {lag} seconds lagged.",
            {"Retry-After": str(service().conditions.weather.retry_after), "X-Database-Lag": str(round(lag))},
            lag=lag,
            type="db",
            host="sample-upstream",
        )


def wanted_format() -> Response | None:
    """The page that the API answers with where JSON was not asked for."""
    if parameter("format") == "json":
        return None
    text = escape(f"{request.method} {request.full_path}")
    return Response(f"<!DOCTYPE html><title>MediaWiki API result</title><pre>{text}</pre>", mimetype="text/html")


def by_page_id(pages: Iterable[Body]) -> object:
    """Pages as the format version has them: a list, or an object by id, in which missing ones count down from -1."""
    found = list(pages)
    if is_modern():
        return found
    keyed: Body = {}
    absent = 0
    for page in found:
        if "pageid" not in page:
            absent -= 1
        keyed[str(page.get("pageid", absent))] = page
    return keyed
