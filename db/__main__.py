"""`python -m db`: migrate the database, and say where it stands."""

import argparse
import sys

from db import migrate
from db.settings import ConfigurationError


def main() -> int:
    """Run one command; 0 when it worked, 1 with a sentence when it did not."""
    parser = argparse.ArgumentParser(prog="python -m db", description="The catalogue's database.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("migrate", help="bring the schema to the newest revision (harmless when it is)")
    up.add_argument("--to", default="head", metavar="REVISION", help="stop at this revision")
    down = commands.add_parser("downgrade", help="undo migrations; their data is lost")
    down.add_argument("--to", required=True, metavar="REVISION", help="the revision to keep, or `base` for none")
    commands.add_parser("check", help="compare the schema with the models; exit 1 when they differ")
    arguments = parser.parse_args()
    try:
        if arguments.command == "migrate":
            print(f"database at revision {migrate.upgrade(arguments.to)}")
        elif arguments.command == "downgrade":
            print(f"database at revision {migrate.downgrade(arguments.to)}")
        elif differences := migrate.pending():
            print("the models and the database differ:", *differences, sep="\n  ")
            return 1
        else:
            print("the models and the database agree")
    except (ConfigurationError, migrate.NotMigrated) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
