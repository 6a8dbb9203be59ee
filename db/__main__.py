"""`python -m db`: the schema, and what a person decides about the catalogue. The commands stand in `db/cli/`."""

import argparse
import sys

from db import migrate
from db.cli import merges, schema, wikis
from db.commands.merge import MergeRefused
from db.settings import ConfigurationError

SUBJECTS = (schema, merges, wikis)


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, which answers the exit code."""
    made = argparse.ArgumentParser(prog="python -m db", description="The catalogue's database.")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for subject in SUBJECTS:
        subject.add_to(commands)
    return made


def main() -> int:
    """Run one command; 0 when it worked, 1 with a sentence when it did not."""
    arguments = parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except (ConfigurationError, migrate.NotMigrated, MergeRefused) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
