"""What belongs to a user, table by table: what a copy of their data holds, and what becomes of it when they leave.

Every column that refers to a user stands in `BELONGINGS`; a test fails when one does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands.outbox import enqueue

FORGET_OBJECT = "forget_object"
"""The outbox's topic of looking whether an object of the private bucket is still somebody's."""

EXPORT_DAYS = 7
"""How long a copy of a user's data can be fetched."""


class Fate(StrEnum):
    """What becomes of a user's rows when they leave."""

    KEPT = "kept"
    """They stay, and lead to a tombstone: others have answered them, or they tell who did what with which rights."""
    ERASED = "erased"
    DETACHED = "detached"
    """They stay and say no more whose they were."""


@dataclass(frozen=True)
class Belonging:
    """The rows of a table that belong to a user through one column."""

    table: str
    column: str
    fate: Fate
    exported: tuple[str, ...] = ()
    """The columns that a copy of the user's data holds; none where the rows tell a user nothing about themselves."""

    @property
    def name(self) -> str:
        """What tells these rows apart from all others of the user."""
        return self.table if self.column in ("id", "user_id") else f"{self.table}.{self.column}"


BELONGINGS = (
    Belonging(
        "accounts.users",
        "id",
        Fate.KEPT,  # emptied: db.commands.users.bury
        ("id", "username", "display_name", "bio", "role", "status", "created_at", "renamed_at"),
    ),
    Belonging("accounts.identities", "user_id", Fate.ERASED, ("issuer", "subject", "created_at")),
    Belonging("accounts.passwords", "user_id", Fate.ERASED, ("email", "changed_at")),
    Belonging(
        "accounts.sessions", "user_id", Fate.ERASED, ("device", "created_at", "used_at", "expires_at", "ended_at")
    ),
    Belonging("accounts.mail_tokens", "user_id", Fate.ERASED),
    Belonging(
        "accounts.uploads",
        "user_id",
        Fate.ERASED,
        ("id", "purpose", "content_type", "bytes", "width", "height", "created_at"),
    ),
    Belonging("accounts.exports", "user_id", Fate.ERASED, ("requested_at", "finished_at", "expires_at")),
    Belonging("ops.idempotency_keys", "user_id", Fate.ERASED),
    Belonging("ops.action_limits", "updated_by", Fate.KEPT),
    Belonging("ops.presence", "user_id", Fate.ERASED),
    Belonging(
        "social.threads",
        "created_by",
        Fate.KEPT,
        ("id", "level", "entity_id", "title", "type", "created_at", "edited_at"),
    ),
    Belonging(
        "social.posts",
        "user_id",
        Fate.KEPT,
        ("id", "thread_id", "parent_post_id", "body", "created_at", "edited_at", "deleted_at"),
    ),
    Belonging("social.posts", "hidden_by", Fate.KEPT),
    Belonging("social.post_edits", "user_id", Fate.ERASED, ("post_id", "body", "replaced_at")),
    Belonging(
        "social.reactions",
        "user_id",
        Fate.KEPT,  # for they are counted
        ("post_id", "reaction", "created_at"),
    ),
    Belonging("social.mentions", "user_id", Fate.ERASED),
    Belonging("social.thread_follows", "user_id", Fate.ERASED, ("thread_id", "last_read_seq", "created_at")),
    Belonging("social.show_follows", "user_id", Fate.ERASED, ("show_id", "created_at")),
    Belonging("social.progress", "user_id", Fate.ERASED, ("show_id", "seen_through", "updated_at")),
    Belonging("social.user_relations", "user_id", Fate.ERASED, ("other_id", "kind", "created_at")),
    Belonging("social.user_relations", "other_id", Fate.ERASED),
    Belonging(
        "social.reports",
        "reporter_id",
        Fate.KEPT,
        ("target_kind", "target_id", "reason", "note", "status", "created_at"),
    ),
    Belonging("social.reports", "handled_by", Fate.KEPT),
    Belonging("social.sanctions", "user_id", Fate.KEPT, ("kind", "reason", "until", "created_at", "lifted_at")),
    Belonging("social.sanctions", "created_by", Fate.KEPT),
    Belonging("social.keyword_filters", "created_by", Fate.KEPT),
    Belonging(
        "social.notifications",
        "user_id",
        Fate.ERASED,
        ("kind", "subject_id", "count", "actor_id", "created_at", "told_at", "read_at"),
    ),
    Belonging("social.notifications", "actor_id", Fate.DETACHED),
    Belonging("social.notification_counts", "user_id", Fate.ERASED, ("digested_at",)),
    Belonging("social.notification_settings", "user_id", Fate.ERASED, ("kind", "in_app", "in_digest")),
    Belonging("social.thread_mutes", "user_id", Fate.ERASED, ("thread_id", "created_at")),
    Belonging(
        "ops.webhooks",
        "user_id",
        Fate.ERASED,  # and with them what they were told
        ("id", "url", "events", "failing_since", "disabled_at", "created_at"),
    ),
    Belonging("social.conversations", "created_by", Fate.KEPT),
    Belonging(
        "social.conversation_members",
        "user_id",
        Fate.KEPT,  # of conversations of two, for the other reads on; groups are left before
        ("conversation_id", "role", "state", "last_read_seq", "last_read_at", "is_muted", "joined_at"),
    ),
    Belonging(
        "social.messages",
        "sender_id",
        Fate.KEPT,
        ("id", "conversation_id", "seq", "body", "reply_to_id", "created_at", "edited_at", "deleted_at"),
    ),
    Belonging("social.message_reactions", "user_id", Fate.ERASED, ("message_id", "reaction", "created_at")),
    Belonging("social.message_settings", "user_id", Fate.ERASED, ("shows_receipts", "takes_requests")),
    Belonging("ops.audit_log", "actor_id", Fate.KEPT, ("at", "action", "target_kind", "target_id", "details")),
)


def rows_of(session: Session, belonging: Belonging, user_id: UUID) -> Iterator[dict[str, Any]]:
    """A user's rows of one table as JSON values, for a copy of their data."""
    columns = ", ".join(belonging.exported)
    rows = session.execute(
        text(
            f"select row_to_json(own) from (select {columns} from {belonging.table}"
            f" where {belonging.column} = :user_id) own"
        ).execution_options(yield_per=500),
        {"user_id": user_id},
    )
    yield from rows.scalars()


def forget(session: Session, user_id: UUID) -> None:
    """Carry out what becomes of a user's rows, but for their identities, which refuse tokens that are still about.

    It may be repeated. Objects in the store are the caller's: their rows are gone afterwards.
    """
    for belonging in BELONGINGS:
        if belonging.table != "accounts.identities":
            _carry_out(session, belonging, user_id)


def forget_identities(session: Session, user_id: UUID) -> None:
    """Forget by which names issuers know a user. With one of them they come back as somebody new."""
    session.execute(text("delete from accounts.identities where user_id = :user_id"), {"user_id": user_id})


def forget_object(session: Session, key: str, *, not_before: datetime | None = None) -> None:
    """Have an object of the private bucket removed, unless a row names it then."""
    enqueue(session, FORGET_OBJECT, {"key": key}, not_before=not_before)


def is_named(session: Session, key: str) -> bool:
    """Whether a row names an object of the private bucket."""
    naming = " union all ".join(
        f"select from {table} where key = :key" for table in ("accounts.uploads", "accounts.exports")
    )
    return session.execute(text(naming), {"key": key}).first() is not None


def _carry_out(session: Session, belonging: Belonging, user_id: UUID) -> None:
    mine = f"{belonging.column} = :user_id"
    if belonging.fate is Fate.ERASED:
        session.execute(text(f"delete from {belonging.table} where {mine}"), {"user_id": user_id})
    elif belonging.fate is Fate.DETACHED:
        session.execute(
            text(f"update {belonging.table} set {belonging.column} = null where {mine}"), {"user_id": user_id}
        )
