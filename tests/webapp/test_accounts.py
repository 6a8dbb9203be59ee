"""Accounts of the built-in issuer, told as stories over HTTP, with a real database and a real mail server."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, event, text, update
from sqlmodel import col, select

from db.session import as_system, system_engine
from db.settings import ConfigurationError
from models.access import ActionUse
from models.accounts import User
from models.logins import LoginFailure, LoginSession, MailToken, Password, RefreshToken, Registration
from models.outbox import OutboxItem
from webapp.access import issuers
from webapp.accounts import hashing, lockout
from webapp.app import create_app
from webapp.settings import account_settings

ANN = "ann@example.org"
PASSWORD = "a quiet harbour"
OTHER = "another harbour"


@pytest.fixture
def people(client, post, work, app):
    """Somebody at an app, who registers, reads mails and signs in."""

    class People:
        def call(self, path, body=None, *, token=None, method="post", status=200):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
            assert answer.status_code == status, answer.text
            return answer.json

        def mailed(self, step, email=ANN):
            """The token of the newest mail."""
            work()
            _, _, rest = post.sent_to(email)[-1].get_content().partition(f"#{step}=")
            return rest.split()[0]

        def join(self, email=ANN, username="ann", password=PASSWORD):
            self.call("/auth/register", {"email": email, "username": username, "password": password})
            return self.call("/auth/verify", {"token": self.mailed("verify", email)})

        def log_in(self, email=ANN, password=PASSWORD, **more):
            return self.call("/auth/login", {"email": email, "password": password}, **more)

        def me(self, tokens, **more):
            return self.call("/me", token=tokens["access_token"], method="get", **more)

    return People()


def test_somebody_joins_confirms_the_address_and_signs_in_again(people, post, work):
    asked = people.call("/auth/register", {"email": f" {ANN} ", "username": "Ann.Lee", "password": PASSWORD})
    with as_system() as session:
        assert session.exec(select(User)).all() == []
    people.log_in(status=401)
    tokens = people.call("/auth/verify", {"token": people.mailed("verify"), "device": "a phone"})
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    me = people.me(tokens)
    assert (me["username"], me["email"], me["role"], me["id"]) == ("ann.lee", ANN, "user", tokens["user_id"])
    again = people.log_in("ANN@EXAMPLE.ORG")
    assert again["user_id"] == tokens["user_id"] and again["session_id"] != tokens["session_id"]
    people.log_in(password="a loud harbour", status=401)
    assert asked["status"].startswith("If this can be done")


def test_a_token_of_a_mail_is_good_once_and_for_a_while(people, work):
    people.call("/auth/register", {"email": ANN, "username": "ann", "password": PASSWORD})
    first = people.mailed("verify")
    people.call("/auth/resend", {"email": ANN})
    second = people.mailed("verify")
    people.call("/auth/verify", {"token": first}, status=400)
    with as_system() as session:
        session.execute(update(Registration).values(expires_at=datetime.now(UTC)))
    people.call("/auth/verify", {"token": second}, status=400)
    with as_system() as session:
        session.execute(update(Registration).values(expires_at=datetime.now(UTC) + timedelta(hours=1)))
    people.call("/auth/verify", {"token": second})
    people.call("/auth/verify", {"token": second}, status=400)


def test_a_name_that_is_taken_meanwhile_is_left_empty_to_be_chosen_anew(people):
    for email in (ANN, "ben@example.org"):
        people.call("/auth/register", {"email": email, "username": "ann", "password": PASSWORD})
    tokens = {
        email: people.call("/auth/verify", {"token": people.mailed("verify", email)})
        for email in (ANN, "ben@example.org")
    }
    assert people.me(tokens[ANN])["username"] == "ann"
    ben = people.me(tokens["ben@example.org"])
    assert (ben["username"], ben["rename_at"]) == (None, None)
    taken = people.call(
        "/auth/register", {"email": "c@example.org", "username": "ANN", "password": PASSWORD}, status=409
    )
    assert taken["detail"] == "This username is taken"


def test_what_cannot_be_registered_is_named(people):
    for change, field in (
        ({"email": "nobody"}, "email"),
        ({"email": f"{'a' * 250}@example.org"}, "email"),
        ({"username": "me..you"}, "username"),
        ({"username": "admin"}, "username"),
        ({"username": None}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": ANN}, "password"),
        ({"password": "ann.b.lee1"}, "password"),
        ({"password": "x" * 801}, "password"),
    ):
        body = {"email": ANN, "username": "ann.b.lee", "password": PASSWORD} | change
        refused = people.call("/auth/register", body, status=422)
        assert [error["loc"] for error in refused["errors"]] == [["json", field]], change
        with as_system() as session:
            session.execute(delete(ActionUse))  # ten tries are more than one address has
    with as_system() as session:
        assert session.exec(select(Registration)).all() == []
        assert session.exec(select(OutboxItem)).all() == []


def test_nothing_tells_whether_an_address_has_an_account(people, work, monkeypatch):
    """Not the answer, nor what is done for it: the same statements, the same number of slow hashes."""
    people.join()
    hashes: list[str] = []
    monkeypatch.setattr(hashing, "_hasher", _counting(hashing._hasher, hashes))
    asked = (
        ("/auth/register", {"username": "someone", "password": OTHER}, 200),
        ("/auth/resend", {}, 200),
        ("/auth/password/forgot", {}, 200),
        *[("/auth/login", {"password": OTHER}, 401)] * lockout.FREE,
        ("/auth/login", {"password": OTHER}, 429),
    )
    seen = {}
    for email in (ANN, "stranger@example.org"):
        hashes.clear()
        with _watched(system_engine()) as statements:
            answers = [people.call(path, {"email": email, **body}, status=status) for path, body, status in asked]
        told = [{name: value for name, value in answer.items() if name != "request_id"} for answer in answers]
        seen[email] = told, statements, list(hashes)
    assert seen[ANN] == seen["stranger@example.org"]
    assert len(seen[ANN][2]) == 1 + lockout.FREE


@contextmanager
def _watched(engine):
    """The statements that an engine runs meanwhile."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if "ops.action_limits" not in statement:  # read anew every few seconds, whatever is asked
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def _counting(hasher, calls):
    class Counting(PasswordHasher):
        def hash(self, *args, **kwargs):
            calls.append("hash")
            return super().hash(*args, **kwargs)

        def verify(self, *args, **kwargs):
            calls.append("verify")
            return super().verify(*args, **kwargs)

    hashing._nobody()  # made once a process
    return Counting(time_cost=hasher.time_cost, memory_cost=hasher.memory_cost, parallelism=hasher.parallelism)


def _locked_for(people):
    """The seconds that a login is told to wait."""
    told = people.log_in(status=429)["detail"]
    said = re.fullmatch(r"Too many failed attempts with this address; try again in (\d+) seconds", told)
    assert said, told
    return int(said[1])


def test_who_guesses_waits_longer_each_time_and_the_owner_gets_in_by_mail(people):
    people.join()
    for _ in range(lockout.FREE):
        people.log_in(password=OTHER, status=401)
    for seconds in (60, 120, 240):
        assert seconds - 30 < _locked_for(people) <= seconds
        with as_system() as session:
            session.execute(update(LoginFailure).values(locked_until=datetime.now(UTC)))
        people.log_in(password=OTHER, status=401)
    with as_system() as session:
        session.execute(update(LoginFailure).values(failures=1000, locked_until=datetime.now(UTC)))
    people.log_in(password=OTHER, status=401)
    assert 3570 < _locked_for(people) <= 3600
    people.call("/auth/password/forgot", {"email": ANN})
    people.call("/auth/password/reset", {"token": people.mailed("reset"), "new_password": OTHER})
    people.log_in(password=OTHER)


def test_a_right_password_forgives_and_a_day_forgets(people):
    people.join()
    for _ in range(2):
        for _ in range(lockout.FREE - 1):
            people.log_in(password=OTHER, status=401)
        people.log_in()
    for _ in range(lockout.FREE - 1):
        people.log_in(password=OTHER, status=401)
    with as_system() as session:
        session.execute(update(LoginFailure).values(failed_at=datetime.now(UTC) - timedelta(hours=25)))
    people.log_in(password=OTHER, status=401)
    people.log_in(password=OTHER, status=401)
    people.log_in()


def test_guesses_at_the_same_time_are_no_way_around_the_lock(database, environment):
    """Of twenty attempts that begin together, no more than the free ones are made."""

    def attempt(_):
        try:
            lockout.count(ANN)
        except lockout.TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == lockout.FREE


def test_a_refresh_token_is_good_once_and_a_copy_ends_the_session_for_both(people):
    first = people.join()
    other_device = people.log_in()
    second = people.call("/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert second["session_id"] == first["session_id"] and second["refresh_token"] != first["refresh_token"]
    people.me(second)
    people.call("/auth/refresh", {"refresh_token": first["refresh_token"]}, status=401)
    people.call("/auth/refresh", {"refresh_token": second["refresh_token"]}, status=401)
    for tokens in (first, second):
        people.me(tokens, status=401)
    people.me(other_device)
    people.call("/auth/refresh", {"refresh_token": other_device["refresh_token"]})
    people.call("/auth/refresh", {"refresh_token": "invented"}, status=401)


def test_of_two_refreshes_at_the_same_time_one_is_answered_and_the_session_ends(people, app):
    tokens = people.join()

    def refresh(_):
        return (
            app.test_client().post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code
        )

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(refresh, range(2))) == [200, 401]
    people.me(tokens, status=401)


def test_a_session_ends_when_it_is_not_used(people):
    tokens = people.join()
    with as_system() as session:
        expires_at = session.exec(select(LoginSession.expires_at)).one()
        assert expires_at and timedelta(days=59) < expires_at - datetime.now(UTC) <= timedelta(days=60)
        session.execute(update(LoginSession).values(expires_at=datetime.now(UTC)))
    people.call("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, status=401)


def test_devices_are_listed_and_signed_out(people):
    phone = people.join()
    tablet = people.call("/auth/login", {"email": ANN, "password": PASSWORD, "device": "a tablet\x07 " + "x" * 150})
    desk, tv = people.log_in(), people.log_in()
    stranger = people.join("ben@example.org", "ben")
    listed = people.call("/auth/sessions", token=tablet["access_token"], method="get")
    assert {s["id"] for s in listed} == {t["session_id"] for t in (phone, tablet, desk, tv)}
    assert [s["id"] for s in listed if s["current"]] == [tablet["session_id"]]
    assert {s["device"] for s in listed if s["current"]} == {"a tablet " + "x" * 150}
    assert all(s["device"].startswith("Werkzeug") for s in listed if not s["current"])

    gone = f"/auth/sessions/{phone['session_id']}"
    people.call(gone, token=stranger["access_token"], method="delete", status=404)
    people.call(gone, token=tablet["access_token"], method="delete")
    people.me(phone, status=401)
    people.call("/auth/refresh", {"refresh_token": phone["refresh_token"]}, status=401)

    people.call("/auth/logout", {"refresh_token": desk["refresh_token"]})
    people.call("/auth/logout", {"refresh_token": desk["refresh_token"]})
    people.me(desk, status=401)

    people.call("/auth/logout-everywhere", token=tv["access_token"])
    for tokens in (tablet, tv):
        people.me(tokens, status=401)
    people.me(stranger)


def test_a_changed_password_ends_the_other_sessions_and_is_told(people, post, work):
    here = people.join()
    elsewhere = people.log_in()

    def change(old, new, status=200):
        body = {"current_password": old, "new_password": new}
        return people.call("/auth/password", body, token=here["access_token"], status=status)

    change(OTHER, "a third harbour", 403)
    assert change(PASSWORD, "ann", 422)["errors"][0]["loc"] == ["json", "new_password"]
    people.me(elsewhere)
    change(PASSWORD, OTHER)
    people.me(here)
    people.me(elsewhere, status=401)
    people.log_in(status=401)
    people.log_in(password=OTHER)
    work()
    assert post.sent_to(ANN)[-1]["Subject"] == "Your password was changed"
    for _ in range(lockout.FREE):
        change(PASSWORD, "a third harbour", 403)
    change(OTHER, "a third harbour", 429)


def test_a_forgotten_password_is_set_anew_by_mail(people, post, work):
    before = people.join()
    people.call("/auth/password/forgot", {"email": ANN.upper()})
    token = people.mailed("reset")
    people.call("/auth/password/forgot", {"email": ANN})
    later = people.mailed("reset")
    people.call("/auth/password/reset", {"token": token, "new_password": "ann"}, status=422)
    people.call("/auth/password/reset", {"token": token, "new_password": OTHER})
    people.me(before, status=401)
    people.log_in(status=401)
    people.log_in(password=OTHER)
    for used in (token, later, "invented"):
        people.call("/auth/password/reset", {"token": used, "new_password": PASSWORD}, status=400)
    people.call("/auth/password/forgot", {"email": ANN})
    expired = people.mailed("reset")
    with as_system() as session:
        session.execute(update(MailToken).values(expires_at=datetime.now(UTC)))
    people.call("/auth/password/reset", {"token": expired, "new_password": PASSWORD}, status=400)


def test_somebody_suspended_gets_no_tokens(people):
    tokens = people.join()
    with as_system() as session:
        session.execute(update(User).values(status="suspended"))
    assert people.log_in(status=403)["detail"] == "This account is suspended"
    people.log_in(password=OTHER, status=401)
    people.call("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, status=403)


def test_an_old_hash_is_made_anew_when_its_owner_signs_in(people):
    people.join()
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with as_system() as session:
        session.execute(update(Password).values(hash=old))
    people.log_in()
    with as_system() as session:
        kept = session.exec(select(Password.hash)).one()
    assert kept != old and "m=19456,t=2,p=1" in kept and kept.startswith("$argon2id$")
    people.log_in()


def test_no_secret_stands_in_the_database(people, work):
    tokens = people.join()
    people.call("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    people.call("/auth/password/forgot", {"email": ANN})
    mailed = people.mailed("reset")
    people.call("/auth/register", {"email": "b@example.org", "username": "ben", "password": OTHER})
    secrets = [
        tokens["refresh_token"],
        tokens["access_token"],
        mailed,
        people.mailed("verify", "b@example.org"),
        PASSWORD,
        OTHER,
    ]
    with as_system() as session:
        tables = ("sessions", "refresh_tokens", "mail_tokens", "registrations", "passwords", "login_failures")
        kept = [
            session.execute(text(f"select to_json(t)::text from accounts.{table} t")).scalars().all()
            for table in tables
        ]
        kept.append(session.execute(text("select to_json(t)::text from ops.outbox t")).scalars().all())
        assert session.exec(select(RefreshToken.token).where(col(RefreshToken.used_at).is_not(None))).all()
    assert all(kept[:5])
    assert [secret for secret in secrets if any(secret in row for rows in kept for row in rows)] == []


def test_two_registrations_of_one_address_that_are_confirmed_at_once_make_one_account(people, app):
    tokens = []
    for name in ("ann", "ann_lee"):
        people.call("/auth/register", {"email": ANN, "username": name, "password": PASSWORD})
        tokens.append(people.mailed("verify"))

    def verify(token):
        return app.test_client().post("/api/v1/auth/verify", json={"token": token}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(verify, tokens)) == [200, 400]
    with as_system() as session:
        assert len(session.exec(select(User)).all()) == len(session.exec(select(Password)).all()) == 1


def test_a_malformed_setting_is_refused_at_the_start(environment):
    environment.setenv("AUTH_SESSION_DAYS", "for ever")
    account_settings.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match=r"^AUTH_SESSION_DAYS: "):
            create_app()
    finally:
        account_settings.cache_clear()


def test_an_installation_without_accounts_of_its_own_has_none(people, client, monkeypatch):
    monkeypatch.setenv("AUTH_BUILTIN", "false")
    account_settings.cache_clear()
    try:
        for path in ("/auth/login", "/auth/register", "/auth/password/forgot"):
            answer = people.call(path, {"email": ANN, "username": "ann", "password": PASSWORD}, status=404)
            assert answer["detail"] == "There are no accounts with a password here"
    finally:
        account_settings.cache_clear()


def test_where_there_are_no_accounts_the_tokens_that_are_still_out_are_refused(as_user, monkeypatch):
    ann = as_user("ann")
    assert ann.get("/api/v1/me").status_code == 200
    monkeypatch.setenv("AUTH_BUILTIN", "false")
    for forget in (account_settings.cache_clear, issuers.forget):
        forget()
    try:
        answer = ann.get("/api/v1/me")
        assert (answer.status_code, "its issuer is not known here" in answer.json["detail"]) == (401, True)
    finally:
        account_settings.cache_clear()
