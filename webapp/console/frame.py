"""What all pages of the console have in common: their policy, errors as pages, and the API calls that a page rests on.

A page asks the services that the API asks, so it shows what a client would get; `told` notes the call, and the foot of the
page links to it.
"""

import json
from typing import Any

from flask import Blueprint, Flask, Response, g, render_template, request, url_for

from webapp.console import formats
from webapp.errors import PROBLEM_TYPE
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

blp = Blueprint("console", __name__, url_prefix=PATH, template_folder="templates", static_folder="static")


def told(reading: Reading, endpoint: str | None = None, /, **values: Any) -> Any:
    """What a service reads, and a note of the API's route that tells the same, where there is one."""
    if endpoint is not None:
        calls().append(url_for(endpoint, **values))
    return reading.data()


def calls() -> list[str]:
    """The addresses of the API that this page rests on."""
    if "api_calls" not in g:
        g.api_calls = []
    noted: list[str] = g.api_calls
    return noted


def init_app(app: Flask) -> None:
    """Serve the pages."""
    formats.init_app(app)
    app.context_processor(lambda: {"api_calls": calls})

    @app.after_request
    def dress(response: Response) -> Response:
        if request.path != PATH and not request.path.startswith(f"{PATH}/"):
            return response
        if response.mimetype == PROBLEM_TYPE:
            problem = json.loads(response.get_data())
            response.set_data(render_template("console/problem.html", problem=problem))
            response.mimetype = "text/html"
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "private, no-cache"
        response.headers.extend(HEADERS)
        return response

    app.register_blueprint(blp)
