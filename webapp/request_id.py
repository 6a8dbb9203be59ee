"""The id that ties a client's answer to our log lines: taken from `X-Request-ID` when it is harmless, else made here."""

import re
from uuid import uuid4

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id() -> str:
    """The current request's id."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _HARMLESS.fullmatch(given) else uuid4().hex
    return str(g.request_id)


def init_app(app: Flask) -> None:
    """Send the id with every response."""

    @app.after_request
    def send(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response
