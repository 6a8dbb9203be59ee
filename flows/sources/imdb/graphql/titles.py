"""What the payloads of lists, titles, episodes and pictures mean. Pure."""

from collections.abc import Sequence

from flows.sources.imdb.answers import (
    ImdbEpisode,
    ImdbEpisodes,
    ImdbImage,
    ImdbImages,
    ImdbList,
    ImdbListEntry,
    ImdbTitle,
)
from flows.sources.imdb.graphql.payloads.common import Edges, Numbers, Place
from flows.sources.imdb.graphql.payloads.images import Gallery
from flows.sources.imdb.graphql.payloads.lists import ListEdge, TitleList
from flows.sources.imdb.graphql.payloads.titles import (
    Counted,
    Episode,
    FullTitle,
    Season,
    Seasons,
    SeriesEpisodes,
    Title,
)
from flows.sources.imdb.graphql.values import all_came, ended, image, plain, text, texts, whole_date


def read_list(pages: Sequence[TitleList], ref: str, *, whole: bool) -> ImdbList:
    """A list of all its pages; an entry that moved to a later page while we read is kept once."""
    searches = [page.title_list_item_search for page in pages]
    entries: dict[str, ImdbListEntry] = {}
    for edge in (edge for search in searches for edge in search.edges):
        if edge.list_item is not None:
            entries.setdefault(edge.list_item.id, _entry(edge))
    first, last = pages[0], searches[-1]
    return ImdbList(
        list_id=first.id or ref,
        entries=tuple(entries.values()),
        is_complete=whole and all_came(last.page_info, last.total, len(entries)),
        name=first.name.original_text if first.name else None,
        description=plain(first.description.original_text) if first.description else None,
        total=last.total,
    )


def _entry(edge: ListEdge) -> ImdbListEntry:
    assert edge.list_item is not None
    node = edge.node
    return ImdbListEntry(
        imdb_id=edge.list_item.id,
        rank=node.absolute_position if node else None,
        note=plain(node.description.original_text) if node and node.description else None,
        title=_title(edge.list_item, edge.list_item.episodes),
    )


def read_title(title: FullTitle, *, whole: bool) -> ImdbTitle:
    """A title with all that is asked about one. IMDb has none without a name, so something is wrong with such an answer."""
    return _title(
        title,
        title.episodes,
        season_total=len(season_numbers(title.episodes.displayable_seasons)) if title.episodes else None,
        keywords=texts(title.keywords.nodes) if title.keywords else (),
        interests=texts(node.primary_text for node in title.interests.nodes) if title.interests else (),
        is_complete=whole and text(title.title_text) is not None,
    )


def _title(
    title: Title,
    counted: Counted | Seasons | None,
    *,
    season_total: int | None = None,
    keywords: tuple[str, ...] = (),
    interests: tuple[str, ...] = (),
    is_complete: bool = False,
) -> ImdbTitle:
    numbers = _numbers(title.series)
    years, ratings = title.release_year, title.ratings_summary
    return ImdbTitle(
        imdb_id=title.id,
        is_complete=is_complete,
        name=text(title.title_text),
        original_name=text(title.original_title_text),
        kind=title.title_type.id if title.title_type else None,
        description=plain(title.plot.plot_text) if title.plot else None,
        year=years.year if years else None,
        end_year=years.end_year if years else None,
        release_date=whole_date(title.release_date),
        runtime=title.runtime.seconds // 60 if title.runtime and title.runtime.seconds else None,
        rating=ratings.aggregate_rating if ratings else None,
        votes=ratings.vote_count if ratings else None,
        content_rating=title.certificate.rating if title.certificate else None,
        genres=texts(genre.genre for genre in title.title_genres.genres) if title.title_genres else (),
        keywords=keywords,
        interests=interests,
        season_total=season_total,
        episode_total=counted.episodes.total if counted and counted.episodes else None,
        poster=image(title.primary_image),
        series_id=title.series.series.id if title.series and title.series.series else None,
        season_number=numbers.season_number,
        episode_number=numbers.episode_number,
    )


def read_episodes(pages: Sequence[SeriesEpisodes], *, whole: bool) -> ImdbEpisodes:
    """The episodes of a series; a title of another kind has none, and that is all there is to know.

    A series without any is not believed.
    """
    first = pages[0]
    connections = [page.episodes.episodes for page in pages if page.episodes]
    if not connections:
        is_series = first.title_type is None or first.title_type.can_have_episodes is not False
        return ImdbEpisodes(imdb_id=first.id, episodes=(), is_complete=whole and not is_series)
    episodes = {node.id: _episode(node) for connection in connections for node in connection.nodes}
    is_complete = whole and bool(episodes) and ended(connections, len(episodes))
    listed = [page.episodes.displayable_seasons for page in pages if page.episodes]
    seasons = {number for named in listed for number in season_numbers(named)}
    seasons |= {found.season_number for found in episodes.values() if found.season_number is not None}
    return ImdbEpisodes(
        imdb_id=first.id,
        episodes=tuple(episodes.values()),
        is_complete=is_complete,
        seasons=tuple(sorted(seasons)),
        complete_seasons=tuple(sorted(seasons)) if is_complete else (),
        total=connections[-1].total,
    )


def season_numbers(seasons: Edges[Season] | None) -> tuple[int, ...]:
    """The numbers of the seasons that have one."""
    names = [node.season or "" for node in seasons.nodes] if seasons else []
    return tuple(int(name) for name in names if name.isascii() and name.isdigit())


def _numbers(place: Place | None) -> Numbers:
    return (place.episode_number if place else None) or Numbers()


def _episode(node: Episode) -> ImdbEpisode:
    numbers, ratings = _numbers(node.series), node.ratings_summary
    return ImdbEpisode(
        imdb_id=node.id,
        season_number=numbers.season_number,
        episode_number=numbers.episode_number,
        name=text(node.title_text),
        overview=plain(node.plot.plot_text) if node.plot else None,
        air_date=whole_date(node.release_date),
        rating=ratings.aggregate_rating if ratings else None,
        votes=ratings.vote_count if ratings else None,
        image=image(node.primary_image),
    )


def read_images(pages: Sequence[Gallery], *, whole: bool) -> ImdbImages:
    """The pictures of a title or a person."""
    images: dict[str, ImdbImage] = {}
    for node in (node for page in pages for node in page.images.nodes):
        found = image(node, tuple(name.id for name in node.names), tuple(title.id for title in node.titles))
        if found is not None:
            images.setdefault(found.id, found)
    return ImdbImages(
        imdb_id=pages[0].id,
        images=tuple(images.values()),
        is_complete=whole and ended([page.images for page in pages], len(images)),
        total=pages[-1].images.total,
    )
