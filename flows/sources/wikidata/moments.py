"""Wikidata's moments as dates that may be known in part. Pure."""

from datetime import date, timedelta

from flows.sources.wikidata.payloads import Time
from models.rules.dates import is_partial

GREGORIAN, JULIAN = "Q1985727", "Q1985786"
DAY, MONTH, YEAR = 11, 10, 9
"""Wikidata's figures for how exactly a moment is known; smaller ones are decades and vaguer, larger ones hours."""


def partial_date(moment: Time) -> str | None:
    """A moment as a date of today's calendar that may be known in part; None for one before our era, or a vaguer one.

    Of the Julian calendar a whole date is converted; of a month only its year is kept.
    """
    sign, text = moment.time[:1], moment.time[1:].split("T")[0]
    parts = text.split("-")
    calendar = moment.calendarmodel.rsplit("/", 1)[-1]
    if (
        sign != "+"
        or len(parts) != 3
        or not all(part.isdecimal() for part in parts)
        or calendar not in (GREGORIAN, JULIAN)
    ):
        return None
    year, month, day = (int(part) for part in parts)
    if calendar == JULIAN:
        if moment.precision >= DAY:
            return _from_julian(year, month, day)
        exact = min(moment.precision, YEAR)
    else:
        exact = min(moment.precision, DAY)
    shapes = {DAY: f"{year:04}-{month:02}-{day:02}", MONTH: f"{year:04}-{month:02}", YEAR: f"{year:04}"}
    told = shapes.get(exact)
    return told if is_partial(told) else None


def _from_julian(year: int, month: int, day: int) -> str | None:
    """A day of the Julian calendar by ours, by way of the days since 1 March of the year 0."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and 1 <= year <= 9998):
        return None
    since = year - (month < 3)
    days = since * 365 + since // 4 + (153 * ((month - 3) % 12) + 2) // 5 + day - 1
    told = date(1, 1, 1) + timedelta(days=days - 308)
    return told.isoformat()
