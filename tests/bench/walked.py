"""The peer of the threads' bench: posts told by walking what an ORM relates to them, as such a thing is usually written first.

A post's author, reactions, answers and mentions are loaded when they are looked at, so each costs a query; a page is found by
its offset, and an order by votes is made in Python. It tells the same JSON as the API, for a viewer of whom nothing is
hidden: nobody is muted, no progress is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, registry, relationship

from models.accounts import User
from models.rules.talk import ReactionType, has_marks
from models.social import Mention, Post, Reaction
from webapp.posts.schemas import PostSchema

Row = dict[str, Any]
_mapped = registry(metadata=Post.metadata)


class Author:
    """A user."""


class Taken:
    """A reaction."""


class Named:
    """A mention, with its user."""


class Said:
    """A post, with its author, its reactions, its mentions and its answers."""


def _table(model: Any) -> Any:
    return model.__table__


_posts, _users, _reactions, _mentions = map(_table, (Post, User, Reaction, Mention))
_mapped.map_imperatively(Author, _users)
_mapped.map_imperatively(Taken, _reactions)
_mapped.map_imperatively(
    Named, _mentions, properties={"user": relationship(Author, primaryjoin=_mentions.c.user_id == _users.c.id)}
)
_mapped.map_imperatively(
    Said,
    _posts,
    properties={
        "author": relationship(Author, primaryjoin=_posts.c.user_id == _users.c.id, viewonly=True),
        "reactions": relationship(Taken, primaryjoin=_posts.c.id == _reactions.c.post_id, viewonly=True),
        "mentions": relationship(Named, primaryjoin=_posts.c.id == _mentions.c.post_id, viewonly=True),
        "answers": relationship(
            "Said",
            primaryjoin=_posts.c.id == _posts.c.parent_post_id,
            foreign_keys=_posts.c.parent_post_id,
            order_by=_posts.c.seq,
            viewonly=True,
        ),
    },
)


def page(session: Session, thread_id: UUID, viewer: UUID, *, limit: int, offset: int = 0) -> list[Any]:
    """A page of a thread's top, the oldest first."""
    return _told(_top(session, thread_id).offset(offset).limit(limit), viewer)


def top(session: Session, thread_id: UUID, viewer: UUID, *, limit: int) -> list[Any]:
    """The posts of a thread's top that most are for."""
    ranked = sorted(_top(session, thread_id), key=lambda post: (-_score(post), -post.seq))
    return _told(ranked[:limit], viewer)


def tree(session: Session, thread_id: UUID, viewer: UUID, *, limit: int) -> list[Any]:
    """The first posts of a thread, each before its answers, the oldest first."""
    walk = _each_before_its_answers(_top(session, thread_id))
    return _told([post for _, post in zip(range(limit), walk, strict=False)], viewer)


def _top(session: Session, thread_id: UUID) -> Any:
    found = session.query(Said).filter(_posts.c.thread_id == thread_id, _posts.c.parent_post_id.is_(None))
    return found.order_by(_posts.c.seq)


def _each_before_its_answers(posts: Any) -> Iterator[Any]:
    for post in posts:
        yield post
        yield from _each_before_its_answers(post.answers)


def _score(post: Any) -> int:
    votes = Counter(taken.reaction for taken in post.reactions)
    return votes["upvote"] - votes["downvote"]


def _told(posts: Any, viewer: UUID) -> list[Any]:
    dump: Callable[..., Any] = PostSchema(many=True).dump
    told: list[Any] = dump([_as_row(post, viewer) for post in posts])
    return told


def _as_row(post: Any, viewer: UUID) -> Row:
    taken = Counter(one.reaction for one in post.reactions)
    author = post.author
    columns = ("id", "thread_id", "seq", "parent_post_id", "depth", "user_id", "body", "spoils_id", "version")
    return {
        **{name: getattr(post, name) for name in (*columns, "created_at", "edited_at")},
        "author": {
            **{name: getattr(author, name) for name in ("id", "username", "display_name", "role")},
            "is_deleted": author.status == "deleted",
            "avatar_url": None,
        },
        "has_spoilers": has_marks(post.body),
        **dict.fromkeys(("is_deleted", "is_hidden", "is_masked", "is_muted"), False),
        "reply_count": sum(answer.deleted_at is None for answer in post.answers),
        "reactions": {str(reaction): taken[reaction] for reaction in ReactionType},
        "my_reactions": sorted(one.reaction for one in post.reactions if one.user_id == viewer),
        "mentions": [
            {"id": named.user.id, "username": named.user.username}
            for named in sorted(post.mentions, key=lambda named: named.user_id)
        ],
    }
