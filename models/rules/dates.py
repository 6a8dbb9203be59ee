"""Dates that may be known in part: `1974`, `1974-12`, `1974-12-14`. Every source tells birth and death like that.

Which of several is shown: an editor's; else the most exact; of equally exact ones that of the first source. The day of one
source is never shown with the exactness of another. What is no date of the calendar says nothing.
"""

import re

_LEAP = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAYS = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_PARTIAL = f"(?!0000)([0-9]{{4}}|[0-9]{{4}}-(0[1-9]|1[0-2])|[0-9]{{4}}-{_DAYS}|{_LEAP}-02-29)"
PATTERN = f"^{_PARTIAL}$"
"""What a date that may be known in part looks like; Python and PostgreSQL read it alike."""

YEAR, MONTH, DAY = 4, 7, 10
"""Characters of such a date, by how exactly it is known."""


def is_partial(value: object) -> bool:
    """Whether this is a date, or the month or year of one."""
    return isinstance(value, str) and bool(re.fullmatch(_PARTIAL, value))


def agreed(values: list[str]) -> str | None:
    """What equally trusted dates have in common: the most exact one where the others are parts of it, else their common
    part, else nothing. `1974` and `1974-12-14` are the latter; `1974-12-14` and `1974-12-15` are `1974-12`.
    """
    for length in (DAY, MONTH, YEAR):
        found = {value[:length] for value in values if len(value) >= length}
        known = next(iter(found), "")
        if len(found) == 1 and all(known.startswith(value[:length]) for value in values):
            return known
    return None
