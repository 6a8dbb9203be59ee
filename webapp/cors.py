"""Which pages of other origins may call the API.

With no origin configured every page may read (`*`, without credentials); with a list, exactly those origins may, with
credentials.
"""

from flask import Flask, Response, request

from webapp.errors import problem

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EXPOSED = (
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
PREFLIGHT_SECONDS = 600


def init_app(app: Flask, origins: frozenset[str]) -> None:
    """Answer preflights, and mark every response for the origins (none: for all of them)."""

    @app.before_request
    def preflight() -> Response | None:
        if request.method != "OPTIONS":
            return None
        wanted = request.headers.get("Access-Control-Request-Method")
        origin = request.headers.get("Origin")
        if wanted is None or origin is None:
            return None
        if origins and origin not in origins:
            return problem(400, "Disallowed CORS origin")
        if wanted.upper() not in METHODS:
            return problem(400, "Disallowed CORS method")
        response = Response()
        response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
        if headers := request.headers.get("Access-Control-Request-Headers"):
            response.headers["Access-Control-Allow-Headers"] = headers
            response.vary.add("Access-Control-Request-Headers")
        return response

    @app.after_request
    def mark(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if origins:
            response.vary.add("Origin")
        if origin is not None and (not origins or origin in origins):
            response.headers["Access-Control-Allow-Origin"] = origin if origins else "*"
            response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
            if origins:
                response.headers["Access-Control-Allow-Credentials"] = "true"
        return response
