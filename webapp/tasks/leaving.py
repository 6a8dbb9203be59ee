"""What is left to do once a user has left: their rows and objects go, and what a store still holds for nobody."""

from uuid import UUID

from sqlmodel import Session, select

from db.commands import conversations, personal
from db.commands.outbox import Taken
from db.object_store import private_store
from models.uploads import Export, Upload
from webapp.tasks.handler import GiveUp

TOPIC = "delete_account"


def handle(session: Session, item: Taken) -> None:
    """One step of forgetting a user."""
    user_id = UUID(item.payload["user_id"])
    match item.payload["step"]:
        case "belongings":
            keys = [*session.exec(select(Upload.key).where(Upload.user_id == user_id))]
            keys += [key for key in session.exec(select(Export.key).where(Export.user_id == user_id)) if key]
            conversations.leave_groups(session, user_id)
            personal.forget(session, user_id)
            for key in keys:
                private_store().remove(key)
        case "identities":
            personal.forget_identities(session, user_id)
        case step:
            raise GiveUp(f"there is no step {step!r}")


def forget_object(session: Session, item: Taken) -> None:
    """Remove an object of the private bucket, if no row names it."""
    key = str(item.payload["key"])
    if not personal.is_named(session, key):
        private_store().remove(key)
