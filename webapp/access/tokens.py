"""Tokens checked: whoever sends one is looked up, and made a user at the first time.

A token is checked here, without asking its issuer: signature, times, issuer, audience, subject. Then one statement of the system
tells whose it is and whether they may act, so a suspended user and an ended session are refused from that moment on.
"""

import logging
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
from sqlalchemy import Row, text

from db.commands import users
from db.session import as_system, read_as_system
from models.accounts import Role, UserStatus
from webapp.access import issuers
from webapp.access.keys import KeysUnavailable
from webapp.access.settings import IssuerSettings
from webapp.access.viewer import Viewer
from webapp.errors import Forbidden, InvalidToken, Unavailable

log = logging.getLogger(__name__)

LONGEST = 8192
"""Characters of a token that is looked at."""

LONGEST_SUBJECT = 255
LEEWAY_SECONDS = 10
"""By how much the clocks of an issuer and of us may differ."""

SUSPENDED = "This account is suspended"

_OF_BUILTIN = text("""
    select u.id, u.role, u.status, cast(:session_id as uuid) is null or exists (
        select from accounts.sessions s
        where s.id = :session_id and s.user_id = u.id and s.ended_at is null and s.expires_at > now()) as lasts
    from accounts.users u where u.id = :subject
""")
_OF_OTHERS = text("""
    select u.id, u.role, u.status, true as lasts from accounts.identities i join accounts.users u on u.id = i.user_id
    where i.issuer = :issuer and i.subject = :subject
""")


def authenticate(token: str) -> Viewer:
    """Who a token was issued to. The first token of somebody makes them a user.

    Raises:
        InvalidToken: it is malformed, expired, not ours, forged; or its user is deleted, or its session has ended.
        Forbidden: the user is suspended.
        Unavailable: the issuer's keys cannot be had, so nothing can be said.
    """
    issuer, claims = _checked(token)
    subject, vouched = claims["sub"], _vouched(issuer, claims)
    session_id = _session(issuer, claims)
    user = _known(issuer, subject, session_id) or _new(issuer, subject, vouched)
    if user is None or user.status == UserStatus.DELETED:
        raise InvalidToken("its user does not exist")
    if not user.lasts:
        raise InvalidToken("its session has ended")
    if user.status != UserStatus.ACTIVE:
        raise Forbidden(SUSPENDED)
    return Viewer(
        id=user.id,
        role=max(Role(user.role), vouched, key=list(Role).index),
        session_id=session_id,
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        scopes=_scopes(claims.get("scope")),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC) if "iat" in claims else None,
    )


def _checked(token: str) -> tuple[IssuerSettings, dict[str, Any]]:
    if len(token) > LONGEST:
        raise InvalidToken("it is too long")
    try:
        said = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise InvalidToken("it is malformed") from None
    issuer = issuers.issuer_of(said["payload"].get("iss"))
    if issuer is None:
        raise InvalidToken("its issuer is not known here")
    kid = said["header"].get("kid")
    try:
        key = issuers.key_of(issuer, kid if isinstance(kid, str) else None)
    except KeysUnavailable:
        raise Unavailable("The issuer of this token does not answer at the moment") from None
    if key is None:
        raise InvalidToken("its key is not known")
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm],
            issuer=issuer.issuer,
            audience=issuer.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": False},
        )
    except jwt.ExpiredSignatureError:
        raise InvalidToken("it has expired") from None
    except jwt.PyJWTError as error:
        log.info("a token of %s is refused: %s", issuer.name, error)
        raise InvalidToken("it is not valid here") from None
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT or not claims["sub"].isprintable():
        raise InvalidToken("its subject is no name")
    if issuer.subjects is not None and claims["sub"] not in issuer.subjects:
        raise InvalidToken("its issuer does not speak for this subject")
    if issuer.most_seconds is not None and not 0 < claims["exp"] - claims.get("iat", 0) <= issuer.most_seconds:
        raise InvalidToken("it lasts longer than its issuer may let it")
    return issuer, claims


def _vouched(issuer: IssuerSettings, claims: dict[str, Any]) -> Role:
    """The role that a token's issuer vouches for, where it may: the highest that its claim gives."""
    if issuer.role_claim is None:
        return Role.USER
    told: Any = claims
    for part in issuer.role_claim.split("."):
        told = told.get(part) if isinstance(told, dict) else None
    words = told.split() if isinstance(told, str) else told if isinstance(told, list) else ()
    given = (issuer.roles[word] for word in words if isinstance(word, str) and word in issuer.roles)
    return max(given, key=list(Role).index, default=Role.USER)


def _session(issuer: IssuerSettings, claims: dict[str, Any]) -> UUID | None:
    if issuer.name != issuers.BUILTIN or "sid" not in claims:
        return None
    session_id = _uuid(claims["sid"])
    if session_id is None:
        raise InvalidToken("its session is none")
    return session_id


def _known(issuer: IssuerSettings, subject: str, session_id: UUID | None = None) -> "Row[Any] | None":
    with read_as_system() as connection:
        if issuer.name == issuers.BUILTIN:
            values = {"subject": _uuid(subject), "session_id": session_id}
            return connection.execute(_OF_BUILTIN, values).one_or_none()
        return connection.execute(_OF_OTHERS, {"issuer": issuer.issuer, "subject": subject}).one_or_none()


def _new(issuer: IssuerSettings, subject: str, role: Role) -> "Row[Any] | None":
    """Make a user of somebody whom an issuer vouches for; two at the same time make one."""
    if issuer.name == issuers.BUILTIN:
        return None
    with as_system() as session:
        kept = (
            Role.SERVICE if role is Role.SERVICE else Role.USER
        )  # what else an issuer vouches for ends with its token
        named = text(
            "insert into accounts.identities (issuer, subject, user_id) values (:issuer, :subject, :user_id)"
            " on conflict do nothing returning user_id"
        )
        values = {"issuer": issuer.issuer, "subject": subject, "user_id": users.make(session, role=kept).id}
        if session.execute(named, values).first() is None:
            session.rollback()  # somebody was first, and has made the user
    return _known(issuer, subject)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _scopes(value: object) -> frozenset[str]:
    """The scopes of a token, as OAuth 2 writes them: words with spaces between."""
    return frozenset(value.split()) if isinstance(value, str) else frozenset()
