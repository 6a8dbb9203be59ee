"""`python -m webapp.token --user ann --role admin --days 30`: print an access token of the built-in issuer for a user.

The user is made when there is none of this name. Whoever can run this has the secret of our tokens and the system's login; so it
asks nobody, and what it does to users stands in the audit log.
"""

import argparse
import sys
from datetime import timedelta

from db.commands import audit, users
from db.session import as_system, check_reachable
from db.settings import ConfigurationError
from models.accounts import Role, UserStatus
from models.rules import usernames
from webapp.access.minting import mint
from webapp.settings import account_settings

SAMPLES = {"ann": Role.USER, "ben": Role.USER, "mia": Role.MODERATOR, "ada": Role.ADMIN}
"""The users of the local stack: two fans, a moderator, an admin."""


class Refused(Exception):
    """No token is made. The message says why."""


def main() -> int:
    """Print a token; 1 with a sentence when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m webapp.token", description="Print an access token for a user.")
    parser.add_argument("--user", default="ann", help="the username; the user is made if there is none (ann)")
    parser.add_argument("--role", choices=[*Role], help="give the user this role; without it, they keep theirs")
    parser.add_argument("--days", type=float, default=30, help="for how long the token is good (30)")
    parser.add_argument("--samples", action="store_true", help="make the sample users, and print no token")
    arguments = parser.parse_args()
    try:
        check_reachable()
        if arguments.samples:
            for name, role in SAMPLES.items():
                token_for(name, role, timedelta(0))
        else:
            given = Role(arguments.role) if arguments.role else None
            print(token_for(usernames.normal(arguments.user), given, timedelta(days=arguments.days)))
    except (ConfigurationError, Refused) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def token_for(name: str, role: Role | None, lifetime: timedelta) -> str:
    """A token for the user of a name, who is made if need be and given a role if one is named.

    Raises:
        Refused: the name cannot be a username, its user is suspended, or no token of ours is believed here.
    """
    if not account_settings().auth_builtin:
        raise Refused("AUTH_BUILTIN is off: tokens of ours are not believed here; an issuer of AUTH_ISSUERS makes them")
    with as_system() as session:
        user = users.named(session, name)
        if user is None:
            if objection := usernames.objection(name):
                raise Refused(f"the username {name!r} is not accepted: {objection}")
            user = users.make(session, name, role=role or Role.USER)
            audit.record(session, None, "user.make", ("user", user.id), details={"role": user.role, "by": "shell"})
        elif role is not None and user.role != role:
            details = {"from": user.role, "to": role, "by": "shell"}
            audit.record(session, None, "user.role", ("user", user.id), details=details)
            user.role = role
        if user.status != UserStatus.ACTIVE:
            raise Refused(f"{name} is {user.status}")
        return mint(user.id, Role(user.role), lifetime=lifetime)


if __name__ == "__main__":
    raise SystemExit(main())
