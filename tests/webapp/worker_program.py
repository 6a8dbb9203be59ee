"""A worker with two handlers for tests: `python -m tests.webapp.worker_program FOLDER`.

`note` writes a row. `wait` does too, after a file of its payload's name has appeared in the folder; that it began is a line
in the file `begun`.
"""

import logging
import os
import sys
import time
from pathlib import Path

from sqlmodel import Session

from db.commands.outbox import Taken
from models.access import AuditEntry
from webapp.settings import worker_settings
from webapp.worker.__main__ import serve
from webapp.worker.loop import Worker

FOLDER = Path(sys.argv[1])


def note(session: Session, item: Taken) -> None:
    """Leave a row that says who did it."""
    session.add(AuditEntry(action="noted", target_id=str(item.payload["n"]), details={"process": os.getpid()}))


def wait(session: Session, item: Taken) -> None:
    """Leave a row, but not before being let go."""
    note(session, item)
    session.flush()
    with (FOLDER / "begun").open("a") as begun:
        begun.write(f"{item.payload['n']} {os.getpid()}\n")
    while not (FOLDER / str(item.payload["n"])).exists():
        time.sleep(0.01)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    serve(Worker({"note": note, "wait": wait}, (), worker_settings()))
