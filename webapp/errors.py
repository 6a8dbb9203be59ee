"""Every error that leaves the app, in one shape: RFC 9457 `application/problem+json`.

`detail` is always a sentence; what is wrong with which field stands in `errors`. An internal error tells a client nothing but
its request id, and the log everything.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, Response, json, redirect, request, url_for
from marshmallow import EXCLUDE, Schema, fields
from psycopg import errors as pg
from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from db.object_store import StoreFailed
from webapp.request_id import request_id

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
MERGE_SECONDS = 3600
"""How long a redirect after a merge may be cached: a merge can be undone."""

Location = tuple[str | int, ...]


class _Open(Schema):
    class Meta:
        unknown = EXCLUDE  # else the document would forbid further fields


class FieldErrorSchema(_Open):
    """What is wrong with one field."""

    loc = fields.List(
        fields.String(), required=True, metadata={"description": "Where: path, query or json, then names"}
    )
    msg = fields.String(required=True)
    type = fields.String(required=True, metadata={"description": "missing, unknown, malformed or invalid"})


class ProblemSchema(_Open):
    """An error as RFC 9457 words it."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldErrorSchema), required=True)
    request_id = fields.String(required=True)


class NotFound(Exception):
    """Something that a request names is not there. The message names what: `Show not found`."""


class Moved(Exception):
    """An entity in the path was merged into another one."""

    def __init__(self, old: UUID, new: UUID) -> None:
        super().__init__(f"{old} is now {new}")
        self.old = old
        self.new = new


class BadRequest(Exception):
    """Something that makes no sense where it stands, though each field is well-formed."""


class Unauthenticated(Exception):
    """Nobody is known to have sent this, and somebody has to be."""

    def __init__(self, detail: str = "Authentication required") -> None:
        super().__init__(detail)

    challenge = "Bearer"
    """What `WWW-Authenticate` says (RFC 6750, 3)."""


class InvalidToken(Unauthenticated):
    """A token came, and it is not good. `why` ends the sentence, and tells nothing that helps to forge one."""

    challenge = 'Bearer error="invalid_token"'

    def __init__(self, why: str) -> None:
        super().__init__(f"Authentication required: the token is refused, because {why}")


class Forbidden(Exception):
    """Whoever asks is known and may not do this."""


class Conflict(Exception):
    """What is there does not allow this."""


class Stale(Exception):
    """Somebody changed a thing since the client read it. `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"It was changed in the meantime; its version is now {version}")
        self.version = version


class Unconditional(Exception):
    """An edit came without `If-Match`."""

    def __init__(self) -> None:
        super().__init__("If-Match is required: say which version is edited, as its ETag does")


class TooMany(Exception):
    """Something was done too often. `retry_after` is in seconds, `headers` tell of the limit."""

    def __init__(self, detail: str, *, retry_after: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(max(1, retry_after)), **(headers or {})}


class Unavailable(Exception):
    """Another service that this needs does not answer. The message says which, without its address."""


class Gone(Exception):
    """Something that was there and is kept no longer. The message says what to do instead."""


class Renamed(Exception):
    """A slug in the query was somebody's once; `now` is the one that they have."""

    def __init__(self, now: str) -> None:
        super().__init__(f"it is {now} now")
        self.now = now


class Invalid(Exception):
    """Fields that are malformed or out of range."""

    def __init__(self, errors: Iterable[tuple[Location, str, str]]) -> None:
        self.errors = [{"loc": [str(part) for part in loc], "msg": msg, "type": kind} for loc, msg, kind in errors]
        super().__init__("; ".join(f"{'.'.join(error['loc'])}: {error['msg']}" for error in self.errors))


def problem(
    status: int, detail: str, *, errors: Iterable[Mapping[str, Any]] = (), headers: Iterable[tuple[str, str]] = ()
) -> Response:
    """A problem as a response."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        "request_id": request_id(),
    }
    response = Response(json.dumps(body), status, content_type=PROBLEM_TYPE)
    response.headers.extend(headers)
    return response


def render(error: HTTPException) -> BaseResponse:
    """What Flask, werkzeug, webargs and flask-smorest raise, as a problem that keeps headers such as `Allow`."""
    if isinstance(error.response, BaseResponse):
        return error.response
    messages = (getattr(error, "data", None) or {}).get("messages")
    if messages:
        return _invalid(Invalid(_flat(messages)))
    status = error.code or 500
    known = HTTPStatus(status).phrase
    detail = known if error.description in (None, type(error).description) else str(error.description)
    headers = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    return problem(status, detail, headers=headers)


def init_app(app: Flask) -> None:
    """Register how our own and the database's errors are rendered; `webapp.api` registers `render`."""
    app.register_error_handler(NotFound, lambda error: problem(404, str(error)))
    app.register_error_handler(BadRequest, lambda error: problem(400, str(error)))
    app.register_error_handler(Unauthenticated, _unauthenticated)
    app.register_error_handler(Forbidden, lambda error: problem(403, str(error)))
    app.register_error_handler(Conflict, lambda error: problem(409, str(error)))
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(Unconditional, lambda error: problem(428, str(error)))
    app.register_error_handler(TooMany, lambda error: problem(429, str(error), headers=error.headers.items()))
    app.register_error_handler(Unavailable, lambda error: problem(503, str(error), headers=[("Retry-After", "5")]))
    app.register_error_handler(exc.IntegrityError, _collided)
    app.register_error_handler(StaleDataError, _collided)
    app.register_error_handler(Invalid, _invalid)
    app.register_error_handler(Moved, _moved)
    app.register_error_handler(Renamed, _renamed)
    app.register_error_handler(Gone, lambda error: problem(410, str(error)))
    for unavailable in (
        exc.OperationalError,
        exc.InterfaceError,
        exc.TimeoutError,
        pg.OperationalError,
        pg.InterfaceError,
    ):
        app.register_error_handler(unavailable, _unavailable)
    app.register_error_handler(StoreFailed, _no_store)
    app.register_error_handler(Exception, _unexpected)


def _invalid(error: Invalid) -> Response:
    return problem(422, str(error), errors=error.errors)


def _unauthenticated(error: Unauthenticated) -> Response:
    return problem(401, str(error), headers=[("WWW-Authenticate", error.challenge)])


def _stale(error: Stale) -> Response:
    return problem(412, str(error), headers=[("ETag", f'"{error.version}"')])


def _collided(error: exc.IntegrityError | StaleDataError) -> Response:
    """Two did the same at the same moment, or one removed what the other was about to use. Anything else is ours to mend."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, StaleDataError | pg.UniqueViolation | pg.ForeignKeyViolation | pg.ExclusionViolation):
        log.warning("request %s: %s", request_id(), str(cause).splitlines()[0])
        return problem(409, "Somebody changed the same at the same moment; try again")
    return _unexpected(error)


def _moved(error: Moved) -> BaseResponse:
    assert request.endpoint is not None and request.view_args is not None
    values: dict[str, Any] = {
        name: error.new if value == error.old else value for name, value in request.view_args.items()
    }
    location = url_for(request.endpoint, **values)
    query = request.query_string.decode("ascii", "replace")
    code = 301 if request.method in ("GET", "HEAD") else 308  # which keeps method and body
    response = redirect(f"{location}?{query}" if query else location, code)
    response.headers["Cache-Control"] = f"public, max-age={MERGE_SECONDS}"
    return response


def _renamed(error: Renamed) -> BaseResponse:
    response = redirect(f"{request.path}?{urlencode({**request.args, 'slug': error.now})}", 301)
    response.headers["Cache-Control"] = f"public, max-age={MERGE_SECONDS}"
    return response


def _unavailable(error: Exception) -> Response:
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    log.error("request %s: the database does not answer: %s", request_id(), reason)
    return problem(503, "The database does not answer at the moment", headers=[("Retry-After", "5")])


def _no_store(error: Exception) -> Response:
    log.error("request %s: %s", request_id(), error)
    return problem(503, "The object store does not answer at the moment", headers=[("Retry-After", "5")])


def _unexpected(error: Exception) -> Response:
    log.error("request %s: %s %s failed", request_id(), request.method, request.path, exc_info=error)
    return problem(500, "Internal Server Error")


def _flat(messages: Any, loc: Location = ()) -> Iterator[tuple[Location, str, str]]:
    """Marshmallow's nested messages as single errors."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, loc if name == "_schema" else (*loc, name))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        kinds = {"Missing data for required field.": "missing", "Unknown field.": "unknown"}
        yield loc, str(message), kinds.get(str(message), "invalid")
