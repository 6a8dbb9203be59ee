"""Direct messages: their kinds and bounds."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from models.rules.talk import ReactionType

BODY = 10_000
"""Characters of a message at most."""

TITLE = 100
"""Characters of a group's title at most."""

GROUP_MEMBERS = 50
"""People in a group at most, those who are invited among them."""

REQUEST_MESSAGES = 3
"""Messages that a stranger may send before the other has accepted."""

IMAGES = 4
"""Images of a message at most."""

IMAGE_SIDE = 2048
"""Pixels of the longer side of an image at most."""

EDIT_WITHIN = timedelta(minutes=15)
"""How long a message may be edited after it was sent. It may be deleted at any time."""

REACTIONS = tuple(reaction for reaction in ReactionType if reaction not in (ReactionType.UPVOTE, ReactionType.DOWNVOTE))
"""How somebody may take a message. Votes are not among them: nothing is ranked."""


class MemberRole(StrEnum):
    """What a member may do. An admin of a group names it, and says who is in it."""

    ADMIN = "admin"
    MEMBER = "member"


class MemberState(StrEnum):
    """Whether a member has agreed to be one."""

    ACCEPTED = "accepted"
    REQUESTED = "requested"
    """A stranger writes to them, or invites them."""
    DECLINED = "declined"


class Folder(StrEnum):
    """Which of one's conversations are listed."""

    INBOX = "inbox"
    ARCHIVED = "archived"
    REQUESTS = "requests"


class MessageOrder(StrEnum):
    """In which order messages come."""

    NEWEST = "newest"
    OLDEST = "oldest"


def direct_key(one: UUID, other: UUID) -> str:
    """What the conversation of two is found by, whoever of them asks. `social.open_conversation` makes the same."""
    return ":".join(sorted((str(one), str(other))))
