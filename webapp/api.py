"""Our subclasses of flask-smorest: problems as the documented errors, views that send JSON made by PostgreSQL, and decorators by
which a view says what the frame (`webapp/frame.py`) has to demand.

    @blp.login_required                 # or login_optional, or requires(Role.MODERATOR)
    @blp.limited("thread")
    @blp.arguments(ThreadCreate)
    @blp.response(200, ThreadSchema)
    @blp.repeatable(service.opened)     # next to the view
    def post(self, body, episode_id): ...
"""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import partial, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask, Response, jsonify, request
from marshmallow import EXCLUDE, Schema
from sqlmodel import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from db.session import acting_as
from models.accounts import Role
from webapp import errors, frame, idempotency, limits, spoilers
from webapp.bodies import Parser
from webapp.converters import DigestConverter, IdConverter, NumberConverter, RefConverter
from webapp.media.addresses import freshest_for
from webapp.operation_ids import OperationIds
from webapp.reading import Reading

PREFIX = "/api/v1"
FRESH_SECONDS = 60
"""How long a cache may answer for us without asking, unless a route says otherwise."""
SPOILERS = "`hide`: without what you have not seen, as your progress says; for users"
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

    def _register_pagination_header(self) -> None:
        """Nothing: pages are told of by `Link`, and the document would hold the schema of a header that nobody sends."""


class Blueprint(flask_smorest.Blueprint):
    """A resource's routes."""

    ARGUMENTS_PARSER = Parser()

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Register a view; whatever may write, or knows who asks, gets its transaction."""
        if isinstance(view_func, type):
            for method in ("get", "post", "put", "patch", "delete"):
                view = getattr(view_func, method, None)
                if view and (method != "get" or frame.demands_of(view).login is not frame.Login.IGNORED):
                    setattr(view_func, method, frame.in_transaction(view))
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Any:
        """The view is given what the schema reads. The document forbids no further fields: they are passed over."""
        instance = schema() if isinstance(schema, type) else schema
        instance.unknown = EXCLUDE
        return super().arguments(instance, **options)

    def alt_response(self, status_code: int, response: str | None = None, **options: Any) -> Any:
        """The document tells of another answer. Nothing stands around the view for that, nor for what `doc` tells."""
        return partial(_told, super().alt_response(status_code, response, **options))

    @staticmethod
    def doc(**manual: Any) -> Any:
        """The document tells more."""
        return partial(_told, flask_smorest.Blueprint.doc(**manual))

    def login_required(self, view: Callable[..., Any]) -> Any:
        """The view is for users: `current_user()` tells which. Anybody else is answered 401."""
        return self._knowing(view, frame.Login.REQUIRED, [{"bearer": []}])

    def login_optional(self, view: Callable[..., Any]) -> Any:
        """The view knows who asks if they say so: `optional_user()`. A token that is not good is 401 all the same."""
        return self._knowing(view, frame.Login.OPTIONAL, [{}, {"bearer": []}])

    def requires(self, *roles: Role) -> Callable[[Callable[..., Any]], Any]:
        """The view is for users who may do what one of these roles may. Other users are answered 403."""

        def decorate(view: Callable[..., Any]) -> Any:
            documented = self.alt_response(403, "FORBIDDEN")(self.login_required(view))
            frame.demand(documented, roles=roles)
            return documented

        return decorate

    def limited(self, action: str) -> Callable[[Callable[..., Any]], Any]:
        """Nobody may do this too often. How often stands in `webapp/limits.py`; who does is answered 429."""
        if action not in limits.DEFAULTS:
            raise KeyError(f"webapp/limits.py knows no action {action!r}")

        def decorate(view: Callable[..., Any]) -> Any:
            documented = self.alt_response(429, "TOO_MANY_REQUESTS")(view)
            frame.demand(documented, action=action)
            return documented

        return decorate

    def if_match(self, view: Callable[..., Any]) -> Any:
        """The view is an edit that has to say which version it edits; it calls `frame.match(version)`."""
        _document(view, "header", "If-Match", "The ETag of the version that is edited, or `*`", required=True)
        documented = self.alt_response(412, "PRECONDITION_FAILED")(view)
        documented = self.alt_response(428, "PRECONDITION_REQUIRED")(documented)
        frame.demand(documented, conditional=True)
        return documented

    def repeatable(
        self, again: Callable[..., Any], *, transaction: Callable[[], Session] = frame.request_session
    ) -> Callable[[Callable[..., Any]], Any]:
        """With an `Idempotency-Key` the view's work is done once. It stands next to the view.

        Args:
            again: renders the answer of what was done before: `again(done, **path)`, with what the path holds. `done` is a
                `webapp.idempotency.Done`: the `id` of what the view returned, and the word that it told by `note_outcome`.
            transaction: the one that the view works in.
        """

        def decorate(view: Callable[..., Any]) -> Any:
            @wraps(view)
            def run(resource: Any, *args: Any, **path: Any) -> Any:
                return frame.once(lambda: view(resource, *args, **path), lambda done: again(done, **path), transaction)

            description = "A name for this request: repeated with it, it is done once"
            _document(run, "header", idempotency.HEADER, description, pattern=idempotency.PATTERN)
            documented = self.alt_response(409, "CONFLICT")(run)
            documented = self.alt_response(422, "UNPROCESSABLE_ENTITY")(documented)
            frame.demand(documented, repeatable=True)
            return documented

        return decorate

    def _knowing(self, view: Callable[..., Any], login: frame.Login, security: list[dict[str, list[str]]]) -> Any:
        documented = self.doc(security=security)(self.alt_response(401, "UNAUTHORIZED")(view))
        frame.demand(documented, login=login)
        return documented

    def paged(self, view: Callable[..., Any]) -> Any:
        """The view returns a page's rows and the cursor of the next page, which the header `Link` leads to; of a list that is
        read both ways also that of the page before."""

        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            rows, *cursors = view(*args, **kwargs)
            ways = (("cursor", "next"), ("before", "prev"))
            links = [_page(*way, cursor) for way, cursor in zip(ways, cursors, strict=False) if cursor is not None]
            return (rows, 200, {"Link": ", ".join(links)}) if links else rows

        return run

    def sends(
        self,
        schema: type[Schema] | Schema,
        *,
        below: str | None = None,
        seconds: int = FRESH_SECONDS,
        vary: tuple[str, ...] = (),
        hides: spoilers.Hides | None = None,
    ) -> Callable[..., Any]:
        """The view returns a reading; its JSON is sent as PostgreSQL made it, or 304 where the client has it already.

        Args:
            schema: documents the JSON.
            below: what the path leads through (a show, a person): it may be unknown (404) or merged (301).
            seconds: how long caches may keep it without asking again.
            vary: the request's headers that the answer hangs on.
            hides: what leaves out of the answer's data what a user has not seen, where they ask for that.
        """

        def decorate(view: Callable[..., Reading]) -> Any:
            @wraps(view)
            def send(*args: Any, **kwargs: Any) -> Response:
                asked = request.args.get("spoilers", "show") if hides is not None else "show"
                if asked not in ("show", "hide"):
                    raise errors.Invalid([(("query", "spoilers"), "Must be one of: show, hide.", "invalid")])
                reading = view(*args, **kwargs)
                if hides is not None and asked == "hide":
                    return _private(reading, hides)
                return _sent(reading, seconds, vary)

            documented = _told(self.response(200, schema), send)
            documented = self.alt_response(304, description="The client has it already")(documented)
            if hides is not None:
                documented = self.alt_response(401, "UNAUTHORIZED")(documented)
                _document(documented, "query", "spoilers", SPOILERS, enum=["show", "hide"])
                frame.demand(documented, hiding=True)
            if below is not None:
                documented = self.alt_response(404, "NOT_FOUND")(documented)
                documented = self.alt_response(
                    301, description=f"The {below} was merged into another, which Location names"
                )(documented)
                documented = self.alt_response(422, "UNPROCESSABLE_ENTITY")(documented)
            return documented

        return decorate


def _told(decorator: Callable[..., Any], view: Callable[..., Any]) -> Callable[..., Any]:
    """The view itself, with what a decorator of flask-smorest's would note for the document."""
    view._apidoc = decorator(view)._apidoc  # type: ignore[attr-defined]
    return view


def _document(view: Any, place: str, name: str, description: str, *, required: bool = False, **schema: Any) -> None:
    """Add a header or a parameter of the query to what flask-smorest keeps of the view's."""
    view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    view._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(
        {
            "in": place,
            "name": name,
            "description": description,
            "required": required,
            "schema": {"type": "string", **schema},
        }
    )


def _sent(reading: Reading, seconds: int, vary: tuple[str, ...]) -> Response:
    answer = reading.answer(request.headers.get("If-None-Match", ""))
    known = answer.body is None
    response = Response(status=304) if known else Response(answer.body, content_type="application/json")
    response.headers["ETag"] = f'"{answer.tag}"'
    response.headers["Cache-Control"] = f"public, max-age={min(seconds, freshest_for())}"
    if vary:
        response.headers["Vary"] = ", ".join(vary)
    if answer.following is not None:
        response.headers["Link"] = _page("cursor", "next", answer.following)
    return response


def _private(reading: Reading, hides: spoilers.Hides) -> Response:
    """The reading's answer without what the user who asks has not seen."""
    answer = reading.answer()
    assert answer.body is not None
    data, viewer = json.loads(answer.body), frame.current_user()
    with acting_as(viewer.id) as session:
        seen = spoilers.seen_of(session, viewer, data)
    response = jsonify(hides(data, seen))
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    if answer.following is not None:
        response.headers["Link"] = _page("cursor", "next", answer.following)
    response.add_etag()
    frame.conditional(response)
    return response


def _page(parameter: str, relation: str, cursor: str) -> str:
    """The `Link` to the page of the present list that a cursor names."""
    placing = ("cursor", "before", "offset")
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in placing]
    return f'<{quote(request.path)}?{urlencode([*query, (parameter, cursor)])}>; rel="{relation}"'


def init_app(app: Flask) -> Api:
    """Give the app an API with its OpenAPI document at `/openapi.json`."""
    app.config.update(
        API_TITLE="The Reality Report API",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION.strip()},
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
        },
    )
    api = Api(app, spec_kwargs={"extra_plugins": [OperationIds()]})
    api.register_converter(IdConverter, lambda _: {"type": "string", "format": "uuid"})
    api.register_converter(NumberConverter, lambda _: {"type": "integer"})
    either = [{"type": "integer"}, {"type": "string", "format": "uuid"}]
    api.register_converter(RefConverter, lambda _: {"anyOf": either})
    api.register_converter(DigestConverter, lambda _: {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"})
    return api
