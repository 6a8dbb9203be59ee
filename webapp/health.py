"""Whether the process lives (`/healthz`) and whether it can serve (`/readyz`: database migrated, object store there)."""

import logging
from collections.abc import Callable

from flask import Response, jsonify, redirect, request
from flask.views import MethodView
from marshmallow import fields
from minio.error import MinioException
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from urllib3.exceptions import HTTPError
from werkzeug.wrappers import Response as BaseResponse

from db import migrate
from db.object_store import object_store
from db.session import check_reachable, read
from db.settings import ConfigurationError
from webapp.api import Blueprint
from webapp.errors import problem
from webapp.schemas import Body

log = logging.getLogger(__name__)
blp = Blueprint("Health", __name__, description="Whether the service lives and can serve")


class StatusSchema(Body):
    """One word on how the service is."""

    status = fields.String()


class ServiceSchema(StatusSchema):
    """One word, and whose."""

    service = fields.String()


class ChecksSchema(StatusSchema):
    """Every part that serving depends on."""

    checks = fields.Dict(keys=fields.String(), values=fields.String())


class Unready(Exception):
    """A part cannot do its work; the message says why without naming addresses."""


@blp.route("/")
class Root(MethodView):
    @blp.response(200, ServiceSchema)
    @blp.alt_response(302, description="A browser, which asks for HTML, is led to the console")
    def get(self) -> BaseResponse:
        """Say what this is"""
        wanted = request.accept_mimetypes
        if wanted["text/html"] > wanted["application/json"]:
            response = redirect("/console/")
        else:
            response = jsonify(status="ok", service="trr-backend")
        response.vary.add("Accept")
        return response


@blp.route("/health")
class Health(MethodView):
    @blp.response(200, StatusSchema)
    def get(self) -> dict[str, str]:
        """Say that the process answers"""
        return {"status": "healthy"}


@blp.route("/healthz")
class Live(MethodView):
    @blp.response(200, StatusSchema)
    def get(self) -> dict[str, str]:
        """Say that the process lives; nothing else is asked"""
        return {"status": "alive"}


@blp.route("/readyz")
class Ready(MethodView):
    @blp.response(200, ChecksSchema)
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def get(self) -> Response:
        """Say whether requests can be served, and if not, which part fails"""
        checks: dict[str, Callable[[], None]] = {"database": _database, "object_store": _object_store}
        failed = {}
        for name, check in checks.items():
            try:
                check()
            except Unready as error:
                failed[name] = str(error)
        if failed:
            sentence = "; ".join(f"{name}: {why}" for name, why in failed.items())
            return problem(
                503,
                f"Not ready: {sentence}",
                errors=[{"loc": [name], "msg": why, "type": "unready"} for name, why in failed.items()],
            )
        return jsonify(status="ready", checks=dict.fromkeys(checks, "ok"))


def _database() -> None:
    try:
        check_reachable()
        with read() as connection:
            revision = connection.execute(text("select version_num from public.alembic_version")).scalar()
    except (ConfigurationError, SQLAlchemyError) as error:
        log.warning("readiness: %s", error)
        raise Unready("it does not answer, or has no tables") from None
    if revision is None or revision < (migrate.head() or ""):  # a newer one is a deployment under way
        raise Unready("it awaits a migration")


def _object_store() -> None:
    store = object_store()
    try:
        there = store.client.bucket_exists(store.bucket)
    except (MinioException, HTTPError) as error:
        log.warning("readiness: object store: %s", error)
        raise Unready("it does not answer, or refuses our key") from None
    if not there:
        raise Unready("its bucket is missing")
