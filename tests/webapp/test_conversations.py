"""Conversations: opened once, requested, accepted, declined, ended; groups; what is read of them and how they are kept.

A gap's number is that in the list of what the platform's first API lacked.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import text

from db.session import as_system
from models.rules.messages import GROUP_MEMBERS, REQUEST_MESSAGES
from tests.webapp.direct import friends, group, inbox, opened, read, refused, write
from webapp import limits
from webapp.conversations.standing import BLOCKED, GONE, REFUSED, UNANSWERED

PAIRS = 200 if os.environ.get("TRR_PROVE") == "1" else 20


@pytest.fixture
def people(as_user):
    """Ann, Ben and Cat."""
    return [as_user(name) for name in ("ann", "ben", "cat")]


def test_everything_wants_a_token_and_whole_bodies(client, people):
    ann, ben, _ = people
    conversation = opened(ann, ben)
    address = f"/api/v1/dms/{conversation}"
    for method, path in (
        ("POST", "/api/v1/dms"),
        ("GET", "/api/v1/dms"),
        ("GET", f"{address}/messages"),
        ("POST", f"{address}/messages"),
        ("POST", f"{address}/read"),
    ):
        answer = client.open(path, method=method, json={} if method == "POST" else None)
        assert answer.status_code == 401 and "Authentication required" in answer.json["detail"]
        assert client.options(path, headers={"Origin": "http://localhost:3000"}).status_code == 200
    for path in ("/api/v1/dms", f"{address}/messages", f"{address}/read"):
        assert ann.post(path, json={}).status_code == 422, path
    for body in ({"other_user_id": "x"}, {"other_user_id": str(ann.user_id)}):
        assert ann.post("/api/v1/dms", json=body).status_code == 422
    assert ann.post("/api/v1/dms", json={"other_user_id": str(uuid4())}).status_code == 404
    assert ann.get("/api/v1/dms/x").status_code == 422
    assert ann.get("/api/v1/dms?folder=nothing").status_code == 422


def test_a_conversation_is_the_same_whoever_opens_it(people):
    ann, ben, cat = people
    made = ann.post("/api/v1/dms", json={"other_user_id": str(ben.user_id)}).json
    assert (made["is_group"], made["last_message_at"], made["created_by"]) == (False, None, str(ann.user_id))
    assert {(m["user_id"], m["role"], m["state"], m["user"]["username"]) for m in made["members"]} == {
        (str(ann.user_id), "member", "accepted", "ann"),
        (str(ben.user_id), "member", "requested", "ben"),
    }
    assert opened(ben, ann) == opened(ann, ben) == made["id"] != opened(ann, cat)


def test_pairs_that_open_at_once_have_one_each(as_user, monkeypatch):
    """Gap 10: opening was check-then-act. Both of each pair ask twice, at the same moment."""
    monkeypatch.setattr(limits, "DEFAULTS", {name: limits.Limit(10**6, 1) for name in limits.DEFAULTS})
    pairs = [(as_user(f"one{number}"), as_user(f"other{number}")) for number in range(PAIRS)]
    asking = [way for one, other in pairs for way in ((one, other), (other, one)) * 2]
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda way: opened(*way), asking))
    of_each = [set(ids[4 * number : 4 * number + 4]) for number in range(PAIRS)]
    assert [len(same) for same in of_each] == [1] * PAIRS
    with as_system() as session:
        counted = session.execute(
            text("select count(*), count(distinct conversation_id) from social.conversation_members")
        ).one()
    assert tuple(counted) == (2 * PAIRS, PAIRS)


def test_a_stranger_asks_and_is_accepted_or_declined(people, tokens):
    """Gap 16: nobody was asked for consent."""
    ann, ben, cat = people
    conversation = opened(ann, ben)
    assert inbox(ben, "requests") == [], "an empty request bothers nobody"
    for number in range(REQUEST_MESSAGES):
        last = write(ann, conversation, f"{number}")
    refused_more = ann.post(f"/api/v1/dms/{conversation}/messages", json={"body": "x"})
    assert refused(refused_more) == (403, UNANSWERED)
    assert [one["id"] for one in inbox(ben, "requests")] == [conversation]
    assert inbox(ben) == [] and len(inbox(ann)) == 1
    read(ben, conversation, last)
    seen = {m["user_id"]: m["last_read_seq"] for m in ann.get(f"/api/v1/dms/{conversation}").json["members"]}
    assert seen[str(ben.user_id)] == REQUEST_MESSAGES, "receipts are for the other, who may look by REST"
    assert ben.post(f"/api/v1/dms/{conversation}/decline").status_code == 200
    assert inbox(ben, "requests") == inbox(ben) == []
    assert refused(ann.post(f"/api/v1/dms/{conversation}/messages", json={"body": "x"})) == (403, REFUSED)
    told = ann.get(f"/api/v1/dms/{conversation}").json["members"]
    assert {m["state"] for m in told} == {"accepted", "requested"}, "that they declined is theirs to know"
    write(ben, conversation, "well then")  # writing accepts
    assert ben.post(f"/api/v1/dms/{conversation}/decline").status_code == 409
    write(ann, conversation, "thank you")
    assert [one["id"] for one in inbox(ben)] == [conversation]
    assert cat.patch("/api/v1/me/message-settings", json={"takes_requests": False}).json == {
        "shows_receipts": True,
        "takes_requests": False,
    }
    assert refused(ann.post("/api/v1/dms", json={"other_user_id": str(cat.user_id)})) == (403, REFUSED)
    opened(cat, ann)
    assert opened(ann, cat), "who writes first is no stranger to them"


def test_a_block_ends_it_and_what_was_said_stays(people):
    """Gaps 16 and 18: nobody could be blocked."""
    ann, ben, _ = people
    (conversation,) = friends(ann, ben)
    said = write(ann, conversation, "hello")
    address = f"/api/v1/dms/{conversation}/messages"
    assert ben.put(f"/api/v1/me/blocks/{ann.user_id}").status_code == 200
    assert refused(ann.post(address, json={"body": "x"})) == (403, REFUSED)
    assert refused(ben.post(address, json={"body": "x"})) == (403, BLOCKED)
    for one in (ann, ben):
        assert one.get(f"/api/v1/dms/{conversation}").json["is_ended"] is True
        assert [message["body"] for message in one.get(address).json] == ["hello"]
    assert (
        ann.patch(
            f"/api/v1/dms/messages/{said['id']}", json={"body": "still here"}, headers={"If-Match": "*"}
        ).status_code
        == 403
    )
    assert ann.post(f"/api/v1/dms/messages/{said['id']}/reactions", json={"reaction": "fire"}).status_code == 403
    assert ann.delete(f"/api/v1/dms/messages/{said['id']}").status_code == 200
    assert ben.delete(f"/api/v1/me/blocks/{ann.user_id}").status_code == 200
    write(ann, conversation, "again")
    other = ann.post("/api/v1/dms", json={"other_user_id": str(ben.user_id)}).json
    assert (other["id"], other["is_ended"]) == (conversation, False)


def test_nobody_opens_a_conversation_with_whom_they_block_or_who_blocks_them(people):
    ann, ben, _ = people
    ben.put(f"/api/v1/me/blocks/{ann.user_id}")
    assert refused(ann.post("/api/v1/dms", json={"other_user_id": str(ben.user_id)})) == (403, REFUSED)
    assert refused(ben.post("/api/v1/dms", json={"other_user_id": str(ann.user_id)})) == (403, BLOCKED)


def test_who_may_not_talk_is_told_so(people):
    ann, ben, _ = people
    (conversation,) = friends(ann, ben)
    with as_system() as session:
        session.execute(
            text("insert into social.sanctions (user_id, kind, reason) values (:id, 'ban', 'too loud')"),
            {"id": ann.user_id},
        )
        session.execute(text("update accounts.users set status = 'suspended' where id = :id"), {"id": ben.user_id})
    banned = refused(ann.post(f"/api/v1/dms/{conversation}/messages", json={"body": "x"}))
    assert banned == (403, "You are banned from discussions for good: too loud")
    assert refused(ben.post(f"/api/v1/dms/{conversation}/messages", json={"body": "x"})) == (
        403,
        "This account is suspended",
    )
    with as_system() as session:
        session.execute(text("delete from social.sanctions"))
        session.execute(text("update accounts.users set status = 'deleted' where id = :id"), {"id": ben.user_id})
    assert refused(ann.post(f"/api/v1/dms/{conversation}/messages", json={"body": "x"})) == (403, GONE)


def test_the_list_tells_all_in_one_statement(people, statements):
    """Gaps 15 and 18: members, preview and unread count took a request per conversation."""
    ann, ben, cat = people
    with_ben, with_cat = friends(ann, ben, cat)
    party = group(ann, ben, cat)["id"]
    write(ben, with_ben, "one")
    latest = write(ben, with_ben, "two")
    write(cat, with_cat, "three")
    write(ann, party, "four")
    with statements() as seen:
        listed = inbox(ann)
    about_talk = [one for one in seen if "conversation" in one]
    assert len(about_talk) == 1
    assert [(one["id"], one["unread_count"], (one["last_message"] or {}).get("body")) for one in listed] == [
        (party, 0, "four"),
        (with_cat, 1, "three"),
        (with_ben, 2, "two"),
    ]
    assert [len(one["members"]) for one in listed] == [3, 2, 2]
    assert listed[2]["last_message"]["id"] == latest["id"]
    pages, path = [], "/api/v1/dms?limit=1"
    while path:
        answer = ann.get(path)
        pages += [one["id"] for one in answer.json]
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")] if link else ""
    assert pages == [one["id"] for one in listed]


def test_reading_only_goes_forward(people):
    """Gaps 12 and 18: receipts went backwards, and the other's could not be read."""
    ann, ben, cat = people
    with_ben, with_cat = friends(ann, ben, cat)
    first, second = write(ben, with_ben, "one"), write(ben, with_ben, "two")
    assert read(ann, with_ben, second)["last_read_message_id"] == second["id"]
    receipt = read(ann, with_ben, first)
    assert (receipt["last_read_message_id"], receipt["unread_count"], receipt["user_id"]) == (
        second["id"], 0, str(ann.user_id),
    )  # fmt: skip
    elsewhere = ann.post(f"/api/v1/dms/{with_cat}/read", json={"last_read_message_id": first["id"]})
    assert elsewhere.status_code == 404
    assert cat.post(f"/api/v1/dms/{with_ben}/read", json={"last_read_message_id": first["id"]}).status_code == 404

    def seen_by(one, other):
        members = one.get(f"/api/v1/dms/{with_ben}").json["members"]
        return next(m["last_read_seq"] for m in members if m["user_id"] == str(other.user_id))

    assert seen_by(ben, ann) == 2
    ann.patch("/api/v1/me/message-settings", json={"shows_receipts": False})
    third = write(ben, with_ben, "three")
    assert read(ann, with_ben, third)["unread_count"] == 0
    assert (seen_by(ben, ann), seen_by(ann, ben), seen_by(ann, ann)) == (2, None, 3)
    with ThreadPoolExecutor(4) as pool:
        messages = [write(ben, with_ben, f"{number}") for number in range(8)]
        list(pool.map(lambda message: read(ann, with_ben, message), reversed(messages)))
    assert ann.get(f"/api/v1/dms/{with_ben}").json["last_read_seq"] == 11


def test_muting_and_archiving_are_ones_own(people):
    ann, ben, _ = people
    (conversation,) = friends(ann, ben)
    write(ben, conversation, "one")
    address = f"/api/v1/dms/{conversation}"
    kept = ann.patch(address, json={"is_archived": True, "is_muted": True}).json
    assert (kept["is_archived"], kept["is_muted"]) == (True, True)
    assert inbox(ann) == [] and [one["id"] for one in inbox(ann, "archived")] == [conversation]
    assert inbox(ben)[0]["is_archived"] is inbox(ben)[0]["is_muted"] is False
    write(ben, conversation, "two")
    assert (inbox(ann)[0]["is_archived"], inbox(ann)[0]["is_muted"]) == (False, True)
    ann.patch(address, json={"is_archived": True})
    assert ann.patch(address, json={"is_archived": False, "is_muted": False}).json["is_archived"] is False
    assert len(inbox(ann)) == 1


def test_a_group_is_its_members_affair(people, as_user):
    """Gap 18: there were no groups."""
    ann, ben, cat = people
    dan = as_user("dan")
    friends(ann, ben)
    made = group(ann, ben, cat)
    states = {m["user"]["username"]: (m["role"], m["state"]) for m in made["members"]}
    assert states == {"ann": ("admin", "accepted"), "ben": ("member", "accepted"), "cat": ("member", "requested")}
    address, path = f"/api/v1/dms/{made['id']}", f"/api/v1/dms/groups/{made['id']}"
    assert [one["title"] for one in inbox(cat, "requests")] == ["Watch party"]
    write(ben, made["id"], "before dan")
    assert cat.get(f"{address}/messages").json[0]["body"] == "before dan"
    assert cat.post(f"{address}/accept").json["state"] == "accepted"
    for stranger, answer in (
        (dan, dan.get(address)),
        (dan, dan.get(f"{address}/messages")),
        (dan, dan.post(f"{address}/messages", json={"body": "x"})),
        (dan, dan.put(f"{path}/members/{dan.user_id}")),
        (dan, dan.delete(f"{path}/members/{ben.user_id}")),
    ):
        assert answer.status_code == 404, stranger
    for answer in (
        ben.patch(path, json={"title": "Mine"}),
        ben.put(f"{path}/members/{dan.user_id}"),
        ben.delete(f"{path}/members/{cat.user_id}"),
        ben.patch(f"{path}/members/{ben.user_id}", json={"role": "admin"}),
    ):
        assert refused(answer) == (403, "Only an admin of the group may do this")
    assert ann.patch(path, json={"title": "Finale"}).json["title"] == "Finale"
    assert len(ann.put(f"{path}/members/{dan.user_id}").json["members"]) == 4
    assert dan.get(f"{address}/messages").json == [], "what was said before is not theirs"
    assert (dan.get(address).json["unread_count"], dan.get(address).json["last_message"]) == (0, None)
    write(dan, made["id"], "hello all")
    assert [message["body"] for message in dan.get(f"{address}/messages").json] == ["hello all"]
    assert ann.delete(f"{path}/members/{dan.user_id}").status_code == 200
    assert dan.get(address).status_code == dan.get(f"{address}/messages").status_code == 404
    assert refused(ann.patch(f"{path}/members/{ann.user_id}", json={"role": "member"}))[0] == 409
    assert ann.delete(f"{path}/members/{ann.user_id}").status_code == 200
    roles = {m["user"]["username"]: m["role"] for m in ben.get(address).json["members"]}
    assert sorted(roles.values()) == ["admin", "member"] and set(roles) == {"ben", "cat"}
    for one in (ben, cat):
        assert one.delete(f"{path}/members/{one.user_id}").status_code == 200
    with as_system() as session:
        assert session.execute(text("select count(*) from social.messages")).scalar_one() == 0


def test_who_is_in_a_group_and_who_cannot_be(people, as_user):
    ann, ben, cat = people
    dan = as_user("dan")
    ben.put(f"/api/v1/me/blocks/{ann.user_id}")
    cat.patch("/api/v1/me/message-settings", json={"takes_requests": False})
    for other in (ben, cat):
        answer = ann.post("/api/v1/dms/groups", json={"title": "x", "user_ids": [str(other.user_id)]})
        assert refused(answer) == (403, f"User {other.user_id} does not take invitations from you")
    assert ann.post("/api/v1/dms/groups", json={"title": "x", "user_ids": [str(uuid4())]}).status_code == 404
    assert ann.post("/api/v1/dms/groups", json={"title": " ", "user_ids": [str(dan.user_id)]}).status_code == 422
    assert ann.post("/api/v1/dms/groups", json={"title": "x", "user_ids": []}).status_code == 422
    assert inbox(ann) == [], "a group that could not be made is not there"
    body = {"title": "Finale", "user_ids": [str(dan.user_id)]}
    named = {"Idempotency-Key": "k-1"}
    first, again = (ann.post("/api/v1/dms/groups", json=body, headers=named) for _ in range(2))
    assert first.json["id"] == again.json["id"] and again.headers["Idempotency-Replayed"] == "true"
    assert dan.post(f"/api/v1/dms/{first.json['id']}/decline").status_code == 200
    assert [m["user"]["username"] for m in ann.get(f"/api/v1/dms/{first.json['id']}").json["members"]] == ["ann"]
    (direct,) = friends(ann, dan)
    assert refused(ann.delete(f"/api/v1/dms/groups/{direct}/members/{dan.user_id}")) == (403, "This is no group")
    with as_system() as session:
        session.execute(
            text(
                "with fans as (insert into accounts.users (username) select 'fan' || n from generate_series(1, :n) n"
                " returning id) insert into social.conversation_members (conversation_id, user_id, state)"
                " select :group, id, 'accepted' from fans"
            ),
            {"n": GROUP_MEMBERS - 1, "group": first.json["id"]},
        )
    full = ann.put(f"/api/v1/dms/groups/{first.json['id']}/members/{dan.user_id}")
    assert refused(full) == (409, f"A group has {GROUP_MEMBERS} members at most")
