"""Title pages: of a series, an episode or anything else, from their data, from JSON-LD, or from the HTML of 2016. Pure.

No title page says all: of keywords it shows the first few, of dates the one of the reader's country. So what it does not
say takes nothing away. The data is what IMDb shows. JSON-LD is poorer: its name is the original one, its description is
cut off, its genres end after three and its types are few; what it cannot tell for sure is left out.
"""

import html
import json
import re
from datetime import date
from typing import Any

from flows.sources.errors import MalformedAnswer
from flows.sources.imdb.answers import ImdbTitle
from flows.sources.imdb.pages.document import SOURCE, Document, Reading, title_id
from flows.sources.imdb.pages.payloads.title import Episodes, TitleNode, TitlePage
from flows.sources.imdb.pages.titles_of_2016 import read_layout_of_2016
from flows.sources.imdb.pages.values import count_of, day_of, image, minutes_of, rating_of

TITLE = re.compile(r"/title/\[[a-z]+\](?:/reference)?/?")
CUT_OFF = 200
"""JSON-LD descriptions that are longer may have lost their end."""
GENRES_AT_MOST = 3
_TYPES = {"Movie": "movie", "TVEpisode": "tvEpisode", "VideoGame": "videoGame", "TVSeries": None, "TVMiniSeries": None}
"""What is certain of a JSON-LD type: a series may be a miniseries, too."""


def parse_title(text: str, url: str = "") -> ImdbTitle:
    """Read a title's page, or its reference page.

    Raises:
        NotThisPage: it is another page.
        MalformedAnswer: a field is not what it ever was; names it.
    """
    return read_title(Document(text, url)).answer


def read_title(page: Document) -> Reading[ImdbTitle]:
    """The same, with how the page departs from what such pages are known to hold."""
    page.expect("a title's page", TITLE)
    if halves := _halves(page):
        payload = TitlePage.parse(halves, page.url)
        return Reading.of(_of_data(payload), payload)
    for item in page.linked_data:
        if item.get("@type") in _TYPES and isinstance(item.get("url"), str) and (imdb_id := title_id(item["url"])):
            return Reading.of(_of_linked_data(imdb_id, item, page.url), None)
    return Reading.of(read_layout_of_2016(page), None)


def _halves(page: Document) -> dict[str, Any] | None:
    """Both halves of a title: each in its own place or, in early 2022, among the answers of the page's queries."""
    found: dict[str, Any] = {
        name: page.props[name] for name in ("aboveTheFoldData", "mainColumnData") if page.props.get(name) is not None
    }
    for title in _queried(page):
        # Both answers repeat the name; only the main column's names the episodes.
        half = "mainColumnData" if "episodes" in title else "aboveTheFoldData"
        if "titleText" in title:
            found.setdefault(half, title)
    return found if "aboveTheFoldData" in found else None


def _queried(page: Document) -> list[dict[str, Any]]:
    state = page.props.get("urqlState")
    answers = (
        [answer.get("data") for answer in state.values() if isinstance(answer, dict)] if isinstance(state, dict) else []
    )
    titles = []
    for data in answers:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except ValueError:
                raise MalformedAnswer(SOURCE, page.url, "urqlState is broken", field="urqlState") from None
        if isinstance(data, dict) and isinstance(data.get("title"), dict):
            titles.append(data["title"])
    return titles


def _of_data(page: TitlePage) -> ImdbTitle:
    above, main = page.aboveTheFoldData, page.mainColumnData
    halves: list[TitleNode] = [above] if main is None else [above, main]

    def said(name: str) -> Any:
        """The field of the first half that has it."""
        return next((value for half in halves if (value := getattr(half, name)) is not None), None)

    rating, years, series = said("ratingsSummary"), said("releaseYear"), above.series or said("series")
    episodes = said("episodes")
    number = series.episodeNumber if series else None
    return ImdbTitle(
        imdb_id=above.id,
        is_complete=False,
        name=_text(said("titleText")),
        original_name=_text(said("originalTitleText")),
        kind=kind.id if (kind := said("titleType")) else None,
        description=plot.words if (plot := said("plot")) else None,
        year=years.year if years else None,
        end_year=years.endYear if years else None,
        release_date=_first_release(halves),
        runtime=runtime.minutes if (runtime := said("runtime")) else None,
        rating=rating.aggregateRating if rating else None,
        votes=rating.voteCount if rating else None,
        content_rating=certificate.rating if (certificate := said("certificate")) else None,
        genres=next((g.names for half in halves for g in (half.genres, half.titleGenres) if g and g.names), ()),
        keywords=_keywords(halves),
        interests=_interests(said("interests")),
        season_total=_season_total(episodes),
        episode_total=episodes.episodes.total if episodes and episodes.episodes else None,
        poster=_poster(halves),
        series_id=series.series.id if series and series.series else None,
        season_number=number.seasonNumber if number else None,
        episode_number=number.episodeNumber if number else None,
    )


def _season_total(episodes: Episodes | None) -> int | None:
    """How many seasons there are. Where one has no number, it may be none: the rest of the episodes."""
    if not episodes or not episodes.seasons or any(season.number is None for season in episodes.seasons):
        return None
    return len(episodes.seasons)


def _first_release(halves: list[TitleNode]) -> date | None:
    """The release date, where it is surely one of the title's own country: IMDb shows the date of the reader's."""
    made_in = {country.id for half in halves if half.countriesOfOrigin for country in half.countriesOfOrigin.countries}
    dates = [half.releaseDate for half in halves if half.releaseDate]
    there = next((found.country.id for found in dates if found.country), None)
    if there is None or there not in made_in:
        return None
    return next((day for found in dates if (day := found.day_of)), None)


def _text(value: Any) -> str | None:
    return value.text if value else None


def _interests(value: Any) -> tuple[str, ...]:
    edges = value.edges if value else ()
    return tuple(dict.fromkeys(text for edge in edges if (text := _text(edge.node.primaryText))))


def _keywords(halves: list[TitleNode]) -> tuple[str, ...]:
    """The keywords, where all are here. The page shows the first few, and these are not the title's keywords."""
    lists = [found for half in halves for found in (half.keywords, half.storylineKeywords) if found]
    listed = max(lists, key=lambda found: len(found.edges), default=None)
    total = max((found.total for found in lists if found.total is not None), default=None)
    if listed is None or total is None or len(listed.edges) < total:
        return ()
    return tuple(dict.fromkeys(text for edge in listed.edges if (text := edge.node.words)))


def _poster(halves: list[TitleNode]) -> Any:
    """The picture of the first half that has one; its id may stand in the other."""
    pictures = [half.primaryImage for half in halves if half.primaryImage]
    id = next((picture.id for picture in pictures if picture.id), None)
    shown = next((picture for picture in pictures if picture.url), None)
    return shown.model_copy(update={"id": id}).image if shown else None


def _of_linked_data(imdb_id: str, item: dict[str, Any], url: str) -> ImdbTitle:
    def text(name: str) -> str | None:
        value = item.get(name)
        if value is not None and not isinstance(value, str):
            raise MalformedAnswer(SOURCE, url, f"JSON-LD {name} is no text", field=name)
        return html.unescape(value).strip() or None if value else None

    rating = item.get("aggregateRating") or {}
    genres = item.get("genre") or []
    genres = genres if isinstance(genres, list) else [part.strip() for part in str(genres).split(",")]
    if not isinstance(rating, dict) or not all(isinstance(genre, str) for genre in genres):
        raise MalformedAnswer(SOURCE, url, "JSON-LD rating or genre is of another type", field="aggregateRating, genre")
    description, original = text("description"), text("name")
    picture = item.get("image")
    return ImdbTitle(
        imdb_id=imdb_id,
        is_complete=False,
        name=text("alternateName") or original,
        original_name=original,
        kind=_TYPES[item["@type"]],
        description=description if description and len(description) < CUT_OFF else None,
        release_date=day_of(text("datePublished")),
        runtime=minutes_of(text("duration")),
        rating=rating_of(_figure(rating.get("ratingValue"))),
        votes=count_of(_figure(rating.get("ratingCount"))),
        content_rating=text("contentRating"),
        genres=tuple(map(html.unescape, genres)) if len(genres) < GENRES_AT_MOST else (),
        poster=image(picture) if isinstance(picture, str) else None,
    )


def _figure(value: Any) -> str | None:
    return str(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
