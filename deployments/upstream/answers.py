"""How TMDb answers: JSON with an ETag and a short life, 304 to who has it already, and error bodies of its own.

The other protocols answer plainly: JSON or a page, without anything to ask again by.
"""

import hashlib
from collections.abc import Mapping

import orjson
from flask import Response, request

from deployments.upstream.cache import Answer
from deployments.upstream.service import service
from deployments.upstream.source import Body


class Refused(Exception):
    """A request TMDb answers with an error body."""

    def __init__(self, status: int, body: Body, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def refused(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(status, {"success": False, "status_code": code, "status_message": message}, headers)


def not_found() -> Refused:
    return refused(404, 34, "The resource you requested could not be found.")


def over_limit(burst: int, wait: int) -> Response:
    """The 429 of the rate limit: come again after `wait` seconds."""
    message = f"Your request count ({burst + 1}) is over the allowed limit of ({burst})."
    return rendered(refused(429, 25, message, {"Retry-After": str(wait)}))


def rendered(error: Refused) -> Response:
    response = Response(orjson.dumps(error.body), error.status, mimetype="application/json")
    response.headers.update(error.headers)
    return response


def known_answer() -> Response | None:
    """The answer last computed for this address, or a 304 when its ETag alone is still known and the client's copy is it."""
    cache, key = service().cache, cache_key()
    if (computed := cache.get(key)) is not None:
        return answer_with(computed)
    etag = cache.etag(key)
    return answer_with(Answer(b"", etag)) if etag and request.if_none_match.contains_weak(etag) else None


def answer(body: Body) -> Response:
    """A JSON answer with TMDb's caching headers, or a 304 when the client has it already."""
    content = orjson.dumps(body)
    computed = Answer(content, hashlib.md5(content, usedforsecurity=False).hexdigest())
    service().cache.remember(cache_key(), computed)
    return answer_with(computed)


def answer_with(computed: Answer) -> Response:
    response = Response(computed.content, content_type=computed.content_type)
    response.set_etag(computed.etag, weak=True)
    response.headers["Cache-Control"] = f"public, max-age={service().conditions.max_age}"
    response.make_conditional(request)
    return response


def cache_key() -> str:
    """The address without its credential, the query's parts in one order."""
    query = sorted((key, value) for key, value in request.args.items(multi=True) if key != "api_key")
    return f"{request.host}{request.path} {query}"


def answer_as_it_is(body: object, replaced: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """A JSON answer that nobody is to keep; `replaced` are addresses that stand in facts for those of this server."""
    content = orjson.dumps(body)
    for old, new in (replaced or {}).items():
        content = content.replace(old.encode(), new.encode())
    response = Response(content, status, content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "private, must-revalidate, max-age=0"
    return response


def as_text(text: str, status: int = 200, replaced: Mapping[str, str] | None = None) -> Response:
    """A page."""
    for old, new in (replaced or {}).items():
        text = text.replace(old, new)
    return Response(text, status, content_type="text/html; charset=UTF-8")
