"""Talk and moderation in the console, without a browser: who sees what on its pages, and what its forms do."""

from uuid import uuid4

from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from tests.webapp import talk
from tests.webapp.console_pages import SCRIPT, page_of
from webapp.talk import standing


def test_a_thread_is_opened_talked_in_and_read_by_everybody(app, client, enter):
    show = talk.aired_show()
    ann, ben, stranger = enter("ann"), enter("ben"), app.test_client()
    about = f"/episodes/{show.episodes[0]}/discussions"
    assert f"/console{about}" in page_of(client.get(f"/console/episodes/{show.episodes[0]}")).links
    assert "No thread is open yet." in ann.read(about)
    opened = ann.send(about, title="<b>Who</b> lies?", type="episode_live")
    assert opened.status_code == 303
    thread = opened.location.removeprefix("/console")
    said = ann.send(f"{thread}/posts", body="It was ||the cousin|| <script>", script=True).json["post_id"]
    assert ben.send(f"{thread}/posts", body="No!", parent_post_id=said).status_code == 303
    answer = stranger.get(f"/console{thread}")
    page = page_of(answer)
    words = " ".join(page.text.split())
    assert "<b>Who</b> lies?" in words and "It was Spoilerthe cousin <script>" in words and "No!" in words
    assert "Sign in to take part" in words and "2 posts" in words and "Answer" not in words
    room, since = f"discussions:episode:{show.episodes[0]}", 3  # a thread and two posts were told before
    assert f'data-room="{room}" data-since="{since}"' in answer.text
    assert "data-secret" not in answer.text and 'data-me="' in ann.get(f"/console{thread}").text
    place = stranger.get(f"/console/posts/{said}")
    assert place.location == f"/console{thread}?branch={said}&order=oldest#entry-{said}"
    branch = page_of(stranger.get(place.location.split("#")[0])).text
    assert "One branch of the thread." in branch and "No!" in branch
    for order in ("oldest", "top", "controversial"):
        assert "No!" in ann.read(f"{thread}?order={order}")
    assert client.get(f"/console{thread}?order=loudest").status_code == 422
    assert client.get(f"/console/threads/{uuid4()}").status_code == 404
    assert "Who lies?" not in ben.read("/talk") and "<b>Who</b> lies?" in ben.read("/talk")


def test_a_script_gets_only_the_posts_that_it_asks_for_and_json_for_forms(client, enter):
    show = talk.aired_show()
    ann = enter("ann")
    thread = ann.send(f"/shows/{show.show}/discussions", title="Talk", type="general").location
    posts = [ann.send(f"{thread[8:]}/posts", body=f"word{n}", script=True).json["post_id"] for n in range(3)]
    other = ann.send(f"/shows/{show.show}/discussions", title="Other", type="general").location
    elsewhere = ann.send(f"{other[8:]}/posts", body="elsewhere", script=True).json["post_id"]
    news = ann.get(f"{thread}/news?entry={posts[2]}&entry={posts[0]}&entry={elsewhere}").text
    assert "word0" in news and "word2" in news and "word1" not in news and "elsewhere" not in news
    assert news.index("word0") < news.index("word2") and "3 posts" in news and "<html" not in news
    assert ann.get(f"{thread}/news").status_code == 200
    assert ann.get(f"{thread}/news?entry=x").status_code == 422
    refused = ann.send(f"{thread[8:]}/posts", body=" ", script=True)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert ann.send("/token", script=True).json["token"].count(".") == 2
    assert client.post("/console/token", headers=SCRIPT).status_code == 403, "without the secret nothing is told"
    version = ann.send(f"/posts/{posts[0]}/edit", body="changed", version=1, script=True)
    assert version.status_code == 200 and "changed" in ann.read(thread[8:])
    assert ann.send(f"/posts/{posts[0]}/edit", body="again", version=1).status_code == 412
    assert ann.send(f"{thread[8:]}/title", title="Renamed", version=1).status_code == 303
    assert "Renamed" in ann.read(thread[8:])
    ann.send(f"/posts/{posts[1]}/reactions", reaction="fire")
    assert 'value="fire" aria-pressed="true"' in ann.get(f"{thread}/news?entry={posts[1]}").text
    assert ann.send(f"/posts/{posts[2]}/delete").status_code == 303
    assert "The words were taken back." in ann.read(thread[8:])
    assert ann.send(f"{thread[8:]}/read", seq=3, script=True).status_code == 200
    assert ann.send(f"{thread[8:]}/follow", unfollow=1).status_code == 303
    assert ann.send(f"{thread[8:]}/read", seq=3, script=True).status_code == 404
    ann.send(f"/shows/{show.show}/follow", follow=1)
    assert "Villa Imaginaria" in ann.read("/talk")


def test_what_a_reader_has_not_seen_is_masked_until_they_ask(app, enter):
    show = talk.aired_show()
    ann, ben = enter("ann"), enter("ben")
    late = ann.send(f"/episodes/{show.episodes[3]}/discussions", title="Late secret", type="general").location[8:]
    post = ann.send(f"{late}/posts", body="planted", script=True).json["post_id"]
    early = ann.send(f"/episodes/{show.episodes[1]}/discussions", title="Early", type="general").location[8:]
    ann.send(f"{early}/posts", body="fine but ||planted||")
    assert "keep no progress" in ben.read(early)
    answer = ben.send(f"/shows/{show.show}/progress", seen_through=show.episodes[1])
    assert answer.status_code == 303
    for path in (late, f"/episodes/{show.episodes[3]}/discussions", early, f"/posts/{post}"):
        found = ben.get(f"/console{path}", follow_redirects=True).text
        assert "planted" not in found and "Late secret" not in found, path
    assert "This tells of an episode that you have not seen." in ben.read(late)
    assert "through season 1, episode 2" in ben.read(early) and "fine but ▒▒▒" in ben.read(early)
    assert "planted" not in ben.get(f"/console{late}/news?entry={post}").text
    assert "planted" in ben.get(f"/console{late}/news?reveal={post}").text
    assert "planted" in ben.read(f"{late}?reveal=true")
    ben.send(f"/shows/{show.show}/progress", forget=1)
    assert "planted" in ben.read(late)


def test_who_is_blocked_is_not_read_and_can_be_heard_again(enter):
    show = talk.aired_show()
    ann, ben = enter("ann"), enter("ben")
    thread = ann.send(f"/shows/{show.show}/discussions", title="Talk", type="general").location[8:]
    ben.send(f"{thread}/posts", body="shouting")
    with as_system() as session:
        ben_id = session.execute(text("select id from accounts.users where username = 'ben'")).scalar_one()
    assert ann.send(f"/users/{ben_id}/block").status_code == 303
    assert "shouting" not in ann.read(thread) and "You do not hear this author." in ann.read(thread)
    assert "ben , blocked" in ann.read("/talk").replace("ben,", "ben ,")
    ann.send(f"/users/{ben_id}/block", undo=1)
    assert "shouting" in ann.read(thread)


def test_a_moderator_settles_the_queue_and_all_of_it_stands_in_the_log(enter):
    show = talk.aired_show()
    ann, ben, mia = enter("ann"), enter("ben"), enter("mia", Role.MODERATOR)
    thread = ann.send(f"/shows/{show.show}/discussions", title="Quarrel", type="general").location[8:]
    first = ann.send(f"{thread}/posts", body="a calm start", script=True).json["post_id"]
    bad = ben.send(f"{thread}/posts", body="a rude answer", parent_post_id=first, script=True).json["post_id"]
    assert "Nothing waits." in mia.read("/moderation")
    told = ann.send("/reports", target_kind="post", target_id=bad, reason="abuse", note="look", script=True)
    assert told.status_code == 200
    queue = mia.read("/moderation")
    assert "1 report: abuse" in queue and "a rude answer" in queue and "a calm start" in queue
    assert mia.send(f"/moderation/posts/{bad}", is_hidden="true").status_code == 303
    assert "a rude answer" not in ben.read(thread) and "A moderator has hidden this post." in ben.read(thread)
    assert "a rude answer" in mia.read(thread) and "Nothing waits." in mia.read("/moderation")
    mia.send(f"/moderation/posts/{bad}", is_hidden="false")
    assert "a rude answer" in ann.read(thread)
    mia.send(thread.replace("/threads", "/moderation/threads"), is_locked="true")
    assert ben.send(f"{thread}/posts", body="more", script=True).json["detail"] == "Thread is locked"
    mia.send(thread.replace("/threads", "/moderation/threads"), is_locked="false")
    with as_system() as session:
        ben_id = session.execute(text("select id from accounts.users where username = 'ben'")).scalar_one()
    assert mia.send(f"/moderation/users/{ben_id}/sanctions", kind="ban", hours=24, reason="rude").status_code == 303
    assert ben.send(f"{thread}/posts", body="more", script=True).status_code == 403
    page = mia.get("/console/moderation").text
    assert "<strong>ben</strong>, until " in page
    ban = page.split("/console/moderation/sanctions/")[1].split("/")[0]
    assert mia.send(f"/moderation/sanctions/{ban}/lift").location == "/console/moderation#bans"
    assert ben.send(f"{thread}/posts", body="more", script=True).status_code == 200
    assert mia.send("/moderation/filters", words="Wicked", action="hide").status_code == 303
    assert "wicked" in mia.read("/moderation")
    held = ben.send(f"{thread}/posts", body="a wicked thing", script=True).json["post_id"]
    assert "held by a filter: filtered" in mia.read("/moderation") and "a wicked thing" not in ann.read(thread)
    mia.send("/moderation/dismissals", target_kind="post", target_id=held)
    assert "a wicked thing" in ann.read(thread)
    filter_ = mia.get("/console/moderation").text.split("/console/moderation/filters/")[1].split("/")[0]
    mia.send(f"/moderation/filters/{filter_}/remove")
    standing.forget_filters()
    log = mia.read("/moderation")
    for act in ("post.hide", "post.show", "thread.change", "user.ban", "user.lift_ban", "filter.add", "filter.remove"):
        assert act in log, act
    assert "mia" in log and "post.dismiss_reports" in log


def test_moderation_is_for_moderators_and_limits_are_for_admins(app, enter):
    ann, mia, ada = enter("ann"), enter("mia", Role.MODERATOR), enter("ada", Role.ADMIN)
    stranger = app.test_client()
    assert stranger.get("/console/moderation").location == "/console/sign-in?next=/console/moderation"
    assert stranger.get("/console/talk").status_code == 303
    refused = ann.get("/console/moderation")
    assert refused.status_code == 403 and "Only a moderator may do this" in page_of(refused).text
    for path in (f"/moderation/posts/{uuid4()}", "/moderation/filters", f"/moderation/users/{uuid4()}/sanctions"):
        assert ann.send(path, is_hidden="true").status_code == 403, path
    assert "Moderation" not in ann.read("/") and "Moderation" in mia.read("/")
    assert mia.send("/moderation/limits/post", allowed=7, seconds=60).status_code == 403
    assert ada.send("/moderation/limits/post", allowed=7, seconds=60).status_code == 303
    ada.send("/moderation/limits/thread", allowed=8, seconds=60)
    assert "7 in 1 min 0 s 120 in 10 min 0 s" in mia.read("/moderation")
    ada.send("/moderation/limits/post", allowed=7, seconds=60, reset=1)
    page = mia.read("/moderation")
    assert "7 in 1 min 0 s" not in page and "8 in 1 min 0 s 20 in 1 h 0 min" in page
