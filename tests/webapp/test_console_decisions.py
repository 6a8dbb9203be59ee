"""Signing in to the console, and what an admin decides there."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from db.session import engine, system_engine
from models.access import AuditEntry
from models.accounts import Role, User
from models.entities import Entity, ExternalId, Kind
from models.logins import LoginSession, Password
from models.ops import MatchCase, MediaFailure
from models.wikis import WikiPage
from tests.webapp import factories as make
from tests.webapp.console_pages import page_of, secret_of
from webapp.accounts import hashing
from webapp.settings import account_settings

WAITING = "/console/waiting"


def signed_in(app: Any, token: str) -> FlaskClient:
    """A browser in which somebody has signed in to the console."""
    browser = app.test_client()
    answer = browser.post(
        "/console/sign-in", data={"token": token, "secret": secret_of(browser.get("/console/sign-in"))}
    )
    assert answer.status_code == 303, answer.text
    return browser


@pytest.fixture
def admin(app, client, as_user) -> FlaskClient:
    """A browser of an admin."""
    return signed_in(app, as_user("ada", Role.ADMIN).token)


@pytest.fixture
def waiting(client) -> dict[str, UUID]:
    """One of everything that waits."""
    with make.catalogue() as opened:
        show, person = make.show(opened, "Kitchen Wars"), make.person(opened)
        twin, owner = make.person(opened, "Twin"), make.person(opened, "Owner")
        hits: list[dict[str, Any]] = [
            {"source": "tmdb", "value": "12", "name": "Küchenkrieg"},
            {"source": "tmdb", "value": "13", "name": "Kökskriget"},
        ]
        unsure = MatchCase(
            kind=Kind.SHOW,
            entity_id=show.id,
            source="tmdb",
            reason="uncertain-hit",
            candidates=hits,
            opened_at=datetime.now(UTC),
        )
        told: list[dict[str, Any]] = [{"source": "imdb", "value": "nm7", "entity_id": str(owner.id)}]
        owned = MatchCase(
            kind=Kind.PERSON, entity_id=twin.id, source="imdb", reason="id-owned-by-another", candidates=told
        )
        page = make.wiki_page(opened, person.id, "Nemo", status="candidate", show_id=show.id)
        failure = MediaFailure(
            url="https://images.invalid/x.jpg?a=1&b=2", host="images.invalid", code="status", reason="404", attempts=9,
            last_attempt_at=datetime.now(UTC), next_attempt_at=datetime.now(UTC), given_up_at=datetime.now(UTC),
        )  # fmt: skip
        opened.add_all([unsure, owned, failure])
        opened.flush()
        ids = {
            "show": show.id,
            "twin": twin.id,
            "owner": owner.id,
            "unsure": unsure.id,
            "owned": owned.id,
            "page": page.id,
        }
    return ids


def post(browser: FlaskClient, path: str, **fields: str) -> Any:
    """Send a form of the page of what waits."""
    return browser.post(path, data={"secret": secret_of(browser.get(WAITING)), **fields})


def stored(model: Any, id_: Any) -> Any:
    with Session(engine()) as opened:
        return opened.get(model, id_)


def acts() -> list[tuple[str, str | None]]:
    with Session(system_engine()) as opened:
        return [(act.action, act.target_id) for act in opened.exec(select(AuditEntry).order_by(AuditEntry.id)).all()]  # type: ignore[arg-type]


def test_every_decision_is_a_button_and_leaves_its_mark(admin, waiting, as_user):
    page = page_of(admin.get(WAITING))
    for words in ("It is this", "None of these", "They are one", "Confirm", "Reject", "Try again"):
        assert words in page.text
    case = f"/console/waiting/cases/{waiting['unsure']}"
    answer = post(admin, f"{case}/choose", source="tmdb", value="13")
    assert (answer.status_code, answer.location) == (303, "/console/waiting?done=chosen#cases")
    assert "The match is settled." in page_of(admin.get(answer.location)).text
    with Session(engine()) as opened:
        assert opened.exec(select(ExternalId.value).where(ExternalId.entity_id == waiting["show"])).all() == ["13"]
    merged = post(admin, f"/console/waiting/cases/{waiting['owned']}/choose", source="imdb", value="nm7")
    assert merged.status_code == 303 and stored(Entity, waiting["twin"]).merged_into == waiting["owner"]
    assert post(admin, f"/console/waiting/pages/{waiting['page']}/confirm").status_code == 303
    confirmed = stored(WikiPage, waiting["page"])
    assert confirmed.status == "confirmed" and confirmed.decided_by.startswith("user ")
    url = re.search(r'name="url" value="([^"]+)"', admin.get(WAITING).text)
    assert url and url[1] == "https://images.invalid/x.jpg?a=1&amp;b=2"
    assert post(admin, "/console/waiting/images/retry", url="https://images.invalid/x.jpg?a=1&b=2").status_code == 303
    assert stored(MediaFailure, "https://images.invalid/x.jpg?a=1&b=2") is None
    assert acts() == [
        ("case.choose", str(waiting["unsure"])),
        ("case.choose", str(waiting["owned"])),
        ("wiki_page.confirm", str(waiting["page"])),
        ("image.retry", "https://images.invalid/x.jpg?a=1&b=2"),
    ]


def test_no_is_an_answer_too_and_a_second_answer_is_a_conflict(admin, waiting):
    case = f"/console/waiting/cases/{waiting['unsure']}"
    assert post(admin, f"{case}/choose", source="tmdb", value="99").status_code == 409
    assert stored(MatchCase, waiting["unsure"]).status == "open"
    assert post(admin, f"{case}/dismiss").location == "/console/waiting?done=dismissed#cases"
    again = post(admin, f"{case}/dismiss")
    assert again.status_code == 409 and "settled already" in page_of(again).text
    assert post(admin, f"/console/waiting/pages/{waiting['page']}/reject").status_code == 303
    assert stored(WikiPage, waiting["page"]).status == "rejected"
    assert post(admin, f"/console/waiting/pages/{uuid4()}/reject").status_code == 404
    assert acts() == [("case.dismiss", str(waiting["unsure"])), ("wiki_page.reject", str(waiting["page"]))]


def test_a_form_needs_its_secret_and_its_own_site(admin, waiting):
    path = f"/console/waiting/cases/{waiting['unsure']}/dismiss"
    secret = secret_of(admin.get(WAITING))
    for fields, headers in (
        ({}, {}),
        ({"secret": "x"}, {}),
        ({"secret": ""}, {}),
        ({"secret": "ü"}, {}),
        ({"secret": secret}, {"Sec-Fetch-Site": "cross-site"}),
        ({"secret": secret}, {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = admin.post(path, data=fields, headers=headers)
        assert answer.status_code == 403 and "none of ours" in page_of(answer).text
    assert stored(MatchCase, waiting["unsure"]).status == "open"
    assert admin.post(path, data={"secret": secret}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_who_is_not_signed_in_is_led_there_and_who_is_no_admin_is_refused(app, client, waiting, as_user):
    path = f"/console/waiting/cases/{waiting['unsure']}/dismiss"
    stranger = app.test_client()
    assert "None of these" not in page_of(stranger.get(WAITING)).text
    secret = secret_of(stranger.get("/console/sign-in"))
    answer = stranger.post(path, data={"secret": secret}, headers={"Referer": f"http://localhost{WAITING}"})
    assert (answer.status_code, answer.location) == (303, "/console/sign-in?next=/console/waiting")
    for role in (Role.USER, Role.MODERATOR, Role.SERVICE):
        browser = signed_in(app, as_user(f"a{role}", role).token)
        page = browser.get(WAITING)
        assert "None of these" not in page.text and "sign in</a>" not in page.text
        refused = browser.post(path, data={"secret": secret_of(page)})
        assert refused.status_code == 403 and "Only an admin" in page_of(refused).text
    assert stored(MatchCase, waiting["unsure"]).status == "open" and acts() == []


def test_the_cookie_is_the_consoles_alone(app, client, as_user):
    token = as_user("ada", Role.ADMIN).token
    browser = app.test_client()
    secret = secret_of(browser.get("/console/sign-in"))
    answer = browser.post(
        "/console/sign-in", data={"token": f" {token}\n", "secret": secret, "next": "/console/runs"},
        base_url="https://localhost",
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, "/console/runs")
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"HttpOnly", "Path=/console", "SameSite=Strict", "Secure"} <= set(cookie.split("; "))
    signed = signed_in(app, token)
    assert "Sign out" in signed.get("/console/").text
    assert signed.get("/api/v1/shows").status_code == 200  # where the cookie does not even go
    out = signed.post("/console/sign-out", data={"secret": secret_of(signed.get("/console/"))})
    assert out.status_code == 303 and "Sign out" not in signed.get("/console/").text


def test_an_account_signs_in_with_its_password_and_out_for_good(app, client):
    email, password = "ada@example.org", "a quiet harbour"
    with Session(system_engine(), expire_on_commit=False) as opened:
        user = User(username="ada", role=Role.ADMIN)
        opened.add(user)
        opened.flush()
        opened.add(Password(user_id=user.id, email=email, hash=hashing.hashed(password)))
        opened.commit()
    browser = app.test_client()
    secret = secret_of(browser.get("/console/sign-in"))
    wrong = browser.post("/console/sign-in", data={"email": email, "password": "no", "secret": secret})
    assert wrong.status_code == 401 and "the password is wrong" in page_of(wrong).text
    given = {"email": f" {email} ", "password": password, "secret": secret}
    assert browser.post("/console/sign-in", data=given).status_code == 303
    token = browser.get_cookie("console_token", path="/console")
    assert token and "Sign out" in browser.get("/console/").text
    browser.post("/console/sign-out", data={"secret": secret_of(browser.get("/console/"))})
    browser.set_cookie("console_token", token.value, path="/console")
    assert "Sign out" not in browser.get("/console/").text, "the session has ended, also for who kept the token"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 3801, "ü"])
def test_a_token_that_is_none_signs_nobody_in(client, token):
    secret = secret_of(client.get("/console/sign-in"))
    answer = client.post("/console/sign-in", data={"token": token, "secret": secret})
    assert answer.status_code == 401
    assert "Authentication required" in page_of(answer).text
    assert not any("console_token=" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_a_token_that_is_no_longer_good_is_forgotten(app, client):
    client.set_cookie("console_token", "stale", path="/console")
    answer = client.get("/console/")
    assert answer.status_code == 200 and "Sign in" in answer.text
    assert any("console_token=;" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/console/..//evil.example",
        "/api/v1/shows",
        "/console/\\evil",
        "javascript:x",
        "",
    ],
)
def test_signing_in_leads_only_to_the_console(app, client, as_user, elsewhere):
    browser = app.test_client()
    secret = secret_of(browser.get("/console/sign-in"))
    token = as_user("ann").token
    answer = browser.post("/console/sign-in", data={"token": token, "secret": secret, "next": elsewhere})
    assert (answer.status_code, answer.location) == (303, "/console/")


def test_where_accounts_are_left_to_others_no_password_begins_a_session(client, environment):
    email, password = "ada@example.org", "a quiet harbour"
    with Session(system_engine(), expire_on_commit=False) as opened:
        user = User(username="ada", role=Role.ADMIN)
        opened.add(user)
        opened.flush()
        opened.add(Password(user_id=user.id, email=email, hash=hashing.hashed(password)))
        opened.commit()
    environment.setattr(account_settings(), "auth_builtin", False)
    page = client.get("/console/sign-in")
    assert 'name="password"' not in page.text and 'name="token"' in page.text
    answer = client.post("/console/sign-in", data={"email": email, "password": password, "secret": secret_of(page)})
    assert answer.status_code == 401 and "There are no accounts with a password here" in page_of(answer).text
    with Session(system_engine()) as opened:
        assert opened.exec(select(LoginSession)).all() == []
