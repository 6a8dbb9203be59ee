"""Private messages: how many can be sent, how soon they are where they should be, and what an inbox costs.

Of a web process on gevent, with 200 conversations of two whose one side listens over a socket while the other writes over REST:

    sends_per_s             messages a second, as fast as 16 writers go, each over a connection that stays open
    p50_ms, p99_ms          from before a message is sent until the other's socket has it with its words, at 20 a second

Of the database alone, for somebody with 1,000 conversations of a few messages each:

    inbox_ratio_to_naive    the time of a list of all of them by one query per conversation for each of its members, its
                            last message and its unread count, over the time of our one statement with the same content
    inbox_ms                ours, of the first 50; inbox_all_ms: of all

Of the API, for somebody who missed 5,000 messages of a conversation:

    catch_up_s              until all of them were read, a hundred at a time
"""

import hashlib
import http.client
import json
import os
import re
import secrets
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import urllib3
from sqlalchemy import text
from sqlmodel import Session

from db.session import acting_as
from models.accounts import Role
from tests.bench.harness import Bench, arguments, bench, median, pace, timed
from tests.sockets import Listener, close, listen
from webapp.access.minting import mint
from webapp.access.viewer import Viewer
from webapp.conversations import reading

NAMESPACE = "/dms"
NUMBER = re.compile(rb'"body":"number (\d+)"')
WRITERS = 16

PEOPLE = """
    insert into accounts.users (id, username)
    select md5('user ' || n) :: uuid, 'user' || n from generate_series(1, %(people)s) n
"""
CONVERSATIONS = """
    with pairs as (
        select md5(one || ' ' || other) :: uuid as id, md5('user ' || one) :: uuid as one, md5('user ' || other) :: uuid as other
        from ({pairs}) pair (one, other)
    ), made as (
        insert into social.conversations (id, direct_key, created_by, last_seq, last_message_at)
        select id, least(one :: text, other :: text) || ':' || greatest(one :: text, other :: text), one, %(messages)s, now()
        from pairs
    )
    insert into social.conversation_members (conversation_id, user_id, state)
    select id, who, 'accepted' from pairs, unnest(array[one, other]) who
"""
MESSAGES = """
    insert into social.messages (conversation_id, seq, sender_id, body)
    select conversation.id, n, conversation.created_by, 'message ' || n
    from social.conversations conversation, generate_series(1, conversation.last_seq) n
    where not exists (select from social.messages message where message.conversation_id = conversation.id)
"""
UNLIMITED = """
    insert into ops.action_limits (action, allowed, seconds)
    values ('message', 1000000, 1), ('conversation', 1000000, 1), ('read', 1000000, 1)
"""


def main() -> None:
    """Run it."""
    parser = arguments(__doc__)
    parser.add_argument("--conversations", type=int, default=200, help="that are active at once")
    parser.add_argument("--seconds", type=int, default=20, help="how long 20 messages a second are sent")
    parser.add_argument("--burst", type=int, default=2000, help="messages that are sent as fast as they go")
    parser.add_argument("--inbox", type=int, default=1000, help="conversations of the inbox")
    parser.add_argument("--missed", type=int, default=5000, help="messages to catch up with")
    parser.add_argument("--rounds", type=int, default=5, help="how often lists are read, in turn; the medians count")
    options = parser.parse_args()
    with bench("messages", keep=options.keep) as run:
        port = _server(run, options)
        figures: dict[str, Any] = {"load": os.getloadavg()[0]}
        active = [
            _conversation(number, options.conversations + number) for number in range(1, options.conversations + 1)
        ]
        times, _ = _send(port, active, 20 * options.seconds, rate=20)
        figures |= {"p50_ms": 1000 * statistics.median(times), "p99_ms": 1000 * statistics.quantiles(times, n=100)[98]}
        run.say(f"p99 {figures['p99_ms']:.0f} ms")
        times, seconds = _send(port, active, options.burst, rate=0)
        figures["sends_per_s"] = len(times) / seconds
        run.say(f"{figures['sends_per_s']:.0f} messages a second")
        last = _last_of(options)
        figures |= _inbox(_user(last), options.inbox + 1, options.rounds)
        run.say(f"an inbox {figures['inbox_ratio_to_naive']:.1f} times as fast")
        figures["catch_up_s"] = _catch_up(port, _id(f"0 {last}"), _user(0), options.missed)
        run.print(**figures)


def _last_of(options: Any) -> int:
    return 2 * int(options.conversations) + 1


def _server(run: Bench, options: Any) -> int:
    """A web process over a database in which all of them have written with each other."""
    run.postgres()
    run.database("messages")
    last, ring = _last_of(options), int(options.inbox)
    with psycopg.connect(run.postgres().url("messages").replace("+psycopg", "")) as superuser:
        superuser.execute("set session_replication_role = replica")  # messages come with their numbers
        superuser.execute(PEOPLE, {"people": last + ring})
        superuser.execute("insert into accounts.users (id, username) values (md5('user 0') :: uuid, 'user0')")
        for pairs, messages in (
            (f"select n, {options.conversations} + n from generate_series(1, {options.conversations}) n", 0),
            (f"select {last}, {last} + n from generate_series(1, {ring}) n", 4),
            (f"select 0, {last}", int(options.missed)),
        ):
            superuser.execute(CONVERSATIONS.format(pairs=pairs), {"messages": messages})
        superuser.execute(MESSAGES)
        superuser.execute(UNLIMITED)
        superuser.commit()
        superuser.autocommit = True
        superuser.execute("analyze")
    port = run.ports.take("web")
    run.set(
        {
            "WEB_PORT": str(port),
            "S3_ENDPOINT": "http://127.0.0.1:9",
            "S3_ACCESS_KEY": "nobody",
            "S3_SECRET_KEY": "not-a-real-secret",
            "AUTH_SECRET": secrets.token_hex(32),
            "REALTIME_SOCKETS_PER_ADDRESS": "5000",
        }
    )
    run.program("web", "-m", "webapp", "--gevent", ready=lambda: _answers(port))
    return port


def _answers(port: int) -> bool:
    try:
        return urllib3.request("GET", f"http://127.0.0.1:{port}/health", retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _id(name: str) -> UUID:
    return UUID(hashlib.md5(name.encode()).hexdigest())


def _user(number: int) -> UUID:
    return _id(f"user {number}")


def _conversation(one: int, other: int) -> tuple[UUID, UUID, UUID]:
    """A conversation, who writes in it, and who listens."""
    return _id(f"{one} {other}"), _user(one), _user(other)


def _token(user: UUID) -> str:
    return mint(user, Role.USER, lifetime=timedelta(hours=1))


def _send(port: int, active: list[tuple[UUID, UUID, UUID]], count: int, *, rate: float) -> tuple[list[float], float]:
    """Send messages to the conversations in turn, so many a second or as fast as it goes; the seconds from before each was sent
    to its receipt, and those from the first to the last answer. Each conversation gets the same number.
    """
    count -= count % len(active)
    listeners = []
    for conversation, _, listening in active:
        listener = Listener(port)
        listener.enter(NAMESPACE, _token(listening))
        assert listener.subscribe(NAMESPACE, f"dms:conversation:{conversation}")["ok"] is True
        listener.messages()  # that it listens
        listeners.append(listener)
    tokens = [_token(writer) for _, writer, _ in active]
    sent: dict[int, float] = {}
    received: list[tuple[int, float]] = []
    own = threading.local()
    begun = time.monotonic() + 0.5

    def send(number: int) -> None:
        pace(begun, number, rate)
        if not hasattr(own, "connection"):
            own.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        place = number % len(active)
        headers = {"Authorization": f"Bearer {tokens[place]}", "Content-Type": "application/json"}
        body = json.dumps({"body": f"number {number}", "client_id": f"{rate}-{number}"})
        sent[number] = time.monotonic()
        own.connection.request("POST", f"/api/v1/dms/{active[place][0]}/messages", body, headers)
        answer = own.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"not sent: {answer.status} {content!r}")

    def heard(message: bytes, now: float) -> None:
        if number := NUMBER.search(message):
            received.append((int(number[1]), now))

    with ThreadPoolExecutor(WRITERS) as pool:
        began = time.monotonic()
        sending = pool.submit(lambda: list(pool.map(send, range(count))))
        listen(listeners, count // len(active), heard, patience=count / (rate or 20) + 120)
        sending.result()
        seconds = time.monotonic() - began
    close(listeners)
    if len(received) != count:
        raise RuntimeError(f"{len(received)} messages came with their words, not {count}")
    return [now - sent[number] for number, now in received], seconds


def _inbox(user: UUID, count: int, rounds: int) -> dict[str, float]:
    """A list of all conversations by one statement, and by queries for each."""
    viewer = Viewer(user, Role.USER, None, datetime.now(UTC) + timedelta(hours=1))
    ours: list[float] = []
    naive: list[float] = []
    first: list[float] = []
    for _ in range(rounds):
        with acting_as(user) as session:
            with timed(naive):
                theirs = _one_by_one(session, user, count)
            with timed(ours):
                listed, _ = reading.page(session, viewer, limit=count)
            with timed(first):
                reading.page(session, viewer, limit=50)
        assert theirs == [
            (row["id"], len(row["members"]), row["last_message"]["body"], row["unread_count"]) for row in listed
        ]
    return {
        "inbox_ratio_to_naive": median(naive) / median(ours),
        "inbox_ms": 1000 * median(first),
        "inbox_all_ms": 1000 * median(ours),
    }


def _one_by_one(session: Session, user: UUID, count: int) -> list[tuple[UUID, int, str, int]]:
    """What an inbox tells, by a query for each thing of each conversation."""
    members = text(
        "select member.user_id, member.role, member.joined_at, person.username, person.display_name"
        " from social.members_of(array[cast(:id as uuid)]) member join accounts.users person on person.id = member.user_id"
    )
    last = text(
        "select id, seq, sender_id, body, created_at from social.messages where conversation_id = :id"
        " order by seq desc limit 1"
    )
    unread = text(
        "select count(*) from social.messages message join social.conversation_members mine"
        " on mine.conversation_id = message.conversation_id and mine.user_id = :user"
        " and message.seq > mine.last_read_seq where message.conversation_id = :id"
    )
    conversations = session.execute(
        text(
            "select conversation.id from social.conversations conversation"
            " join social.conversation_members mine on mine.conversation_id = conversation.id and mine.user_id = :user"
            " order by conversation.last_message_at desc, conversation.created_at desc, conversation.id limit :count"
        ),
        {"user": user, "count": count},
    ).scalars()
    return [
        (
            id_,
            len(session.execute(members, {"id": id_}).all()),
            session.execute(last, {"id": id_}).one().body,
            session.execute(unread, {"id": id_, "user": user}).scalar_one(),
        )
        for id_ in conversations.all()
    ]


def _catch_up(port: int, conversation: UUID, user: UUID, missed: int) -> float:
    """Seconds until somebody has read all that they missed, page by page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    path: str | None = f"/api/v1/dms/{conversation}/messages?order=oldest&since=0&limit=100"
    headers, numbers = {"Authorization": f"Bearer {_token(user)}"}, []
    began = time.monotonic()
    while path:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        numbers += [message["seq"] for message in json.loads(answer.read())]
        link = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        path = link[1] if link else None
    seconds = time.monotonic() - began
    if numbers != list(range(1, missed + 1)):
        raise RuntimeError(f"{len(numbers)} messages were read, not {missed}")
    return seconds


if __name__ == "__main__":
    main()
