"""What events there are: the contract between the app and its clients, as one JSON Schema per event.

A resource declares its events beside its service, in `webapp/<resource>/events.py`:

    THREAD_CREATED = declare("thread_created", "A thread was opened.", "discussions", thread_id=ID, title=TEXT)

The schemas are served at `/realtime/schemas.json` and told in `docs/realtime.md`; tests hold all three together.
"""

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

ID: Schema = {"type": "string", "format": "uuid"}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ROOM: Schema = {
    "type": "string",
    "pattern": "^(discussions:(show|season|episode)|surveys:survey|dms:conversation|notifications:user):",
}
EVERYWHERE = ("discussions", "surveys", "dms", "notifications")


@dataclass(frozen=True)
class EventType:
    """A kind of event: where it is heard, and what it carries. One that is kept has a number and can be replayed."""

    name: str
    about: str
    namespaces: tuple[str, ...]
    is_kept: bool
    schema: Schema


EVENTS: dict[str, EventType] = {}


def nullable(schema: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def listed(schema: Schema) -> Schema:
    """A list of it."""
    return {"type": "array", "items": schema}


def chosen(*values: str) -> Schema:
    """One of these."""
    return {"enum": list(values)}


def declare(
    name: str, about: str, *namespaces: str, kept: bool = True, optional: tuple[str, ...] = (), **payload: Schema
) -> str:
    """Say that an event exists, and what its payload holds; all of it is always there but what is optional."""
    schema = {
        "title": name,
        "description": about,
        "type": "object",
        "properties": {
            "type": {"const": name},
            "ts": MOMENT,
            "seq": {"type": "integer", "minimum": 1} if kept else {"type": "null"},
            "room": ROOM if kept else nullable(ROOM),
            "payload": {
                "type": "object",
                "properties": payload,
                "required": [field for field in payload if field not in optional],
                "additionalProperties": False,
            },
        },
        "required": ["type", "ts", "seq", "room", "payload"],
        "additionalProperties": False,
    }
    EVENTS[name] = EventType(name, about, tuple(f"/{namespace}" for namespace in namespaces), kept, schema)
    return name


def document() -> Schema:
    """All events as one JSON Schema document, by their names."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events of The Reality Report over Socket.IO",
        "$defs": {
            name: {**kind.schema, "x-namespaces": list(kind.namespaces), "x-kept": kind.is_kept}
            for name, kind in sorted(EVENTS.items())
        },
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in sorted(EVENTS)],
    }


SUBSCRIBED = declare(
    "subscribed",
    "The socket listens to a room from number `seq` on. `resync`: what it missed cannot be told; read the state anew.",
    *EVERYWHERE,
    kept=False,
    room=ROOM,
    seq=NUMBER,
    resync=FLAG,
)
UNSUBSCRIBED = declare(
    "unsubscribed", "The server ended a subscription, whose right is gone.", *EVERYWHERE, kept=False, room=ROOM
)
ERROR = declare(
    "error",
    "A message without acknowledgement failed, or the server ends something: a problem as REST has it.",
    *EVERYWHERE,
    kept=False,
    optional=("code", "room"),
    message=TEXT,
    code=TEXT,
    room=ROOM,
    type=TEXT,
    title=TEXT,
    status=NUMBER,
    detail=TEXT,
    errors=listed({"type": "object"}),
)
TYPING = declare(
    "typing",
    "A user types, or has stopped: said so, gone silent for ten seconds, or gone.",
    "discussions",
    "dms",
    kept=False,
    optional=("show_id", "season_id", "episode_id", "conversation_id"),
    show_id=ID,
    season_id=ID,
    episode_id=ID,
    conversation_id=ID,
    user_id=ID,
    is_typing=FLAG,
)
PRESENCE = declare(
    "presence",
    "A member's first socket came into the conversation, or their last one left.",
    "dms",
    kept=False,
    user_id=ID,
    is_online=FLAG,
)
PROFILE_UPDATED = declare(
    "profile_updated", "The user's own profile changed.", "notifications", user_id=ID, version=NUMBER
)
SESSION_STARTED = declare(
    "session_started", "The user logged in somewhere.", "notifications", user_id=ID, session_id=ID
)
SESSION_ENDED = declare("session_ended", "A session of the user ended.", "notifications", user_id=ID, session_id=ID)
