"""How large generated shows are, and what they lack: two sizes, in the proportions that real answers show.

The shares of what is missing in shows and their lists of seasons are those of a hundred recorded shows; those of episodes
and people are estimates, recordings being too few.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Span = tuple[int, int]
"""Least and most."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of shows."""

    seasons: Span
    episodes: Span
    people: Span
    """Everybody credited anywhere in one show: regulars, guests and crew."""
    people_per_show: int
    """How many more people the catalogue has for every show. The rest of a show's people belong to other shows too."""
    guests: Span
    """Guests of one episode."""
    specials: float
    """Share of shows that have a season 0."""
    kept_shows: int
    """How many shows are kept ready."""


SIZES: Mapping[str, Shape] = {
    "small": Shape((1, 8), (6, 16), (20, 30), 6, (0, 3), 0.0, 256),
    "full": Shape((6, 25), (8, 30), (30, 120), 40, (0, 3), 0.55, 96),
}

RUNNING = 0.23
"""Share of shows with a next episode: `next_episode_to_air` is null in 77 of 100."""
WITH_GROUPS = 0.2
ABROAD = 0.3
NAMESAKES = 0.02
"""Share of people who have the name of somebody else."""

WITHOUT = {
    "created_by": 0.17,
    "production_companies": 0.12,
    "networks": 0.03,
    "poster_path": 0.02,
    "backdrop_path": 0.02,
    "genres": 0.01,
    "episode_run_time": 0.85,
    "overview": 0.03,
    "tagline": 0.4,
    "homepage": 0.12,
    "imdb_id": 0.02,
    "keywords": 0.1,
    "content_ratings": 0.15,
    "alternative_titles": 0.5,
    "watch_providers": 0.15,
    "season_overview": 0.52,
    "season_poster": 0.04,
    "episode_overview": 0.2,
    "still": 0.15,
    "runtime": 0.06,
    "birthday": 0.3,
    "birthplace": 0.35,
    "biography": 0.45,
    "profile": 0.25,
    "person_imdb_id": 0.08,
}
"""Share of shows, seasons, episodes and people that lack a thing."""
