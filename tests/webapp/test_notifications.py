"""Who is told of what, once, and what they have read of it. Whatever is told is told by the worker's own handlers."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import text

from db.commands import notifications, personal
from db.commands.notifications import deliver, notify
from db.session import acting_as, as_system
from models.accounts import Role
from models.logins import Password
from models.rules.notifications import NotificationKind
from tests.webapp.direct import friends, read, write
from tests.webapp.talk import aired_show, open_thread, say
from webapp.notifications import digest
from webapp.tasks import notifying

PLANTED = "Zanzibarwedding"
LIST = "/api/v1/me/notifications"


def listed(client, **query):
    answer = client.get(LIST, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def kinds(client, **query):
    return [one["kind"] for one in listed(client, **query)]


def unread(client):
    return client.get(f"{LIST}/unread").json


def read_all(client, up_to, **more):
    return client.post(f"{LIST}/read", json={"up_to": up_to, **more}).json["read"]


def survey(client, survey_id=None):
    """Tell somebody of a survey; answers what was told."""
    with as_system() as session:
        (told,) = deliver(session, [client.user_id], NotificationKind.SURVEY, survey_id=survey_id or uuid4())
    return told


def test_each_whom_a_post_concerns_is_told_once_for_the_best_reason(as_user, work):
    ann, ben, cem, dee = (as_user(name) for name in ("ann", "ben", "cem", "dee"))
    thread = open_thread(ann, aired_show().episodes[0], title="Finale")
    for fan in (ben, dee):
        assert fan.put(f"/api/v1/threads/{thread['id']}/follow").status_code == 200
    first = say(ben, thread, "hello")
    work()
    answer = say(ann, thread, "@ben and @cem, @ann and @nobody", parent=first)
    work()
    assert [(n["kind"], n["count"], n["post_id"]) for n in listed(ann)] == [("thread", 1, first["id"])]
    assert [(n["kind"], n["post_id"], n["actor"]["username"]) for n in listed(ben)] == [
        ("mention", answer["id"], "ann")
    ]
    (told,) = listed(cem)
    assert (told["kind"], told["title"], told["is_masked"], told["is_read"]) == ("mention", "Finale", False, False)
    assert (told["show_name"], told["thread_id"], told["conversation_id"]) == ("Villa Imaginaria", thread["id"], None)
    (told,) = listed(dee)
    assert (told["kind"], told["count"], told["post_id"], told["actor"]) == ("thread", 2, first["id"], None)
    say(dee, thread, "no, me", parent=answer)
    work()
    assert [(n["kind"], n["count"]) for n in listed(ann)] == [("reply", 1), ("thread", 1)]
    assert unread(ann) == {"total": 2, "kinds": {"mention": 0, "reply": 1, "message": 0, "thread": 1, "survey": 0}}
    assert kinds(ann, kind="reply") == ["reply"]
    assert "hello" not in json.dumps(listed(ann) + listed(dee))


def test_an_edit_tells_only_whom_it_names_anew_and_a_deletion_takes_all_back(as_user, work):
    ann, ben, cem = (as_user(name) for name in ("ann", "ben", "cem"))
    thread = open_thread(ann, aired_show().episodes[0])
    post = say(ann, thread, "@ben")
    work()
    seq = listed(ben)[0]["seq"]
    assert read_all(ben, seq) == 1
    edited = ann.patch(f"/api/v1/posts/{post['id']}", json={"body": "@ben @cem"}, headers={"If-Match": "*"})
    assert edited.status_code == 200
    work()
    assert [(n["seq"], n["is_read"]) for n in listed(ben)] == [(seq, True)]
    assert kinds(cem) == ["mention"]
    assert ann.delete(f"/api/v1/posts/{post['id']}").status_code == 200
    work()
    assert listed(ben) == listed(cem) == []


def test_what_a_filter_holds_is_told_when_it_is_shown(as_user, work):
    mod, ann, ben = as_user("mod", Role.MODERATOR), as_user("ann"), as_user("ben")
    assert mod.post("/api/v1/moderation/filters", json={"words": "heavens", "action": "hide"}).status_code == 200
    thread = open_thread(ben, aired_show().episodes[0])
    post = say(ann, thread, "heavens, @ben")
    work()
    assert listed(ben) == []
    dismissed = mod.post("/api/v1/moderation/dismissals", json={"target_kind": "post", "target_id": post["id"]})
    assert dismissed.status_code == 200
    work()
    assert kinds(ben) == ["mention"]


def test_nobody_hears_from_whom_they_block_or_mute_nor_of_a_muted_thread(as_user, work):
    ann, ben, cem, dee = (as_user(name) for name in ("ann", "ben", "cem", "dee"))
    thread = open_thread(ann, aired_show().episodes[0])
    for fan in (ben, cem, dee):
        fan.put(f"/api/v1/threads/{thread['id']}/follow")
    assert cem.put(f"/api/v1/me/blocks/{ann.user_id}").status_code == 200
    assert dee.put(f"/api/v1/threads/{thread['id']}/mute").status_code == 200
    say(ann, thread, "@ben @cem @dee")
    work()
    assert (kinds(ben), listed(cem), listed(dee)) == (["mention"], [], [])
    ben.put(f"/api/v1/me/mutes/{ann.user_id}")
    assert (listed(ben), unread(ben)["total"]) == ([], 0), "whom one mutes later is heard no more either"
    say(ann, thread, "all of you")
    work()
    ben.delete(f"/api/v1/me/mutes/{ann.user_id}")
    assert kinds(ben) == ["mention"]
    assert dee.delete(f"/api/v1/threads/{thread['id']}/mute").status_code == 200
    say(ann, thread, "and now?")
    work()
    assert (kinds(ben), kinds(dee)) == (["thread", "mention"], ["thread"])


def test_what_is_masked_stays_masked(as_user, work):
    aired = aired_show()
    ann, ben = as_user("ann"), as_user("ben")
    assert (
        ben.put(f"/api/v1/me/progress/{aired.show}", json={"seen_through": str(aired.episodes[2])}).status_code == 200
    )
    later = open_thread(ann, aired.episodes[3], title=f"The {PLANTED}")
    say(ann, later, f"@ben, the {PLANTED}!")
    earlier = open_thread(ann, aired.episodes[0], title="Old")
    say(ann, earlier, f"@ben, the {PLANTED} of later", spoils_id=str(aired.episodes[3]))
    work()
    told = listed(ben)
    assert [(n["title"], n["is_masked"]) for n in told] == [("Old", True), (None, True)]
    assert PLANTED not in json.dumps(told)
    ben.put(f"/api/v1/me/progress/{aired.show}", json={"seen_through": str(aired.episodes[5])})
    assert [(n["title"], n["is_masked"]) for n in listed(ben)] == [("Old", False), (f"The {PLANTED}", False)]


def test_what_was_read_is_told_no_more_and_what_is_raised_meanwhile_stays_unread(as_user, work):
    ann, ben = as_user("ann"), as_user("ben")
    thread = open_thread(ben, aired_show().episodes[0])
    posts = [say(ann, thread, f"{number}") for number in range(3)]
    work()
    (seen,) = listed(ben)
    assert seen["count"] == 3
    say(ann, thread, "meanwhile")
    work()
    for mark in (
        lambda: read_all(ben, seen["seq"]),
        lambda: ben.post(f"{LIST}/{seen['id']}/read", json={"seq": seen["seq"]}).json["read"],
    ):
        assert mark() == 0
    (raised,) = listed(ben, unread=True)
    assert (raised["id"], raised["count"], raised["post_id"]) == (seen["id"], 4, posts[0]["id"])
    assert ben.post(f"/api/v1/threads/{thread['id']}/read", json={"seq": 3}).status_code == 200
    assert unread(ben)["total"] == 1, "a part of the thread is not all of it"
    assert ben.post(f"/api/v1/threads/{thread['id']}/read", json={"seq": 4}).status_code == 200
    assert (unread(ben)["total"], listed(ben, unread=True)) == (0, [])
    new = say(ann, thread, "@ben again")
    say(ann, thread, "and more")
    work()
    assert [(n["kind"], n["count"], n["post_id"] == new["id"]) for n in listed(ben)] == [
        ("thread", 1, False), ("mention", 1, True),
    ]  # fmt: skip
    assert ben.post(f"/api/v1/threads/{thread['id']}/read", json={"seq": 5}).status_code == 200
    assert kinds(ben, unread=True) == ["thread"]


def test_pages_hold_each_notification_once(as_user):
    ann = as_user("ann")
    told = [survey(ann) for _ in range(5)]
    path, seen = f"{LIST}?limit=2", []
    while path:
        answer = ann.get(path)
        seen += [one["id"] for one in answer.json]
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert seen == [str(one.id) for one in reversed(told)]
    assert [one.seq for one in told] == [1, 2, 3, 4, 5]
    assert read_all(ann, 4, kind="mention") == 0
    assert read_all(ann, 4, kind="survey") == 4
    assert ann.get(f"{LIST}?cursor=1AAAA").status_code == 422


def test_marking_all_races_with_new_ones(as_user):
    ann = as_user("ann")
    for _ in range(10):
        shown = survey(ann).seq
        begin = Barrier(5)

        def tell(_number, begin=begin):
            begin.wait()
            return survey(ann).seq

        def mark(_number, begin=begin, shown=shown):
            begin.wait()
            return read_all(ann, shown)

        with ThreadPoolExecutor(5) as pool:
            tellers = [pool.submit(tell, number) for number in range(4)]
            marker = pool.submit(mark, 0)
            numbers = sorted(teller.result() for teller in tellers)
        assert numbers == list(range(shown + 1, shown + 5))
        assert marker.result() == 1
        assert sorted(one["seq"] for one in listed(ann, unread=True)) == numbers
        read_all(ann, numbers[-1])


def test_many_who_tell_many_of_the_same_wait_for_nobody_for_ever(as_user):
    fans = [as_user(f"fan{number}").user_id for number in range(6)]
    subject = uuid4()

    def tell(number):
        with as_system() as session:
            deliver(session, fans if number % 2 else reversed(fans), NotificationKind.SURVEY, survey_id=subject)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(tell, range(24)))
    with as_system() as session:
        rows = session.execute(text("select count, seq from social.notifications")).all()
    assert [tuple(row) for row in rows] == [(24, 24)] * 6


def test_settings_decide_what_is_listed(as_user, work):
    ann, ben = as_user("ann"), as_user("ben")
    path = f"{LIST}/settings"
    assert [(s["kind"], s["in_app"], s["in_digest"]) for s in ben.get(path).json] == [
        (kind, True, False) for kind in NotificationKind
    ]
    wanted = [{"kind": "thread", "in_app": False}, {"kind": "mention", "in_app": False, "in_digest": True}]
    assert ben.put(path, json=wanted).json[0] == {"kind": "mention", "in_app": False, "in_digest": True}
    assert ben.put(path, json=[*wanted, wanted[0]]).status_code == 422
    assert ben.put(path, json=[{"kind": "gossip"}]).status_code == 422
    thread = open_thread(ben, aired_show().episodes[0])
    post = say(ben, thread, "mine")
    say(ann, thread, "one"), say(ann, thread, "@ben two"), say(ann, thread, "three", parent=post)
    work()
    assert kinds(ben) == ["reply"]
    with as_system() as session:
        kept = session.execute(text("select kind, in_app from social.notifications where user_id = :id order by seq"),
                               {"id": ben.user_id}).all()  # fmt: skip
    assert [tuple(row) for row in kept] == [("mention", False), ("reply", True)], (
        "what is mailed alone is kept for the mail"
    )
    assert [s["in_app"] for s in ben.put(path, json=[]).json] == [True] * 5


def test_followers_are_told_in_parts_each_once(as_user, work, monkeypatch):
    monkeypatch.setattr(notifying, "AT_ONCE", 2)
    ann = as_user("ann")
    thread = open_thread(ann, aired_show().episodes[0])
    fans = [as_user(f"fan{number}") for number in range(5)]
    for fan in fans:
        fan.put(f"/api/v1/threads/{thread['id']}/follow")
    work()
    say(ann, thread, "hello")
    assert work() == 3
    assert [[n["count"] for n in listed(fan)] for fan in fans] == [[1]] * 5


def test_a_message_is_told_by_its_conversation_unless_it_is_read_already(as_user, work):
    ann, ben = as_user("ann"), as_user("ben")
    (conversation,) = friends(ann, ben)
    messages = [write(ann, conversation, f"{PLANTED} {number}") for number in range(2)]
    work()
    (told,) = listed(ben)
    assert (told["kind"], told["count"], told["conversation_id"]) == ("message", 2, conversation)
    assert (told["message_id"], told["actor"]["username"]) == (messages[0]["id"], "ann")
    assert (told["title"], told["is_masked"], told["thread_id"]) == (None, False, None)
    assert PLANTED not in json.dumps(told)
    assert listed(ann) == []
    read(ben, conversation, messages[1])
    assert unread(ben)["total"] == 0
    read(ben, conversation, write(ann, conversation, "read before the worker came"))
    work()
    assert [(one["seq"], one["is_read"]) for one in listed(ben)] == [(told["seq"], True)]
    with acting_as(ann.user_id) as session, pytest.raises(TypeError, match="names conversation_id"):
        notify(session, [ben.user_id], NotificationKind.MESSAGE, message_id=uuid4())


@pytest.fixture
def digests(post, work):
    """Send the daily mails of another day; answers what ann was sent so far."""

    def send():
        with as_system() as session:
            session.execute(text("update ops.outbox set key = null"))
            digest.send_all(session)
        work()
        return [mail.get_content().replace("\r\n", "\n") for mail in post.sent_to("ann@example.org")]

    return send


def test_the_daily_mail_tells_who_wants_it_what_they_did_not_read(as_user, work, digests):
    aired = aired_show()
    ann, ben, cem = (as_user(name) for name in ("ann", "ben", "cem"))
    with as_system() as session:
        for fan in (ann, cem):
            name = "ann" if fan is ann else "cem"
            session.add(Password(user_id=fan.user_id, email=f"{name}@example.org", hash="h"))
    wanted = [{"kind": kind, "in_app": kind != "reply", "in_digest": kind != "survey"} for kind in NotificationKind]
    assert ann.put(f"{LIST}/settings", json=wanted).status_code == 200
    assert (
        ann.put(f"/api/v1/me/progress/{aired.show}", json={"seen_through": str(aired.episodes[2])}).status_code == 200
    )
    assert digests() == []
    seen = open_thread(ann, aired.episodes[0], title="The reunion")
    mine = say(ann, seen, "mine")
    later = open_thread(ben, aired.episodes[3], title=f"The {PLANTED}")
    for body in ("one", "two", "three"):
        say(ben, seen, f"{PLANTED} {body}")
    say(ben, seen, f"{PLANTED}!", parent=mine)
    say(cem, later, f"@ann @cem {PLANTED}")
    survey(ann)
    work()
    (mail,) = digests()
    assert "- 1 post names you\n- 1 answer to your posts\n- 3 new posts in threads that you follow\n\n" in mail
    assert "In these discussions:\n- The reunion (Villa Imaginaria)\n\n" in mail
    assert PLANTED not in mail and "survey" not in mail
    assert len(digests()) == 1, "nothing is new"
    read_all(ann, listed(ann)[0]["seq"])
    say(ben, seen, "more")
    ann.put(f"{LIST}/settings", json=[{"kind": "thread", "in_digest": True}])
    work()
    assert digests()[1:] == [mail.replace(mail.split("\n\n")[1], "- 1 new post in threads that you follow")]
    assert ann.put(f"/api/v1/me/mutes/{ben.user_id}").status_code == 200
    say(ben, seen, "unheard")
    ann.put(f"{LIST}/settings", json=[])
    work()
    assert len(digests()) == 2


def test_what_was_told_is_forgotten_in_time_and_when_its_user_leaves(as_user, work):
    ann, ben = as_user("ann"), as_user("ben")
    thread = open_thread(ann, aired_show().episodes[0])
    say(ben, thread, "@ann")
    work()
    with as_system() as session:
        assert notifications.drop(session, timedelta(days=90)) == 0
        personal.forget(session, ben.user_id)
    assert [(n["kind"], n["actor"]) for n in listed(ann)] == [("mention", None)]
    with as_system() as session:
        (kept,) = [
            list(personal.rows_of(session, one, ann.user_id))
            for one in personal.BELONGINGS
            if one.name == "social.notifications"
        ]
        assert [(row["kind"], row["read_at"]) for row in kept] == [("mention", None)]
        session.execute(text("update social.notifications set told_at = now() - interval '91 days'"))
        assert notifications.drop(session, timedelta(days=90)) == 1
        deliver(session, [ann.user_id], NotificationKind.SURVEY, survey_id=uuid4())
        personal.forget(session, ann.user_id)
        left = [session.execute(text(f"select count(*) from social.{name}")).scalar_one()
                for name in ("notifications", "notification_counts")]  # fmt: skip
    assert left == [0, 0]
