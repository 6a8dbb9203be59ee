"""What TMDb's payloads say, in the catalogue's words: facts by field name, and rows of the sets. Pure.

Facts are JSON values: dates as ISO text. What TMDb does not say is left out, so that another source can say it.
"""

from collections.abc import Iterator
from typing import Any

from flows.sources.tmdb.payloads import (
    AggregateCast,
    AggregateCrew,
    Creator,
    Credited,
    EpisodePayload,
    ExternalIds,
    Organisation,
    PersonPayload,
    SeasonPayload,
    SeasonSummary,
    ShowPayload,
)
from models.entities import IdSource
from models.people import Gender

GENDERS = {1: Gender.FEMALE, 2: Gender.MALE, 3: Gender.NON_BINARY}
RATING_COUNTRY = "US"

Facts = dict[str, Any]


def show_facts(show: ShowPayload) -> Facts:
    """A show's facts."""
    ids = show.external_ids or ExternalIds()
    ratings = show.content_ratings.results if show.content_ratings else ()
    return {
        "name": show.name,
        "original_name": show.original_name,
        "description": show.overview,
        "tagline": show.tagline,
        "homepage": show.homepage,
        "status": show.status,
        "type": show.type,
        "in_production": show.in_production,
        "adult": show.adult,
        "premiere_date": _day(show.first_air_date),
        "last_air_date": _day(show.last_air_date),
        "content_rating": next((r.rating for r in ratings if r.iso_3166_1 == RATING_COUNTRY), None),
        "original_language": show.original_language,
        "languages": list(show.languages),
        "spoken_languages": [language.iso_639_1 for language in show.spoken_languages if language.iso_639_1],
        "origin_countries": list(show.origin_country),
        "production_countries": [country.iso_3166_1 for country in show.production_countries if country.iso_3166_1],
        "runtimes": list(show.episode_run_time),
        "season_total": show.number_of_seasons,
        "episode_total": show.number_of_episodes,
        "most_recent_episode": _marker(show.last_episode_to_air),
        "next_episode": _marker(show.next_episode_to_air),
        "tmdb_vote_average": show.vote_average,
        "tmdb_vote_count": show.vote_count,
        "tmdb_popularity": show.popularity,
        "facebook_id": ids.facebook_id,
        "instagram_id": ids.instagram_id,
        "twitter_id": ids.twitter_id,
    }


def season_facts(season: SeasonPayload | SeasonSummary) -> Facts:
    """A season's facts, from its own answer or from its line in the show's."""
    return {
        "name": season.name,
        "overview": season.overview,
        "air_date": _day(season.air_date),
        "tmdb_vote_average": season.vote_average,
        "episode_total": season.episode_count if isinstance(season, SeasonSummary) else len(season.episodes),
    }


def episode_facts(episode: EpisodePayload) -> Facts:
    """An episode's facts."""
    return {
        "name": episode.name,
        "overview": episode.overview,
        "air_date": _day(episode.air_date),
        "runtime": episode.runtime,
        "episode_type": episode.episode_type,
        "production_code": episode.production_code,
        "tmdb_vote_average": episode.vote_average,
        "tmdb_vote_count": episode.vote_count,
    }


def person_facts(person: PersonPayload) -> Facts:
    """A person's facts, from the person's own answer."""
    ids = person.external_ids or ExternalIds()
    return {
        "name": person.name,
        "biography": person.biography,
        "birth_date": _day(person.birthday),
        "death_date": _day(person.deathday),
        "birth_place": person.place_of_birth,
        "gender": GENDERS.get(person.gender or 0),
        "known_for": person.known_for_department,
        "homepage": person.homepage,
        "adult": person.adult,
        "tmdb_popularity": person.popularity,
        "facebook_id": ids.facebook_id,
        "instagram_id": ids.instagram_id,
        "twitter_id": ids.twitter_id,
        "tiktok_id": ids.tiktok_id,
        "youtube_id": ids.youtube_id,
    }


def credited_facts(person: Credited | Creator) -> Facts:
    """The little that a credit says of a person who was not asked for yet."""
    return {
        "name": person.name,
        "gender": GENDERS.get(person.gender or 0),
        "known_for": person.known_for_department if isinstance(person, Credited) else None,
    }


def organisation_facts(organisation: Organisation) -> Facts:
    """A network's or company's facts."""
    return {"name": organisation.name, "origin_country": organisation.origin_country}


def identities(ids: ExternalIds | None, imdb_id: str | None = None) -> dict[str, str]:
    """The ids that identify, by id source. Handles of social networks do not: several shows share a network's account."""
    ids = ids or ExternalIds()
    found = {
        IdSource.IMDB: ids.imdb_id or imdb_id,
        IdSource.TVDB: ids.tvdb_id,
        IdSource.TVRAGE: ids.tvrage_id,
        IdSource.WIKIDATA: ids.wikidata_id,
        IdSource.FREEBASE: ids.freebase_mid,
    }
    return {source: str(value) for source, value in found.items() if value}


def credit_rows(
    cast: tuple[AggregateCast, ...], crew: tuple[AggregateCrew, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every role and job of aggregated credits: TMDb's person id, and the columns of `core.credits` that TMDb knows."""
    for person in cast:
        for role in person.roles:
            if role.credit_id:
                yield person.id, _credit("cast", role.credit_id, character=role.character, billing_order=person.order)
    for member in crew:
        for job in member.jobs:
            if job.credit_id:
                yield member.id, _credit("crew", job.credit_id, department=member.department, job=job.job)


def creator_rows(creators: tuple[Creator, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The creators of a show, as credits."""
    for position, creator in enumerate(creators):
        source_id = creator.credit_id or f"creator-{creator.id}"
        yield creator.id, _credit("creator", source_id, job="Creator", billing_order=position)


def _credit(category: str, source_id: str, **known: Any) -> dict[str, Any]:
    empty = {"department": None, "job": None, "character": None, "billing_order": None}
    return {"source_id": source_id, "category": category, **empty, **known}


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def _marker(episode: EpisodePayload | None) -> Facts | None:
    """The episode that a show's answer names as its last or next."""
    if episode is None:
        return None
    return {
        "season_number": episode.season_number,
        "episode_number": episode.episode_number,
        "name": episode.name,
        "air_date": _day(episode.air_date),
        "tmdb_id": episode.id,
    }
