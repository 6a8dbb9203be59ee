"""The daily mail about notifications that wait unread: how many of each kind, and the titles of threads that its reader may see.

Who wants it said so for a kind (`in_digest`). A mail remembers up to which number it told, so the next one tells what came, or
was raised, after that. No words of posts or messages are in it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.outbox import enqueue
from models.rules.notifications import NotificationKind
from webapp.accounts.texts import Text
from webapp.notifications.reading import NOT_AVOIDED, SHOWN
from webapp.talk import visibility

TITLES = 20
"""Threads that one mail names at most."""

WORDS = {
    NotificationKind.MENTION: ("post names you", "posts name you"),
    NotificationKind.REPLY: ("answer to your posts", "answers to your posts"),
    NotificationKind.MESSAGE: ("new private message", "new private messages"),
    NotificationKind.THREAD: ("new post in threads that you follow", "new posts in threads that you follow"),
    NotificationKind.SURVEY: ("survey with results", "surveys with results"),
}

_WAITING = f"""
    select notification.* from social.notifications notification
    join social.notification_settings setting
      on setting.user_id = notification.user_id and setting.kind = notification.kind and setting.in_digest
    join social.notification_counts counted on counted.user_id = notification.user_id
    where notification.user_id = cast(:viewer as uuid) and notification.read_at is null
      and notification.seq > counted.digested_seq and {NOT_AVOIDED}"""
"""What of a user's notifications a mail tells."""

_READERS = text("""
    select person.id, password.email
    from social.notification_counts counted
    join accounts.users person on person.id = counted.user_id and person.status = 'active'
    join accounts.passwords password on password.user_id = person.id
    where counted.last_seq > counted.digested_seq and exists (
        select from social.notification_settings setting where setting.user_id = person.id and setting.in_digest)
    order by person.id
""")


def send_all(session: Session) -> int:
    """Queue the mail of each user who wants one and for whom there may be something new, as the system; answers how many."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    readers = session.execute(_READERS).all()
    for reader in readers:
        enqueue(session, "mail", {"kind": "digest", "email": reader.email}, key=f"digest {reader.id} {today}")
    return len(readers)


def compose(session: Session, user_id: UUID) -> Text | None:
    """A user's mail, as the system; none if nothing waits. What it tells is told by no later one."""
    rows = (
        session.execute(text(SHOWN.format(chosen=_WAITING)), visibility.of(None) | {"viewer": user_id}).mappings().all()
    )
    if not rows:
        return None
    session.execute(
        text("update social.notification_counts set digested_seq = :seq, digested_at = now() where user_id = :user"),
        {"user": user_id, "seq": max(row["seq"] for row in rows)},
    )
    counted = [(kind, sum(row["count"] for row in rows if row["kind"] == kind)) for kind in NotificationKind]
    lines = [f"- {number} {WORDS[kind][number != 1]}" for kind, number in counted if number]
    titles = list(dict.fromkeys(f"- {row['title']} ({row['show_name']})" for row in rows if row["title"]))
    return Text("What is new for you", _body(lines, titles))


def _body(lines: Iterable[str], titles: list[str]) -> str:
    parts = ["Since you last looked, there is this for you at The Reality Report:", "\n".join(lines)]
    if titles:
        more = [f"- and {len(titles) - TITLES} more"] if len(titles) > TITLES else []
        parts.append("\n".join(["In these discussions:", *titles[:TITLES], *more]))
    parts.append("Read it in the app. There you can also say that you want no such mails.")
    return "\n\n".join(parts) + "\n"
