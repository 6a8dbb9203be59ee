"""Messages: numbered without gaps, sent once, paged both ways, edited, deleted, taken; images; search; what others may know.

A gap's number is that in the list of what the platform's first API lacked.
"""

import io
import os
import random
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from PIL import Image
from sqlalchemy import text
from sqlmodel import SQLModel

from db.commands import users
from db.object_store import private_store
from db.session import acting_as, as_system
from models.accounts import Role, User
from models.rules.messages import BODY
from tests.webapp.direct import friends, group, inbox, opened, read, refused, write
from webapp import limits

WRITERS = 200 if os.environ.get("TRR_PROVE") == "1" else 20
PLANTED = "Zanzibarhoneymoon"


@pytest.fixture(autouse=True)
def unlimited(monkeypatch):
    """How often is another suite's affair."""
    monkeypatch.setattr(limits, "DEFAULTS", {name: limits.Limit(10**6, 1) for name in limits.DEFAULTS})


@pytest.fixture
def people(as_user):
    """Ann, Ben and Cat."""
    return [as_user(name) for name in ("ann", "ben", "cat")]


def followed(client, path):
    """All pages of a list, by the `Link` to the next."""
    pages = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.json
        pages.append([message["seq"] for message in answer.json])
        path = links(answer).get("next")
    return pages


def links(answer):
    return {
        part.partition('rel="')[2].rstrip('"'): part[part.index("<") + 1 : part.index(">")]
        for part in answer.headers.get("Link", "").split(", ")
        if part
    }


def test_a_message_is_sent_and_read(people):
    """Gap 3: no member could read anything."""
    ann, ben, cat = people
    (conversation,) = friends(ann, ben)
    sent = write(ann, conversation, "  Did you *see* that?\r\nWow. ")
    assert (sent["body"], sent["seq"], sent["sender_id"], sent["conversation_id"]) == (
        "Did you *see* that?\nWow.", 1, str(ann.user_id), conversation,
    )  # fmt: skip
    address = f"/api/v1/dms/{conversation}/messages"
    answer = write(ben, conversation, "I did!", reply_to_id=sent["id"])
    assert answer["reply_to_id"] == sent["id"] and answer["sender"]["username"] == "ben"
    assert [message["body"] for message in ann.get(address).json] == ["I did!", sent["body"]]
    listed = inbox(ben)[0]
    assert (listed["last_message_at"][:19], listed["unread_count"]) == (answer["created_at"][:19], 0)
    (elsewhere,) = friends(ann, cat)
    wrong = ann.post(f"/api/v1/dms/{elsewhere}/messages", json={"body": "x", "reply_to_id": sent["id"]})
    assert refused(wrong) == (404, "Message not found")
    for body in ({}, {"body": " "}, {"body": "x" * (BODY + 1)}, {"body": "\0"}, {"body": "x", "client_id": "é"}):
        assert ann.post(address, json=body).status_code == 422, body
    for stranger in (cat.get(address), cat.post(address, json={"body": "x"}), cat.get(f"{address}?cursor=x")):
        assert refused(stranger) == (404, "Conversation not found")
    assert cat.get(f"/api/v1/dms/messages/{sent['id']}").status_code == 404


def test_pages_lead_both_ways_and_meet_each_message_once(people):
    """Gaps 11, 12 and 18: pages skipped what had one time, led forward only, and began with the oldest."""
    ann, ben, _ = people
    (conversation,) = friends(ann, ben)
    address = f"/api/v1/dms/{conversation}/messages"
    assert ann.get(address).json == []
    for number in range(1, 26):
        write(ann, conversation, f"{number}")
    assert followed(ben, f"{address}?limit=10") == [
        list(range(25, 15, -1)), list(range(15, 5, -1)), list(range(5, 0, -1)),
    ]  # fmt: skip
    assert followed(ben, f"{address}?limit=10&order=oldest&since=3") == [
        list(range(4, 14)),
        list(range(14, 24)),
        [24, 25],
    ]
    second = ben.get(links(ben.get(f"{address}?limit=10"))["next"])
    write(ann, conversation, "26")
    first = ben.get(links(second)["prev"])
    assert [message["seq"] for message in first.json] == list(range(25, 15, -1))
    assert [message["seq"] for message in ben.get(links(first)["prev"]).json] == [26]
    for query in ("limit=0", "limit=101", "cursor=x", "order=top", "since=-1"):
        assert ben.get(f"{address}?{query}").status_code == 422, query


def test_a_message_is_sent_once_however_often(people):
    """Gap 18: there was no key against sending twice."""
    ann, ben, _ = people
    (conversation,) = friends(ann, ben)
    first = write(ann, conversation, "once", client_id="m-1")
    again = write(ann, conversation, "once", client_id="m-1")
    assert again == first
    assert write(ben, conversation, "mine", client_id="m-1")["seq"] == 2, "the name is the sender's own"
    assert ben.get(f"/api/v1/dms/messages/{first['id']}").json["client_id"] is None
    key = {"Idempotency-Key": "k-1"}
    address = f"/api/v1/dms/{conversation}/messages"
    answers = [ann.post(address, json={"body": "by key"}, headers=key).json for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]["seq"] == 3
    assert ben.put(f"/api/v1/me/blocks/{ann.user_id}").status_code == 200
    assert write(ann, conversation, "once", client_id="m-1")["id"] == first["id"], "what was sent is known to be sent"


def test_writers_who_resend_leave_no_gap_and_write_everything_once(as_user, people):
    """Gap 12: the time of the last message could go back. Each sends some of their messages again, at the same time or later, as
    if the answer had been lost.
    """
    ann, ben, cat = people
    friends(ann, ben, cat)
    party = group(ann, ben, cat)["id"]
    chance = random.Random(7)
    wanted = [(writer % 3, f"w{writer}-{number}") for writer in range(WRITERS) for number in range(3)]
    sending = wanted + chance.sample(wanted, len(wanted) // 2)
    chance.shuffle(sending)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda one: write(people[one[0]], party, one[1], client_id=one[1]), sending))
    with as_system() as session:
        rows = session.execute(
            text("select seq, body, created_at from social.messages where conversation_id = :id order by seq"),
            {"id": party},
        ).all()
        last = session.execute(text("select last_seq, last_message_at from social.conversations where is_group")).one()
    assert [row.seq for row in rows] == list(range(1, len(wanted) + 1))
    assert sorted(row.body for row in rows) == sorted(name for _, name in wanted)
    assert tuple(last) == (len(wanted), max(row.created_at for row in rows))
    assert [row.created_at for row in rows] == sorted(row.created_at for row in rows)
    by_name = {row.body: row.seq for row in rows}
    assert all(answer["seq"] == by_name[answer["body"]] for answer in answers)
    for one in people:
        assert sum(map(len, followed(one, f"/api/v1/dms/{party}/messages?limit=100"))) == len(wanted)


def test_what_is_edited_and_deleted(people):
    """Gap 18: nothing could be edited or deleted."""
    ann, ben, _ = people
    (conversation,) = friends(ann, ben)
    sent = write(ann, conversation, "teh finale")
    address = f"/api/v1/dms/messages/{sent['id']}"
    write(ben, conversation, "yes", reply_to_id=sent["id"])
    assert ann.patch(address, json={"body": "the finale"}).status_code == 428
    assert ann.patch(address, json={"body": "x"}, headers={"If-Match": '"7"'}).status_code == 412
    edited = ann.patch(address, json={"body": "the finale"}, headers={"If-Match": '"1"'})
    assert (edited.json["body"], edited.json["version"], edited.headers["ETag"]) == ("the finale", 2, '"2"')
    assert edited.json["edited_at"] is not None
    for answer in (ben.patch(address, json={"body": "x"}, headers={"If-Match": "*"}), ben.delete(address)):
        assert refused(answer)[0] == 403
    with as_system() as session:
        session.execute(text("update social.messages set created_at = now() - interval '16 minutes'"))
    late = ann.patch(address, json={"body": "x"}, headers={"If-Match": "*"})
    assert refused(late) == (403, "A message may be edited for 15 minutes")
    for _ in range(2):
        gone = ann.delete(address).json
        assert (gone["body"], gone["is_deleted"], gone["version"]) == (None, True, 3)
    assert ann.patch(address, json={"body": "x"}, headers={"If-Match": "*"}).status_code == 404
    listed = ben.get(f"/api/v1/dms/{conversation}/messages").json
    assert [(message["body"], message["is_deleted"]) for message in listed] == [("yes", False), (None, True)]
    assert listed[0]["reply_to_id"] == listed[1]["id"]


def test_reactions_are_toggled(people):
    ann, ben, cat = people
    (conversation,) = friends(ann, ben)
    sent = write(ann, conversation)
    address = f"/api/v1/dms/messages/{sent['id']}/reactions"
    assert ben.post(address, json={"reaction": "fire"}).json == {
        "message_id": sent["id"], "reaction": "fire", "action": "added", "reactions": {"fire": 1}, "my_reactions": ["fire"],
    }  # fmt: skip
    ann.post(address, json={"reaction": "fire"})
    assert ben.get(f"/api/v1/dms/messages/{sent['id']}").json["reactions"] == {"fire": 2}
    assert ben.post(address, json={"reaction": "fire"}).json["action"] == "removed"
    wrong = ben.post(address, json={"reaction": "upvote"})
    assert wrong.status_code == 400 and "Invalid reaction type" in wrong.json["detail"]
    assert cat.post(address, json={"reaction": "fire"}).status_code == 404
    with ThreadPoolExecutor(4) as pool:
        actions = list(pool.map(lambda _: ben.post(address, json={"reaction": "heart"}).json["action"], range(6)))
    assert sorted(actions) == ["added"] * 3 + ["removed"] * 3
    key = {"Idempotency-Key": "k-1"}
    twice = [ben.post(address, json={"reaction": "lol"}, headers=key).json["action"] for _ in range(2)]
    assert twice == ["added", "added"]
    ann.delete(f"/api/v1/dms/messages/{sent['id']}")
    assert ben.post(address, json={"reaction": "lol"}).status_code == 404


def test_in_a_group_nobody_reads_whom_they_mute(people):
    ann, ben, cat = people
    friends(ann, ben, cat)
    party = group(ann, ben, cat)["id"]
    write(ben, party, "loud")
    cat.put(f"/api/v1/me/mutes/{ben.user_id}")
    told = cat.get(f"/api/v1/dms/{party}/messages").json[0]
    assert (told["body"], told["is_muted"]) == (None, True)
    assert inbox(cat)[0]["last_message"]["body"] is None
    assert cat.get("/api/v1/dms/search?q=loud").json == []
    assert ann.get(f"/api/v1/dms/{party}/messages").json[0]["body"] == "loud"


def test_search_finds_ones_own_talk_alone(people):
    ann, ben, cat = people
    with_ben, with_cat = friends(ann, ben, cat)
    write(ann, with_ben, "The REUNION was 100% wild")
    write(cat, with_cat, "reunion?")
    gone = write(ann, with_cat, "reunion!")
    ann.delete(f"/api/v1/dms/messages/{gone['id']}")
    found = ann.get("/api/v1/dms/search?q=Reunion").json
    assert [message["body"] for message in found] == ["reunion?", "The REUNION was 100% wild"]
    assert [m["conversation_id"] for m in ann.get(f"/api/v1/dms/search?q=reunion&conversation_id={with_cat}").json] == [
        with_cat
    ]
    assert len(ben.get("/api/v1/dms/search?q=reunion").json) == 1
    assert ben.get("/api/v1/dms/search?q=0%25 w").json[0]["conversation_id"] == with_ben
    assert ben.get(f"/api/v1/dms/search?q=reunion&conversation_id={with_cat}").json == []
    assert ann.get("/api/v1/dms/search?q=r&limit=1").headers["Link"].endswith('rel="next"')
    assert ann.get("/api/v1/dms/search").status_code == 422


def picture(colour=7):
    out = io.BytesIO()
    Image.new("RGB", (3000, 1500), (colour, 0, 0)).save(out, "JPEG")
    return out.getvalue()


def test_images_are_for_those_who_may_read_the_message(people, private_bucket, work):
    ann, ben, cat = people
    (conversation,) = friends(ann, ben)
    address = f"/api/v1/dms/{conversation}/messages"
    image = ann.post("/api/v1/dms/images", data=picture(), content_type="image/jpeg").json
    assert (image["width"], image["height"]) == (2048, 1024)
    assert ann.post("/api/v1/dms/images", data=b"<svg/>").status_code == 422
    for sender in (ben, cat):
        (theirs,) = friends(sender, ann) if sender is ben else friends(sender, ben)
        stolen = sender.post(f"/api/v1/dms/{theirs}/messages", json={"attachment_ids": [image["id"]]})
        assert stolen.status_code == 422, "nobody sends another's image, and so nobody gets to see it"
    sent = write(ann, conversation, None, attachment_ids=[image["id"]])
    assert sent["body"] is None
    (told,) = ben.get(address).json[0]["attachments"]
    assert Image.open(io.BytesIO(requests.get(told["url"], timeout=60).content)).format == "WEBP"
    assert requests.get(told["url"].partition("?")[0], timeout=60).status_code == 403
    assert ann.post(address, json={"attachment_ids": [image["id"]]}).status_code == 422, "an image is sent once"
    for one, count in ((ann, 1), (ben, 1), (cat, 0)):
        with acting_as(one.user_id) as session:
            assert session.execute(text("select count(*) from accounts.uploads")).scalar_one() == count
    assert inbox(ben)[0]["last_message"]["images"] == 1
    ann.delete(f"/api/v1/dms/messages/{sent['id']}")
    unsent = ann.post("/api/v1/dms/images", data=picture(9)).json
    with as_system() as session:
        session.execute(text("update accounts.uploads set created_at = now() - interval '2 days'"))
        session.execute(text("update ops.outbox set available_at = now() where topic = 'forget_object'"))
        session.execute(
            text("insert into ops.outbox (topic, payload) values ('sweep', '{\"name\": \"unsent-images\"}')")
        )
    work()
    work()
    assert private_store().keys() == []
    assert requests.get(unsent["url"], timeout=60).status_code == 404


def test_who_leaves_leaves_a_conversation_that_can_be_read(people, private_bucket, work):
    ann, ben, cat = people
    (conversation,) = friends(ann, ben)
    party = group(ann, ben, cat)["id"]
    write(ann, conversation, "remember me")
    image = ann.post("/api/v1/dms/images", data=picture()).json
    write(ann, conversation, "a picture", attachment_ids=[image["id"]])
    write(ben, conversation, "I do")
    ann.post("/api/v1/me/export")
    work()
    with zipfile.ZipFile(
        io.BytesIO(requests.get(ann.get("/api/v1/me/export").json["url"], timeout=60).content)
    ) as copy:
        mine = copy.read("social.messages.sender_id.json").decode()
        assert "remember me" in mine and "I do" not in mine
        assert any(name.startswith("uploads/") for name in copy.namelist())
        assert conversation in copy.read("social.conversation_members.json").decode()
    with as_system() as session:
        users.bury(session, session.get_one(User, ann.user_id))
        session.execute(
            text("insert into ops.outbox (topic, payload) values ('delete_account', cast(:payload as jsonb))"),
            {"payload": f'{{"user_id": "{ann.user_id}", "step": "belongings"}}'},
        )
    work()
    listed = ben.get(f"/api/v1/dms/{conversation}/messages").json
    assert [(m["body"], m["sender"]["is_deleted"]) for m in listed] == [
        ("I do", False), ("a picture", True), ("remember me", True),
    ]  # fmt: skip
    assert (listed[2]["sender"]["username"], listed[1]["attachments"][0]["url"]) == (None, None)
    told = ben.get(f"/api/v1/dms/{conversation}").json
    assert (told["is_ended"], len(told["members"])) == (True, 2)
    left = {m["user"]["username"]: m["role"] for m in ben.get(f"/api/v1/dms/{party}").json["members"]}
    assert left == {"ben": "admin", "cat": "member"}
    assert private_store().keys("messages/") == []


def everywhere(word):
    """The columns of the whole database whose text holds a word."""
    found = []
    with as_system() as session:
        for table in SQLModel.metadata.sorted_tables:
            for column in table.columns:
                rows = session.execute(
                    text(f'select count(*) from {table.fullname} where strpos("{column.name}" :: text, :word) > 0'),
                    {"word": word},
                )
                if rows.scalar_one():
                    found.append(f"{table.fullname}.{column.name}")
    return found


def test_words_stand_in_their_table_and_nowhere_else(people, work, caplog):
    ann, ben, cat = people
    friends(ann, ben, cat)
    conversation, party = opened(ann, ben), group(ann, ben, cat)["id"]
    for where in (conversation, party):
        address, once = f"/api/v1/dms/{where}/messages", {"Idempotency-Key": where}
        said = ann.post(address, json={"body": PLANTED, "client_id": "c"}, headers=once).json
        message = f"/api/v1/dms/messages/{said['id']}"
        ann.patch(message, json={"body": f"{PLANTED}!"}, headers={"If-Match": "*"})
        ben.post(f"{message}/reactions", json={"reaction": "lol"}, headers=once)
        read(ben, where, said)
        assert ben.get(f"/api/v1/dms/search?q={PLANTED}").status_code == 200
    ann.post(f"/api/v1/dms/{conversation}/messages", json={"body": [PLANTED]})
    ann.post(f"/api/v1/dms/{conversation}/messages", json={"body": PLANTED, "reply_to_id": str(ann.user_id)})
    work()
    assert ben.get(f"/api/v1/rooms/dms:conversation:{conversation}/events").json[-1]["payload"]
    assert everywhere(PLANTED) == ["social.messages.body"]
    assert PLANTED not in caplog.text


def test_messages_are_notified_once_until_they_are_read(people, work):
    ann, ben, cat = people
    (conversation,) = friends(ann, ben)
    party = group(ann, ben, cat)["id"]

    def told(client):
        work()
        listed = client.get("/api/v1/me/notifications?unread=true").json
        return [(one["kind"], one["conversation_id"], one["count"]) for one in listed]

    write(ann, conversation, "one")
    second = write(ann, conversation, "two")
    assert told(ben) == [("message", conversation, 2)]
    assert told(ann) == []
    read(ben, conversation, second)
    assert told(ben) == []
    for number in range(2):
        write(ann, party, f"{number}")
    assert told(ben) == [("message", party, 2)]
    assert told(cat) == [("message", party, 1)], "an invitation is told once"
    write(ben, party, "I am here")
    assert told(ben) == [], "who writes has read"
    ben.patch(f"/api/v1/dms/{party}", json={"is_muted": True})
    write(ann, party, "three")
    assert told(ben) == []


def test_a_message_is_reported_and_moderators_see_it_alone_while_the_report_is_open(people, as_user):
    ann, ben, _ = people
    mia = as_user("mia", Role.MODERATOR)
    (conversation,) = friends(ann, ben)
    write(ann, conversation, "said before")
    bad, fine = write(ben, conversation, PLANTED), write(ben, conversation, "said after")
    told = [
        {"target_kind": "message", "target_id": message["id"], "reason": reason, "note": "look"}
        for message, reason in ((bad, "abuse"), (fine, "spam"))
    ]
    for one in (*told, told[0]):
        assert ann.post("/api/v1/reports", json=one).status_code == 200
    waiting = mia.get("/api/v1/moderation/queue")
    assert [
        (one["target_id"], one["body"], one["username"], one["user_id"], one["said_at"], one["reports"], one["thread_id"])
        for one in waiting.json
    ] == [
        (said["id"], said["body"], "ben", str(ben.user_id), said["created_at"], 1, None) for said in (bad, fine)
    ]  # fmt: skip
    assert (
        "said before" not in waiting.text and str(ann.user_id) not in waiting.text and conversation not in waiting.text
    )
    assert mia.get(f"/api/v1/dms/messages/{bad['id']}").status_code == 404
    ben.patch(f"/api/v1/dms/messages/{bad['id']}", json={"body": "milder"}, headers={"If-Match": '"1"'})
    assert [one["body"] for one in mia.get("/api/v1/moderation/queue").json] == ["milder", "said after"]
    settled = {"target_kind": "message", "target_id": fine["id"]}
    assert mia.post("/api/v1/moderation/dismissals", json=settled).json == {"reports": 1}
    assert mia.delete(f"/api/v1/moderation/messages/{fine['id']}").status_code == 404, "nothing waits any more"
    assert mia.delete(f"/api/v1/moderation/messages/{bad['id']}").status_code == 200
    assert mia.get("/api/v1/moderation/queue").json == []
    read_now = {
        one["id"]: (one["body"], one["is_deleted"]) for one in ann.get(f"/api/v1/dms/{conversation}/messages").json
    }
    assert (read_now[bad["id"]], read_now[fine["id"]]) == ((None, True), ("said after", False))
    with as_system() as session:
        kept = session.execute(text("select action, details :: text from ops.audit_log order by id")).all()
        heard = text("select type from ops.events where room = :room order by seq desc limit 1")
        last = session.execute(heard, {"room": f"dms:conversation:{conversation}"}).scalar_one()
    assert [tuple(one) for one in kept[-2:]] == [
        ("message.dismiss_reports", '{"reports": 1}'),
        ("message.remove", '{"reports": 1}'),
    ]
    assert last == "dm_message_deleted"
