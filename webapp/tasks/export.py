"""Copies of users' data: a ZIP with a JSON file per table, and the pictures that the user gave us."""

import json
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlmodel import Session, select

from db.commands.outbox import Taken, enqueue
from db.commands.personal import BELONGINGS, EXPORT_DAYS, rows_of
from db.object_store import prepared_private_store, private_store
from models.logins import Password
from models.uploads import Export, Upload

TOPIC = "export"

README = """\
This is a copy of what The Reality Report keeps of you, made at {now:%Y-%m-%d %H:%M} UTC.

Each JSON file holds your rows of one table as a list; `uploads/` holds the pictures that you gave us. Passwords and other
secrets are not here: only digests of them are kept.
"""


def handle(session: Session, item: Taken) -> None:
    """Make one copy, if its user is still there."""
    export = session.get(Export, UUID(item.payload["export_id"]))
    if export is None or export.key is not None:
        return
    now = datetime.now(UTC)
    key = f"exports/{export.user_id}/{export.id}.zip"
    with tempfile.TemporaryDirectory(prefix="trr-export-") as folder:
        file = Path(folder) / "export.zip"
        write(session, export.user_id, file, now)
        prepared_private_store().put(key, file, "application/zip")
        export.bytes = file.stat().st_size
    export.key = key
    export.finished_at = now
    export.expires_at = now + timedelta(days=EXPORT_DAYS)
    kept = session.get(Password, export.user_id)
    if kept is not None:
        enqueue(session, "mail", {"kind": "export_ready", "email": kept.email})


def write(session: Session, user_id: UUID, file: Path, now: datetime) -> None:
    """Write a user's data into a ZIP file."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(now=now))
        for belonging in BELONGINGS:
            if belonging.exported:
                with archive.open(f"{belonging.name}.json", "w") as out:
                    _write_list(out, rows_of(session, belonging, user_id))
        for upload in session.exec(select(Upload).where(Upload.user_id == user_id)):
            if (content := private_store().read(upload.key)) is not None:
                archive.writestr(f"uploads/{upload.key.rsplit('/', 1)[1]}", content)


def _write_list(out: IO[bytes], rows: Iterable[dict[str, Any]]) -> None:
    """Rows as one JSON list, a line each, however many there are."""
    begin = b"[\n"
    for row in rows:
        out.write(begin + json.dumps(row, ensure_ascii=False).encode())
        begin = b",\n"
    out.write(b"[]\n" if begin == b"[\n" else b"\n]\n")
