"""Every route, as those who must not use it would: without a token, with tokens of every false kind, with too low a role, with
another's id. What each route is for stands in `routes.py`; one that stands nowhere fails here.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from db.commands.notifications import deliver
from db.session import acting_as, as_system
from models.accounts import Role
from models.rules.notifications import NotificationKind
from models.rules.rooms import Room
from tests.adversary.forged import bad_tokens
from tests.adversary.routes import FORMS, OWNED, PUBLIC, ROLES, SOMEBODY, named, operations
from tests.webapp.direct import friends, group, opened, write
from tests.webapp.talk import aired_show, open_thread, say
from webapp import frame, limits
from webapp.frame import Login
from webapp.settings import prefect_settings

RANKS = (Role.USER, Role.MODERATOR, Role.ADMIN)


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch):
    """No test here reaches whatever Prefect may be near."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    prefect_settings.cache_clear()
    yield
    prefect_settings.cache_clear()


@pytest.fixture
def unlimited(monkeypatch):
    """Limits are another suite's affair; here everything may be tried as often as it takes."""
    monkeypatch.setattr(limits, "DEFAULTS", {name: limits.Limit(10**6, 1) for name in limits.DEFAULTS})


def all_of(tables):
    return [name for table in tables for name in named(table)]


def sent(client, operation, *, token=None, key=None, body=None, **values):
    headers = ({} if operation.method == "GET" else {"If-Match": "*"}) | (
        {} if token is None else {"Authorization": f"Bearer {token}"}
    )
    headers |= {} if key is None else {"Idempotency-Key": key}
    body = None if operation.method == "GET" else body or {}
    return client.open(operation.address(**values), method=operation.method, json=body, headers=headers)


def may(role, roles):
    """Whether a role may do what these may, told independently of the app."""
    if role is Role.SERVICE:
        return role in roles
    return any(rank in roles for rank in RANKS[: RANKS.index(role) + 1])


def test_every_operation_stands_in_one_table_and_demands_what_that_says(app):
    found = {str(operation): operation for operation in operations(app)}
    tables = [*PUBLIC.values(), *FORMS.values(), SOMEBODY, *ROLES.values(), OWNED]
    listed = all_of(tables)
    assert sorted(set(found) - set(listed)) == [], "these routes have no place in tests/adversary/routes.py"
    assert sorted(set(listed) - set(found)) == [], "these are gone"
    assert len(listed) == len(set(listed))
    for name in all_of([*PUBLIC.values(), *FORMS.values()]):
        assert found[name].demands.login is not Login.REQUIRED, name
    for name in named(SOMEBODY):
        assert (found[name].demands.login, found[name].demands.roles) == (Login.REQUIRED, ()), name
    for roles, table in ROLES.items():
        for name in named(table):
            assert set(found[name].demands.roles) == set(roles), name
    for name in named(OWNED):
        assert found[name].demands.login is not Login.IGNORED, name


def test_nobody_and_who_brings_a_false_token_is_401_everywhere(app, client, as_user, fingerprint):
    victim = as_user("victim", Role.ADMIN)
    tokens = bad_tokens(victim.user_id)
    before, believed = fingerprint(), []
    for operation in operations(app):
        if operation.demands.login is Login.IGNORED:
            continue
        tried = tokens if operation.demands.login is Login.OPTIONAL else {"none": None, **tokens}
        for why, token in tried.items():
            answer = sent(client, operation, token=token)
            told = answer.status_code, answer.headers.get("WWW-Authenticate", "")[:6], answer.mimetype
            if told != (401, "Bearer", "application/problem+json"):
                believed.append((str(operation), why, told))
    assert believed == []
    assert fingerprint() == before
    assert victim.get("/api/v1/me").json["role"] == "admin", "the victim's own token is good, or this proves nothing"


@pytest.mark.parametrize("scheme", ["Basic {}", "Bearer", "Bearer {} {}", "{}", "Token {}"])
def test_a_good_token_counts_only_where_it_belongs(client, as_user, scheme):
    victim = as_user("victim", Role.ADMIN)
    header = scheme.format(*[victim.token] * 2)
    assert client.get("/api/v1/admin/users", headers={"Authorization": header}).status_code == 401
    assert client.get(f"/api/v1/admin/users?access_token={victim.token}").status_code == 401
    for cookie in ("console_token", "token", "Authorization"):
        client.set_cookie(cookie, victim.token)
    assert client.get("/api/v1/admin/users").status_code == 401


def test_roles_are_for_those_who_have_them(app, as_user, fingerprint, unlimited):
    clients = {role: as_user(role.value, role) for role in Role}
    found = {str(operation): operation for operation in operations(app)}
    before, wrong = fingerprint(), []
    for roles, table in ROLES.items():
        for name in named(table):
            for role, client in clients.items():
                if not may(role, roles):
                    answer = sent(client, found[name])
                    if answer.status_code != 403:
                        wrong.append((name, role.value, answer.status_code))
    assert wrong == []
    assert fingerprint() == before
    for roles, table in ROLES.items():
        for name in named(table):
            for role, client in clients.items():
                if may(role, roles):
                    answer = sent(client, found[name])
                    if answer.status_code in (401, 403, 500):
                        wrong.append((name, role.value, answer.status_code))
    assert wrong == []


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(as_user, tokens):
    admin = as_user("ada", Role.ADMIN)
    assert admin.get("/api/v1/admin/users").status_code == 200
    tokens.user("ada", Role.USER)
    assert admin.get("/api/v1/admin/users").status_code == 403
    for status, code in (("suspended", 403), ("deleted", 401)):
        with as_system() as session:
            session.execute(
                text("update accounts.users set status = :status where id = :id"),
                {"status": status, "id": admin.user_id},
            )
        assert admin.get("/api/v1/me").status_code == code


def a_session(user_id: UUID) -> UUID:
    insert = text(
        "insert into accounts.sessions (user_id, device, expires_at) values (:user_id, 'phone', :end) returning id"
    )
    with as_system() as session:
        return session.execute(insert, {"user_id": user_id, "end": datetime.now(UTC) + timedelta(days=1)}).scalar_one()


def a_thread(owner):
    return open_thread(owner, aired_show().episodes[0])


def a_post(owner):
    return {"post_id": say(owner, a_thread(owner), "mine")["id"]}


def a_notification(owner):
    with as_system() as session:
        (told,) = deliver(session, [owner.user_id], NotificationKind.SURVEY, survey_id=owner.user_id)
    return {"notification_id": told.id}


class Party:
    """Somebody's group with two others, one of whom has only been asked, and a message of theirs in it."""

    def __init__(self, owner, as_user):
        self.friend, self.asked = as_user("fay"), as_user("gus")
        friends(owner, self.friend)
        self.group = group(owner, self.friend, self.asked)["id"]
        self.said = write(owner, self.group, PLANTED)
        self.report = {"target_kind": "message", "target_id": self.said["id"], "reason": "abuse"}

    def of(self, *names):
        """What a path names."""
        values = {
            "conversation_id": self.group,
            "message_id": self.said["id"],
            "user_id": self.friend.user_id,
        }
        return {name: values[name] for name in names}

    def filled(self, body):
        """A body, with the message where it names one."""
        return {name: self.said["id"] if value == "message_id" else value for name, value in (body or {}).items()}


def a_request(owner, as_user):
    """A stranger's request to somebody."""
    return {"conversation_id": opened(as_user("gus"), owner)}


PLANTED = "Zanzibarhoneymoon"
DECLINE = "POST /api/v1/dms/{conversation_id}/decline"
IN_A_GROUP = ("conversation_id", "user_id")
PRIVATE = {
    "GET /api/v1/dms/{conversation_id}": (("conversation_id",), None),
    "PATCH /api/v1/dms/{conversation_id}": (("conversation_id",), {"is_muted": True}),
    "POST /api/v1/dms/{conversation_id}/accept": (("conversation_id",), {}),
    "POST /api/v1/dms/{conversation_id}/read": (("conversation_id",), {"last_read_message_id": "message_id"}),
    "GET /api/v1/dms/{conversation_id}/messages": (("conversation_id",), None),
    "POST /api/v1/dms/{conversation_id}/messages": (("conversation_id",), {"body": "x"}),
    "PATCH /api/v1/dms/groups/{conversation_id}": (("conversation_id",), {"title": "Changed"}),
    "PUT /api/v1/dms/groups/{conversation_id}/members/{user_id}": (IN_A_GROUP, None),
    "PATCH /api/v1/dms/groups/{conversation_id}/members/{user_id}": (IN_A_GROUP, {"role": "admin"}),
    "DELETE /api/v1/dms/groups/{conversation_id}/members/{user_id}": (IN_A_GROUP, None),
    "GET /api/v1/dms/messages/{message_id}": (("message_id",), None),
    "PATCH /api/v1/dms/messages/{message_id}": (("message_id",), {"body": "changed"}),
    "POST /api/v1/dms/messages/{message_id}/reactions": (("message_id",), {"reaction": "fire"}),
    "DELETE /api/v1/dms/messages/{message_id}": (("message_id",), None),
}
"""What is done in a group of somebody's: what the path names of it, and a good body, which may name the message."""

OBJECTS = {
    "DELETE /api/v1/auth/sessions/{session_id}": (lambda owner: {"session_id": a_session(owner.user_id)}, None),
    "DELETE /api/v1/posts/{post_id}": (a_post, None),
    "GET /api/v1/posts/{post_id}/history": (a_post, None),
    "GET /api/v1/rooms/{room}/events": (lambda owner: {"room": Room.user(owner.user_id)}, None),
    "PATCH /api/v1/posts/{post_id}": (a_post, {"body": "changed"}),
    "POST /api/v1/me/notifications/{notification_id}/read": (a_notification, {"seq": 9}),
    "PATCH /api/v1/threads/{thread_id}": (lambda owner: {"thread_id": a_thread(owner)["id"]}, {"title": "Changed"}),
}
"""Of each operation about what belongs to somebody: how to make one of theirs and name it in the path, and a good body."""


def test_what_belongs_to_somebody_is_theirs(app, as_user, fingerprint, unlimited):
    owner, other, service = as_user("ann"), as_user("ben"), as_user("machine", Role.SERVICE)
    found = {str(operation): operation for operation in operations(app)}
    assert set(OBJECTS) | set(PRIVATE) | {DECLINE} == set(named(OWNED))
    for name, (make, body) in OBJECTS.items():
        values = make(owner)
        before = fingerprint()
        for client in (other, service):
            answer = sent(client, found[name], body=body, **values)
            assert (name, answer.status_code in (403, 404)) == (name, True), answer.status_code
        assert fingerprint() == before, name
        answer = sent(owner, found[name], body=body, **values)
        assert (name, answer.status_code) == (name, 200), answer.json


def test_in_a_hidden_thread_a_post_of_somebody_else_is_as_if_it_had_never_been(app, as_user, fingerprint, unlimited):
    owner, other, service = as_user("ann"), as_user("ben"), as_user("machine", Role.SERVICE)
    post = a_post(owner)
    with as_system() as session:
        session.execute(text("update social.threads set hidden_at = now()"))
    before, about = fingerprint(), 0
    for operation in operations(app):
        if (
            "{post_id}" in operation.path
            and operation.demands.login is not Login.IGNORED
            and not operation.demands.roles
        ):
            body = {"body": "x", "reaction": "fire"}
            for client in (other, service):
                there, nowhere = sent(client, operation, body=body, **post), sent(client, operation, body=body)
                assert (str(operation), there.status_code, there.json["detail"]) == (
                    str(operation),
                    404,
                    nowhere.json["detail"],
                )
            about += 1
    assert (about, fingerprint()) == (6, before)


@pytest.mark.parametrize("guarded", ["by both", "by the services alone"])
def test_private_talk_is_its_members_alone(app, as_user, fingerprint, unlimited, monkeypatch, guarded):
    """By row level security alone: `test_private_tables.py`."""
    if guarded == "by the services alone":
        monkeypatch.setattr(frame, "acting_as", as_system)
    owner, other, service = as_user("ann"), as_user("ben"), as_user("machine", Role.SERVICE)
    found = {str(operation): operation for operation in operations(app)}
    party = Party(owner, as_user)
    before = fingerprint()
    for client in (other, service):
        for name, (names, body) in PRIVATE.items():
            answer = sent(client, found[name], body=party.filled(body), **party.of(*names))
            assert (name, answer.status_code) == (name, 404), answer.json
        asking = a_request(owner, as_user)
        before = fingerprint()
        assert sent(client, found[DECLINE], **asking).status_code == 404
        assert client.get("/api/v1/dms").json == client.get(f"/api/v1/dms/search?q={PLANTED}").json == []
        assert client.post("/api/v1/reports", json=party.report).status_code == 404
    for moderator in (as_user("mia", Role.MODERATOR), as_user("ada", Role.ADMIN)):
        before = fingerprint()
        assert moderator.delete(f"/api/v1/moderation/messages/{party.said['id']}").status_code == 404
        assert PLANTED not in moderator.get("/api/v1/moderation/queue").text
    assert fingerprint() == before
    assert party.friend.post("/api/v1/reports", json=party.report).status_code == 200
    assert sent(owner, found[DECLINE], **asking).status_code == 200
    for name, (names, body) in PRIVATE.items():
        answer = sent(owner, found[name], body=party.filled(body), **party.of(*names))
        assert (name, answer.status_code) == (name, 200), answer.json


def test_members_keep_to_themselves_how_they_keep_a_conversation_even_from_raw_sql(as_user, unlimited):
    ann, ben, eve = as_user("ann"), as_user("ben"), as_user("eve")
    (conversation,) = friends(ann, ben)
    said = write(ben, conversation, "one")
    ann.patch("/api/v1/me/message-settings", json={"shows_receipts": False})
    assert ann.post(f"/api/v1/dms/{conversation}/read", json={"last_read_message_id": said["id"]}).status_code == 200
    ann.patch(f"/api/v1/dms/{conversation}", json={"is_muted": True, "is_archived": True})
    rows, known = {}, {}
    for client in (ann, ben, eve):
        with acting_as(client.user_id) as session:
            everything = session.execute(text("select user_id, is_muted from social.conversation_members")).all()
            told = session.execute(
                text("select user_id, seen_seq from social.members_of(array[cast(:id as uuid)])"), {"id": conversation}
            ).all()
        rows[client], known[client] = dict(map(tuple, everything)), dict(map(tuple, told))
    assert rows == {ann: {ann.user_id: True}, ben: {ben.user_id: False}, eve: {}}
    assert known == {
        ann: {ann.user_id: 1, ben.user_id: None},
        ben: {ann.user_id: 0, ben.user_id: 1},
        eve: {},
    }, "who shows no receipts sees none"


def test_the_consoles_forms_want_its_own_secret_and_their_role(app, client, as_user, fingerprint, unlimited):
    clients = {role: as_user(role.value, role) for role in Role}
    admin = clients[Role.ADMIN]
    found = {str(operation): operation for operation in operations(app)}
    bad = [token for token in bad_tokens(admin.user_id).values() if len(token) < 4000]
    before = fingerprint()
    for roles, table in FORMS.items():
        for name in named(table):
            address = found[name].address()
            assert admin.post(address).status_code == 403, "a token in a header means nothing here"
            for token in (None, *bad):
                answer = posted(app, address, token)
                assert (name, answer.status_code, "/console/sign-in" in answer.location) == (name, 303, True)
            for role, somebody in clients.items():
                if roles != (Role.USER,) and not may(role, roles):
                    assert (name, role, posted(app, address, somebody.token).status_code) == (name, role, 403)
            assert (name, posted(app, address, admin.token, secret="another").status_code) == (name, 403)
            foreign = posted(app, address, admin.token, headers={"Sec-Fetch-Site": "cross-site"})
            assert (name, foreign.status_code) == (name, 403)
    assert fingerprint() == before
    for roles, table in FORMS.items():
        for name in named(table):
            for role in roles:
                answer = posted(app, found[name].address(), clients[role].token)
                assert answer.status_code not in (401, 403, 500), (name, role)


def posted(app, address, token, secret="form", headers=None):
    """A form of the console, sent by a browser that has this token."""
    browser = app.test_client()
    browser.set_cookie("console_form", "form", path="/console")
    if token is not None:
        browser.set_cookie("console_token", token, path="/console")
    return browser.post(address, data={"secret": secret, "url": "https://nowhere.invalid/a.jpg"}, headers=headers)
