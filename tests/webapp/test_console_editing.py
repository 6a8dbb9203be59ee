"""Mending the catalogue with the console's forms: what is said of an entity, its pictures, a show's wikis, merges."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from db.commands.editing import read, shape
from db.derive import derive
from db.session import engine, system_engine
from models.access import AuditEntry
from models.accounts import Role
from models.entities import Entity, Kind
from models.shows import Show
from tests.webapp import factories as make
from tests.webapp.console_pages import page_of, secret_of
from tests.webapp.test_console_decisions import signed_in


@pytest.fixture
def admin(app, client, as_user) -> FlaskClient:
    """A browser of an admin."""
    return signed_in(app, as_user("ada", Role.ADMIN).token)


@pytest.fixture
def show(client) -> UUID:
    """A show of TMDb's with two posters."""
    with make.catalogue() as opened:
        made = make.entity(opened, Kind.SHOW)
        make.fact(opened, made, "tmdb", name="Kitchen Wars", tagline="Hot", languages=["sv"])
        derive(opened, Kind.SHOW, [made])
        make.image(opened, made, "poster", "first")
        make.image(opened, made, "poster", "second")
    return made


def send(browser: FlaskClient, page: str, form: str, **fields: Any) -> Any:
    """Send a form of a page, with the version that the page tells."""
    shown = browser.get(f"/console{page}")
    version = re.search(r'name="version" value="(\d+)"', shown.text)
    known = {"version": version[1]} if version else {}
    return browser.post(f"/console{form}", data={"secret": secret_of(shown), **known, **fields})


def shown(show: UUID) -> Show:
    with Session(engine()) as opened:
        return opened.get_one(Show, show)


def test_an_admin_says_what_a_field_is_and_believes_the_sources_again(admin, show):
    page = f"/entities/{show}"
    assert page in {link.removeprefix("/console") for link in page_of(admin.get(f"/console/shows/{show}")).links}
    answer = send(admin, page, f"{page}/fields/name", value=" Küchenkrieg\n")
    assert (answer.status_code, answer.location) == (303, f"/console{page}?done=name#name")
    assert "Name is kept." in page_of(admin.get(answer.location)).text and shown(show).name == "Küchenkrieg"
    assert send(admin, page, f"{page}/fields/languages", value="en\r\n\r\n de ").status_code == 303
    assert shown(show).languages == ["en", "de"]
    assert send(admin, page, f"{page}/fields/tagline", empty=1, value="x").status_code == 303
    assert shown(show).tagline is None
    for field, value in (("premiere_date", "soon"), ("name", "")):
        answer = send(admin, page, f"{page}/fields/{field}", value=value)
        assert (answer.status_code, field in page_of(answer).text) == (422, True)
    assert send(admin, page, f"{page}/fields/id", value="x").status_code == 422
    assert send(admin, page, f"{page}/fields/name", value="Late", version="1").status_code == 412
    before = shown(show).name
    assert send(admin, page, f"{page}/fields/languages", believe=1).status_code == 303
    assert shown(show).languages == ["sv"] and shown(show).name == before
    with Session(system_engine()) as opened:
        acts = opened.exec(select(AuditEntry.action)).all()
    assert acts == ["entity.edit"] * 4


def test_a_picture_is_chosen_among_those_that_there_are(admin, show):
    page = f"/entities/{show}"
    ids = re.findall(r'name="value" value="([0-9a-f-]{36})"', admin.get(f"/console{page}").text)
    assert ids
    assert send(admin, page, f"{page}/fields/poster_image_id", value=ids[0]).status_code == 303
    assert str(shown(show).poster_image_id) == ids[0]
    assert send(admin, page, f"{page}/fields/poster_image_id", value=str(show)).status_code == 422


def test_a_shows_wikis_are_added_and_removed(admin, show):
    page = f"/entities/{show}"
    assert send(admin, page, f"/shows/{show}/wikis", wiki="kitchen", position="3").status_code == 303
    assert "kitchen.fandom.com asked, place 3" in " ".join(page_of(admin.get(f"/console{page}")).text.split())
    assert send(admin, page, f"/shows/{show}/wikis/kitchen/remove").status_code == 303
    assert "kitchen.fandom.com no longer asked" in " ".join(page_of(admin.get(f"/console{page}")).text.split())
    assert send(admin, page, f"/shows/{show}/wikis").status_code == 422


def test_two_are_made_one_and_two_again(admin, show):
    with make.catalogue() as opened:
        twin = make.show(opened, "Kitchen War").id
    fields = {"kind": "show", "winner_id": show, "loser_id": twin, "reason": "the same"}
    answer = send(admin, f"/entities/{show}", "/merges", **fields)
    assert answer.status_code == 303 and "The two are one." in page_of(admin.get(answer.location)).text
    with Session(engine()) as opened:
        assert opened.get_one(Entity, twin).merged_into == show
    assert admin.get(f"/console/entities/{twin}").status_code == 409
    merge = answer.location.split("#merge-")[1]
    assert send(admin, "/merges", f"/merges/{merge}/undo").status_code == 303
    assert "undone" in page_of(admin.get("/console/merges")).text
    with Session(engine()) as opened:
        assert opened.get_one(Entity, twin).merged_into is None
    assert send(admin, "/merges", f"/merges/{merge}/undo").status_code == 409


def test_editing_is_for_admins(app, client, as_user, show):
    assert "Edit" not in page_of(client.get(f"/console/shows/{show}")).text
    assert client.get(f"/console/entities/{show}").location == f"/console/sign-in?next=/console/entities/{show}"
    moderator = signed_in(app, as_user("mia", Role.MODERATOR).token)
    for page in (f"/console/entities/{show}", "/console/merges"):
        assert moderator.get(page).status_code == 403


@pytest.mark.parametrize(
    ("field", "what", "written", "value"),
    [
        ("name", "text", " A\r\nb ", "A\nb"),
        ("languages", "list", "One\r\n\n Two", ["One", "Two"]),
        ("runtimes", "list", "45\n60", [45, 60]),
        ("runtimes", "list", "45\nlong", [45, "long"]),
        ("tmdb_vote_average", "number", "7.25", 7.25),
        ("tmdb_vote_count", "number", "12", 12),
        ("tmdb_vote_count", "number", "many", "many"),
        ("in_production", "flag", "Yes", True),
        ("in_production", "flag", "perhaps", "perhaps"),
        ("premiere_date", "date", "2024-01-02", "2024-01-02"),
        ("poster_image_id", "picture", " x ", "x"),
    ],
)
def test_a_form_writes_what_a_column_holds(field, what, written, value):
    assert (shape(Kind.SHOW, field), read(Kind.SHOW, field, written)) == (what, value)
