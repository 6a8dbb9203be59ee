"""Who may listen to which room, and how much of it they may see: one check per kind of room, asked again and again.

    @may_listen(RoomKind.CONVERSATION)
    def member(session, viewer, conversation_id) -> Visibility: ...

A check runs in a transaction that acts for the viewer, so row level security holds in it. A kind without a check admits
nobody.
"""

from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from db.session import acting_as
from models.rules.rooms import Room, RoomKind
from webapp.access.viewer import Viewer
from webapp.errors import Forbidden, NotFound, Unauthenticated


class Visibility(StrEnum):
    """How much of a room's events a viewer may see."""

    FULL = "full"
    MASKED = "masked"
    """What could spoil is left out."""


Check = Callable[[Session, Viewer | None, UUID], Visibility]
_checks: dict[RoomKind, Check] = {}


def may_listen(kind: RoomKind) -> Callable[[Check], Check]:
    """Make a function the check of a kind of room; the last one counts.

    It answers what the viewer may see, or raises `NotFound` (also for what they must not know of) or `Forbidden`.
    """

    def register(check: Check) -> Check:
        _checks[kind] = check
        return check

    return register


def admitted(viewer: Viewer | None, room: Room) -> Visibility:
    """What a viewer may see of a room.

    Raises:
        Unauthenticated: the room is not public and there is no viewer.
        Forbidden: it is not theirs.
        NotFound: there is no such room for them.
    """
    if viewer is None and not room.is_public:
        raise Unauthenticated("Authentication required to listen to this room")
    check = _checks.get(room.kind)
    if check is None:
        raise NotFound("Room not found")
    with acting_as(viewer.id if viewer else None) as session:
        return check(session, viewer, room.id)


@may_listen(RoomKind.USER)
def _own(_session: Session, viewer: Viewer | None, user_id: UUID) -> Visibility:
    if viewer is None or viewer.id != user_id:
        raise Forbidden("This room is another user's")
    return Visibility.FULL
