"""What IMDb's answers say, in the catalogue's words: facts by field name, and words that describe a show. Pure.

Facts are JSON values: dates as ISO text. What an answer does not say is left out, so that another layer or source can.
"""

import re
from collections.abc import Iterator
from typing import Any

from flows.sources.imdb.answers import ImdbEpisode, ImdbTitle
from models.shows import LabelKind

Facts = dict[str, Any]

TAGS = {"Dating Reality TV": "Reality TV Dating"}
"""Interests that the catalogue calls otherwise."""

_NUMBERED = re.compile(r"Episode #\d+\.\d+")
"""What IMDb calls an episode whose title it does not know."""


def title_facts(title: ImdbTitle) -> Facts:
    """A show's facts."""
    return {
        "name": title.name,
        "original_name": title.original_name,
        "description": title.description,
        "premiere_date": title.release_date.isoformat() if title.release_date else None,
        "year": title.year,
        "end_year": title.end_year,
        "runtimes": [title.runtime] if title.runtime else [],
        "content_rating": title.content_rating,
        "season_total": title.season_total,
        "episode_total": title.episode_total,
        "imdb_rating": title.rating,
        "imdb_vote_count": title.votes,
    }


def episode_facts(episode: ImdbEpisode) -> Facts:
    """An episode's facts."""
    name = episode.name if episode.name and not _NUMBERED.fullmatch(episode.name.strip()) else None
    return {
        "name": name,
        "overview": episode.overview,
        "air_date": episode.air_date.isoformat() if episode.air_date else None,
        "imdb_rating": episode.rating,
        "imdb_vote_count": episode.votes,
    }


def labels(title: ImdbTitle) -> Iterator[tuple[LabelKind, str]]:
    """The words that describe a show; IMDb's interests, its finer genres, are tags."""
    for kind, names in (
        (LabelKind.GENRE, title.genres),
        (LabelKind.KEYWORD, title.keywords),
        (LabelKind.TAG, [TAGS.get(name, name) for name in title.interests]),
    ):
        yield from ((kind, name) for name in dict.fromkeys(names) if name)
