"""Lock-out: who tries passwords for one address is made to wait, longer each time.

It counts by address, whether or not that has an account, so it tells nobody which addresses have one. An attempt is counted
before it is made: attempts at the same time are no way around.
"""

from math import ceil

from sqlalchemy import text
from sqlmodel import Session

from db.session import as_system
from webapp.accounts.secret import digest
from webapp.errors import TooMany

FREE = 5
"""How many failures in a row are free."""

FIRST_SECONDS = 60
LONGEST_SECONDS = 3600
FORGOTTEN_HOURS = 24
"""After so long without a failure, counting begins anew."""

_COUNT = text(
    f"""
    insert into accounts.login_failures as known (address, failures, failed_at) values (:address, 1, now())
    on conflict (address) do update set failed_at = now(),
        failures = case when {(old := f"known.failed_at < now() - interval '{FORGOTTEN_HOURS} hours'")} then 1
                        else known.failures + 1 end,
        locked_until = case when not {old} and known.failures + 1 >= {FREE}
            then now() + least({LONGEST_SECONDS}, {FIRST_SECONDS} * power(2, least(known.failures + 1 - {FREE}, 20)))
                         * interval '1 second' end
    where known.locked_until is null or known.locked_until <= now()
    returning failures
    """
)


def count(email: str) -> None:
    """Count an attempt to sign in with an address as failed, until `forgive` says otherwise.

    Raises:
        TooMany: it must not be made yet.
    """
    address = {"address": _address(email)}
    with as_system() as session:
        counted = session.execute(_COUNT, address).one_or_none()
        seconds = 0.0
        if counted is None:
            left = (
                "select extract(epoch from locked_until - now()) from accounts.login_failures where address = :address"
            )
            seconds = session.execute(text(left), address).scalar() or 0.0
    if counted is None:
        wait = max(1, ceil(seconds))
        raise TooMany(f"Too many failed attempts with this address; try again in {wait} seconds", retry_after=wait)


def forgive(session: Session, email: str) -> None:
    """Forget the failures of an address: the password was right, or a new one was set."""
    session.execute(text("delete from accounts.login_failures where address = :address"), {"address": _address(email)})


def _address(email: str) -> str:
    return digest(email.lower())
