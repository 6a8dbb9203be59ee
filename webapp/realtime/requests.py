"""What a client may send: the events, and how what they carry is read."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.rules.rooms import PREFIXES, Room, RoomKind
from webapp.errors import Invalid, Unauthenticated
from webapp.realtime.connections import Connection

CLIENT_EVENTS = ("subscribe", "unsubscribe", "typing_start", "typing_stop", "heartbeat", "authenticate")
LARGEST = 2**63 - 1


def invalid(field: str, message: str, kind: str = "invalid") -> Invalid:
    """That one field of a message is wrong."""
    return Invalid([(("payload", field) if field else ("payload",), message, kind)])


def payload_of(arguments: list[Any]) -> dict[str, Any]:
    """The one object that an event carries, or an empty one.

    Raises:
        Invalid: it carries something else.
    """
    if not arguments or arguments == [None]:
        return {}
    if len(arguments) > 1 or not isinstance(arguments[0], dict):
        raise invalid("", "Must be one object.")
    return arguments[0]


def since_of(payload: Mapping[str, Any]) -> int | None:
    """The number after which events are wanted.

    Raises:
        Invalid: it is none.
    """
    since = payload.get("since")
    if since is None:
        return None
    if isinstance(since, bool) or not isinstance(since, int) or not 0 <= since <= LARGEST:
        raise invalid("since", "Must be a whole number, 0 or more.")
    return since


def room_of(payload: Mapping[str, Any], connection: Connection) -> Room:
    """The room that a message is about: named, or by the id of what it belongs to; in `/notifications` one's own.

    Raises:
        Invalid: it names none, or one of another namespace.
        Unauthenticated: one's own room, without being anybody.
    """
    kinds = [kind for kind, prefix in PREFIXES.items() if f"/{prefix}" == connection.namespace]
    named = next((kind for kind in kinds if payload.get(f"{kind}_id") is not None), None)
    name = payload.get("room")
    if name is not None:
        try:
            room = Room.named(name) if isinstance(name, str) else None
        except ValueError:
            room = None
        if room is None or room.kind not in kinds:
            raise invalid("room", f"Must be a room of {connection.namespace}.")
        return room
    if named is not None:
        try:
            return Room(named, UUID(payload[f"{named}_id"]))
        except (ValueError, TypeError, AttributeError):
            raise invalid(f"{named}_id", "Not a valid UUID.") from None
    if kinds == [RoomKind.USER]:
        if connection.viewer is None:
            raise Unauthenticated("Authentication required")
        return Room.user(connection.viewer.id)
    raise invalid(f"{kinds[-1]}_id", "Missing data for required field.", "missing")


def token_of(payload: Any) -> str | None:
    """The token in what a client connects with, or authenticates with later.

    Raises:
        Invalid: it is not written as it should be.
    """
    if payload is None:
        return None
    if not isinstance(payload, dict):
        raise Invalid([(("auth",), "Must be an object.", "invalid")])
    token = payload.get("token")
    if token is not None and (not isinstance(token, str) or not token):
        raise Invalid([(("auth", "token"), "Must be a text.", "invalid")])
    return token
