"""Pages of webhooks, for programs and admins: where they are told of events, and how that went.

A secret is on the one page that answers the form that made it, which nothing keeps; so that page is told and not led to.
"""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request, url_for

from models.accounts import Role
from models.rules.webhooks import DeliveryStatus, WebhookEvent
from webapp.console import access
from webapp.console.forms import acts, done, same_version
from webapp.console.frame import asked, blp, calls, filled
from webapp.frame import current_user, in_transaction, request_session
from webapp.webhooks import service
from webapp.webhooks.schemas import DeliveryQuery, WebhookCreate, WebhookEdit
from webapp.webhooks.sending import LONGEST_URL

MAY = (Role.ADMIN, Role.SERVICE)
"""Who may have webhooks."""

ABOUT = {
    WebhookEvent.CATALOGUE_CHANGED: "the catalogue changed",
    WebhookEvent.THREAD_CREATED: "a thread was opened",
    WebhookEvent.POST_REPORTED: "somebody told moderators of a post",
}


@blp.get("/webhooks")
@in_transaction
def webhooks() -> str:
    """The reader's webhooks."""
    viewer = access.signed_in(*MAY)
    calls().append(url_for("Webhooks.Webhooks"))
    return render_template(
        "console/webhooks.html",
        webhooks=service.all_of(request_session(), viewer),
        about=ABOUT,
        longest=LONGEST_URL,
        most=service.MOST,
    )


@blp.get("/webhooks/<id:webhook_id>")
@in_transaction
def webhook(webhook_id: UUID) -> str:
    """One webhook, and what it was told."""
    access.signed_in(*MAY)
    return _page(webhook_id, **asked(DeliveryQuery))


@blp.post("/webhooks")
@acts("webhook", *MAY)
def register_webhook() -> Any:
    """Have an address told of events; the answer tells the secret."""
    wanted = filled(WebhookCreate, events=request.form.getlist("events"))
    return _with_secret(service.register(request_session(), current_user(), **wanted))


@blp.post("/webhooks/<id:webhook_id>")
@acts("webhook", *MAY)
def edit_webhook(webhook_id: UUID) -> Any:
    """Another address, other events; disabled, or enabled again."""
    events = {"events": request.form.getlist("events")} if "url" in request.form else {}
    service.edit(request_session(), current_user(), webhook_id, check=same_version, **filled(WebhookEdit, **events))
    return _on(webhook_id)


@blp.post("/webhooks/<id:webhook_id>/secret")
@acts("webhook", *MAY)
def rotate_secret(webhook_id: UUID) -> Any:
    """Another secret, which the answer tells."""
    return _with_secret(service.rotate(request_session(), current_user(), webhook_id))


@blp.post("/webhooks/<id:webhook_id>/test")
@acts("webhook", *MAY)
def test_webhook(webhook_id: UUID) -> Any:
    """Have a delivery sent that tells nothing."""
    service.test(request_session(), current_user(), webhook_id)
    return _on(webhook_id)


@blp.post("/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>/redeliver")
@acts("webhook", *MAY)
def redeliver(webhook_id: UUID, delivery_id: UUID) -> Any:
    """Have something delivered once more."""
    service.redeliver(request_session(), current_user(), webhook_id, delivery_id)
    return _on(webhook_id)


@blp.post("/webhooks/<id:webhook_id>/remove")
@acts("webhook", *MAY)
def remove_webhook(webhook_id: UUID) -> Any:
    """Tell an address no more."""
    service.remove(request_session(), current_user(), webhook_id)
    return done(url_for("console.webhooks"))


def _on(webhook_id: UUID) -> Any:
    return done(url_for("console.webhook", webhook_id=webhook_id))


def _with_secret(webhook_id: UUID) -> Response:
    """The page of a webhook with its secret, which no cache keeps."""
    told = service.webhook(request_session(), current_user(), webhook_id, with_secret=True)
    response = make_response(_page(webhook_id, secret=told["secret"], **asked(DeliveryQuery)))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(webhook_id: UUID, *, secret: str | None = None, **query: Any) -> str:
    session, viewer = request_session(), current_user()
    found = service.webhook(session, viewer, webhook_id)
    deliveries, more = service.deliveries(session, viewer, webhook_id, **query)
    for endpoint in ("Webhooks.Webhook", "Webhooks.Deliveries"):
        calls().append(url_for(endpoint, webhook_id=webhook_id))
    return render_template(
        "console/webhook.html",
        webhook=found,
        secret=secret,
        deliveries=deliveries,
        more=more,
        status=query["status"],
        statuses=list(DeliveryStatus),
        about=ABOUT,
        longest=LONGEST_URL,
    )
