"""Mails: what is to be told is worded and sent. Tokens are made here, so that they stand in a mail and nowhere else.

Whether an address has an account is looked up here, too, and not by the request: so no answer and no time tells it.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from db.commands.outbox import Taken
from db.commands.personal import EXPORT_DAYS
from models.accounts import User, UserStatus
from models.logins import MailToken, Password, Registration
from webapp import mail
from webapp.accounts import texts
from webapp.accounts.secret import new_secret
from webapp.accounts.texts import Text
from webapp.notifications import digest
from webapp.tasks.handler import GiveUp

log = logging.getLogger(__name__)

TOPIC = "mail"

MOST = 8
"""Mails that one address gets while its registrations or tokens last, so that nobody is flooded in our name."""

RESET = timedelta(hours=1)
"""How long a token for a new password is good."""

Wording = Callable[[Session, str], tuple[str, Text] | None]
"""Finds out to whom to write and what; the address is the one that was confirmed or registered, not as it was typed this time."""


def handle(session: Session, item: Taken) -> None:
    """Send one mail, if there is still a reason for it."""
    wording = WORDINGS.get(str(item.payload["kind"]))
    if wording is None:
        raise GiveUp(f"there is no mail {item.payload['kind']!r}")
    email = str(item.payload["email"])
    found = wording(session, email)
    if found is None:
        return
    to, words = found
    session.flush()  # what cannot be kept is not mailed
    try:
        mail.send(to, *words)
    except mail.Undeliverable as error:
        raise GiveUp(f"the mail was refused for good: {error}") from None


def _registration(session: Session, email: str) -> tuple[str, Text] | None:
    lasting = session.exec(
        select(Registration)
        .where(text("lower(email) = lower(:email)"), col(Registration.expires_at) > datetime.now(UTC))
        .order_by(col(Registration.created_at).desc())
        .with_for_update(),
        params={"email": email},
    ).all()
    if not lasting:
        return None
    if sum(kept.mails for kept in lasting) >= MOST:
        log.warning("an address that was registered over and over gets no more mail")
        return None
    newest = lasting[0]
    newest.mails += 1
    if _account(session, email) is not None:
        return newest.email, texts.already_a_member()
    secret = new_secret()
    newest.token = secret.digest
    return newest.email, texts.confirm(newest.username, secret.value)


def _reset(session: Session, email: str) -> tuple[str, Text] | None:
    kept = _account(session, email)
    if kept is None or session.get_one(User, kept.user_id).status != UserStatus.ACTIVE:
        return None
    lasting = select(MailToken).where(MailToken.user_id == kept.user_id, col(MailToken.expires_at) > datetime.now(UTC))
    if len(session.exec(lasting).all()) >= MOST:
        log.warning("a user who asked for a new password over and over gets no more mail for now")
        return None
    secret = new_secret()
    session.add(MailToken(token=secret.digest, user_id=kept.user_id, expires_at=datetime.now(UTC) + RESET))
    return kept.email, texts.reset(secret.value)


def _digest(session: Session, email: str) -> tuple[str, Text] | None:
    kept = _account(session, email)
    if kept is None or session.get_one(User, kept.user_id).status != UserStatus.ACTIVE:
        return None
    words = digest.compose(session, kept.user_id)
    return (kept.email, words) if words else None


def _account(session: Session, email: str) -> Password | None:
    return session.exec(
        select(Password).where(text("lower(email) = lower(:email)")), params={"email": email}
    ).one_or_none()


WORDINGS: dict[str, Wording] = {
    "registration": _registration,
    "reset": _reset,
    "password_changed": lambda session, email: (email, texts.password_changed()),
    "digest": _digest,
    "export_ready": lambda session, email: (email, texts.export_ready(EXPORT_DAYS)),
    "deleted": lambda session, email: (email, texts.deleted()),
}
