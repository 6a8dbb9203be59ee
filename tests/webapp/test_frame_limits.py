"""Limits of actions: counted across threads and processes, told to the client, set by admins while the app runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from db.session import as_system, read_as_system
from models.accounts import Role
from webapp import limits
from webapp.errors import TooMany
from webapp.limits import Limit


def spent(action: str, subject: str, times: int) -> int:
    """How many of so many uses at once are let through."""

    def once(_: int) -> TooMany | None:
        try:
            limits.spend(action, subject)
        except TooMany as error:
            return error
        return None

    with ThreadPoolExecutor(10) as threads:
        refusals = list(threads.map(once, range(times)))
    told = [error.headers for error in refusals if error]
    assert all(int(headers["Retry-After"]) >= 1 and ";r=0;" in headers["RateLimit"] for headers in told)
    return refusals.count(None)


def later(seconds: float) -> None:
    """Let time pass for what is counted."""
    with as_system() as session:
        passed = "update ops.action_uses set free_at = free_at - make_interval(secs => :seconds)"
        session.execute(text(passed), {"seconds": seconds})


def test_uses_at_once_are_counted_exactly_and_come_back_one_by_one(client, monkeypatch):
    """Gap 16: limits of what one may do how often."""
    monkeypatch.setitem(limits.DEFAULTS, "export", Limit(5, 86_400))
    assert spent("export", "ann", 20) == 5
    assert spent("export", "ben", 3) == 3
    later(86_400 / 5 + 1)
    assert spent("export", "ann", 3) == 1
    later(86_400)
    assert spent("export", "ann", 20) == 5


def test_reads_are_limited_and_only_those_of_the_api(client, monkeypatch):
    monkeypatch.setitem(limits.DEFAULTS, "read", Limit(3, 3600))
    answers = [client.get("/api/v1/shows") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"read";q=3;w=3600'
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[3].mimetype == "application/problem+json" and 1000 < int(answers[3].headers["Retry-After"]) <= 1200
    other = client.get("/api/v1/shows", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert (other.status_code, client.get("/healthz").status_code) == (200, 200)
    neighbours = {"REMOTE_ADDR": "2001:db8:0:1::1"}, {"REMOTE_ADDR": "2001:db8:0:1:ffff::2"}
    lefts = [client.get("/api/v1/shows", environ_base=who).headers["RateLimit"] for who in neighbours]
    assert [left.split(";")[1] for left in lefts] == ["r=2", "r=1"], "one household has one limit"


def test_admins_set_limits_while_the_app_runs(client, as_user, monkeypatch):
    admin, path = as_user("ada", Role.ADMIN), "/api/v1/admin/limits"
    assert (client.get(path).status_code, as_user("mo", Role.MODERATOR).get(path).status_code) == (401, 403)
    before = {limit["action"]: limit for limit in admin.get(path).json}
    assert set(before) == set(limits.DEFAULTS) and before["read"]["updated_at"] is None
    changed = admin.put(path, json=[{"action": "read", "allowed": 1, "seconds": 3600}])
    assert changed.status_code == 200
    [read] = [limit for limit in changed.json if limit["action"] == "read"]
    assert (read["allowed"], read["default_allowed"], read["updated_by"]) == (
        1,
        limits.DEFAULTS["read"].allowed,
        str(admin.user_id),
    )
    assert [client.get("/api/v1/shows").status_code for _ in range(2)] == [200, 429], "in this process at once"
    with as_system() as session:
        session.execute(text("update ops.action_limits set allowed = 1000"))  # as another process would
    monkeypatch.setattr(limits, "KEPT_SECONDS", 0.0)
    limits.forget()
    assert [client.get("/api/v1/shows").status_code for _ in range(3)] == [200] * 3
    assert admin.put(path, json=[]).json == list(before.values())
    with read_as_system() as connection:
        noted = connection.execute(text("select action, actor_id from ops.audit_log")).all()
    assert [tuple(entry) for entry in noted] == [("limits.set", admin.user_id)] * 2


@pytest.mark.parametrize(
    "wanted",
    [
        [{"action": "unheard-of", "allowed": 1, "seconds": 1}],
        [{"action": "read", "allowed": 0, "seconds": 1}],
        [{"action": "read", "allowed": 1, "seconds": "1"}],
        [{"action": "read", "allowed": 1, "seconds": 1}] * 2,
        {"action": "read", "allowed": 1, "seconds": 1},
    ],
)
def test_limits_that_make_no_sense_are_refused(as_user, wanted):
    assert as_user("ada", Role.ADMIN).put("/api/v1/admin/limits", json=wanted).status_code == 422


def test_only_as_many_proxies_are_believed_as_there_are(environment, database):
    from webapp.app import create_app
    from webapp.settings import web_settings

    environment.setitem(limits.DEFAULTS, "read", Limit(1, 3600))
    for proxies, expected in ((0, [200, 429, 429]), (1, [200, 200, 429])):
        environment.setenv("WEB_PROXIES", str(proxies))
        web_settings.cache_clear()
        limits.forget()
        client = create_app().test_client()
        forged = ("203.0.113.1", "203.0.113.2", "203.0.113.3, 203.0.113.2")
        answers = [client.get("/api/v1/shows", headers={"X-Forwarded-For": told}).status_code for told in forged]
        assert answers == expected
