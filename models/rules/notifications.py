"""Notifications: their kinds, and what each kind is about."""

from enum import StrEnum


class NotificationKind(StrEnum):
    """Why somebody is told."""

    MENTION = "mention"
    REPLY = "reply"
    MESSAGE = "message"
    THREAD = "thread"
    SURVEY = "survey"


SUBJECTS = {
    NotificationKind.MENTION: "post_id",
    NotificationKind.REPLY: "post_id",
    NotificationKind.MESSAGE: "conversation_id",
    NotificationKind.THREAD: "thread_id",
    NotificationKind.SURVEY: "survey_id",
}
"""The id by which a notification of a kind is known: of one subject, somebody has one notification at most."""

COLLAPSING = frozenset({NotificationKind.MESSAGE, NotificationKind.THREAD, NotificationKind.SURVEY})
"""Kinds whose subject goes on: what is new there raises the count of the notification that is there. Of any other subject
one is told once.
"""
