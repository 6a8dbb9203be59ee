"""Realtime events of notifications, in the user's own room: ids alone, what they are about is read by REST."""

from models.rules.notifications import NotificationKind
from webapp.realtime.events import ID, NUMBER, chosen, declare, listed

declare(
    "notification_created",
    "You are told of something, or there is more of what you were told of.",
    "notifications",
    notification_id=ID,
    kind=chosen(*NotificationKind),
    notification_seq=NUMBER,
    count=NUMBER,
)
declare("notifications_read", "You read notifications somewhere.", "notifications", notification_ids=listed(ID))
