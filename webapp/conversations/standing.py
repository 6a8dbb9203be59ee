"""Who may write to whom. The rules of private talk, stated once:

- Whoever writes to somebody for the first time sends a request. Until the other accepts, by saying so or by writing back, at
  most `REQUEST_MESSAGES` go through, and the other reads them without letting it be known. Whoever does not take requests
  is written to by nobody whom they have not written with before.
- Where one of two blocks the other, has declined, or has left the platform, nothing more can be written; what was said stays.
- Into a group, people come at once whom whoever adds them has written with before; others are asked. Nobody is added who
  blocks whoever adds them.
- Whom moderators have banned from talk writes to nobody.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.accounts import UserStatus
from models.rules.messages import REQUEST_MESSAGES, MemberState
from webapp.access.viewer import Viewer
from webapp.conversations.reading import MISSING
from webapp.errors import Forbidden, NotFound
from webapp.talk.standing import may_talk

REFUSED = "They do not take messages from you"
BLOCKED = "You block this user; unblock them to write to each other"
GONE = "This user has left; nobody would read it"
UNANSWERED = f"They have not accepted your request yet; until then {REQUEST_MESSAGES} messages are let through"

_STANDING = text("""
    select mine.state, other.state as other_state, person.status as other_status,
           social.blocks(mine.user_id, other.user_id) as blocks, social.blocks(other.user_id, mine.user_id) as is_blocked
    from social.conversation_members mine
    join social.conversations conversation on conversation.id = mine.conversation_id
    left join lateral (select * from social.members_of(array[conversation.id]) where not conversation.is_group) other
      on other.user_id <> mine.user_id
    left join accounts.users person on person.id = other.user_id
    where mine.conversation_id = :id and mine.user_id = :viewer
""")


def of(session: Session, conversation_id: UUID, viewer_id: UUID) -> Any:
    """The viewer's state in a conversation, and how the other of two stands to them.

    Raises:
        NotFound: the viewer is not in it.
    """
    row = session.execute(_STANDING, {"id": conversation_id, "viewer": viewer_id}).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return row


def may_write(session: Session, conversation_id: UUID, viewer: Viewer) -> Any:
    """Make sure that the viewer may write to a conversation, which is locked; answers how they stand.

    Raises:
        NotFound: they are not in it.
        Forbidden: they may not; the text says why.
    """
    found = of(session, conversation_id, viewer.id)
    may_talk(session, viewer)
    not_ended(found)
    if found.other_state == MemberState.DECLINED:
        raise Forbidden(REFUSED)
    return found


def within_request(standing: Any, last_seq: int) -> None:
    """Make sure that a request is not followed by too much before it is accepted: `last_seq` messages are there.

    Raises:
        Forbidden: it is.
    """
    if standing.other_state == MemberState.REQUESTED and last_seq >= REQUEST_MESSAGES:
        raise Forbidden(UNANSWERED)


def not_ended(standing: Any) -> None:
    """Make sure that a conversation has not ended.

    Raises:
        Forbidden: one blocks the other, or the other has left.
    """
    if standing.other_status == UserStatus.DELETED:
        raise Forbidden(GONE)
    if standing.blocks:
        raise Forbidden(BLOCKED)
    if standing.is_blocked:
        raise Forbidden(REFUSED)


def has_accepted(standing: Any) -> None:
    """Make sure that the viewer has agreed to a conversation.

    Raises:
        Forbidden: they have not.
    """
    if standing.state != MemberState.ACCEPTED:
        raise Forbidden("Accept this conversation first")


def may_open(session: Session, viewer: Viewer, other_id: UUID) -> None:
    """Make sure that the viewer may write to somebody for the first time.

    Raises:
        NotFound: there is no such user.
        Forbidden: they may not.
    """
    other = session.execute(
        text(
            "select status, social.blocks(:viewer, id) as blocks, social.blocks(id, :viewer) as is_blocked,"
            " social.takes_requests(id) as takes_requests from accounts.users where id = :other"
        ),
        {"viewer": viewer.id, "other": other_id},
    ).one_or_none()
    if other is None or other.status == UserStatus.DELETED:
        raise NotFound("User not found")
    may_talk(session, viewer)
    if other.blocks:
        raise Forbidden(BLOCKED)
    if other.is_blocked or not other.takes_requests:
        raise Forbidden(REFUSED)
