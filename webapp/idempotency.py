"""Writes that a client named with `Idempotency-Key`: each is done once, and its answer is rendered again when it comes again.

The key is claimed by a row of the very transaction that does the work, so after a crash at any point both are there or neither.
Two at the same time: the second waits for the first one's row, then answers as a repetition; if the first one failed, it does the
work. What failed leaves no row and may be tried again.
"""

import re
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from flask import g, request
from sqlalchemy import text
from sqlmodel import Session

from webapp.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
PATTERN = r"""^(?:"[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255})$"""
"""With the quotes of RFC 8941, or without."""

_KEY = re.compile(PATTERN)
REUSED = "This key was used for another request"


class Done(NamedTuple):
    """A write that was done before: the id of what came of it, and a word about it where the view told one."""

    result_id: UUID | None
    outcome: str | None


class Claim(NamedTuple):
    """A key of a user, and what it stands for."""

    user_id: UUID
    key: str
    route: str
    digest: str


_CLAIM = text("""
    insert into ops.idempotency_keys (user_id, key, route, digest) values (:user_id, :key, :route, :digest)
    on conflict do nothing returning true
""")
_KEPT = text("""
    select route, digest, status, result_id, outcome from ops.idempotency_keys where user_id = :user_id and key = :key
""")
_KEEP = text("""
    update ops.idempotency_keys set status = :status, result_id = :result_id, outcome = :outcome
    where user_id = :user_id and key = :key
""")


def given(user_id: UUID) -> Claim | None:
    """The claim that this request makes, if it makes one.

    Raises:
        Invalid: the key is malformed.
    """
    header = request.headers.get(HEADER)
    if header is None:
        return None
    if not _KEY.fullmatch(header):
        raise Invalid([(("header", HEADER), "1 to 255 visible characters of ASCII.", "malformed")])
    if request.mimetype == "multipart/form-data":
        raise Invalid([(("header", HEADER), "Not for uploads.", "invalid")])
    digest = sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)).hexdigest()
    return Claim(user_id, header.strip('"'), f"{request.method} {request.url_rule}", digest)


def refuse_key() -> None:
    """Say so where a client relies on a key with a write that takes none.

    Raises:
        Invalid: the request has a key.
    """
    if HEADER in request.headers:
        raise Invalid([(("header", HEADER), "Not for this route; send the request without it.", "invalid")])


def claim(session: Session, wanted: Claim) -> tuple[Done, int] | None:
    """Take a key in this transaction; else what was done with it, and the status that was answered.

    Raises:
        Invalid: it was used for another request.
        Conflict: it has just been forgotten.
    """
    if session.execute(_CLAIM, wanted._asdict()).first() is not None:
        return None
    kept = session.execute(_KEPT, wanted._asdict()).one_or_none()
    if kept is None:
        raise Conflict("This key has just been forgotten; try again")
    if (kept.route, kept.digest) != (wanted.route, wanted.digest):
        raise Invalid([(("header", HEADER), f"{REUSED}.", "reused")])
    return Done(kept.result_id, kept.outcome), kept.status


def keep(session: Session, claimed: Claim, status: int, result: Any) -> None:
    """Note what came of a claim, in its transaction."""
    session.flush()
    values = {"status": status, "result_id": _id_of(result), "outcome": g.get("outcome")}
    session.execute(_KEEP, {**claimed._asdict(), **values})


def note_outcome(word: str) -> None:
    """Tell a repetition of this request what its result cannot tell, such as `added`. Nothing private."""
    g.outcome = word


def _id_of(result: Any) -> UUID | None:
    id_ = result.get("id") if isinstance(result, dict) else getattr(result, "id", None)
    return UUID(id_) if isinstance(id_, str) else id_ if isinstance(id_, UUID) else None
