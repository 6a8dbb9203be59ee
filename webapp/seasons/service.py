"""Queries about seasons and episodes. What its sources no longer list is left out."""

from uuid import UUID

from models.entities import Kind
from webapp.fragments import external_ids, living, pictures
from webapp.reading import json_of_entity

_SEASON = f"""
    season.id, season.show_id, season.season_number, season.name as title, season.air_date as premiere_date,
    {external_ids(Kind.SEASON, "season")} as external_ids, show.name as show_name,
    aired.imdb_episode_ids, aired.tmdb_episode_ids, season.overview, season.imdb_id, season.tmdb_id,
    season.episode_total, season.tmdb_vote_average, aired.first_air_date, aired.last_air_date, picture.poster_url"""

_ABOUT_SEASON = f"""
    join core.shows show on show.id = season.show_id
    left join lateral {pictures(Kind.SEASON, "season")} picture on true
    left join lateral (
        select coalesce(json_agg(episode.imdb_id order by episode.episode_number)
                        filter (where episode.imdb_id is not null), '[]') as imdb_episode_ids,
               coalesce(json_agg(episode.tmdb_id order by episode.episode_number)
                        filter (where episode.tmdb_id is not null), '[]') as tmdb_episode_ids,
               min(episode.air_date) as first_air_date, max(episode.air_date) as last_air_date
        from core.episodes episode
        join core.entities entity on entity.id = episode.id and {living("entity")}
        where episode.season_id = season.id and episode.is_listed
    ) aired on true"""

_SEASONS_OF_SHOW = f"""
    select season.*
    from core.seasons season join core.entities living on living.id = season.id and {living("living")}
    where season.show_id = entity.id and season.is_listed"""

_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select {_SEASON}
    from ({_SEASONS_OF_SHOW} order by season.season_number, season.id limit :limit offset :offset) season
    {_ABOUT_SEASON}
    order by season.season_number, season.id
) listed
"""

_ONE = f"""
select row_to_json(one)
from (select {_SEASON} from ({_SEASONS_OF_SHOW} and season.season_number = :number) season {_ABOUT_SEASON}) one
"""

_EPISODES = f"""
select (
    select coalesce(json_agg(listed), '[]')
    from (
        select episode.id, episode.season_id, episode.episode_number, episode.name as title, episode.air_date,
               episode.overview as synopsis, {external_ids(Kind.EPISODE, "episode")} as external_ids,
               show.name as show_name, show.id as show_id, season.season_number, episode.overview, episode.runtime,
               episode.episode_type, episode.production_code, episode.tmdb_vote_average, episode.tmdb_vote_count,
               episode.imdb_rating, episode.imdb_vote_count, episode.imdb_id, episode.tmdb_id, picture.still_url
        from (select episode.*
              from core.episodes episode join core.entities living on living.id = episode.id and {living("living")}
              where episode.season_id = season.id and episode.is_listed
              order by episode.episode_number, episode.id limit :limit offset :offset) episode
        join core.shows show on show.id = episode.show_id
        left join lateral {pictures(Kind.EPISODE, "episode")} picture on true
        order by episode.episode_number, episode.id
    ) listed)
from ({_SEASONS_OF_SHOW} and season.season_number = :number) season
"""


def seasons(show_id: UUID, limit: int, offset: int) -> str:
    """A show's seasons by number."""
    return json_of_entity(Kind.SHOW, show_id, _LIST, limit=limit, offset=offset)


def season(show_id: UUID, number: int) -> str:
    """One season of a show."""
    return json_of_entity(Kind.SHOW, show_id, _ONE, number=number, lacks="Season not found")


def episodes(show_id: UUID, number: int, limit: int, offset: int) -> str:
    """A season's episodes by number."""
    return json_of_entity(
        Kind.SHOW, show_id, _EPISODES, number=number, limit=limit, offset=offset, lacks="Season not found"
    )
