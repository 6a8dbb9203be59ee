"""How users may be called."""

import re
from datetime import datetime, timedelta

PATTERN = r"[a-z0-9_](?:[a-z0-9_]|\.(?!\.)){1,28}[a-z0-9_]"
"""3 to 30 of a-z, 0-9, underscore and dot; no dot at either end, and no two together."""

COOL_DOWN = timedelta(days=30)
"""How long a chosen name stays: others must be able to tell who is who."""

_RESERVED = """
about abuse account accounts admin admins administrator anonymous api auth billing bot console contact deleted editor
everyone guest health help here info legal login logout mail mod moderator moderators mods news nobody null official
owner postmaster press privacy public realityreport reality_report reality.report register root search security service
settings signup staff status support sysop system team terms trr undefined user username users webmaster www
"""
RESERVED = frozenset(_RESERVED.split())
"""Names that somebody could take for the platform itself, or for a path of it."""

_VALID = re.compile(PATTERN)


def normal(name: str) -> str:
    """A name as it is kept: case never tells two users apart."""
    return name.strip().lower()


def objection(name: str) -> str | None:
    """Why a name (already `normal`) is not accepted, as a sentence; None when it is."""
    if not _VALID.fullmatch(name):
        return (
            "Must have 3 to 30 of the characters a-z, 0-9, underscore and dot; no dot at either end or beside another."
        )
    if name in RESERVED:
        return "Is reserved."
    return None


def free_at(renamed_at: datetime | None, *, named: bool) -> datetime | None:
    """When a user may take another name; None when at once. Who has none may always take one."""
    return renamed_at + COOL_DOWN if named and renamed_at else None
