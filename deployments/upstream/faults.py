"""What the troubles of `weather.py` look like on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Request, Response
from werkzeug.http import http_date

from deployments.upstream.source import Body
from deployments.upstream.weather import Trouble, Weather

ENDING = "upstream.ending"
"""In a request's environ: a list the server reads; to say `silent` there disconnects before the answer, `cut` in its middle."""
SPOILED = "upstream.spoiled"
"""In a request's environ: how the answer is to be spoiled, and a number to choose among ways."""

HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
STATUS_BODIES = {
    429: (25, "Your request count (41) is over the allowed limit of (40)."),
    500: (11, "Internal error: Something went wrong, contact TMDb."),
    503: (9, "Service offline: This service is temporarily offline, try again later."),
}
GATEWAYS = {502: "502 Bad Gateway", 504: "504 Gateway Time-out"}
RETYPED: tuple[Any, ...] = ({"unexpected": True}, ["unexpected"], "unexpected", 3.5)


def befall(request: Request, trouble: Trouble, weather: Weather) -> Response | None:
    """The answer of a troubled request; None where the true answer comes first and `spoil` or the server has at it."""
    match trouble.kind:
        case "too_many":
            return busy(429, weather.retry_after, as_date=trouble.choice % 4 == 0)
        case "server_errors":
            status = (500, 502, 503, 504)[trouble.choice % 4]
            if status in GATEWAYS:
                return Response(HTML.format(GATEWAYS[status]), status, content_type="text/html")
            return busy(status, weather.retry_after) if status == 503 else Response(told(status), status, mimetype=JSON)
        case "timeouts":
            return disconnected(request, "silent")
        case "drops" if trouble.choice % 2:
            return disconnected(request, "silent")
        case "drops":
            end(request, "cut")
            return None
    kind = weather.malformed_kinds[trouble.choice % len(weather.malformed_kinds)]
    match kind:
        case "html":
            return Response(HTML.format("Just a moment..."), 200, content_type="text/html; charset=UTF-8")
        case "empty":
            return Response(b"", 200, content_type="application/json;charset=utf-8")
        case "challenge":
            return Response(b"", 202, content_type="text/html", headers={"x-amzn-waf-action": "challenge"})
    request.environ[SPOILED] = kind, trouble.choice
    request.environ.pop("HTTP_IF_NONE_MATCH", None)  # a 304 could not be spoiled
    return None


JSON = "application/json"


def busy(status: int, retry_after: int, *, as_date: bool = False) -> Response:
    """A refusal that says when to come again."""
    response = Response(told(status), status, mimetype=JSON)
    when = http_date(datetime.now(UTC) + timedelta(seconds=retry_after + 1)) if as_date else str(retry_after)
    response.headers["Retry-After"] = when
    return response


def told(status: int) -> bytes:
    code, message = STATUS_BODIES[status]
    return orjson.dumps({"success": False, "status_code": code, "status_message": message})


def disconnected(request: Request, ending: str) -> Response:
    """An answer that is never sent."""
    end(request, ending)
    return Response(b"", 503)


def end(request: Request, ending: str) -> None:
    request.environ.setdefault(ENDING, []).append(ending)


def spoil(response: Response, kind: str, choice: int) -> None:
    """Spoil a JSON answer: `cut`, `retyped` or `missing`. Without its ETag, which belongs to the true body."""
    content = response.get_data()
    if kind == "cut":
        response.set_data(content[: max(1, len(content) * 2 // 3)])
    else:
        response.set_data(orjson.dumps(spoiled(orjson.loads(content), kind, choice)))
    for header in ("ETag", "Cache-Control"):
        response.headers.pop(header, None)


def spoiled(body: Body, kind: str, choice: int) -> Body:
    """The body with three of its fields missing or of another type; every other time its id is one of them."""
    names = [name for name in body if name != "id"]
    chosen = {names[(choice // 7 + step * 5) % len(names)] for step in range(3)} if names else set()
    if choice % 2 and "id" in body:
        chosen.add("id")
    if kind == "missing":
        return {name: value for name, value in body.items() if name not in chosen}
    return {name: retyped(value, choice) if name in chosen else value for name, value in body.items()}


def retyped(value: Any, choice: int) -> Any:
    """Something of a type that `value` has not."""
    return next(other for other in RETYPED[choice % 4 :] + RETYPED if type(other) is not type(value))
