"""Spoilers: who has seen up to an episode learns nothing of the next from any route about talk."""

import re
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from db.session import as_system
from models.accounts import Role
from models.entities import Kind
from models.rules.rooms import Room
from models.rules.talk import HIDDEN, masked, mentions
from models.shows import Episode, Season, Show
from tests.webapp import factories as make
from tests.webapp.console_pages import secret_of
from tests.webapp.talk import FIRST_AIRED, aired_show, open_thread, react, say
from webapp.frame import demands_of
from webapp.tasks import export

PLANTED = "Zanzibarwedding"


@pytest.fixture
def aired(client):
    return aired_show()


def seen_through(client, aired, episode):
    answer = client.put(f"/api/v1/me/progress/{aired.show}", json={"seen_through": str(episode) if episode else None})
    assert answer.status_code == 200, answer.json
    return answer.json


def readable(app, values):
    """Every address that can be read, of the API and of the console, filled with these values."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.rule.startswith(("/api", "/console")):
            address = filled(rule.rule, values)
            if "<" not in address:
                yield f"{address}?q={PLANTED[:8]}"


def filled(rule, values):
    for name, value in values.items():
        rule = re.sub(rf"<(?:\w+:)?{name}>", str(value), rule)
    return rule


def copy_of(user_id, folder):
    """All that a copy of somebody's data holds, as one text."""
    with as_system() as session:
        export.write(session, user_id, folder / "copy.zip", datetime.now(UTC))
    with zipfile.ZipFile(folder / "copy.zip") as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_a_viewer_who_is_behind_learns_nothing_from_any_route(app, as_user, aired, work, tmp_path):
    """Gap 17: spoilers; words planted in all talk of an episode are looked for in every answer, event and copy of one's data."""
    fan, other = as_user("fan"), as_user("other")
    fan.put(f"/api/v1/me/follows/shows/{aired.show}")
    later = aired.episodes[3]
    seen_through(fan, aired, aired.episodes[2])
    thread = open_thread(other, later, f"{PLANTED}!", "post_episode")
    fan.put(f"/api/v1/threads/{thread['id']}/follow")
    post = say(other, thread, f"The {PLANTED} was a sham, @fan")
    say(other, thread, f"{PLANTED} again", post)
    react(other, post, "fire")
    general = open_thread(other, aired.show, "All about it", of="shows")
    marked = say(other, general, f"I saw ||the {PLANTED}|| coming")
    whole = say(other, general, f"{PLANTED} @fan", spoils_id=str(later))
    assert work() > 0, "the worker tells whoever is named, or answered, or follows"
    entering = {"token": fan.token, "secret": secret_of(fan.get("/console/sign-in"))}
    assert fan.post("/console/sign-in", data=entering).status_code == 303
    read = 0
    for entity, about, said in (
        (later, thread["id"], post["id"]),
        (aired.show, general["id"], marked["id"]),
        (aired.show, general["id"], whole["id"]),
    ):
        values = {"entity_id": entity, "thread_id": about, "post_id": said, "show_id": aired.show}
        values |= {"room": Room.episode(later), "user_id": other.user_id, "season_id": aired.seasons[1]}
        values |= {"episode_id": later, "season_number": 2}
        for address in readable(app, values):
            with fan.get(address) as answer:  # a stream that is not closed keeps its place
                assert PLANTED not in answer.get_data(as_text=True), address
                assert answer.status_code != 429, address
                read += answer.status_code == 200
    assert read > 100
    assert PLANTED not in copy_of(fan.user_id, tmp_path)
    assert PLANTED in copy_of(other.user_id, tmp_path), "one's own words are one's own"
    own = fan.get(f"/api/v1/rooms/{Room.user(fan.user_id)}/events")
    assert PLANTED not in own.get_data(as_text=True)
    replayed = fan.get(f"/api/v1/rooms/{Room.episode(later)}/events").json
    assert {"thread_created", "post_created", "reaction_toggled"} == {event["type"] for event in replayed}
    assert not [event for event in replayed if {"title", "body", "reaction", "reactions"} & set(event["payload"])]
    hidden = fan.get(f"/api/v1/threads/{thread['id']}").json
    assert (hidden["is_masked"], hidden["title"], hidden["post_count"], hidden["unread"], hidden["last_post_at"]) == (
        True, None, None, None, None,
    )  # fmt: skip
    said = fan.get(f"/api/v1/posts/{post['id']}").json
    assert (said["is_masked"], said["body"], said["reply_count"], said["reactions"]) == (True, None, None, None)
    assert fan.get(f"/api/v1/posts/{marked['id']}").json["body"] == f"I saw {HIDDEN} coming"


def plant(aired):
    """The planted word in all that the catalogue tells of what comes after the third episode, and a person in each episode."""
    with make.catalogue() as session:
        show = session.get_one(Show, aired.show)
        show.most_recent_episode = {"season_number": 2, "episode_number": 3, "name": PLANTED, "air_date": None}
        show.next_episode = {"season_number": 2, "episode_number": 4, "name": PLANTED, "air_date": None}
        person, gone = make.person(session), make.person(session, "Ultimus Fictus")
        group = make.episode_group(session, show)
        make.credit(session, show, person)
        make.credit(session, show, gone, character="Self")
        for place, id_ in enumerate(aired.episodes):
            told = session.get_one(Episode, id_)
            make.in_group(session, group, told, place)
            make.appearance(session, told, gone if place > 2 else person, role="Self")
            if place > 2:
                told.name, told.overview = f"The {PLANTED} {place}", f"A {PLANTED}."
                make.image(session, id_, "still", f"{PLANTED}{place}", caption=f"{PLANTED}!")
                make.appearance(session, told, gone, category="crew", job=f"{PLANTED} planner")
        later = session.get_one(Season, aired.seasons[1])
        later.overview = f"With a {PLANTED}."
        make.image(session, later.id, "poster", f"{PLANTED}-poster")
        make.external_id(session, Kind.EPISODE, aired.episodes[3], "tmdb", "900000099")
        make.make_findable(session)
        return {
            "show_id": aired.show, "season_id": later.id, "season_number": 2, "episode_id": aired.episodes[3],
            "person_id": gone.id, "group_id": group.id, "entity_id": aired.episodes[3],
            "source": "tmdb", "value": 900000099,
        }  # fmt: skip


def test_the_catalogue_hides_what_a_viewer_has_not_seen_when_asked(app, client, as_user, aired):
    values, fan = plant(aired), as_user("fan")
    seen_through(fan, aired, aired.episodes[2])
    hiding = [rule for rule in app.url_map.iter_rules() if hides(app, rule)]
    assert len(hiding) == 16
    told = 0
    for rule in hiding:
        at = filled(rule.rule, values) + f"?limit=100&q={PLANTED[:8]}&spoilers="
        hidden, shown = fan.get(f"{at}hide"), fan.get(f"{at}show")
        assert (hidden.status_code, shown.status_code) == (200, 200), at
        assert PLANTED not in hidden.get_data(as_text=True), at
        assert shown.headers["Cache-Control"].startswith("public"), "what hides nothing is everybody's"
        assert hidden.headers["Cache-Control"] == "private, no-cache" and "Authorization" in hidden.headers["Vary"]
        assert fan.get(f"{at}hide", headers={"If-None-Match": hidden.headers["ETag"]}).status_code == 304
        assert fan.get(f"{at}hide", headers={"If-Match": "*"}).status_code == 200
        assert client.get(f"{at}hide").status_code == 401
        told += PLANTED in shown.get_data(as_text=True)
    assert told >= 9, "most of them do tell it"
    address = f"/api/v1/shows/{aired.show}"
    episodes = fan.get(f"{address}/seasons/2/episodes?spoilers=hide&limit=2")
    assert [(e["episode_number"], e["title"], bool(e["air_date"])) for e in episodes.json] == [
        (1, None, True),
        (2, None, True),
    ]
    assert "spoilers=hide" in episodes.headers["Link"]
    assert fan.get(f"/api/v1/episodes/{aired.episodes[2]}?spoilers=hide").json["title"] == "Episode 3"
    counts = {row["episodes"] for row in fan.get(f"{address}/cast?spoilers=hide").json}
    assert counts == {None}, "how far somebody comes is told by nobody"
    (credits,) = fan.get(f"/api/v1/people/{values['person_id']}/credits?spoilers=hide").json
    assert (credits["roles"], {total["episodes"] for total in credits["totals"]}) == ([], {None})
    seen_through(fan, aired, aired.episodes[5])
    assert fan.get(f"/api/v1/episodes/{aired.episodes[3]}?spoilers=hide").json["title"] == f"The {PLANTED} 3"
    other = as_user("other")
    assert PLANTED in other.get(f"{address}/seasons/2/episodes?spoilers=hide").get_data(as_text=True)
    assert client.get(f"{address}?spoilers=perhaps").status_code == 422


def hides(app, rule):
    view = getattr(app.view_functions[rule.endpoint], "view_class", None)
    return view is not None and demands_of(getattr(view, "get", None)).hiding


def test_who_asks_to_reveal_or_has_seen_it_reads_it(client, as_user, aired):
    fan, other = as_user("fan"), as_user("other")
    thread = open_thread(other, aired.episodes[3], PLANTED)
    post = say(other, thread, f"||{PLANTED}|| it is")
    address = f"/api/v1/posts/{post['id']}"
    assert client.get(address).json["body"] == f"||{PLANTED}|| it is", "who has no account asked for no protection"
    assert client.get(address).json["has_spoilers"] is True
    assert fan.get(address).json["is_masked"] is False, "and neither did who keeps no progress"
    seen_through(fan, aired, aired.episodes[2])
    assert fan.get(address).json["body"] is None
    assert PLANTED in fan.get(f"{address}?reveal=true").json["body"]
    assert fan.get(f"/api/v1/threads/{thread['id']}?reveal=true").json["title"] == PLANTED
    seen_through(fan, aired, aired.episodes[3])
    assert fan.get(address).json["body"] == f"{HIDDEN} it is", "what is marked may tell of the episodes after it"
    seen_through(fan, aired, aired.episodes[5])
    assert fan.get(address).json["body"] == f"||{PLANTED}|| it is"
    fan.delete(f"/api/v1/me/progress/{aired.show}")
    assert fan.get("/api/v1/me/progress").json == []
    assert other.get(address).json["body"].startswith("||"), "an author reads their own words"


def test_the_order_is_that_of_air_dates_then_of_numbers(client, as_user, aired):
    """A special of season 0 that aired between two episodes comes between them; what has no date comes last."""
    fan, other = as_user("fan"), as_user("other")
    with make.catalogue() as session:
        show = session.get_one(Show, aired.show)
        specials = make.season(session, show, 0)
        between = FIRST_AIRED + timedelta(days=10)
        special = make.episode(session, specials, 1, air_date=between).id
        undated = make.episode(session, specials, 2).id
    threads = {about: open_thread(other, about) for about in (*aired.episodes, special, undated)}
    for thread in threads.values():
        say(other, thread, "words")

    def hidden() -> set[UUID]:
        return {
            about for about, thread in threads.items() if fan.get(f"/api/v1/threads/{thread['id']}").json["is_masked"]
        }

    seen_through(fan, aired, None)
    assert hidden() == set(threads)
    seen_through(fan, aired, aired.episodes[1])
    assert hidden() == {special, undated, *aired.episodes[2:]}
    seen_through(fan, aired, special)
    assert hidden() == {undated, *aired.episodes[2:]}
    seen_through(fan, aired, aired.episodes[5])
    assert hidden() == {undated}
    assert client.get(f"/api/v1/threads/{threads[undated]['id']}").json["is_masked"] is False


def test_season_and_spoiler_threads_tell_of_the_last_aired_episode(as_user, aired):
    fan, other = as_user("fan"), as_user("other")
    first, second = (open_thread(other, season, of="seasons") for season in aired.seasons)
    spoilers = open_thread(other, aired.show, type="spoilers", of="shows")
    general = open_thread(other, aired.show, of="shows")
    seen_through(fan, aired, aired.episodes[2])
    masked_now = [
        fan.get(f"/api/v1/threads/{thread['id']}").json["is_masked"] for thread in (first, second, spoilers, general)
    ]
    assert masked_now == [False, True, True, False]


def test_progress_is_kept_by_show_and_checked(client, as_user, aired):
    fan, elsewhere = as_user("fan"), aired_show("Elsewhere")
    address = f"/api/v1/me/progress/{aired.show}"
    assert client.put(address, json={"seen_through": None}).status_code == 401
    wrong = fan.put(address, json={"seen_through": str(elsewhere.episodes[0])})
    assert (wrong.status_code, wrong.json["errors"][0]["loc"]) == (422, ["json", "seen_through"])
    assert fan.get(address).status_code == 404
    kept = seen_through(fan, aired, aired.episodes[4])
    assert (kept["season_number"], kept["episode_number"], kept["show_name"]) == (2, 2, "Villa Imaginaria")
    assert [row["show_id"] for row in fan.get("/api/v1/me/progress").json] == [str(aired.show)]
    assert as_user("other").get("/api/v1/me/progress").json == []


def test_a_moderator_reads_everything_that_waits(as_user, aired):
    moderator, fan = as_user("moderator", Role.MODERATOR), as_user("fan")
    post = say(fan, open_thread(fan, aired.episodes[3]), PLANTED)
    seen_through(moderator, aired, aired.episodes[0])
    moderator.post("/api/v1/reports", json={"target_kind": "post", "target_id": post["id"], "reason": "spoiler"})
    assert moderator.get("/api/v1/moderation/queue").json[0]["body"] == PLANTED


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a ||b|| c", f"a {HIDDEN} c"),
        ("||a||||b||", f"{HIDDEN}{HIDDEN}"),
        ("||two\nlines||", HIDDEN),
        ("|| and |a| ||", HIDDEN),
        ("a || b", "a || b"),
        ("||||", "||||"),
    ],
)
def test_marked_parts_are_masked_whatever_their_length(body, shown):
    assert masked(body) == shown


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@Ann and @bob.b.", ["ann", "bob.b"]),
        ("mail@ann.example @@ann @an", []),
        ("`@ann` ```\n@bob\n``` @cat", ["cat"]),
        ("@ann @ANN", ["ann"]),
        (" ".join(f"@user{number}" for number in range(30)), [f"user{number}" for number in range(20)]),
    ],
)
def test_names_are_found_where_somebody_is_meant(body, names):
    assert mentions(body) == names
