"""A thread of 10,000 posts: how soon its pages come, and by how many queries, against walking an ORM's relationships.

Ours are whole requests of a user with a token, through the app; the peer (`tests/bench/walked.py`) is called as it is, without
HTTP and without asking who may see what. Both tell the same JSON, which is compared before anything is measured.

    first_page   50 of the thread's top, the oldest first
    deep_page    the same far down: ours by a cursor, the peer's by an offset
    tree         500 posts each before its answers
    top          the 50 that most are for

    ratio_to_naive          the peer's median in times of ours, the worst of the four; ratios: each
    first_page_p95_ms       ours; p95_ms: each
    queries, naive_queries  how many statements a request takes, all of its frame's with ours
    with_progress_p95_ms    ours, for a viewer who keeps progress of the show, so that masking is asked about each post
"""

import json
import logging
import os
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, event

from tests.bench.harness import Database, arguments, bench, median, timed

REACTIONS = ("upvote", "upvote", "upvote", "downvote", "lol", "shade", "fire", "heart")
SETTINGS = {
    "S3_ENDPOINT": "http://127.0.0.1:9",
    "S3_ACCESS_KEY": "nobody",
    "S3_SECRET_KEY": "not-a-real-secret",
    "AUTH_SECRET": secrets.token_hex(32),
}


@dataclass(frozen=True)
class Filled:
    """A thread, and two of its readers: one of whom keeps progress of its show."""

    thread: UUID
    viewer: UUID
    cautious: UUID


def main() -> None:
    """Run it."""
    parser = arguments(__doc__)
    parser.add_argument("--posts", type=int, default=10_000, help="in the thread (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=40, help="requests of each kind (default: %(default)s)")
    parser.add_argument("--naive-repeats", type=int, default=5, help="walks of each kind (default: %(default)s)")
    options = parser.parse_args()
    logging.getLogger("webapp.requests").setLevel(logging.WARNING)
    with bench("thread", keep=options.keep) as run:
        run.postgres()
        database = run.database("talk")
        run.set(SETTINGS)
        filled = fill(database, options.posts)
        run.say(f"{options.posts} posts are there")
        ours, theirs = _ours(filled.thread, filled.viewer), _theirs(filled.thread, filled.viewer, options.posts)
        careful = _ours(filled.thread, filled.cautious)
        figures: dict[str, dict[str, float]] = {
            name: {}
            for name in ("ratios", "p95_ms", "naive_p95_ms", "queries", "naive_queries", "with_progress_p95_ms")
        }
        for name, ask in ours.items():
            with _counted() as queries:
                answer = ask()
            with _counted() as walked:
                expected = theirs[name]()
            if answer != expected:
                raise AssertionError(f"{name}: ours and the peer's differ:\n{_first_difference(answer, expected)}")
            times, naive = _times(ask, options.repeats), _times(theirs[name], options.naive_repeats)
            figures["ratios"][name] = median(naive) / median(times)
            figures["p95_ms"][name] = _p95(times)
            figures["naive_p95_ms"][name] = _p95(naive)
            figures["queries"][name], figures["naive_queries"][name] = len(queries), len(walked)
            figures["with_progress_p95_ms"][name] = _p95(_times(careful[name], options.repeats))
            run.say(f"{name}: {figures['p95_ms'][name]:.0f} ms, the peer {figures['naive_p95_ms'][name]:.0f} ms")
        run.print(
            load=os.getloadavg()[0],
            posts=options.posts,
            ratio_to_naive=min(figures["ratios"].values()),
            first_page_p95_ms=figures["p95_ms"]["first_page"],
            **figures,
        )


def fill(database: Database, posts: int) -> Filled:
    """Make a show with twelve aired episodes, 300 users, and a thread about the third one, as it grows in a night: a third of
    the posts begin something, the others answer, eight deep at most; three reactions a post, most to few of them.
    """
    chance = random.Random(7)
    with psycopg.connect(database.url.replace("+psycopg", "")) as app:
        episodes = _show(app)
    with psycopg.connect(database.system_url.replace("+psycopg", "")) as system:
        users = [chance_id(chance) for _ in range(300)]
        system.cursor().executemany(
            "insert into accounts.users (id, username) values (%s, %s)",
            [(user, f"fan{number}") for number, user in enumerate(users)],
        )
        thread = chance_id(chance)
        system.execute(
            "insert into social.threads (id, level, entity_id, title, type) values (%s, 'episode', %s, 'Live', 'general')",
            (thread, episodes[2]),
        )
        _talk(system, chance, thread, users, posts)
        system.execute(
            "insert into social.progress (user_id, show_id, seen_through)"
            " select %s, show_id, id from core.episodes where id = %s",
            (users[1], episodes[5]),
        )
    with psycopg.connect(database.owner_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("vacuum analyze")
    return Filled(thread, users[0], users[1])


def chance_id(chance: random.Random) -> UUID:
    """An id that is the same in every run."""
    return UUID(int=chance.getrandbits(128), version=4)


def _show(app: psycopg.Connection) -> list[UUID]:
    """A show of one season; answers its episodes in the order of their airing."""
    first = datetime.now(UTC).date() - timedelta(days=100)
    ids = [UUID(int=number) for number in range(1, 15)]
    kinds = ["show", "season", *["episode"] * 12]
    app.cursor().executemany("insert into core.entities (id, kind) values (%s, %s)", list(zip(ids, kinds, strict=True)))
    show, season, *episodes = ids
    app.execute("insert into core.shows (id, name, sort_name) values (%s, 'Villa', 'villa')", (show,))
    app.execute("insert into core.seasons (id, show_id, season_number) values (%s, %s, 1)", (season, show))
    app.cursor().executemany(
        "insert into core.episodes (id, show_id, season_id, episode_number, air_date) values (%s, %s, %s, %s, %s)",
        [
            (episode, show, season, number, first + timedelta(days=7 * number))
            for number, episode in enumerate(episodes, 1)
        ],
    )
    return episodes


def _talk(system: psycopg.Connection, chance: random.Random, thread: UUID, users: list[UUID], count: int) -> None:
    began = datetime(2026, 3, 1, 20, tzinfo=UTC)
    said: list[tuple[UUID, int]] = []
    rows = []
    for seq in range(1, count + 1):
        parent, depth = chance.choice(said[-400:]) if said and chance.random() > 1 / 3 else (None, -1)
        parent, depth = (parent, depth) if depth < 8 else (None, -1)
        post = chance_id(chance)
        said.append((post, depth + 1))
        words = " ".join(chance.choices(("she", "lied", "||again||", "and", "the", "villa", "@fan7"), k=20))
        rows.append(
            (post, thread, seq, parent, depth + 1, chance.choice(users), words, began + timedelta(seconds=seq // 3))
        )
    system.cursor().executemany(
        "insert into social.posts (id, thread_id, seq, parent_post_id, depth, user_id, body, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        rows,
    )
    taken = {
        (post, user): chance.choice(REACTIONS)
        for post, _ in said
        for user in chance.sample(users, min(30, int(chance.expovariate(1 / 3))))
    }
    system.cursor().executemany(
        "insert into social.reactions (post_id, user_id, reaction) values (%s, %s, %s)",
        [(post, user, reaction) for (post, user), reaction in taken.items()],
    )
    counts = ", ".join(f"count(*) filter (where r.reaction = '{kind}')" for kind in sorted(set(REACTIONS)))
    system.execute(
        f"insert into social.post_counts (post_id, replies, {', '.join(sorted(set(REACTIONS)))})"
        f" select p.id, (select count(*) from social.posts a where a.parent_post_id = p.id), {counts}"
        " from social.posts p left join social.reactions r on r.post_id = p.id group by p.id"
    )
    system.execute(
        "insert into social.mentions (post_id, user_id) select id, %s from social.posts where body like '%%@fan7%%'",
        (users[7],),
    )
    system.execute(
        "insert into social.thread_counts (thread_id, posts, last_seq, last_post_at) values (%s, %s, %s, %s)",
        (thread, count, count, began),
    )


def _ours(thread: UUID, viewer: UUID) -> dict[str, Callable[[], Any]]:
    """Our requests, by the name of the figure."""
    from models.accounts import Role
    from webapp.access.minting import mint
    from webapp.app import create_app

    client = create_app().test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {mint(viewer, Role.USER, lifetime=timedelta(hours=2))}"
    address = f"/api/v1/threads/{thread}"

    def ask(path: str) -> Callable[[], Any]:
        def get() -> Any:
            answer = client.get(f"{address}{path}")
            assert answer.status_code == 200, answer.get_data(as_text=True)
            return json.loads(answer.data)

        return get

    deep = f"/posts?order=oldest&limit=50&cursor={_deep(thread)}"
    return {
        "first_page": ask("/posts?order=oldest&limit=50"),
        "deep_page": ask(deep),
        "tree": ask("/tree?order=oldest&limit=500"),
        "top": ask("/posts?order=top&limit=50"),
    }


def _deep(thread: UUID) -> str:
    """The cursor before the last page but one of the thread's top."""
    from sqlalchemy import text

    from db.session import as_system
    from models.rules.talk import PostOrder
    from webapp.posts.reading import ORDERS

    with as_system() as session:
        seq = session.execute(
            text(
                "select seq from social.posts where thread_id = :id and parent_post_id is null"
                " order by seq desc offset 100 limit 1"
            ),
            {"id": thread},
        ).scalar_one()
    return ORDERS[PostOrder.OLDEST].cursor(json.dumps([str(seq)]))


def _theirs(thread: UUID, viewer: UUID, posts: int) -> dict[str, Callable[[], Any]]:
    """The peer's, by the same names."""
    from sqlalchemy import text

    from db.session import acting_as, as_system
    from tests.bench import walked

    with as_system() as session:
        top = session.execute(
            text("select count(*) from social.posts where thread_id = :id and parent_post_id is null"), {"id": thread}
        ).scalar_one()

    def walk(how: Callable[..., Any], **options: int) -> Callable[[], Any]:
        def run() -> Any:
            with acting_as(viewer) as session:
                return json.loads(json.dumps(how(session, thread, viewer, **options)))

        return run

    return {
        "first_page": walk(walked.page, limit=50),
        "deep_page": walk(walked.page, limit=50, offset=top - 100),
        "tree": walk(walked.tree, limit=min(500, posts)),
        "top": walk(walked.top, limit=50),
    }


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements that run inside."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _times(ask: Callable[[], Any], repeats: int) -> list[float]:
    times: list[float] = []
    for _ in range(repeats):
        with timed(times):
            ask()
    return times


def _p95(times: list[float]) -> float:
    """In milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]


def _first_difference(ours: list[Any], theirs: list[Any]) -> str:
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            return "\n".join(
                f"{name}: {one[name]!r} {other.get(name)!r}" for name in one if one[name] != other.get(name)
            )
    return f"{len(ours)} and {len(theirs)} posts"


if __name__ == "__main__":
    main()
