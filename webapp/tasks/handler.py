"""What a handler of outbox items is."""

from collections.abc import Callable

from sqlmodel import Session

from db.commands.outbox import Taken

Handler = Callable[[Session, Taken], None]
"""Does the work of one item, within a transaction as the system that also marks the item as done.

What it writes with that session is done exactly once. What it does elsewhere (a mail, an object, a request) may be repeated
after a crash, so it must be harmless twice; it needs time limits of its own. An error means another attempt later.
"""


class GiveUp(Exception):
    """The work cannot be done, and no further attempt would help. The message says why."""
