"""What an admin decides on the page of what waits: each decision is one transaction with its entry in the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from db.commands import audit, cases
from db.commands.assets import forget_failures
from db.commands.merge import MergeRefused, lock
from db.commands.wiki_pages import Taken, confirm_page, reject_page
from db.commands.wikis import NotThere
from db.session import acting_as
from webapp.access.viewer import Viewer
from webapp.console import access
from webapp.console.frame import blp
from webapp.errors import Conflict, NotFound
from webapp.request_id import request_id


@blp.post("/waiting/cases/<id:case_id>/choose")
def choose(case_id: UUID) -> Response:
    """A candidate is right."""
    source, value = request.form.get("source", ""), request.form.get("value", "")
    with _deciding("case.choose", ("match_case", case_id), source=source, value=value) as (session, viewer):
        cases.choose(session, case_id, source, value, by=f"user {viewer.id}")
    return _on("cases", "chosen")


@blp.post("/waiting/cases/<id:case_id>/dismiss")
def dismiss(case_id: UUID) -> Response:
    """No candidate is right."""
    with _deciding("case.dismiss", ("match_case", case_id)) as (session, _):
        cases.dismiss(session, case_id)
    return _on("cases", "dismissed")


@blp.post("/waiting/pages/<id:page_id>/confirm")
def confirm(page_id: UUID) -> Response:
    """A wiki's page is about the person."""
    with _deciding("wiki_page.confirm", ("wiki_page", page_id)) as (session, viewer):
        confirm_page(session, page_id, f"user {viewer.id}")
    return _on("pages", "confirmed")


@blp.post("/waiting/pages/<id:page_id>/reject")
def reject(page_id: UUID) -> Response:
    """It is not."""
    with _deciding("wiki_page.reject", ("wiki_page", page_id)) as (session, viewer):
        reject_page(session, page_id, f"user {viewer.id}")
    return _on("pages", "rejected")


@blp.post("/waiting/images/retry")
def retry() -> Response:
    """An image is worth another try."""
    url = request.form.get("url", "")
    with _deciding("image.retry", ("media_failure", url)) as (session, _):
        forget_failures(session, [url])
    return _on("images", "retried")


@contextmanager
def _deciding(action: str, target: tuple[str, object], **details: Any) -> Iterator[tuple[Session, Viewer]]:
    """One transaction that may write the catalogue, as the admin who decides."""
    viewer = access.admin()
    try:
        with acting_as(viewer.id) as session:
            lock(session)
            audit.record(session, viewer.id, action, target, details=details, request_id=request_id())
            yield session, viewer
    except NotThere as error:
        raise NotFound(str(error)) from None
    except (cases.NotOpen, MergeRefused, Taken) as error:
        raise Conflict(str(error)) from None


def _on(section: str, done: str) -> Response:
    return redirect(url_for("console.waiting", done=done, _anchor=section), 303)
