"""Routes of webhooks, for programs and admins."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from models.accounts import Role
from webapp.api import Blueprint
from webapp.frame import current_user, match, request_session, tag
from webapp.idempotency import Done
from webapp.schemas import DONE, DoneSchema
from webapp.webhooks import service
from webapp.webhooks.schemas import (
    DeliveryQuery,
    DeliverySchema,
    SecretSchema,
    WebhookCreate,
    WebhookEdit,
    WebhookSchema,
)

blp = Blueprint("Webhooks", __name__, description="Where programs are told of events, by signed requests")
Row = dict[str, Any]


def _with_secret(webhook_id: UUID) -> Row:
    return service.webhook(request_session(), current_user(), webhook_id, with_secret=True)


def _registered(done: Done) -> Row:
    assert done.result_id is not None
    return _with_secret(done.result_id)


def _rotated(done: Done, webhook_id: UUID) -> Row:
    return _with_secret(webhook_id)


def _tested(done: Done, webhook_id: UUID) -> Row:
    assert done.result_id is not None
    return service.delivery(request_session(), webhook_id, done.result_id)


def _redelivered(done: Done, webhook_id: UUID, delivery_id: UUID) -> Row:
    return service.delivery(request_session(), webhook_id, delivery_id)


@blp.route("/webhooks")
class Webhooks(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.response(200, WebhookSchema(many=True))
    def get(self) -> list[Row]:
        """List your webhooks"""
        return service.all_of(request_session(), current_user())

    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("webhook")
    @blp.arguments(WebhookCreate)
    @blp.response(200, SecretSchema)
    @blp.repeatable(_registered)
    def post(self, body: Row) -> Row:
        """Have an address told of events; the answer tells the secret that deliveries are signed with"""
        return _with_secret(service.register(request_session(), current_user(), **body))


@blp.route("/webhooks/<id:webhook_id>")
class Webhook(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.response(200, WebhookSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, webhook_id: UUID) -> Row:
        """Tell about a webhook, and whether it fails"""
        found = service.webhook(request_session(), current_user(), webhook_id)
        tag(found["version"])
        return found

    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("webhook")
    @blp.if_match
    @blp.arguments(WebhookEdit)
    @blp.response(200, WebhookSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def patch(self, body: Row, webhook_id: UUID) -> Row:
        """Change a webhook, disable it, or try it again"""
        service.edit(request_session(), current_user(), webhook_id, check=match, **body)
        changed = service.webhook(request_session(), current_user(), webhook_id)
        tag(changed["version"])
        return changed

    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("webhook")
    @blp.response(200, DoneSchema)
    def delete(self, webhook_id: UUID) -> Row:
        """Tell an address no more"""
        service.remove(request_session(), current_user(), webhook_id)
        return DONE


@blp.route("/webhooks/<id:webhook_id>/secret")
class Secret(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("webhook")
    @blp.response(200, SecretSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_rotated)
    def post(self, webhook_id: UUID) -> Row:
        """Give a webhook another secret; for a day deliveries are signed with both"""
        return _with_secret(service.rotate(request_session(), current_user(), webhook_id))


@blp.route("/webhooks/<id:webhook_id>/test")
class Test(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("webhook")
    @blp.response(200, DeliverySchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_tested)
    def post(self, webhook_id: UUID) -> Row:
        """Have a delivery sent that tells nothing; the list of deliveries tells how it went"""
        made = service.test(request_session(), current_user(), webhook_id)
        return service.delivery(request_session(), webhook_id, made)


@blp.route("/webhooks/<id:webhook_id>/deliveries")
class Deliveries(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.arguments(DeliveryQuery, location="query")
    @blp.response(200, DeliverySchema(many=True))
    @blp.paged
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: Row, webhook_id: UUID) -> tuple[list[Row], str | None]:
        """List what a webhook was told and how that went, the latest first"""
        return service.deliveries(request_session(), current_user(), webhook_id, **query)


@blp.route("/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>/redeliver")
class Redelivery(MethodView):
    @blp.requires(Role.ADMIN, Role.SERVICE)
    @blp.limited("webhook")
    @blp.response(200, DeliverySchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.repeatable(_redelivered)
    def post(self, webhook_id: UUID, delivery_id: UUID) -> Row:
        """Have something delivered once more, under the same id"""
        again = service.redeliver(request_session(), current_user(), webhook_id, delivery_id)
        return service.delivery(request_session(), webhook_id, again)
