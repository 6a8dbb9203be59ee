"""Talk: threads about shows, seasons and episodes, posts and what people think of them; who follows what, and how far they
have watched.

Counters have tables of their own: whoever posts or reacts changes them, and may not change the rows of others.

What is said and kept about shows, seasons and episodes names them without foreign keys. A merge would otherwise move these rows
and copy them into its journal, where nobody's words and habits belong; so merges are followed when they are read
(`core.entities.merged_into`). Entities are never deleted.
"""

from datetime import time
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from models.base import SOCIAL, UUID, datetime, moment, new_id, one_of
from models.rules.talk import ReactionType, ThreadLevel, ThreadType


def _user(**more: Any) -> Any:
    return Field(foreign_key="accounts.users.id", **more)


def _count() -> Any:
    return Field(default=0, sa_column_kwargs={"server_default": "0"})


class Thread(SQLModel, table=True):
    """A discussion of a show, a season or an episode. Everybody reads it; its author and moderators change it."""

    __tablename__ = "threads"
    __table_args__ = (
        one_of("level", ThreadLevel),
        one_of("type", ThreadType),
        Index("ix_threads_entity_id_created_at", "entity_id", "created_at", "id"),
        Index("ix_threads_created_by", "created_by"),
        {"schema": SOCIAL},
    )

    id: UUID = new_id()
    level: str = Field(description="What `entity_id` is")
    entity_id: UUID
    title: str
    type: str
    created_by: UUID | None = _user(default=None, ondelete="SET NULL")
    is_automatic: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    is_locked: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    is_pinned: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = moment(now=True)
    edited_at: datetime | None = moment()
    hidden_at: datetime | None = moment()


class ThreadCount(SQLModel, table=True):
    """How much is said in a thread. Its row is locked while a post takes its number, so numbers follow the commits."""

    __tablename__ = "thread_counts"
    __table_args__ = {"schema": SOCIAL}

    thread_id: UUID = Field(primary_key=True, foreign_key="social.threads.id", ondelete="CASCADE")
    posts: int = _count()
    last_seq: int = _count()
    last_post_at: datetime | None = moment()


class Post(SQLModel, table=True):
    """What somebody said in a thread. A deleted one stays as a tombstone without words, for others answered it."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("id", "thread_id", name="uq_posts_in_thread"),
        UniqueConstraint("thread_id", "seq", name="uq_posts_seq"),
        ForeignKeyConstraint(
            ["parent_post_id", "thread_id"], ["social.posts.id", "social.posts.thread_id"], name="fk_posts_parent"
        ),
        CheckConstraint("(body is null) = (deleted_at is not null)", name="tombstone"),
        Index("ix_posts_thread_id_parent_post_id_seq", "thread_id", "parent_post_id", "seq"),
        Index("ix_posts_parent_post_id", "parent_post_id"),
        Index("ix_posts_user_id_created_at", "user_id", "created_at"),
        {"schema": SOCIAL},
    )

    id: UUID = new_id()
    thread_id: UUID = Field(foreign_key="social.threads.id", ondelete="CASCADE")
    seq: int = Field(description="Its number within the thread, counted from 1")
    parent_post_id: UUID | None = None
    depth: int = _count()
    user_id: UUID | None = _user(default=None, ondelete="SET NULL")
    body: str | None = None
    spoils_id: UUID | None = Field(default=None, description="A later episode that its author says it tells of")
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = moment(now=True)
    edited_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    hidden_at: datetime | None = moment()
    hidden_by: UUID | None = _user(default=None, ondelete="SET NULL", description="None where a filter held it")


class PostCount(SQLModel, table=True):
    """How a post was taken: living answers, and reactions by type."""

    __tablename__ = "post_counts"
    __table_args__ = {"schema": SOCIAL}

    post_id: UUID = Field(primary_key=True, foreign_key="social.posts.id", ondelete="CASCADE")
    replies: int = _count()
    upvote: int = _count()
    downvote: int = _count()
    lol: int = _count()
    shade: int = _count()
    fire: int = _count()
    heart: int = _count()


class PostEdit(SQLModel, table=True):
    """What a post said before it was edited. Its author and moderators read it."""

    __tablename__ = "post_edits"
    __table_args__ = (Index("ix_post_edits_post_id", "post_id"), {"schema": SOCIAL})

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    post_id: UUID = Field(foreign_key="social.posts.id", ondelete="CASCADE")
    user_id: UUID | None = _user(default=None, ondelete="SET NULL", index=True, description="The author")
    body: str
    replaced_at: datetime | None = moment(now=True)


class Reaction(SQLModel, table=True):
    """Somebody's reaction to a post. A vote up and a vote down exclude each other."""

    __tablename__ = "reactions"
    __table_args__ = (
        one_of("reaction", ReactionType),
        Index(
            "uq_reactions_one_vote",
            "post_id",
            "user_id",
            unique=True,
            postgresql_where=text("reaction in ('upvote', 'downvote')"),
        ),
        {"schema": SOCIAL},
    )

    post_id: UUID = Field(primary_key=True, foreign_key="social.posts.id", ondelete="CASCADE")
    user_id: UUID = _user(primary_key=True, ondelete="CASCADE", index=True)
    reaction: str = Field(primary_key=True)
    created_at: datetime | None = moment(now=True)


class Mention(SQLModel, table=True):
    """A user whom a post names."""

    __tablename__ = "mentions"
    __table_args__ = {"schema": SOCIAL}

    post_id: UUID = Field(primary_key=True, foreign_key="social.posts.id", ondelete="CASCADE")
    user_id: UUID = _user(primary_key=True, ondelete="CASCADE", index=True)


class ThreadFollow(SQLModel, table=True):
    """Whoever follows a thread, and how far they have read it. Private to them."""

    __tablename__ = "thread_follows"
    __table_args__ = {"schema": SOCIAL}

    user_id: UUID = _user(primary_key=True, ondelete="CASCADE")
    thread_id: UUID = Field(primary_key=True, foreign_key="social.threads.id", ondelete="CASCADE", index=True)
    last_read_seq: int = _count()
    created_at: datetime | None = moment(now=True)


class ShowFollow(SQLModel, table=True):
    """Whoever follows a show. Private to them."""

    __tablename__ = "show_follows"
    __table_args__ = {"schema": SOCIAL}

    user_id: UUID = _user(primary_key=True, ondelete="CASCADE")
    show_id: UUID = Field(
        primary_key=True, index=True, description="Of core.entities; followed through merges when read"
    )
    created_at: datetime | None = moment(now=True)


class Progress(SQLModel, table=True):
    """How far somebody has watched a show. Talk of what comes later is masked for them. Private to them."""

    __tablename__ = "progress"
    __table_args__ = {"schema": SOCIAL}

    user_id: UUID = _user(primary_key=True, ondelete="CASCADE")
    show_id: UUID = Field(primary_key=True)
    seen_through: UUID | None = Field(default=None, description="The last episode seen; none: nothing yet")
    updated_at: datetime | None = moment(now=True)


class UserRelation(SQLModel, table=True):
    """Whom somebody blocks or mutes. Private to them."""

    __tablename__ = "user_relations"
    __table_args__ = (one_of("kind", ("block", "mute")), {"schema": SOCIAL})

    user_id: UUID = _user(primary_key=True, ondelete="CASCADE")
    other_id: UUID = _user(primary_key=True, ondelete="CASCADE", index=True)
    kind: str = Field(primary_key=True)
    created_at: datetime | None = moment(now=True)


class Report(SQLModel, table=True):
    """Somebody tells moderators of a post, a thread, a user or a private message that they may read. Private to them."""

    __tablename__ = "reports"
    __table_args__ = (
        one_of("status", ("open", "upheld", "dismissed")),
        one_of("target_kind", ("post", "thread", "user", "message")),
        UniqueConstraint("reporter_id", "target_kind", "target_id", name="uq_reports_once"),
        Index("ix_reports_status_created_at", "status", "created_at"),
        {"schema": SOCIAL},
    )

    id: UUID = new_id()
    reporter_id: UUID = _user(ondelete="CASCADE")
    target_kind: str
    target_id: UUID
    reason: str
    note: str | None = None
    status: str = Field(default="open", sa_column_kwargs={"server_default": "open"})
    handled_by: UUID | None = _user(default=None, ondelete="SET NULL")
    handled_at: datetime | None = moment()
    created_at: datetime | None = moment(now=True)


class Sanction(SQLModel, table=True):
    """A moderator's warning to somebody, or a ban from talk for a time. Private to whom it is about."""

    __tablename__ = "sanctions"
    __table_args__ = (
        one_of("kind", ("warning", "ban")),
        Index("ix_sanctions_user_id_until", "user_id", "until"),
        {"schema": SOCIAL},
    )

    id: UUID = new_id()
    user_id: UUID = _user(ondelete="CASCADE")
    kind: str
    reason: str
    until: datetime | None = moment()
    created_by: UUID | None = _user(default=None, ondelete="SET NULL")
    created_at: datetime | None = moment(now=True)
    lifted_at: datetime | None = moment()


class KeywordFilter(SQLModel, table=True):
    """Words that a post may not hold, or that hide it until a moderator has looked. Only moderators see them."""

    __tablename__ = "keyword_filters"
    __table_args__ = (one_of("action", ("refuse", "hide")), {"schema": SOCIAL})

    id: UUID = new_id()
    words: str = Field(unique=True, description="In small letters; found as whole words")
    action: str
    created_by: UUID | None = _user(default=None, ondelete="SET NULL")
    created_at: datetime | None = moment(now=True)


class AirTime(SQLModel, table=True):
    """When a show's episodes air, so that each has a live thread in time. Set by admins."""

    __tablename__ = "air_times"
    __table_args__ = (CheckConstraint("opens_minutes between 0 and 1440", name="opens"), {"schema": SOCIAL})

    show_id: UUID = Field(primary_key=True)
    airs_at: time = Field(description="Local time of the day")
    time_zone: str = Field(description="Name of the IANA database: America/New_York")
    opens_minutes: int = Field(default=30, sa_column_kwargs={"server_default": "30"}, description="Before it airs")
    updated_at: datetime | None = moment(now=True)
