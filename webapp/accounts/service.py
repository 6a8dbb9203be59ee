"""Accounts of the built-in issuer: registering, confirming an address, setting and changing a password.

What is answered about an address is the same whether or not it has an account, and so is the work: the request only queues a
mail, and what that says is found out by the worker (`webapp/tasks/mail.py`), which also makes the tokens.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from db.commands import users
from db.commands.outbox import enqueue
from db.session import as_system, read
from models.accounts import User
from models.logins import MailToken, Password, Registration
from models.rules import passwords, usernames
from webapp.accounts import hashing, lockout, sessions
from webapp.accounts.secret import digest
from webapp.accounts.sessions import Tokens
from webapp.errors import BadRequest, Conflict, Forbidden, Invalid

MAIL = "mail"
"""The topic of the outbox."""

REGISTRATION = timedelta(days=2)
"""How long a registration may wait for the address to be confirmed."""

USED = "This token is unknown, was used already, or has expired"
TAKEN = "This username is taken"


def register(email: str, username: str, password: str) -> None:
    """Keep a registration until its address is confirmed, and have the address asked.

    Raises:
        Invalid: username or password are not accepted.
        Conflict: a user has this username.
    """
    name = usernames.normal(username)
    objections = [
        (("json", field), objection, "invalid")
        for field, objection in (
            ("username", usernames.objection(name)),
            ("password", passwords.objection(password, names=(email, name))),
        )
        if objection
    ]
    if objections:
        raise Invalid(objections)
    with read() as connection:
        taken = text("select 1 from accounts.users where lower(username) = :name")
        if connection.execute(taken, {"name": name}).first():
            raise Conflict(TAKEN)
    kept = Registration(
        email=email, username=name, hash=hashing.hashed(password), expires_at=datetime.now(UTC) + REGISTRATION
    )
    with as_system() as session:
        session.add(kept)
        enqueue(session, MAIL, {"kind": "registration", "email": email})


def resend(email: str) -> None:
    """Have the mail of a registration sent again."""
    with as_system() as session:
        enqueue(session, MAIL, {"kind": "registration", "email": email})


def verify(token: str, device: str | None) -> Tokens:
    """Make a user of a registration whose address is confirmed by its token, and sign them in.

    A username that was taken in the meantime is left empty; the user chooses another.

    Raises:
        BadRequest: the token is none, was used or has expired.
    """
    with as_system() as session:
        kept = _locked(session, digest(token))
        if kept is None:
            raise BadRequest(USED)
        user_id = users.make(session, kept.username).id
        if not _new_password(session, user_id, kept):
            raise BadRequest(USED)  # another registration of this address was confirmed at the same time
        session.execute(
            delete(Registration)
            .where(text("lower(email) = lower(:email)"))
            .execution_options(synchronize_session=False),
            {"email": kept.email},
        )
        lockout.forgive(session, kept.email)
        return sessions.begin(session, user_id, device)


def _locked(session: Session, token: str) -> Registration | None:
    """The registration of a token's digest that can still be confirmed, locked with all others of its address.

    They are locked in the order of their ids: of two that are confirmed at once, one waits for the other from the start.
    """
    email = session.exec(select(Registration.email).where(Registration.token == token)).one_or_none()
    same = session.exec(
        select(Registration)
        .where(text("lower(email) = lower(:email)"))
        .order_by(col(Registration.id))
        .with_for_update(),
        params={"email": email},
    ).all()
    now = datetime.now(UTC)
    return next((kept for kept in same if kept.token == token and kept.expires_at and kept.expires_at > now), None)


def request_reset(email: str) -> None:
    """Have a token for a new password mailed."""
    with as_system() as session:
        enqueue(session, MAIL, {"kind": "reset", "email": email})


def reset(token: str, password: str) -> None:
    """Set a new password with a token that was mailed. Every session of the user ends.

    Raises:
        BadRequest: the token is none, was used or has expired.
        Invalid: the password is not accepted.
    """
    now = datetime.now(UTC)
    with as_system() as session:
        mailed = session.get(MailToken, digest(token), with_for_update=True)
        if mailed is None or mailed.expires_at is None or mailed.expires_at <= now:
            raise BadRequest(USED)
        kept = session.get_one(Password, mailed.user_id)
        _set(session, kept, password)
        session.execute(delete(MailToken).where(col(MailToken.user_id) == kept.user_id))
        users.end_sessions(session, kept.user_id)
        lockout.forgive(session, kept.email)


def change_password(session: Session, user_id: UUID, old: str, new: str, *, current_session: UUID | None) -> None:
    """Set a new password. Every other session of the user ends.

    Args:
        session: acting as the user.

    Raises:
        Conflict: the user has no password; another issuer signs them in.
        Forbidden: the old password is wrong.
        TooMany: it was wrong too often.
        Invalid: the new password is not accepted.
    """
    kept = confirm(session, user_id, old)
    _set(session, kept, new)
    users.end_sessions(session, user_id, but=current_session)


def confirm(session: Session, user_id: UUID, password: str) -> Password:
    """See a user's password confirmed by the one who acts for them.

    Raises:
        Conflict: the user has no password.
        Forbidden: it is wrong.
        TooMany: it was wrong too often.
    """
    kept = session.get(Password, user_id)
    if kept is None:
        raise Conflict("This user has no password here")
    lockout.count(kept.email)
    if not hashing.matches(kept.hash, password):
        raise Forbidden("The password is wrong")
    with as_system() as system:
        lockout.forgive(system, kept.email)
    return kept


def _set(session: Session, kept: Password, password: str) -> None:
    user = session.get_one(User, kept.user_id)
    if objection := passwords.objection(password, names=(kept.email, user.username or "")):
        raise Invalid([(("json", "new_password"), objection, "invalid")])
    kept.hash = hashing.hashed(password)
    kept.changed_at = datetime.now(UTC)
    session.flush()
    enqueue(session, MAIL, {"kind": "password_changed", "email": kept.email})


def _new_password(session: Session, user_id: UUID, kept: Registration) -> bool:
    new = text(
        "insert into accounts.passwords (user_id, email, hash) values (:user_id, :email, :hash)"
        " on conflict do nothing returning user_id"
    )
    return session.execute(new, {"user_id": user_id, "email": kept.email, "hash": kept.hash}).first() is not None
