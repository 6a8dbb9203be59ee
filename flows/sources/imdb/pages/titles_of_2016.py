"""Title pages as they were in 2016: all in the HTML, none of it as data. Pure."""

import re

from flows.sources.imdb.answers import ImdbImage, ImdbTitle
from flows.sources.imdb.pages.document import Document, attribute, title_id, words
from flows.sources.imdb.pages.values import count_of, day_of, image, minutes_of, rating_of


def read_layout_of_2016(page: Document) -> ImdbTitle:
    """Read a title's page of that year: `h1[itemprop=name]` in a `title_wrapper`.

    Raises:
        NotThisPage: it is another page.
    """
    tree, imdb_id = page.tree, title_id(page.canonical)
    head = tree.css_first("div.title_wrapper")
    name = words(head.css_first('h1[itemprop="name"]')) if head else None
    if not (imdb_id and head and name):
        raise page.refusal("it holds no title")
    kind, years = _kind_and_years(words(head.css_first('a[href*="releaseinfo"]')) or "")
    rating = tree.css_first('div.imdbRating[itemprop="aggregateRating"]') or tree.css_first("div.imdbRating")
    numbers = {int(n) for link in tree.css('a[href*="episodes?season="]') if (n := _season(attribute(link, "href")))}
    released = next((b for b in tree.css("div.txt-block") if (words(b) or "").startswith("Release Date:")), None)
    genres = (words(node) for node in head.css('[itemprop="genre"]'))
    original = tree.css_first("div.originalTitle")
    return ImdbTitle(
        imdb_id=imdb_id,
        is_complete=False,
        name=re.sub(r"\s*\(\d{4}\)$", "", name),
        original_name=original.text(deep=False).strip() or None if original else None,
        kind=kind,
        description=_description(words(tree.css_first('.summary_text[itemprop="description"]'))),
        year=years[0],
        end_year=years[1],
        release_date=day_of(words(released)),
        runtime=minutes_of(attribute(head.css_first('time[itemprop="duration"]'), "datetime")),
        rating=rating_of(words(rating.css_first('[itemprop="ratingValue"]'))) if rating else None,
        votes=count_of(words(rating.css_first('[itemprop="ratingCount"]'))) if rating else None,
        content_rating=attribute(head.css_first('meta[itemprop="contentRating"]'), "content"),
        genres=tuple(dict.fromkeys(genre for genre in genres if genre)),
        season_total=len(numbers) or None,
        episode_total=count_of(words(tree.css_first("a.np_episode_guide .bp_sub_heading"))),
        poster=_poster(page),
    )


def _kind_and_years(text: str) -> tuple[str | None, tuple[int | None, int | None]]:
    """`TV Series (2010– )` names kind and years; a date with a country is a film's."""
    match = re.match(
        r"TV (?P<kind>Mini-Series|Mini Series|Series|Special|Movie|Short)\b\s*(?:\((?P<years>[^)]*)\))?", text
    )
    if not match:
        return ("tvEpisode" if text.startswith("Episode aired") else None), (None, None)
    years = [int(year) for year in re.findall(r"\d{4}", match["years"] or "")]
    kind = "tvMiniSeries" if match["kind"].startswith("Mini") else f"tv{match['kind']}"
    return kind, (years[0] if years else None, years[1] if len(years) > 1 else None)


def _season(address: str | None) -> str | None:
    match = re.search(r"[?&]season=(\d+)", address or "")
    return match[1] if match else None


def _description(text: str | None) -> str | None:
    """The words; the page asks for some where there are none."""
    return None if text is None or text.startswith(("Add a Plot", "Know what this is about")) else text


def _poster(page: Document) -> ImdbImage | None:
    link = page.tree.css_first("div.poster a")
    match = re.search(r"/mediaviewer/(rm\d+)", attribute(link, "href") or "")
    picture = page.tree.css_first("div.poster img")
    return image(attribute(picture, "src"), id=match[1] if match else None)
