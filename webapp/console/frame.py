"""What all pages of the console have in common: their policy, errors as pages, and the API calls that a page rests on.

A page asks the services that the API asks, so it shows what a client would get; `told` notes the call, and the foot of the
page links to it.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, ValidationError

from webapp.console import formats
from webapp.errors import PROBLEM_TYPE, Invalid
from webapp.reading import Reading

PATH = "/console"
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing but our own files, and no script or style inside a page: hostile text in the catalogue can do nothing."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

LARGEST_OFFSET = 10_000
PAGE = 48
"""How many rows a page of a list has: whole rows of posters at every width."""

MOST = 100
"""The most that a service gives at once."""

blp = Blueprint("console", __name__, url_prefix=PATH, template_folder="templates", static_folder="static")


def told(reading: Reading, endpoint: str | None = None, /, **values: Any) -> Any:
    """What a service reads, and a note of the API's route that tells the same, where there is one."""
    if endpoint is not None:
        calls().append(url_for(endpoint, **values))
    return reading.data()


def asked(schema: type[Schema]) -> dict[str, Any]:
    """The query of the request as the API would understand it. An empty field of a form says nothing.

    Raises:
        Invalid: a parameter is malformed or out of range.
    """
    return _loaded(schema, _said(request.args), "query")


def filled(schema: type[Schema], **read: Any) -> dict[str, Any]:
    """The form of the request as the API would understand it, were it JSON. An empty field says nothing.

    Args:
        read: fields that are more than their text.

    Raises:
        Invalid: a field is missing, malformed or out of range.
    """
    return _loaded(schema, _said(request.form) | read, "form")


def _said(given: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value.strip()}


def _loaded(schema: type[Schema], given: Mapping[str, Any], place: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema(unknown=EXCLUDE).load(given)
    except ValidationError as error:
        messages = error.normalized_messages().items()
        raise Invalid(((place, name), str(why[0]), "invalid") for name, why in messages) from None
    return loaded


def by_script() -> bool:
    """Whether a script of a live page asks, which goes on from JSON and problems; a browser goes on from page to page."""
    return request.headers.get("Accept") == "application/json"


def paged(size: int) -> tuple[int, int]:
    """The number of the page that is asked for, and how many rows lie before it; at most what the API passes over."""
    number = min(max(request.args.get("page", 1, type=int), 1), LARGEST_OFFSET // size + 1)
    return number, (number - 1) * size


def calls() -> list[str]:
    """The addresses of the API that this page rests on."""
    if "api_calls" not in g:
        g.api_calls = []
    noted: list[str] = g.api_calls
    return noted


def init_app(app: Flask) -> None:
    """Serve the pages."""
    formats.init_app(app)
    app.jinja_env.globals["api_calls"] = calls

    @app.after_request
    def dress(response: Response) -> Response:
        if request.path != PATH and not request.path.startswith(f"{PATH}/"):
            return response
        if response.mimetype == PROBLEM_TYPE and not by_script():
            problem = json.loads(response.get_data())
            g.unread = 0  # nothing is asked for the page of an error: it may be the database that failed
            response.set_data(render_template("console/problem.html", problem=problem))
            response.mimetype = "text/html"
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "private, no-cache")
        response.headers.extend(HEADERS)
        return response

    app.register_blueprint(blp)
