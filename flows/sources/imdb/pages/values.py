"""Values as IMDb's pages write them: dates in many forms, counts with commas, addresses of pictures. Pure."""

import re
from datetime import date

from flows.sources.imdb.answers import ImdbImage

LARGEST = 2**31 - 1
"""No count, size or year is larger."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]+)\.?,?\s+(\d{4})(?!\d)", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"\b([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s+([a-z]+)\.?\s+(\d{1,2})(?!\d)", re.IGNORECASE)
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?")

_RESIZED = re.compile(r"\._V1?[^/]*(?=\.[a-z]+$)", re.IGNORECASE)
_WIDTH = re.compile(r"(?<=[_.])[US]X(\d+)(?=_)")
_HEIGHT = re.compile(r"(?<=[_.])[US]Y(\d+)(?=_)")
_SPLIT = re.compile(r",\s+(?=https?:|//)")


def day_of(text: str | None) -> date | None:
    """The whole date in a text: `2011-10-03`, `3 Oct. 2011`, `Thu, Apr 18, 2024`, `Air date: 31 October 2010 (USA)`.

    A month or a year alone is no date. Weekdays and words before it do not matter.
    """
    for pattern, order in (
        (_ISO, (1, 2, 3)),
        (_DAY_FIRST, (3, 2, 1)),
        (_MONTH_FIRST, (3, 1, 2)),
        (_YEAR_FIRST, (1, 2, 3)),
    ):
        for match in pattern.finditer(text or ""):
            year, month, day = (match[place] for place in order)
            number = int(month) if month.isdigit() else _month(month)
            if number and (found := whole_date(int(year), number, int(day))):
                return found
    return None


def _month(word: str) -> int | None:
    """`Oct`, `Sept`, `October`; other words are none, whatever they begin with."""
    word = word.casefold()
    known = (number for number, name in enumerate(_MONTHS, start=1) if word in (name, name[:3], name[:4]))
    return next(known, None)


def whole_date(year: int | None, month: int | None, day: int | None) -> date | None:
    """A date of its parts; None where one is missing or there is no such day."""
    try:
        return date(year, month, day) if year and month and day else None
    except ValueError:
        return None


def count_of(text: str | None) -> int | None:
    """A count as pages write it: `(2,875)`, `649,505`, `318 episodes`."""
    match = re.search(r"\d[\d,.\u00a0]*", text or "")
    digits = re.sub(r"\D", "", match[0]) if match else ""
    return int(digits) if digits and int(digits) <= LARGEST else None


def rating_of(text: str | None) -> float | None:
    """A rating from 0 to 10; anything else is none."""
    match = re.fullmatch(r"\d{1,2}(?:[.,]\d+)?", (text or "").strip())
    value = float(match[0].replace(",", ".")) if match else None
    return value if value is not None and value <= 10 else None


def minutes_of(duration: str | None) -> int | None:
    """The minutes of an ISO duration: `PT44M`, `PT2H16M`."""
    match = _DURATION.fullmatch((duration or "").strip())
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    return minutes or None


def full_size(url: str) -> str:
    """The address of a picture as large as IMDb has it: without what says how to cut and scale it."""
    return _RESIZED.sub("._V1_", url)


def picture_name(url: str) -> str:
    """The name that all sizes of a picture share: its file, without what says how to cut and scale it."""
    file = url.rsplit("/", 1)[-1]
    return re.split(r"\._V|\._|\.(?=[a-z]+$)", file, maxsplit=1, flags=re.IGNORECASE)[0]


def image(
    url: str | None,
    *,
    id: str | None = None,
    width: int | None = None,
    height: int | None = None,
    caption: str | None = None,
    kind: str | None = None,
    people: tuple[str, ...] = (),
    titles: tuple[str, ...] = (),
) -> ImdbImage | None:
    """A picture of IMDb; None where there is no address, or one that is none of IMDb's pictures."""
    if not url or not re.match(r"https?://[^/\s]+/(?:[^/\s]+/)*[^/\s]+\.[a-z]{3,4}$", url, re.IGNORECASE):
        return None
    return ImdbImage(
        id=id or picture_name(url),
        url=full_size(url),
        width=width,
        height=height,
        caption=caption,
        kind=kind,
        people=people,
        titles=titles,
    )


def widest(srcset: str | None, src: str | None = None) -> str | None:
    """The largest of a picture's addresses. They hold commas themselves, so a comma divides only before an address."""
    found: list[tuple[float, str]] = []
    for candidate in _SPLIT.split((srcset or "").strip()):
        address, _, size = candidate.strip().partition(" ")
        if address:
            found.append((_scale(address, size.strip()), address))
    if not found:
        return src or None
    return max(found, key=lambda pair: pair[0])[1]


def _scale(address: str, size: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([wx])", size)
    if match and match[2] == "w":
        return float(match[1])
    sizes = [int(found[1]) for found in (_WIDTH.search(address), _HEIGHT.search(address)) if found]
    return float(max(sizes)) if sizes else float(match[1]) * 1000 if match else 0.0
