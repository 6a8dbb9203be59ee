"""Values as IMDb's GraphQL endpoint gives them. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flows.sources.imdb.answers import ImdbImage
from flows.sources.imdb.graphql.payloads.common import Connection, Day, Markdown, PageInfo, Picture, Text


def text(value: Text | None) -> str | None:
    """A text."""
    return value.text if value else None


def plain(value: Markdown | None) -> str | None:
    """A text without its markup."""
    return value.plain_text if value else None


def texts(values: Iterable[Text | None]) -> tuple[str, ...]:
    """The texts that there are, each once, in their order."""
    return tuple(dict.fromkeys(found for value in values if (found := text(value))))


def whole_date(day: Day | None) -> date | None:
    """A date; None where a part of it is unknown or there is no such day."""
    try:
        return date(day.year, day.month, day.day) if day and day.year and day.month and day.day else None
    except (ValueError, OverflowError):
        return None


def image(picture: Picture | None, people: tuple[str, ...] = (), titles: tuple[str, ...] = ()) -> ImdbImage | None:
    """A picture; one without an id goes by the name of its file."""
    if picture is None:
        return None
    return ImdbImage(
        id=picture.id or picture.url.rsplit("/", 1)[-1].split("._V", 1)[0],
        url=picture.url,
        width=picture.width,
        height=picture.height,
        caption=plain(picture.caption),
        kind=picture.type,
        people=people,
        titles=titles,
    )


def all_came(last: PageInfo, total: int | None, came: int) -> bool:
    """Whether a paged answer ended where it should, and as many entries came as there are said to be."""
    return not last.has_next_page and total is not None and came >= total


def ended(pages: list[Connection[Any]], came: int) -> bool:
    """Whether the pages of a connection are all."""
    return all_came(pages[-1].page_info, pages[-1].total, came)
