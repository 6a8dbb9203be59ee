"""Rooms: where news travels. Whose news it is follows from a room's name, and so do its namespace and who may listen.

| room | namespace | news of | without a token |
|---|---|---|---|
| `discussions:show:<id>` | `/discussions` | discussions of a show as a whole | yes |
| `discussions:season:<id>` | `/discussions` | discussions of a season as a whole | yes |
| `discussions:episode:<id>` | `/discussions` | an episode's discussions | yes |
| `surveys:survey:<id>` | `/surveys` | a survey and its results | yes |
| `dms:conversation:<id>` | `/dms` | a conversation, for its members | no |
| `notifications:user:<id>` | `/notifications` | a user's own affairs | no |
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class RoomKind(StrEnum):
    """What a room belongs to."""

    SHOW = "show"
    SEASON = "season"
    EPISODE = "episode"
    SURVEY = "survey"
    CONVERSATION = "conversation"
    USER = "user"


PREFIXES = {
    RoomKind.SHOW: "discussions",
    RoomKind.SEASON: "discussions",
    RoomKind.EPISODE: "discussions",
    RoomKind.SURVEY: "surveys",
    RoomKind.CONVERSATION: "dms",
    RoomKind.USER: "notifications",
}
DISCUSSED = frozenset({RoomKind.SHOW, RoomKind.SEASON, RoomKind.EPISODE})
"""Kinds of what is discussed."""

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PATTERN = f"^({'|'.join(f'{prefix}:{kind}' for kind, prefix in PREFIXES.items())}):{_ID}$"
"""What a room's name looks like; Python and JSON Schema read it alike."""

PUBLIC = DISCUSSED | {RoomKind.SURVEY}
"""Kinds that may be listened to without a token, where the check of the room itself lets one in."""

SOCIABLE = frozenset({RoomKind.CONVERSATION})
"""Kinds whose listeners see who else is there."""

TYPED_IN = DISCUSSED | {RoomKind.CONVERSATION}
"""Kinds whose listeners see who is typing."""


@dataclass(frozen=True, order=True)
class Room:
    """One room. `str(room)` is its name, by which the database and clients know it."""

    kind: RoomKind
    id: UUID

    @classmethod
    def show(cls, show_id: UUID) -> "Room":
        """Where a show as a whole is discussed."""
        return cls(RoomKind.SHOW, show_id)

    @classmethod
    def season(cls, season_id: UUID) -> "Room":
        """Where a season as a whole is discussed."""
        return cls(RoomKind.SEASON, season_id)

    @classmethod
    def episode(cls, episode_id: UUID) -> "Room":
        """Where an episode is discussed."""
        return cls(RoomKind.EPISODE, episode_id)

    @classmethod
    def survey(cls, survey_id: UUID) -> "Room":
        """Where a survey's results come in."""
        return cls(RoomKind.SURVEY, survey_id)

    @classmethod
    def conversation(cls, conversation_id: UUID) -> "Room":
        """Where members of a conversation write to each other."""
        return cls(RoomKind.CONVERSATION, conversation_id)

    @classmethod
    def user(cls, user_id: UUID) -> "Room":
        """Where a user is told what concerns them alone."""
        return cls(RoomKind.USER, user_id)

    @classmethod
    def named(cls, name: str) -> "Room":
        """The room of a name, which must be written exactly as `str` writes it.

        Raises:
            ValueError: there is no such room.
        """
        prefix, kind, value = (*name.split(":"), "", "")[:3]
        try:
            room = cls(RoomKind(kind), UUID(value))
        except ValueError:
            raise ValueError("names no room") from None
        if PREFIXES[room.kind] != prefix or str(room) != name:
            raise ValueError("names no room")
        return room

    def __str__(self) -> str:
        return f"{PREFIXES[self.kind]}:{self.kind}:{self.id}"

    @property
    def namespace(self) -> str:
        """The Socket.IO namespace whose sockets may subscribe to it."""
        return f"/{PREFIXES[self.kind]}"

    @property
    def is_public(self) -> bool:
        """Whether it may be listened to without a token."""
        return self.kind in PUBLIC
