"""Our subclasses of flask-smorest: problems as the documented errors, and views that send JSON made by PostgreSQL."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask, Response
from marshmallow import Schema
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from webapp import errors
from webapp.converters import DigestConverter, IdConverter, NumberConverter

PREFIX = "/api/v1"
DESCRIPTION = """
The catalogue of The Reality Report. Lists are bare arrays, paged by `limit` and `offset`; errors are
`application/problem+json` (RFC 9457); an id that was merged into another answers 301.

This product uses the TMDb API but is not endorsed or certified by TMDb. Watch providers: data by JustWatch.
"""


class Api(flask_smorest.Api):
    """The API, whose every error is a problem."""

    ERROR_SCHEMA = errors.ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> BaseResponse:
        """Render what views and Flask itself abort with."""
        return errors.render(error)

    def _register_responses(self) -> None:
        problem = {"content": {errors.PROBLEM_TYPE: {"schema": self.ERROR_SCHEMA}}}
        for status in HTTPStatus:
            if status >= 400:
                self.spec.components.response(status.name, {"description": status.phrase, **problem}, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "An error", **problem}, lazy=True)


class Blueprint(flask_smorest.Blueprint):
    """A resource's routes."""

    def sends(self, schema: type[Schema] | Schema, *, below: str | None = None) -> Callable[..., Any]:
        """The view returns the body as JSON text, which is sent as it is; the schema documents it.

        `below` names what the path leads through (a show, a person): it may be unknown (404) or merged (301).
        """

        def decorate(view: Callable[..., str]) -> Any:
            @wraps(view)
            def send(*args: Any, **kwargs: Any) -> Response:
                return Response(view(*args, **kwargs), content_type="application/json")

            documented = self.response(200, schema)(send)
            if below is not None:
                documented = self.alt_response(404, "NOT_FOUND")(documented)
                documented = self.alt_response(
                    301, description=f"The {below} was merged into another, which Location names"
                )(documented)
                documented = self.alt_response(422, "UNPROCESSABLE_ENTITY")(documented)
            return documented

        return decorate


def init_app(app: Flask) -> Api:
    """Give the app an API with its OpenAPI document at `/openapi.json`."""
    app.config.update(
        API_TITLE="The Reality Report API",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION.strip()}},
    )
    api = Api(app)
    api.register_converter(IdConverter, lambda _: {"type": "string", "format": "uuid"})
    api.register_converter(NumberConverter, lambda _: {"type": "integer"})
    api.register_converter(DigestConverter, lambda _: {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"})
    return api
