"""Swagger UI at `/docs`, served from an installed package; its policy forbids the browser every other host."""

from flask import Flask, Response
from flask_swagger_ui import get_swaggerui_blueprint  # type: ignore[import-untyped]

POLICY = "default-src 'self'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"


def init_app(app: Flask) -> None:
    """Serve the page and its assets."""
    pages = get_swaggerui_blueprint(
        "/docs",
        "/openapi.json",
        config={
            "app_name": "The Reality Report API",
            "validatorUrl": None,  # the default sends the document to swagger.io
            "oauth2RedirectUrl": "/docs/oauth2-redirect.html",
        },
    )

    @pages.after_request
    def forbid_other_hosts(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    app.register_blueprint(pages)
