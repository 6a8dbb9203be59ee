"""The secret that the local stack signs tokens with: made once, kept in the data folder for us alone."""

import secrets
from pathlib import Path

SHORTEST = 32


def kept_secret(file: Path) -> str:
    """The secret of a file; made where there is none yet, or what is there is none."""
    try:
        kept = file.read_text().strip()
    except OSError:
        kept = ""
    if len(kept) < SHORTEST:
        kept = secrets.token_urlsafe(48)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(kept)
    return kept
