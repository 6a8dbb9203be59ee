"""Zodiac signs: which one a birthday falls under. The boundaries are those of common Western almanacs.

Only a birthday that is known to the day has a sign.
"""

from datetime import date
from enum import StrEnum


class Sign(StrEnum):
    """A sign of the zodiac."""

    ARIES = "aries"
    TAURUS = "taurus"
    GEMINI = "gemini"
    CANCER = "cancer"
    LEO = "leo"
    VIRGO = "virgo"
    LIBRA = "libra"
    SCORPIO = "scorpio"
    SAGITTARIUS = "sagittarius"
    CAPRICORN = "capricorn"
    AQUARIUS = "aquarius"
    PISCES = "pisces"


FIRST_DAYS: tuple[tuple[int, int, Sign], ...] = (
    (1, 20, Sign.AQUARIUS),
    (2, 19, Sign.PISCES),
    (3, 21, Sign.ARIES),
    (4, 20, Sign.TAURUS),
    (5, 21, Sign.GEMINI),
    (6, 21, Sign.CANCER),
    (7, 23, Sign.LEO),
    (8, 23, Sign.VIRGO),
    (9, 23, Sign.LIBRA),
    (10, 23, Sign.SCORPIO),
    (11, 22, Sign.SAGITTARIUS),
    (12, 22, Sign.CAPRICORN),
)
"""Month and day on which each sign begins; before the first of a year it is still the last one's."""


def sign_of(birthday: date) -> Sign:
    """The sign of somebody born on this day."""
    begun = [sign for month, day, sign in FIRST_DAYS if (month, day) <= (birthday.month, birthday.day)]
    return begun[-1] if begun else FIRST_DAYS[-1][2]
