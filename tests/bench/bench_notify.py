"""Telling the followers of a thread of a post: how many a second one thread of a worker tells.

5,000 people follow a thread. A post is said, and the worker's own handlers tell them: first each of them anew, then, post by
post, by raising the notification that each has. The peer does the same for each follower by itself, one statement a rule and
one transaction a follower, as code would that was written for one recipient. It keeps the same rules; that both
tell the same people is compared.

    notified_per_s          followers that are told of a post a second, of later posts; the median of the rounds
    first_per_s             the same of the first post
    ratio_to_one_by_one     the peer's time a follower over ours
"""

import hashlib
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import text
from sqlmodel import Session

from db.commands import notifications
from db.commands.events import announce
from db.session import as_system
from models.rules.rooms import Room
from tests.bench.harness import Bench, arguments, bench, median, timed
from webapp.tasks.registry import HANDLERS
from webapp.worker.handling import drain

SEED = (
    "insert into accounts.users (id, username) select md5('fan ' || n) :: uuid, 'fan' || n from generate_series(0, {fans}) n",
    "insert into core.entities (id, kind) values (md5('show') :: uuid, 'show')",
    "insert into core.shows (id, name, sort_name) values (md5('show') :: uuid, 'Show', 'show')",
    "insert into social.threads (id, level, entity_id, title, type, created_by)"
    " values (md5('thread') :: uuid, 'show', md5('show') :: uuid, 'Thread', 'general', md5('fan 0') :: uuid)",
    "insert into social.thread_counts (thread_id) values (md5('thread') :: uuid)",
    "insert into social.thread_follows (user_id, thread_id)"
    " select md5('fan ' || n) :: uuid, md5('thread') :: uuid from generate_series(1, {fans}) n",
    "insert into social.user_relations (user_id, other_id, kind)"
    " select md5('fan ' || n) :: uuid, md5('fan 0') :: uuid, 'mute' from generate_series(50, {fans}, 50) n",
    "insert into social.thread_mutes (user_id, thread_id)"
    " select md5('fan ' || n) :: uuid, md5('thread') :: uuid from generate_series(51, {fans}, 50) n",
    "insert into social.notification_settings (user_id, kind, in_app)"
    " select md5('fan ' || n) :: uuid, 'thread', false from generate_series(52, {fans}, 50) n",
)
"""Of fifty followers, one mutes the author, one the thread, and one wants to hear of no thread."""

TOLD = "select user_id from social.notifications order by user_id"


def main() -> None:
    """Run it."""
    parser = arguments(__doc__)
    parser.add_argument("--fans", type=int, default=5000, help="who follow the thread")
    parser.add_argument("--rounds", type=int, default=5, help="posts after the first")
    options = parser.parse_args()
    with bench("notify", keep=options.keep) as run:
        run.set(run.database("ours").environment)
        first, later, left = _told(run, "ours", options.fans, options.rounds, _by_worker)
        run.set(run.database("peer").environment)
        _, one_by_one, theirs = _told(run, "peer", options.fans, 1, _one_by_one)
        if left != theirs:
            raise RuntimeError("not the same people were told")
        told = len(left)
        run.print(
            notified_per_s=told / median(later),
            first_per_s=told / median(first),
            ratio_to_one_by_one=median(one_by_one) / median(later),
            followers=options.fans,
        )


def _told(
    run: Bench, name: str, fans: int, rounds: int, tell: Callable[[UUID], None]
) -> tuple[list[float], list[float], list[UUID]]:
    """Seconds for a first post and for later ones, and who was told."""
    address = run.postgres().url(name).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as superuser:
        for statement in SEED:
            superuser.execute(statement.format(fans=fans))
        superuser.execute("analyze")
    first: list[float] = []
    later: list[float] = []
    for number in range(1 + rounds):
        post = _say()
        with timed(later if number else first):
            tell(post)
        run.say(f"{name}: post {number} is told")
    with as_system() as session:
        return first, later, list(session.execute(text(TOLD)).scalars())


def _say() -> UUID:
    """A post, with the work that it queues."""
    made = uuid4()
    with as_system() as session:
        seq = session.execute(
            text("update social.thread_counts set last_seq = last_seq + 1, posts = posts + 1 returning last_seq")
        ).scalar_one()
        session.execute(
            text(
                "insert into social.posts (id, thread_id, seq, user_id, body) values (:id, :thread, :seq, :author, 'x')"
            ),
            {"id": made, "thread": _id("thread"), "seq": seq, "author": _id("fan 0")},
        )
        notifications.tell_of_post(session, made, followers=True)
    return made


def _by_worker(post_id: UUID) -> None:
    drain(HANDLERS, attempts=1)


def _one_by_one(post_id: UUID) -> None:
    with as_system() as session:
        followers = session.execute(text("select user_id from social.thread_follows order by user_id")).scalars().all()
    for follower in followers:
        with as_system() as session:
            if _wants(session, follower):
                _tell(session, follower, post_id)


def _wants(session: Session, user: UUID) -> bool:
    """The rules, one after another."""
    known = {"user": user, "author": _id("fan 0"), "thread": _id("thread")}
    refusals = (
        "select from accounts.users where id = :user and status <> 'active'",
        "select from social.user_relations where user_id = :user and other_id = :author",
        "select from social.thread_mutes where user_id = :user and thread_id = :thread",
        "select from social.notification_settings where user_id = :user and kind = 'thread' and not in_app and not in_digest",
    )
    return not any(session.execute(text(refusal), known).first() is not None for refusal in refusals)


def _tell(session: Session, user: UUID, post_id: UUID) -> None:
    seq = session.execute(
        text(
            "insert into social.notification_counts as counted (user_id, last_seq) values (:user, 1)"
            " on conflict (user_id) do update set last_seq = counted.last_seq + 1 returning last_seq"
        ),
        {"user": user},
    ).scalar_one()
    told = session.execute(
        text(
            "insert into social.notifications as kept (user_id, kind, subject_id, seq, actor_id, thread_id, post_id)"
            " values (:user, 'thread', :thread, :seq, :author, :thread, :post)"
            " on conflict on constraint uq_notifications_subject do update"
            " set seq = excluded.seq, told_at = now(), count = kept.count + 1 returning id, count"
        ),
        {"user": user, "thread": _id("thread"), "seq": seq, "author": _id("fan 0"), "post": post_id},
    ).one()
    payload = {"notification_id": told.id, "kind": "thread", "notification_seq": seq, "count": told.count}
    announce(session, Room.user(user), "notification_created", payload)


def _id(name: str) -> UUID:
    return UUID(hashlib.md5(name.encode()).hexdigest())


if __name__ == "__main__":
    main()
