"""What the sample users of the local stack say, over HTTP as they would: once, whatever is started how often."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from werkzeug.serving import make_server

from db.session import as_system
from deployments.local.community import say_all
from models.accounts import Role
from tests.webapp import factories as make
from tests.webapp.talk import FIRST_AIRED
from webapp.token.__main__ import SAMPLES, token_for

COUNTED = ("threads", "posts", "reactions", "reports", "keyword_filters", "air_times", "progress", "show_follows")


@pytest.fixture
def api(app, client) -> Iterator[str]:
    """The app at an address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.port}/api/v1"
    server.shutdown()
    serving.join()
    server.server_close()


def counted():
    with as_system() as session:
        return [session.execute(text(f"select count(*) from social.{table}")).scalar_one() for table in COUNTED]


def test_the_sample_users_talk_about_a_show_once(api, as_user):
    for name, role in SAMPLES.items():
        token_for(name, role, timedelta(0))
    assert say_all(api) == "no show has 6 aired episodes, so nothing is said"
    with make.catalogue() as session:
        show = make.show(session)
        season = make.season(session, show, 1)
        episodes = [
            make.episode(session, season, number, air_date=FIRST_AIRED + timedelta(days=number)).id
            for number in range(1, 8)
        ]
    assert say_all(api).startswith("Villa Imaginaria: 5 episodes watched by ben, 3 by ann")
    before = counted()
    assert say_all(api) == "Villa Imaginaria is talked about already"
    assert counted() == before and all(before)

    ann, mia = as_user("ann"), as_user("mia", Role.MODERATOR)
    (welcome,) = ann.get(f"/api/v1/shows/{show.id}/threads").json
    assert (welcome["is_pinned"], welcome["unread"] is not None) == (True, True)
    posts = ann.get(f"/api/v1/threads/{welcome['id']}/posts").json
    assert [post["is_masked"] for post in posts].count(True) == 1, "ben tells of an episode that ann has not seen"
    (live,) = ann.get(f"/api/v1/episodes/{episodes[4]}/threads").json
    assert (live["type"], live["is_masked"], live["title"]) == ("episode_live", True, None)
    (dinner,) = ann.get(f"/api/v1/episodes/{episodes[2]}/threads").json
    tree = ann.get(f"/api/v1/threads/{dinner['id']}/tree?order=oldest").json
    assert max(post["depth"] for post in tree) == 2 and any(post["is_deleted"] for post in tree)
    assert sum(sum(post["reactions"].values()) for post in tree) == 4
    waiting = mia.get("/api/v1/moderation/queue").json
    assert sorted(row["reasons"] for row in waiting) == [["abuse"], ["filtered"]]
