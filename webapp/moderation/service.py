"""What moderators do. It crosses users, so it runs as the system once the role is checked, and each act is audited.

A moderator's decision about a post, a thread or a message settles all open reports of it. Of private talk, moderators see and
remove reported messages alone, while a report of them is open.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import notifications, webhooks
from db.commands.audit import record
from db.commands.events import announce
from db.session import as_system
from models.accounts import Role
from models.rules.rooms import Room, RoomKind
from models.rules.webhooks import WebhookEvent
from models.social import KeywordFilter, Report, Sanction
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, Forbidden, NotFound
from webapp.messages.service import take_back
from webapp.paging import Key, Order, bound
from webapp.request_id import request_id
from webapp.talk import standing

QUEUE = Order("queue", (Key("waiting.since", "timestamptz"), Key("waiting.target_id", "uuid")))

_TARGETS = {
    "post": "select user_id from social.posts where id = :id",
    "thread": "select created_by from social.threads where id = :id",
    "user": "select id from accounts.users where id = :id",
    "message": "select message.sender_id from social.messages message join social.conversation_members mine"
    " on mine.conversation_id = message.conversation_id and mine.user_id = :reporter and message.seq > mine.from_seq"
    " where message.id = :id",
}
"""What finds a thing that somebody may report."""


def report(session: Session, reporter: Viewer, kind: str, target_id: UUID, *, reason: str, note: str | None) -> UUID:
    """Tell moderators of a post, a thread, a user or a private message. Telling twice is telling.

    Raises:
        NotFound: there is no such thing, or no such message that the reporter may read.
    """
    if session.execute(text(_TARGETS[kind]), {"id": target_id, "reporter": reporter.id}).first() is None:
        raise NotFound(f"{kind.capitalize()} not found")
    known = {"reporter": reporter.id, "kind": kind, "target": target_id}
    made = Report(reporter_id=reporter.id, target_kind=kind, target_id=target_id, reason=reason, note=note)
    stored = session.execute(
        text(
            "select id from social.reports where reporter_id = :reporter and target_kind = :kind and target_id = :target"
        ),
        known,
    ).scalar()
    if stored is not None:
        return UUID(str(stored))
    session.add(made)
    session.flush()
    if kind == "post":
        webhooks.emit(session, WebhookEvent.POST_REPORTED, {"post_id": target_id, "reason": reason})
    return made.id


def queue(*, limit: int, cursor: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
    """What waits for a moderator, the oldest first: what was reported, and posts that a filter holds."""
    values = QUEUE.values(cursor) if cursor else ()
    after = f"where {QUEUE.after(values)}" if cursor else ""
    with as_system() as session:
        rows = session.execute(
            text(
                f"""
                select waiting.*, coalesce(post.body, message.body) as body, post.thread_id, thread.title, reported.username,
                       coalesce(post.user_id, message.sender_id) as user_id,
                       coalesce(post.created_at, message.created_at) as said_at,
                       {QUEUE.place()} :: text as place
                from (
                    select target_kind, target_id, min(created_at) as since, count(*) as reports,
                           array_agg(distinct reason order by reason) as reasons
                    from social.reports where status = 'open' group by target_kind, target_id
                    union all
                    select 'post', id, hidden_at, 0, array['filtered'] from social.posts p
                    where hidden_at is not null and hidden_by is null and deleted_at is null and not exists (
                        select from social.reports r where r.status = 'open' and r.target_kind = 'post' and r.target_id = p.id)
                ) waiting
                left join social.posts post on waiting.target_kind = 'post' and post.id = waiting.target_id
                left join social.messages message on waiting.target_kind = 'message' and message.id = waiting.target_id
                left join social.threads thread on thread.id = coalesce(post.thread_id, waiting.target_id)
                left join accounts.users reported
                  on reported.id = coalesce(post.user_id, thread.created_by, message.sender_id, waiting.target_id)
                {after} order by {QUEUE.by()} limit :limit
                """
            ),
            {"limit": limit + 1} | bound(values),
        )
        found = [dict(row) for row in rows.mappings()]
    following = QUEUE.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return found[:limit], following


def dismiss(moderator: Viewer, kind: str, target_id: UUID) -> int:
    """Settle the reports of something: nothing is wrong with it. A post that a filter held is shown. Answers how many."""
    with as_system() as session:
        settled = _settle(session, moderator, kind, target_id, "dismissed")
        held = (
            kind == "post"
            and session.execute(
                text("select 1 from social.posts where id = :id and hidden_at is not null and hidden_by is null"),
                {"id": target_id},
            ).first()
        )
        if held:
            _set_hidden(session, moderator, target_id, hidden=False)
        _note(session, moderator, f"{kind}.dismiss_reports", kind, target_id, {"reports": settled})
        return settled


def hide_post(moderator: Viewer, post_id: UUID, *, hidden: bool, reason: str | None = None) -> None:
    """Hide a post's words from everybody but moderators, or show them again.

    Raises:
        NotFound: there is no such post.
    """
    with as_system() as session:
        _set_hidden(session, moderator, post_id, hidden=hidden)
        _settle(session, moderator, "post", post_id, "upheld" if hidden else "dismissed")
        _note(session, moderator, "post.hide" if hidden else "post.show", "post", post_id, {"reason": reason})


def remove_message(moderator: Viewer, message_id: UUID) -> None:
    """Take a reported message back, as its sender could have; its members are told.

    Raises:
        NotFound: there is no such message, or no report of it is open.
    """
    with as_system() as session:
        found = session.execute(
            text(
                "select conversation.id from social.conversations conversation"
                " join social.messages message on message.conversation_id = conversation.id"
                " where message.id = :id for update of conversation"
            ),
            {"id": message_id},
        ).scalar()
        settled = 0 if found is None else _settle(session, moderator, "message", message_id, "upheld")
        if not settled:
            raise NotFound("Message not found among what is reported")
        take_back(session, message_id)
        _note(session, moderator, "message.remove", "message", message_id, {"reports": settled})


def change_thread(moderator: Viewer, thread_id: UUID, **changes: bool) -> None:
    """Lock, pin or hide a thread, or undo that: `is_locked`, `is_pinned`, `is_hidden`.

    Raises:
        NotFound: there is no such thread.
    """
    with as_system() as session:
        found = session.execute(
            text("select *, social.survivor(entity_id) as about from social.threads where id = :id for update"),
            {"id": thread_id},
        ).one_or_none()
        if found is None:
            raise NotFound("Thread not found")
        hidden = changes.pop("is_hidden", None)
        sets = [f"{name} = :{name}" for name in sorted(changes)]
        if hidden is not None:
            sets.append("hidden_at = " + ("coalesce(hidden_at, now())" if hidden else "null"))
            _settle(session, moderator, "thread", thread_id, "upheld" if hidden else "dismissed")
        if sets:
            session.execute(
                text(f"update social.threads set {', '.join(sets)}, version = version + 1 where id = :id"),
                {"id": thread_id, **changes},
            )
        told = changes if hidden is None else {**changes, "is_hidden": hidden}
        _note(session, moderator, "thread.change", "thread", thread_id, told)
        announce(
            session,
            Room(RoomKind(found.level), found.about),
            "thread_updated",
            {
                "thread_id": thread_id,
                "entity_id": found.about,
                "episode_id": found.about if found.level == "episode" else None,
            },
        )


def sanction(
    session: Session, moderator: Viewer, user_id: UUID, kind: str, *, reason: str, hours: int | None = None
) -> UUID:
    """Warn somebody, or ban them from discussions for some hours (without: until it is lifted).

    Args:
        session: of the system.

    Raises:
        NotFound: there is no such user.
        Forbidden: they are moderators themselves, and the moderator is no admin.
    """
    role = session.execute(text("select role from accounts.users where id = :id"), {"id": user_id}).scalar()
    if role is None:
        raise NotFound("User not found")
    if role != Role.USER and moderator.role is not Role.ADMIN:
        raise Forbidden("Only an admin may do that to a moderator")
    until = datetime.now(UTC) + timedelta(hours=hours) if hours is not None and kind == "ban" else None
    made = Sanction(user_id=user_id, kind=kind, reason=reason, until=until, created_by=moderator.id)
    session.add(made)
    session.flush()
    _settle(session, moderator, "user", user_id, "upheld")
    _note(session, moderator, f"user.{kind}", "user", user_id, {"reason": reason, "hours": hours})
    announce(session, Room.user(user_id), "sanctioned", {"sanction_id": made.id, "kind": kind})
    return made.id


_SANCTIONS = text(
    "select id, kind, reason, until, created_at, lifted_at from social.sanctions where user_id = :id"
    " order by created_at desc, id"
)


def sanctions_of(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """The warnings and bans that somebody was given, the latest first.

    Args:
        session: theirs, or the system's.
    """
    return [dict(row) for row in session.execute(_SANCTIONS, {"id": user_id}).mappings()]


def lift(moderator: Viewer, sanction_id: UUID) -> None:
    """End a ban before its time.

    Raises:
        NotFound: there is no such ban, or it has ended.
    """
    with as_system() as session:
        user_id = session.execute(
            text(
                "update social.sanctions set lifted_at = now() where id = :id and lifted_at is null"
                " and kind = 'ban' and (until is null or until > now()) returning user_id"
            ),
            {"id": sanction_id},
        ).scalar()
        if user_id is None:
            raise NotFound("Ban not found")
        _note(session, moderator, "user.lift_ban", "user", user_id, {"sanction_id": str(sanction_id)})


def filters() -> list[dict[str, Any]]:
    """The filtered words."""
    with as_system() as session:
        rows = session.execute(text("select * from social.keyword_filters order by words"))
        return [dict(row) for row in rows.mappings()]


def add_filter(moderator: Viewer, *, words: str, action: str) -> dict[str, Any]:
    """Filter words from now on.

    Raises:
        Conflict: they are filtered already.
    """
    words = " ".join(words.lower().split())
    with as_system() as session:
        if session.execute(text("select 1 from social.keyword_filters where words = :w"), {"w": words}).first():
            raise Conflict("These words are filtered already")
        made = KeywordFilter(words=words, action=action, created_by=moderator.id)
        session.add(made)
        session.flush()
        _note(session, moderator, "filter.add", "filter", made.id, {"words": words, "action": action})
        answer = made.model_dump()
    standing.forget_filters()
    return answer


def remove_filter(moderator: Viewer, filter_id: UUID) -> None:
    """Filter words no more."""
    with as_system() as session:
        words = session.execute(
            text("delete from social.keyword_filters where id = :id returning words"), {"id": filter_id}
        ).scalar()
        if words is None:
            raise NotFound("Filter not found")
        _note(session, moderator, "filter.remove", "filter", filter_id, {"words": words})
    standing.forget_filters()


def _set_hidden(session: Session, moderator: Viewer, post_id: UUID, *, hidden: bool) -> None:
    """Hide a post or show it. What a filter held until now is new to everybody, so they are told of it."""
    held = session.execute(
        text("select hidden_at is not null and hidden_by is null from social.posts where id = :id for update"),
        {"id": post_id},
    ).scalar()
    found = session.execute(
        text(
            "update social.posts p set hidden_at = case when :hidden then coalesce(p.hidden_at, now()) end,"
            " hidden_by = case when :hidden then cast(:by as uuid) end, version = p.version + 1"
            " from social.threads t where t.id = p.thread_id and p.id = :id "
            " returning t.id, t.level, social.survivor(t.entity_id) as entity_id"
        ),
        {"id": post_id, "hidden": hidden, "by": moderator.id},
    ).one_or_none()
    if found is None:
        raise NotFound("Post not found")
    room = Room(RoomKind(found.level), found.entity_id)
    announce(session, room, "post_updated", {"post_id": post_id, "thread_id": found.id})
    if not hidden:
        notifications.tell_of_post(session, post_id, followers=bool(held))


def _settle(session: Session, moderator: Viewer, kind: str, target_id: UUID, status: str) -> int:
    settled = session.execute(
        text(
            "update social.reports set status = :status, handled_by = :by, handled_at = now()"
            " where target_kind = :kind and target_id = :id and status = 'open'"
        ),
        {"status": status, "by": moderator.id, "kind": kind, "id": target_id},
    )
    return int(settled.rowcount)  # type: ignore[attr-defined]


def _note(session: Session, by: Viewer, action: str, kind: str, target_id: UUID, details: dict[str, Any]) -> None:
    record(session, by.id, action, (kind, target_id), details=details, request_id=request_id())
