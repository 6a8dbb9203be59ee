"""Seasons and episodes of invented shows, as TMDb sends them."""

from deployments.upstream.catalogue.artwork import episode_artwork, first_path, season_artwork, still_path
from deployments.upstream.catalogue.credits import (
    People,
    aggregate_credits,
    episode_crew,
    guest_stars,
    season_credits,
)
from deployments.upstream.catalogue.model import Episode, Season, Show, digest, spread
from deployments.upstream.source import Body

LAST_PLAYED = "2026-06-30"
"""The day the invented catalogues were written on: what is dated later has not aired, whatever today is."""


def episode_fields(show: Show, season: Season, episode: Episode) -> Body:
    """An episode without its credits: the form a show's last and next episode have."""
    aired = episode.air_date is not None and episode.air_date <= LAST_PLAYED
    return {
        "air_date": episode.air_date,
        "episode_number": episode.number,
        "episode_type": episode.kind,
        "id": episode.id,
        "name": episode.name,
        "overview": episode.overview,
        "production_code": "",
        "runtime": episode.runtime,
        "season_number": season.number,
        "show_id": show.id,
        "still_path": still_path(show, season, episode),
        "vote_average": round(spread(5, 9, episode.id, "vote"), 1) if aired else 0.0,
        "vote_count": int(spread(1, 40, episode.id, "votes")) if aired else 0,
    }


def episode_body(show: Show, season: Season, episode: Episode, people: People) -> Body:
    return {
        **episode_fields(show, season, episode),
        "crew": episode_crew(show, episode, people),
        "guest_stars": guest_stars(show, episode, people),
    }


def episode_part(show: Show, season: Season, episode: Episode, name: str, people: People) -> Body | None:
    """One of the parts `credits`, `external_ids` and `images`."""
    if name == "credits":
        return {
            "cast": season_credits(show, season, people)["cast"],
            "crew": episode_crew(show, episode, people),
            "guest_stars": guest_stars(show, episode, people),
            "id": episode.id,
        }
    if name == "images":
        return {"id": episode.id, "stills": [artwork.body for artwork in episode_artwork(show, season, episode)]}
    if name == "external_ids":
        ids = dict.fromkeys(("imdb_id", "freebase_mid", "freebase_id", "tvdb_id", "tvrage_id", "wikidata_id"))
        return {"id": episode.id, **ids, "tvdb_id": episode.id}
    return None


def season_summary(show: Show, season: Season) -> Body:
    """A season as its show lists it."""
    return {
        "air_date": season.air_date,
        "episode_count": len(season.episodes),
        "id": season.id,
        "name": season.name,
        "overview": season.overview,
        "poster_path": first_path(season_artwork(show, season)),
        "season_number": season.number,
        "vote_average": round(spread(5, 9, season.id, "vote"), 1) if season.air_date else 0.0,
    }


def season_body(show: Show, season: Season, people: People) -> Body:
    summary = season_summary(show, season)
    return {
        "_id": digest("season", season.id)[:24],
        "air_date": summary["air_date"],
        "episodes": [episode_body(show, season, episode, people) for episode in season.episodes],
        "name": season.name,
        "overview": season.overview,
        "id": season.id,
        "poster_path": summary["poster_path"],
        "season_number": season.number,
        "vote_average": summary["vote_average"],
    }


def season_part(show: Show, season: Season, name: str, people: People) -> Body | None:
    """One of the parts `aggregate_credits`, `credits`, `external_ids` and `images`."""
    if name == "aggregate_credits":
        return {"id": season.id, **aggregate_credits(show, [season], people)}
    if name == "credits":
        return {"id": season.id, **season_credits(show, season, people)}
    if name == "images":
        return {"id": season.id, "posters": [artwork.body for artwork in season_artwork(show, season)]}
    if name == "external_ids":
        ids = dict.fromkeys(("freebase_mid", "freebase_id", "tvdb_id", "tvrage_id", "wikidata_id"))
        return {"id": season.id, **ids, "tvdb_id": season.id}
    return None
