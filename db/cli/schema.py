"""Commands about the schema: `migrate`, `downgrade`, `check`."""

from argparse import Namespace
from typing import Any

from db import migrate


def add_to(commands: Any) -> None:
    """Add the commands to the parser's."""
    up = commands.add_parser("migrate", help="bring the schema to the newest revision (harmless when it is)")
    up.add_argument("--to", default="head", metavar="REVISION", help="stop at this revision")
    up.set_defaults(run=_migrate)
    down = commands.add_parser("downgrade", help="undo migrations; their data is lost")
    down.add_argument("--to", required=True, metavar="REVISION", help="the revision to keep, or `base` for none")
    down.set_defaults(run=_downgrade)
    check = commands.add_parser("check", help="compare the schema with the models; exit 1 when they differ")
    check.set_defaults(run=_check)


def _migrate(arguments: Namespace) -> int:
    print(f"database at revision {migrate.upgrade(arguments.to)}")
    return 0


def _downgrade(arguments: Namespace) -> int:
    print(f"database at revision {migrate.downgrade(arguments.to)}")
    return 0


def _check(arguments: Namespace) -> int:
    if differences := migrate.pending():
        print("the models and the database differ:", *differences, sep="\n  ")
        return 1
    print("the models and the database agree")
    return 0
