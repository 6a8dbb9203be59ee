"""What an admin decides on the page of what waits: the acts of `webapp/editing`, which the API has too, as forms."""

from typing import Any
from uuid import UUID

from flask import request, url_for

from models.accounts import Role
from webapp.console.forms import acts, done
from webapp.console.frame import blp
from webapp.editing import service
from webapp.frame import current_user, request_session


@blp.post("/waiting/cases/<id:case_id>/choose")
@acts("admin", Role.ADMIN)
def choose(case_id: UUID) -> Any:
    """A candidate is right."""
    source, value = request.form.get("source", ""), request.form.get("value", "")
    service.choose(request_session(), current_user(), case_id, source, value)
    return _on("cases", "chosen")


@blp.post("/waiting/cases/<id:case_id>/dismiss")
@acts("admin", Role.ADMIN)
def dismiss(case_id: UUID) -> Any:
    """No candidate is right."""
    service.dismiss(request_session(), current_user(), case_id)
    return _on("cases", "dismissed")


@blp.post("/waiting/pages/<id:page_id>/confirm")
@acts("admin", Role.ADMIN)
def confirm(page_id: UUID) -> Any:
    """A wiki's page is about the person."""
    service.confirm(request_session(), current_user(), page_id)
    return _on("pages", "confirmed")


@blp.post("/waiting/pages/<id:page_id>/reject")
@acts("admin", Role.ADMIN)
def reject(page_id: UUID) -> Any:
    """It is not."""
    service.reject(request_session(), current_user(), page_id)
    return _on("pages", "rejected")


@blp.post("/waiting/images/retry")
@acts("admin", Role.ADMIN)
def retry() -> Any:
    """An image is worth another try."""
    service.retry_image(request_session(), current_user(), request.form.get("url", ""))
    return _on("images", "retried")


def _on(section: str, what: str) -> Any:
    return done(url_for("console.waiting", done=what, _anchor=section))
