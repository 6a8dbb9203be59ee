"""Posts: said, answered, edited, deleted, ranked; reactions; what moderators do about them."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from models.rules.talk import DEPTH
from tests.webapp.talk import aired_show, open_thread, react, say
from webapp.talk import standing


@pytest.fixture
def aired(client):
    standing.forget_filters()
    return aired_show()


@pytest.fixture
def thread(as_user, aired):
    return open_thread(as_user("opener"), aired.episodes[0])


def bodies(answer):
    return [post["body"] for post in answer.json]


def test_a_post_is_said_and_answered(client, as_user, thread):
    """Gap 17: authors' profiles, counts of answers and posts."""
    fan, other = as_user("fan"), as_user("other")
    first = say(fan, thread, "  She *lied*.\r\nAgain. ")
    assert (first["body"], first["seq"], first["depth"], first["user_id"]) == (
        "She *lied*.\nAgain.", 1, 0, str(fan.user_id),
    )  # fmt: skip
    answer = say(other, thread, "No!", first)
    assert (answer["parent_post_id"], answer["depth"], answer["seq"]) == (first["id"], 1, 2)
    address = f"/api/v1/threads/{thread['id']}/posts"
    top = client.get(address).json
    assert [(post["id"], post["reply_count"], post["author"]["username"]) for post in top] == [(first["id"], 1, "fan")]
    assert bodies(client.get(f"{address}?parent_post_id={first['id']}")) == ["No!"]
    assert client.get(f"/api/v1/threads/{thread['id']}").json["post_count"] == 2


def test_what_is_refused_and_how(client, as_user, aired, thread):
    """Gaps 2 and 16: texts are trimmed and bounded, answers as deep as is legible, cursors checked."""
    fan = as_user("fan")
    address = f"/api/v1/threads/{thread['id']}/posts"
    assert client.post(address, json={"body": "x"}).status_code == 401
    for body in ({}, {"body": ""}, {"body": 1}, {"body": "x" * 10_001}, {"body": "x", "parent_post_id": "x"}):
        assert fan.post(address, json=body).status_code == 422, body
    assert fan.post(address, json={"body": "x", "parent_post_id": str(uuid4())}).status_code == 404
    elsewhere = say(fan, open_thread(fan, aired.episodes[1]), "there")
    wrong = fan.post(address, json={"body": "x", "parent_post_id": elsewhere["id"]})
    assert (wrong.status_code, wrong.json["detail"]) == (400, "Parent post belongs to another thread")
    assert fan.post(f"/api/v1/threads/{uuid4()}/posts", json={"body": "x"}).status_code == 404
    assert client.get(f"{address}?cursor=garbage").status_code == 422
    assert client.get(f"{address}?order=oldest&limit=0").status_code == 422
    deep = say(fan, thread, "deep")
    for _ in range(DEPTH):
        deep = say(fan, thread, "deeper", deep)
    too_deep = fan.post(address, json={"body": "x", "parent_post_id": deep["id"]})
    assert too_deep.status_code == 422 and f"at most {DEPTH} deep" in too_deep.json["detail"]


def test_a_repeated_post_is_said_once(as_user, thread):
    """Gap 14: what is sent again after a lost answer is done once."""
    fan, address = as_user("fan"), f"/api/v1/threads/{thread['id']}/posts"
    named = {"Idempotency-Key": "one"}
    answers = [fan.post(address, json={"body": "x"}, headers=named).json for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(fan.get(address).json) == 1
    twice = [
        fan.post(
            f"/api/v1/posts/{answers[0]['id']}/reactions", json={"reaction": "fire"}, headers={"Idempotency-Key": "two"}
        )
        for _ in range(2)
    ]
    assert [answer.json["action"] for answer in twice] == ["added", "added"]
    assert twice[1].json["reactions"]["fire"] == 1


def test_four_orders_and_pages_without_gaps(client, as_user, thread):
    """Gaps 11 and 17: oldest, newest, top, controversial; each whole and in both directions."""
    fans = [as_user(f"fan{number}") for number in range(4)]
    posts = [say(fans[0], thread, f"{number}") for number in range(6)]
    votes = {0: "uuud", 1: "uu", 2: "uudd", 3: "", 4: "dddd", 5: "ud"}
    for number, given in votes.items():
        for fan, vote in zip(fans, given, strict=False):
            react(fan, posts[number], {"u": "upvote", "d": "downvote"}[vote])
    address = f"/api/v1/threads/{thread['id']}/posts"

    def walk(order):
        met, at = [], f"{address}?order={order}&limit=2"
        while at:
            answer = client.get(at)
            met += bodies(answer)
            at = links(answer).get("next")
        back, at = met[-len(bodies(answer)) :], links(answer).get("prev")
        while at:
            answer = client.get(at)
            back = bodies(answer) + back
            at = links(answer).get("prev")
        assert back == met
        return "".join(met)

    assert walk("oldest") == "012345"
    assert walk("newest") == "543210"
    assert walk("top")[:2] == "10" and walk("top")[-1] == "4"
    assert walk("controversial")[:3] == "250"
    assert client.get(f"{address}?order=top&cursor={_cursor(client, address)}").status_code == 422


def links(answer):
    """Where the header `Link` leads, by relation."""
    return {rel: address for address, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))}


def test_what_was_said_meanwhile_is_on_the_page_before_the_newest(client, as_user, thread):
    """Gap 11: paging both ways; no post that shares its time with another is lost, no order moves under the reader."""
    fan, address = as_user("fan"), f"/api/v1/threads/{thread['id']}/posts"
    for number in range(4):
        say(fan, thread, f"{number}")
    second = client.get(links(client.get(f"{address}?order=newest&limit=2"))["next"])
    assert bodies(second) == ["1", "0"]
    for number in range(4, 7):
        say(fan, thread, f"{number}")
    before = client.get(links(second)["prev"])
    assert bodies(before) == ["3", "2"]
    newer = client.get(links(before)["prev"])
    assert (bodies(newer), bodies(client.get(links(newer)["prev"]))) == (["5", "4"], ["6"])
    both = f"{address}?order=newest&cursor=a&before=b"
    assert client.get(both).json["errors"][0]["loc"] == ["query", "before"]
    assert client.get(f"{address}?before=garbage").status_code == 422


def _cursor(client, address):
    return client.get(f"{address}?order=oldest&limit=2").headers["Link"].partition("cursor=")[2].partition(">")[0]


def test_a_tree_comes_each_post_before_its_answers(client, as_user, thread):
    """Gap 17: a tree in one request."""
    fan = as_user("fan")
    a, b = say(fan, thread, "a"), say(fan, thread, "b")
    a1, a2 = say(fan, thread, "a1", a), say(fan, thread, "a2", a)
    say(fan, thread, "a1x", a1)
    react(fan, a2, "upvote")
    address = f"/api/v1/threads/{thread['id']}/tree"
    assert bodies(client.get(f"{address}?order=oldest")) == ["a", "a1", "a1x", "a2", "b"]
    assert bodies(client.get(f"{address}?order=top")) == ["b", "a", "a2", "a1", "a1x"]
    assert bodies(client.get(f"{address}?order=oldest&root={a['id']}")) == ["a1", "a1x", "a2"]
    assert bodies(client.get(f"{address}?order=oldest&limit=2")) == ["a", "a1"]
    assert [post["depth"] for post in client.get(f"{address}?order=oldest").json] == [0, 1, 2, 1, 0]
    assert b["depth"] == 0


def test_an_edit_keeps_what_was_said_before(as_user, thread):
    """Gap 17: editing posts, with a history."""
    fan, other, moderator = as_user("fan"), as_user("other"), as_user("moderator", Role.MODERATOR)
    address = f"/api/v1/posts/{say(fan, thread, 'first')['id']}"
    assert other.patch(address, json={"body": "x"}, headers={"If-Match": "*"}).status_code == 403
    changed = fan.patch(address, json={"body": "second"}, headers={"If-Match": '"1"'})
    assert (changed.json["body"], changed.json["version"]) == ("second", 2)
    assert fan.patch(address, json={"body": "third"}, headers={"If-Match": '"1"'}).status_code == 412
    for reader in (fan, moderator):
        assert bodies(reader.get(f"{address}/history")) == ["first"]
    assert other.get(f"{address}/history").status_code == 404


def test_a_deleted_post_leaves_a_tombstone_and_no_word(client, as_user, thread):
    """Gap 17: deleting posts; answers stay."""
    fan, other = as_user("fan"), as_user("other")
    post = say(fan, thread, "regret this")
    fan.patch(f"/api/v1/posts/{post['id']}", json={"body": "regret that"}, headers={"If-Match": "*"})
    answer = say(other, thread, "quoting nothing", post)
    assert other.delete(f"/api/v1/posts/{post['id']}").status_code == 403
    gone = fan.delete(f"/api/v1/posts/{post['id']}").json
    assert (gone["is_deleted"], gone["body"], gone["user_id"], gone["author"]) == (True, None, None, None)
    assert fan.delete(f"/api/v1/posts/{post['id']}").status_code == 200
    assert client.get(f"/api/v1/threads/{thread['id']}").json["post_count"] == 1
    assert client.get(f"/api/v1/posts/{answer['id']}").json["body"] == "quoting nothing"
    assert react(other, post, "fire").status_code == 404
    assert (
        other.post(
            f"/api/v1/threads/{thread['id']}/posts", json={"body": "x", "parent_post_id": post["id"]}
        ).status_code
        == 404
    )
    with as_system() as session:
        for table in ("posts", "post_edits"):
            assert not session.execute(text(f"select body from social.{table} where body like '%regret%'")).all()


def test_reactions_toggle_and_votes_exclude_each_other(client, as_user, thread):
    """Gap 10: one vote of a user, and counts and one's own in every answer."""
    fan, other = as_user("fan"), as_user("other")
    post = say(fan, thread, "x")
    assert react(client, post, "fire").status_code == 401
    invalid = react(fan, post, "meh")
    assert (invalid.status_code, invalid.json["detail"].split(";")[0]) == (400, "Invalid reaction type")
    assert react(fan, {"id": uuid4()}, "fire").status_code == 404
    up = react(fan, post, "upvote").json
    assert (up["action"], up["reactions"]["upvote"], up["my_reactions"]) == ("added", 1, ["upvote"])
    react(fan, post, "heart")
    down = react(fan, post, "downvote").json
    assert (down["action"], down["my_reactions"]) == ("added", ["downvote", "heart"])
    assert (down["reactions"]["upvote"], down["reactions"]["downvote"], down["reactions"]["heart"]) == (0, 1, 1)
    assert react(fan, post, "heart").json["action"] == "removed"
    react(other, post, "downvote")
    assert client.get(f"/api/v1/posts/{post['id']}/reactions").json == {
        "post_id": post["id"],
        "reactions": {"upvote": 0, "downvote": 2, "lol": 0, "shade": 0, "fire": 0, "heart": 0},
        "my_reactions": [],
    }
    assert fan.get(f"/api/v1/posts/{post['id']}/reactions").json["my_reactions"] == ["downvote"]


def test_who_is_named_is_remembered(as_user, thread):
    """Gap 17: mentions."""
    fan, named, blocker = as_user("fan"), as_user("Dana.B"), as_user("grumpy")
    blocker.put(f"/api/v1/me/blocks/{fan.user_id}")
    post = say(fan, thread, "@dana.b said so, not `@nobody` or mail@dana.b; @grumpy @fan @unknown")
    with as_system() as session:
        found = session.execute(text("select user_id from social.mentions where post_id = :id"), {"id": post["id"]})
        assert list(found.scalars()) == [named.user_id]
    assert post["mentions"] == [{"id": str(named.user_id), "username": "Dana.B"}]
    fan.patch(f"/api/v1/posts/{post['id']}", json={"body": "Never mind"}, headers={"If-Match": "*"})
    assert fan.get(f"/api/v1/posts/{post['id']}").json["mentions"] == []


def test_a_blocked_user_cannot_answer_and_a_muted_one_is_not_read(as_user, thread):
    """Gap 16: blocking and muting."""
    fan, troll = as_user("fan"), as_user("troll")
    post, theirs = say(fan, thread, "mine"), say(troll, thread, "bait")
    fan.put(f"/api/v1/me/blocks/{troll.user_id}")
    refused = troll.post(f"/api/v1/threads/{thread['id']}/posts", json={"body": "x", "parent_post_id": post["id"]})
    assert (refused.status_code, react(troll, post, "shade").status_code) == (403, 403)
    seen = fan.get(f"/api/v1/posts/{theirs['id']}").json
    assert (seen["body"], seen["is_muted"]) == (None, True)
    assert fan.get(f"/api/v1/posts/{theirs['id']}?reveal=true").json["body"] == "bait"
    assert [row["kind"] for row in fan.get("/api/v1/me/relations").json] == ["block"]
    fan.delete(f"/api/v1/me/blocks/{troll.user_id}")
    fan.put(f"/api/v1/me/mutes/{troll.user_id}")
    assert say(troll, thread, "back", post)["body"] == "back"
    assert fan.get(f"/api/v1/posts/{theirs['id']}").json["is_muted"] is True
    assert fan.put(f"/api/v1/me/blocks/{fan.user_id}").status_code == 409
    assert fan.put(f"/api/v1/me/blocks/{uuid4()}").status_code == 404


def test_moderators_see_what_was_reported_and_settle_it(client, as_user, thread):
    """Gap 17: reports and their queue; who did what stands in a log."""
    fan, moderator = as_user("fan"), as_user("moderator", Role.MODERATOR)
    post = say(as_user("troll"), thread, "awful")
    report = {"target_kind": "post", "target_id": post["id"], "reason": "abuse"}
    assert fan.get("/api/v1/moderation/queue").status_code == 403
    ids = {fan.post("/api/v1/reports", json=report).json["id"] for _ in range(2)}
    assert len(ids) == 1
    as_user("second").post("/api/v1/reports", json=report | {"reason": "spam"})
    waiting = moderator.get("/api/v1/moderation/queue").json
    assert [(row["reports"], row["reasons"], row["body"], row["username"]) for row in waiting] == [
        (2, ["abuse", "spam"], "awful", "troll")
    ]
    moderator.patch(f"/api/v1/moderation/posts/{post['id']}", json={"is_hidden": True, "reason": "abuse"})
    seen = client.get(f"/api/v1/posts/{post['id']}").json
    assert (seen["is_hidden"], seen["body"]) == (True, None)
    assert moderator.get(f"/api/v1/posts/{post['id']}").json["body"] == "awful"
    assert moderator.get("/api/v1/moderation/queue").json == []
    moderator.patch(f"/api/v1/moderation/posts/{post['id']}", json={"is_hidden": False})
    assert client.get(f"/api/v1/posts/{post['id']}").json["body"] == "awful"
    with as_system() as session:
        acts = session.execute(text("select action from ops.audit_log order by id")).scalars().all()
    assert acts == ["post.hide", "post.show"]


def test_words_in_a_hidden_thread_are_their_authors_to_take_back_and_tell_them_no_more(client, as_user, thread, work):
    """Gap 17: what a moderator hid is gone for all, and stays whose it is."""
    fan, other, moderator = as_user("fan"), as_user("other"), as_user("moderator", Role.MODERATOR)
    mine = say(fan, thread, "planted words of mine, @other")
    theirs = say(other, thread, "planted words of theirs", mine)
    react(other, mine, "fire")
    work()
    assert len(other.get("/api/v1/me/notifications").json) == 1
    hide = f"/api/v1/moderation/threads/{thread['id']}"
    assert moderator.patch(hide, json={"is_hidden": True, "is_locked": True}).status_code == 200
    ban = {"kind": "ban", "reason": "planted"}
    moderator.post(f"/api/v1/moderation/users/{fan.user_id}/sanctions", json=ban)
    address = f"/api/v1/posts/{mine['id']}"
    assert fan.get(address).status_code == 404
    assert fan.patch(address, json={"body": "x"}, headers={"If-Match": "*"}).json["detail"] == "Post not found"
    for _ in range(2):
        left = fan.delete(address)
        assert (left.status_code, left.json["is_deleted"], left.json["body"]) == (200, True, None)
        assert (left.json["reactions"], left.json["reply_count"], left.json["mentions"]) == (None, None, [])
    assert "planted" not in left.text
    assert (fan.get(address).json, fan.get(f"{address}/reactions").json["reactions"]) == (left.json, None)
    for reader in (client, other):
        assert reader.get(address).status_code == 404
    assert fan.get(f"/api/v1/posts/{theirs['id']}").status_code == 404
    for path in ("", "/posts", "/tree"):
        assert fan.get(f"/api/v1/threads/{thread['id']}{path}").status_code == 404
    work()
    assert other.get("/api/v1/me/notifications").json == []
    assert moderator.delete(f"/api/v1/posts/{theirs['id']}").status_code == 403
    seen = moderator.get(f"/api/v1/threads/{thread['id']}/posts").json
    assert [(post["is_deleted"], post["reply_count"], post["reactions"]["fire"]) for post in seen] == [(True, 1, 1)]
    assert moderator.get(f"/api/v1/threads/{thread['id']}").json["post_count"] == 1
    with as_system() as session:
        assert {name: session.execute(text(query)).all() for name, query in RECOUNTS.items()} == {
            name: [] for name in RECOUNTS
        }


def test_a_ban_lasts_until_it_ends_or_is_lifted(as_user, thread):
    """Gap 17: warnings and bans, which those concerned can read."""
    fan, moderator, admin = as_user("fan"), as_user("moderator", Role.MODERATOR), as_user("admin", Role.ADMIN)
    address = f"/api/v1/moderation/users/{fan.user_id}/sanctions"
    assert moderator.post(address, json={"kind": "warning", "reason": "Calm down"}).status_code == 200
    say(fan, thread, "calm")
    ban = moderator.post(address, json={"kind": "ban", "reason": "Not calm", "hours": 2}).json
    refused = fan.post(f"/api/v1/threads/{thread['id']}/posts", json={"body": "x"})
    assert refused.status_code == 403 and "Not calm" in refused.json["detail"]
    own = fan.get("/api/v1/me/sanctions").json
    assert [(row["kind"], row["reason"]) for row in own] == [("ban", "Not calm"), ("warning", "Calm down")]
    assert moderator.get(address).json == own
    assert (fan.get(address).status_code, moderator.get("/api/v1/me/sanctions").json) == (403, [])
    assert moderator.delete(f"/api/v1/moderation/sanctions/{ban['id']}").status_code == 200
    assert moderator.delete(f"/api/v1/moderation/sanctions/{ban['id']}").status_code == 404
    say(fan, thread, "again")
    at_admin = f"/api/v1/moderation/users/{admin.user_id}/sanctions"
    assert moderator.post(at_admin, json={"kind": "ban", "reason": "x"}).status_code == 403


def test_filtered_words_are_refused_or_held(client, as_user, thread):
    """Gap 16: filtered words."""
    fan, moderator = as_user("fan"), as_user("moderator", Role.MODERATOR)
    for words, action in (("slur", "refuse"), ("Buy  Now", "hide")):
        assert moderator.post("/api/v1/moderation/filters", json={"words": words, "action": action}).status_code == 200
    again = moderator.post("/api/v1/moderation/filters", json={"words": "SLUR", "action": "hide"})
    assert again.status_code == 409
    assert fan.post(f"/api/v1/threads/{thread['id']}/posts", json={"body": "a Slur!"}).status_code == 422
    assert say(fan, thread, "slurp is fine")["is_hidden"] is False
    for title in ("No slur", "Buy now!"):
        opening = fan.post(f"/api/v1/shows/{thread['show_id']}/threads", json={"title": title, "type": "general"})
        assert (opening.status_code, opening.json["errors"][0]["loc"]) == (422, ["json", "title"])
    held = say(fan, thread, "buy now")
    assert held["is_hidden"] is True and held["body"] is None
    waiting = moderator.get("/api/v1/moderation/queue").json
    assert [(row["target_id"], row["reasons"]) for row in waiting] == [(held["id"], ["filtered"])]
    moderator.post("/api/v1/moderation/dismissals", json={"target_kind": "post", "target_id": held["id"]})
    assert client.get(f"/api/v1/posts/{held['id']}").json["body"] == "buy now"


def test_twenty_at_random_leave_true_counters_and_trees(app, as_user, aired, thread):
    """Gaps 10 and 14: twenty at once race for nothing; every post has its event, with the thread's id."""
    people = [as_user(f"user{number}") for number in range(20)]
    seeds = [say(people[0], thread, "seed") for _ in range(3)]

    def act(number):
        me, chance = people[number], random.Random(number)
        mine: list[Any] = []
        for _ in range(12):
            known = seeds + mine
            post = chance.choice(known)
            what = chance.randrange(10)
            if what < 4:
                made = me.post(
                    f"/api/v1/threads/{thread['id']}/posts",
                    json={"body": "x", "parent_post_id": chance.choice([None, post["id"]])},
                )
                if made.status_code == 200:
                    mine.append(made.json)
                assert made.status_code in (200, 404, 422)
            elif what < 8:
                assert react(me, post, chance.choice(["upvote", "downvote", "fire"])).status_code in (200, 404)
            elif mine:
                mine_now = chance.choice(mine)
                if what == 8:
                    answer = me.patch(f"/api/v1/posts/{mine_now['id']}", json={"body": "y"}, headers={"If-Match": "*"})
                else:
                    answer = me.delete(f"/api/v1/posts/{mine_now['id']}")
                assert answer.status_code in (200, 404)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(20)))
    with as_system() as session:
        wrong = {name: session.execute(text(query)).all() for name, query in RECOUNTS.items()}
    assert wrong == {name: [] for name in RECOUNTS}


_COUNTED = " + ".join(
    f"abs(c.{kind} - (select count(*) from social.reactions r where r.post_id = c.post_id and r.reaction = '{kind}'))"
    for kind in ("upvote", "downvote", "lol", "shade", "fire", "heart")
)
RECOUNTS = {
    "reactions": f"select c.post_id from social.post_counts c where {_COUNTED} > 0",
    "replies": "select c.post_id from social.post_counts c where c.replies <> (select count(*) from social.posts p"
    " where p.parent_post_id = c.post_id and p.deleted_at is null)",
    "threads": "select c.thread_id from social.thread_counts c where (c.posts, c.last_seq) <> (select count(*) filter"
    " (where p.deleted_at is null), coalesce(max(p.seq), 0) from social.posts p where p.thread_id = c.thread_id)",
    "trees": "select p.id from social.posts p join social.posts parent on parent.id = p.parent_post_id"
    " where p.depth <> parent.depth + 1 or p.seq <= parent.seq or p.thread_id <> parent.thread_id",
    "gaps": "select thread_id from social.posts group by thread_id having max(seq) <> count(*)",
    "events": "select p.id from social.posts p where not exists (select from ops.events e"
    " where e.type = 'post_created' and e.payload ->> 'post_id' = p.id :: text)",
}
