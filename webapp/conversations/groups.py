"""Commands about groups. They change who else may read, so they run as the system, once it is clear that the viewer may.

A group's row is locked first, so its size and its admins are what they are when they are looked at.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from db.commands.conversations import leave_group, tell_member
from db.commands.events import announce
from models.accounts import UserStatus
from models.messages import Conversation, ConversationMember
from models.rules.messages import GROUP_MEMBERS, MemberRole, MemberState, direct_key
from models.rules.rooms import Room
from webapp.access.viewer import Viewer
from webapp.conversations.reading import MISSING
from webapp.errors import Conflict, Forbidden, NotFound
from webapp.talk.standing import may_talk


def create(session: Session, viewer: Viewer, *, title: str, user_ids: Iterable[UUID]) -> UUID:
    """Make a group of the viewer and others.

    Raises:
        NotFound: there is no such user.
        Forbidden: one of them does not take invitations from the viewer.
        Conflict: they are too many.
    """
    may_talk(session, viewer)
    made = Conversation(id=uuid4(), is_group=True, title=title, created_by=viewer.id)
    session.add(made)
    session.flush()
    admin = ConversationMember(
        conversation_id=made.id, user_id=viewer.id, role=MemberRole.ADMIN, state=MemberState.ACCEPTED
    )
    session.add(admin)
    session.flush()
    for user_id in sorted(set(user_ids) - {viewer.id}):
        _add(session, made, viewer, user_id)
    return made.id


def rename(session: Session, conversation_id: UUID, viewer: Viewer, *, title: str) -> None:
    """Give a group another title.

    Raises:
        NotFound, Forbidden: the viewer is not in it, or is no admin of it.
    """
    _held(session, conversation_id, viewer, admin=True)
    session.execute(
        text("update social.conversations set title = :title where id = :id"), {"id": conversation_id, "title": title}
    )
    announce(
        session, Room.conversation(conversation_id), "dm_conversation_updated", {"conversation_id": conversation_id}
    )


def add(session: Session, conversation_id: UUID, viewer: Viewer, user_id: UUID) -> None:
    """Add somebody to a group. Adding twice is adding. They read what is said from then on.

    Raises:
        NotFound, Forbidden, Conflict: as for making and renaming one.
    """
    group = _held(session, conversation_id, viewer, admin=True)
    may_talk(session, viewer)
    if session.get(ConversationMember, (conversation_id, user_id)) is None:
        _add(session, group, viewer, user_id)


def set_role(session: Session, conversation_id: UUID, viewer: Viewer, user_id: UUID, *, role: str) -> None:
    """Make a member an admin, or no longer one.

    Raises:
        NotFound, Forbidden: as for renaming a group; also where there is no such member.
        Conflict: nobody would be admin, or the member has not accepted yet.
    """
    _held(session, conversation_id, viewer, admin=True)
    member = _member(session, conversation_id, user_id)
    if member.state != MemberState.ACCEPTED:
        raise Conflict("They have not accepted the invitation yet")
    if member.role == role:
        return
    others = text(
        "select from social.conversation_members where conversation_id = :id and user_id <> :user and role = 'admin'"
    )
    if role != MemberRole.ADMIN and session.execute(others, {"id": conversation_id, "user": user_id}).first() is None:
        raise Conflict("A group needs an admin; make somebody else one first")
    member.role = role
    session.flush()
    tell_member(session, conversation_id, user_id, "role")


def remove(session: Session, conversation_id: UUID, viewer: Viewer, user_id: UUID) -> None:
    """Take somebody out of a group, who reads nothing of it from then on; or leave it.

    Raises:
        NotFound, Forbidden: as for renaming a group; also where there is no such member.
    """
    _held(session, conversation_id, viewer, admin=user_id != viewer.id)
    _member(session, conversation_id, user_id)
    leave_group(session, conversation_id, user_id, "left" if user_id == viewer.id else "removed")


def decline(session: Session, conversation_id: UUID, viewer: Viewer) -> None:
    """Decline to be written to by somebody, or to be in a group.

    Raises:
        NotFound: the viewer is not in it.
        Conflict: they have accepted already.
    """
    conversation = session.get(Conversation, conversation_id, with_for_update=True)
    member = session.get(ConversationMember, (conversation_id, viewer.id))
    if conversation is None or member is None:
        raise NotFound(MISSING)
    if member.state == MemberState.ACCEPTED:
        raise Conflict("You have accepted this conversation; block them, or leave the group")
    if conversation.is_group:
        leave_group(session, conversation_id, viewer.id)
    else:
        member.state = MemberState.DECLINED


def _held(session: Session, conversation_id: UUID, viewer: Viewer, *, admin: bool) -> Conversation:
    """A group that the viewer is in, locked."""
    group = session.get(Conversation, conversation_id, with_for_update=True)
    mine = session.get(ConversationMember, (conversation_id, viewer.id))
    if group is None or mine is None:
        raise NotFound(MISSING)
    if not group.is_group:
        raise Forbidden("This is no group")
    if admin and not (mine.role == MemberRole.ADMIN and mine.state == MemberState.ACCEPTED):
        raise Forbidden("Only an admin of the group may do this")
    return group


def _member(session: Session, conversation_id: UUID, user_id: UUID) -> ConversationMember:
    found = session.get(ConversationMember, (conversation_id, user_id))
    if found is None:
        raise NotFound("Member not found")
    return found


def _add(session: Session, group: Conversation, viewer: Viewer, user_id: UUID) -> None:
    state = _state_of_new(session, viewer, user_id)
    in_it = text("select count(*) from social.conversation_members where conversation_id = :id")
    if session.execute(in_it, {"id": group.id}).scalar_one() >= GROUP_MEMBERS:
        raise Conflict(f"A group has {GROUP_MEMBERS} members at most")
    new = ConversationMember(conversation_id=group.id, user_id=user_id, state=state)
    new.from_seq = new.last_read_seq = new.seen_seq = group.last_seq
    session.add(new)
    session.flush()
    tell_member(session, group.id, user_id, "added")


def _state_of_new(session: Session, viewer: Viewer, user_id: UUID) -> MemberState:
    """Whether somebody is in a group at once, or is asked."""
    person: Any = session.execute(
        text(
            "select person.status, social.blocks(person.id, :viewer) or social.blocks(:viewer, person.id) as blocks,"
            " social.takes_requests(person.id) as takes_requests, exists ("
            "   select from social.conversations known where known.direct_key = :key and not exists ("
            "     select from social.conversation_members member"
            "     where member.conversation_id = known.id and member.state <> 'accepted')) as is_known"
            " from accounts.users person where person.id = :user"
        ),
        {"viewer": viewer.id, "user": user_id, "key": direct_key(viewer.id, user_id)},
    ).one_or_none()
    if person is None or person.status == UserStatus.DELETED:
        raise NotFound(f"User {user_id} not found")
    if person.blocks or not (person.is_known or person.takes_requests):
        raise Forbidden(f"User {user_id} does not take invitations from you")
    return MemberState.ACCEPTED if person.is_known else MemberState.REQUESTED
