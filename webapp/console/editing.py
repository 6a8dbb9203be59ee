"""Pages and forms by which an admin mends the catalogue: what is said of an entity, its pictures, a show's wikis, merges. Each
act is one of `webapp/editing`, which the API has, too.
"""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from marshmallow import Schema, fields
from marshmallow.validate import Length

from db.commands.editing import editable, read, shape
from models.accounts import Role
from models.entities import Kind
from models.rules.image_choice import PICTURES
from webapp.console import access
from webapp.console.forms import acts, done, same_version
from webapp.console.frame import MOST, blp, filled, told
from webapp.editing import service
from webapp.editing.schemas import MERGEABLE, MergeStart, WikiPlace
from webapp.errors import Invalid
from webapp.frame import current_user, in_transaction, request_session
from webapp.images import service as images


class Wiki(Schema):
    """A wiki's name, and where it stands among those of a show."""

    wiki = fields.String(required=True, validate=Length(1, 100))


@blp.get("/entities/<id:entity_id>")
@in_transaction
def entity(entity_id: UUID) -> str:
    """Everything that can be said of an entity, with whose word is shown."""
    access.signed_in(Role.ADMIN)
    session = request_session()
    found = service.entity(session, entity_id)
    kind = Kind(found["kind"])
    shapes = {field: shape(kind, field) for field in editable(kind)}
    return render_template(
        "console/entity.html",
        entity=found,
        page=_page(kind, entity_id),
        fields=[one for one in found["fields_"] if shapes[one["field"]] != "picture"],
        pictures={one["field"]: one for one in found["fields_"] if shapes[one["field"]] == "picture"},
        kinds=PICTURES.get(kind, {}),
        shapes=shapes,
        images=told(images.of_entity(entity_id), "Images.EntityImages", entity_id=entity_id),
        wikis=service.list_wikis(session, entity_id) if kind is Kind.SHOW else None,
        is_mergeable=kind in MERGEABLE,
    )


@blp.post("/entities/<id:entity_id>/fields/<field>")
@acts("admin", Role.ADMIN)
def say_field(entity_id: UUID, field: str) -> Any:
    """Say what a field is, or that it is empty, or believe the sources again."""
    session = request_session()
    kind = Kind(service.entity(session, entity_id)["kind"])
    if field not in editable(kind):
        raise Invalid([(("path", "field"), f"No field of a {kind} that can be edited.", "unknown")])
    said = None if "empty" in request.form else read(kind, field, request.form.get("value", ""))
    say, withdraw = ({}, [field]) if "believe" in request.form else ({field: said}, [])
    service.edit(session, current_user(), entity_id, say, withdraw, check=same_version)
    return done(url_for("console.entity", entity_id=entity_id, done=field, _anchor=field))


@blp.post("/shows/<id:show_id>/wikis")
@acts("admin", Role.ADMIN)
def add_wiki(show_id: UUID) -> Any:
    """Have a wiki asked for a show's people."""
    wiki, place = filled(Wiki)["wiki"], filled(WikiPlace)
    service.add_wiki(request_session(), current_user(), show_id, wiki, **place)
    return done(url_for("console.entity", entity_id=show_id, _anchor="wikis"))


@blp.post("/shows/<id:show_id>/wikis/<wiki>/remove")
@acts("admin", Role.ADMIN)
def remove_wiki(show_id: UUID, wiki: str) -> Any:
    """Have a wiki no longer asked."""
    service.remove_wiki(request_session(), current_user(), show_id, wiki)
    return done(url_for("console.entity", entity_id=show_id, _anchor="wikis"))


@blp.post("/shows/<id:show_id>/refresh")
@acts("start_job", Role.ADMIN)
def refresh(show_id: UUID) -> Any:
    """Have everything about a show asked again now."""
    service.refresh(request_session(), current_user(), show_id, None)
    return done(url_for("console.entity", entity_id=show_id, done="refresh"))


@blp.get("/merges")
@in_transaction
def merges() -> str:
    """What was made one, the newest first."""
    access.signed_in(Role.ADMIN)
    return render_template("console/merges.html", merges=service.list_merges(request_session(), MOST))


@blp.post("/merges")
@acts("admin", Role.ADMIN)
def merge() -> Any:
    """Make two entities one."""
    made = service.make_one(request_session(), current_user(), **filled(MergeStart))
    return done(url_for("console.merges", done="merged", _anchor=f"merge-{made['id']}"))


@blp.post("/merges/<id:merge_id>/undo")
@acts("admin", Role.ADMIN)
def undo_merge(merge_id: UUID) -> Any:
    """Make two of what a merge made one."""
    service.undo(request_session(), current_user(), merge_id)
    return done(url_for("console.merges", done="undone", _anchor=f"merge-{merge_id}"))


def _page(kind: Kind, entity_id: UUID) -> str | None:
    """The page of an entity, where its id names it."""
    named: dict[str, Any] = {f"{kind}_id": entity_id}
    return url_for(f"console.{kind}", **named) if kind in (Kind.SHOW, Kind.EPISODE, Kind.PERSON) else None
