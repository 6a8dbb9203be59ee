"""The id that ties a client's answer to our log lines: taken from `X-Request-ID` when it is harmless, else made here."""

import re
import secrets

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id() -> str:
    """The current request's id."""
    known: str | None = g.get("request_id")
    if known is None:
        given = request.headers.get(HEADER, "")
        g.request_id = known = given if _HARMLESS.fullmatch(given) else secrets.token_hex(16)
    return known


def init_app(app: Flask) -> None:
    """Send the id with every response."""

    @app.after_request
    def send(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response
