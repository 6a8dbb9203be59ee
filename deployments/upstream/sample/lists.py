"""The lists of the sample: two of TMDb's, with notes; and what the IMDb list's odd entries lead to.

The IMDb list itself is `imdb_list.csv`. It shares five shows with the TMDb lists and has one show that only `/find` leads
to, one title whose `/find` answer fits nobody, one that TMDb does not know, and a film.
"""

from collections.abc import Callable

from deployments.upstream.source import Body, ItemList, ListItem

CURATED, WATCHING = 900000001, 900000002
IMDB_LISTS = ("ls990000001", "ls990000002")
"""Lists of IMDb's; what is on them stands in `imdb.py`."""

AMBIGUOUS = {"tt990000013": (900000013, 900000014)}
"""IMDb ids `/find` gives several shows for; none has the name or the year the IMDb list states."""

UNKNOWN_IMDB_ID = "tt990000015"
"""A title of the IMDb list that TMDb does not know."""

MOVIE_IMDB_ID = "tt990000016"
MOVIE: Body = {
    "adult": False,
    "backdrop_path": None,
    "genre_ids": [99],
    "id": 900800001,
    "media_type": "movie",
    "original_language": "en",
    "original_title": "The Ferry That Stayed",
    "overview": "A documentary about the last boat of an invented bay.",
    "popularity": 1.2,
    "poster_path": None,
    "release_date": "2019-11-01",
    "title": "The Ferry That Stayed",
    "video": False,
    "vote_average": 6.5,
    "vote_count": 12,
}

NOTES: dict[int, list[tuple[int, str | None]]] = {
    CURATED: [
        (900000001, "Start here. Season 2 has the hotelier."),
        (900000002, "The original Ladies."),
        (900000003, None),
        (900000004, "Wins count for the guessing game."),
        (900000005, None),
        (900000006, "Guests come from all the others."),
        (900000007, None),
        (900000008, "Order by day, not by week."),
        (900000009, None),
        (900000012, "Announced only; keep an eye on it."),
    ],
    WATCHING: [
        (900000002, None),
        (900000006, "Every episode, for the guest graph."),
        (900000010, "Third winter announced."),
    ],
}
NAMES = {
    CURATED: ("Reality, curated", "Invented shows worth collecting."),
    WATCHING: ("Watching now", "A shorter list that overlaps the first."),
}


def item_list(list_id: str, summary: Callable[[int], Body]) -> ItemList | None:
    """A list of the sample by its id; the curated one ends with a film, which an importer of shows passes over."""
    if not list_id.isdigit() or int(list_id) not in NOTES:
        return None
    key = int(list_id)
    items = [ListItem(summary(show_id), note) for show_id, note in NOTES[key]]
    if key == CURATED:
        items.append(ListItem(MOVIE, "Not a show, but it explains the ferry."))
    name, description = NAMES[key]
    return ItemList(key, name, description, "sample-curator", tuple(items))
