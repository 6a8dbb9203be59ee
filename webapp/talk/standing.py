"""Who may take part in talk at present, and with which words.

A ban is a row of `social.sanctions`; words that moderators filter stand in `social.keyword_filters`, which only the system
reads. A process reads them anew every few seconds, so a new filter holds everywhere at once that is soon enough.
"""

import re
import time
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.session import as_system
from webapp.access.viewer import Viewer
from webapp.errors import Forbidden, Invalid
from webapp.talk.visibility import moderates

KEPT = 5.0
"""Seconds for which a process keeps the filters."""


class Filters(NamedTuple):
    """The filtered words of either kind, as one expression each; none where there are no such words."""

    refused: re.Pattern[str] | None
    hiding: re.Pattern[str] | None


_lock = Lock()
_kept: tuple[float, Filters] = (0.0, Filters(None, None))


def may_talk(session: Session, viewer: Viewer) -> None:
    """Make sure that somebody is not banned from talk.

    Raises:
        Forbidden: they are; the text says until when, and why.
    """
    ban = session.execute(
        text(
            "select until, reason from social.sanctions where user_id = :id and kind = 'ban' and lifted_at is null"
            " and (until is null or until > now()) order by until desc nulls first limit 1"
        ),
        {"id": viewer.id},
    ).one_or_none()
    if ban is not None:
        until = f"until {ban.until:%Y-%m-%d %H:%M} UTC" if ban.until else "for good"
        raise Forbidden(f"You are banned from discussions {until}: {ban.reason}")


def may_answer(session: Session, viewer: Viewer, author: UUID | None) -> None:
    """Make sure that whoever wrote something does not block whoever answers or reacts to it.

    Raises:
        Forbidden: they do.
    """
    if author is None or author == viewer.id or moderates(viewer):
        return
    if session.execute(text("select social.blocks(:who, :whom)"), {"who": author, "whom": viewer.id}).scalar_one():
        raise Forbidden("The author of this post does not take answers from you")


def check_words(viewer: Viewer, body: str) -> bool:
    """Whether a post holds words that hide it until a moderator has looked.

    Raises:
        Invalid: it holds words that moderators do not allow at all.
    """
    if moderates(viewer):
        return False
    filters = _filters()
    _refuse("body", body, filters.refused)
    return bool(filters.hiding and filters.hiding.search(body.lower()))


def check_title(viewer: Viewer, title: str) -> None:
    """Make sure that a title holds no filtered words of either kind: a thread cannot wait for a moderator.

    Raises:
        Invalid: it does.
    """
    if not moderates(viewer):
        for words in _filters():
            _refuse("title", title, words)


def _refuse(field: str, said: str, words: re.Pattern[str] | None) -> None:
    if words and (found := words.search(said.lower())):
        raise Invalid([(("json", field), f"The word {found[0]!r} is not allowed here.", "filtered")])


def hold(session: Session, post_id: UUID) -> None:
    """Hide a post of the viewer's until a moderator has looked."""
    session.execute(text("select social.hold(:id)"), {"id": post_id})


def forget_filters() -> None:
    """Read the filters anew at the next use: they have just been changed."""
    global _kept
    with _lock:
        _kept = (0.0, _kept[1])


def _filters() -> Filters:
    global _kept
    with _lock:
        until, filters = _kept
        if time.monotonic() >= until:
            filters = _read()
            _kept = (time.monotonic() + KEPT, filters)
        return filters


def _read() -> Filters:
    with as_system() as session:
        rows = session.execute(text("select action, words from social.keyword_filters")).all()
    return Filters(
        *(_any_of([row.words for row in rows if row.action == action]) for action in ("refuse", "hide")),
    )


def _any_of(words: list[str]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None
