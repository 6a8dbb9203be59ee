"""Episodes pages: a season of a series each, from their data or from the HTML of 2016 to 2022. Pure.

A page names all seasons and shows one. It may list more episodes than any other source has, an episode 0 among them.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from flows.sources.imdb.answers import ImdbEpisode, ImdbEpisodes
from flows.sources.imdb.pages.document import Document, Reading, attribute, title_id, words
from flows.sources.imdb.pages.payloads.episodes import Episode, EpisodesPage
from flows.sources.imdb.pages.values import count_of, day_of, image, rating_of

EPISODES = re.compile(r"/title/\[[a-z]+\]/episodes/?")
UNKNOWN = "Unknown"
"""What IMDb calls the season of episodes that it has no season for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonPage:
    """One season as a page shows it. Seasons are named as the page's address takes them: `1`, `Unknown`."""

    imdb_id: str
    shown: str | None
    """The season that the page is of; None where it shows none."""
    seasons: tuple[str, ...]
    """All there are."""
    episodes: tuple[ImdbEpisode, ...]
    is_whole: bool
    """Whether all episodes of the season are here."""


def parse_episodes(text: str, url: str = "") -> SeasonPage:
    """Read an episodes page.

    Raises:
        NotThisPage: it is another page.
        MalformedAnswer: a field is not what it ever was; names it.
    """
    return read_season(Document(text, url)).answer


def read_season(page: Document) -> Reading[SeasonPage]:
    """The same, with how the page departs from what such pages are known to hold."""
    page.expect("an episodes page", EPISODES)
    content = page.props.get("contentData")
    if isinstance(content, dict) and "section" in content:
        payload = EpisodesPage.parse(content, page.url)
        return _sure(Reading.of(_of_data(payload), payload))
    return _sure(Reading.of(_of_html(page), None))


def _sure(reading: Reading[SeasonPage]) -> Reading[SeasonPage]:
    """A page that lacks what it always had may lack episodes, too: it is not whole."""
    whole = reading.answer.is_whole and not reading.drift["missing"]
    return Reading(replace(reading.answer, is_whole=whole), reading.drift)


def all_seasons(pages: Sequence[SeasonPage], *, missing: bool = False) -> ImdbEpisodes:
    """The pages of a series as one answer; of a season that two of them show, the later counts.

    `missing` says that a page could not be got. It is complete when all pages name the same seasons and each of these is
    here as a whole.
    """
    shown = {page.shown or f"page {place}": page for place, page in enumerate(pages)}
    named = tuple(dict.fromkeys(season for page in pages for season in page.seasons))
    whole = {season for season, page in shown.items() if page.is_whole}
    agreed = {page.seasons for page in pages} == {named} and set(shown) == set(named)
    numbers = sorted(int(season) for season in named if season.isdigit())
    episodes = {episode.imdb_id: episode for page in shown.values() for episode in page.episodes}
    return ImdbEpisodes(
        imdb_id=pages[0].imdb_id,
        episodes=tuple(episodes.values()),
        is_complete=not missing and agreed and whole == set(named),
        seasons=tuple(numbers),
        complete_seasons=tuple(number for number in numbers if str(number) in whole),
    )


def _of_data(page: EpisodesPage) -> SeasonPage:
    section = page.section
    listed = section.episodes
    current = section.currentSeason
    episodes = tuple(_episode(item, current) for item in listed.items)
    shown = {str(episode.season_number) if episode.season_number is not None else UNKNOWN for episode in episodes}
    if not shown and current is not None:
        shown = {str(current)}
    return SeasonPage(
        imdb_id=page.entityMetadata.id,
        shown=shown.pop() if len(shown) == 1 else None,
        seasons=_seasons(page),
        episodes=episodes,
        # Without a total nothing says that these are all.
        is_whole=listed.total is not None and len(episodes) >= listed.total and not listed.hasNextPage,
    )


def _seasons(page: EpisodesPage) -> tuple[str, ...]:
    """All seasons. The page lists them twice; where the lists disagree, one was cut, and both count together."""
    tabs = [tab.value for tab in page.section.seasons]
    widget = page.section.episodesWidgetData
    again = [str(season.number) for season in widget.seasons if season.number is not None] if widget else []
    return tuple(dict.fromkeys([*tabs, *again]))


def _episode(item: Episode, season: int | None) -> ImdbEpisode:
    return ImdbEpisode(
        imdb_id=item.id,
        season_number=item.season if "season" in item.model_fields_set else season,
        episode_number=item.episode,
        name=_plain(item.titleText),
        overview=_plain(item.plot),
        air_date=item.releaseDate.day_of if item.releaseDate else None,
        rating=item.aggregateRating,
        votes=item.voteCount,
        image=item.image.image if item.image else None,
    )


def _plain(text: str | None) -> str | None:
    return html.unescape(text).strip() or None if text else None


def _of_html(page: Document) -> SeasonPage:
    """The layout of 2016 to 2022: `div.eplist` with a `div.list_item` for each episode."""
    tree, imdb_id = page.tree, title_id(page.canonical)
    listed = tree.css_first("div.eplist")
    if not imdb_id or listed is None:
        raise page.refusal("it lists no episodes")
    options = tree.css("select#bySeason option")
    seasons = tuple(name for option in options if (name := _season_name(attribute(option, "value"))))
    chosen = next((o for o in options if "selected" in o.attributes), None)
    heading = re.search(r"\d+", words(tree.css_first("#episode_top")) or "")
    shown = _season_name(attribute(chosen, "value")) or (heading[0] if heading else None)
    number = int(shown) if shown and shown.isdigit() else None
    items = listed.css("div.list_item")
    episodes = tuple(found for item in items if (found := _html_episode(item, number)))
    total = count_of(attribute(tree.css_first('meta[itemprop="numberofEpisodes"]'), "content"))
    return SeasonPage(
        imdb_id=imdb_id,
        shown=shown,
        seasons=seasons,
        episodes=episodes,
        is_whole=len(episodes) == len(items) and total is not None and len(episodes) >= total,
    )


def _season_name(value: str | None) -> str | None:
    """A season's name as today's addresses take it; the old pages called the unknown one -1."""
    return UNKNOWN if value == "-1" else value if value and value.isdigit() else None


def _html_episode(item: LexborNode, season: int | None) -> ImdbEpisode | None:
    link = item.css_first('a[itemprop="name"]') or item.css_first('a[href*="/title/tt"]')
    if not (imdb_id := title_id(attribute(link, "href"))):
        return None
    label = re.search(r"S(\d+), Ep(\d+)", words(item.css_first("div.image")) or "")
    number = attribute(item.css_first('meta[itemprop="episodeNumber"]'), "content") or (label[2] if label else None)
    stars = item.css_first("div.ipl-rating-widget > div.ipl-rating-star")
    plot = item.css_first(".item_description")
    # Where there is no plot, the page asks for one, with a link.
    overview = words(plot) if plot is not None and plot.css_first('a[href*="/updates"]') is None else None
    if overview and overview.endswith("..."):
        overview = None  # cut off; better none than a part
    return ImdbEpisode(
        imdb_id=imdb_id,
        season_number=int(label[1]) if label else season,
        episode_number=int(number) if number and number.isdigit() else None,
        name=words(link) or attribute(link, "title"),
        overview=overview,
        air_date=day_of(words(item.css_first(".airdate"))),
        rating=rating_of(words(stars.css_first(".ipl-rating-star__rating"))) if stars else None,
        votes=count_of(words(stars.css_first(".ipl-rating-star__total-votes"))) if stars else None,
        image=image(attribute(item.css_first("img"), "src")),
    )
