"""What goes wrong with a socket, in the shape that REST has: `{type, title, status, detail, errors}`."""

import logging
from http import HTTPStatus
from typing import Any

from sqlalchemy import exc

from webapp.errors import Forbidden, Invalid, Moved, NotFound, TooMany, Unauthenticated, Unavailable
from webapp.realtime.reading import Gone

log = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Moved: 404,
    Gone: 410,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}


def problem(status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A problem."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": errors or []}


def problem_of(error: Exception) -> dict[str, Any]:
    """What a client is told of an exception: of an unexpected one nothing, and the log everything."""
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return problem(status, str(error), getattr(error, "errors", None))
    if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError):
        log.error("the database does not answer: %s", str(error).strip().splitlines()[0])
        return problem(503, "The database does not answer at the moment")
    log.error("a socket's event failed", exc_info=error)
    return problem(500, "Internal Server Error")
