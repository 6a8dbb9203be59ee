"""Queries about seasons and the episodes in them. What its sources no longer list is left out."""

from uuid import UUID

from models.entities import Kind
from webapp.fragments import external_ids, living, pictures
from webapp.paging import Key, Order
from webapp.reading import Reading, json_of_entity, json_page

_SEASON = f"""
    season.id, season.show_id, season.season_number, season.name as title, season.air_date as premiere_date,
    {external_ids(Kind.SEASON, "season")} as external_ids, show.name as show_name,
    aired.imdb_episode_ids, aired.tmdb_episode_ids, season.overview, season.imdb_id, season.tmdb_id,
    season.episode_total, season.tmdb_vote_average, aired.first_air_date, aired.last_air_date, picture.poster_url,
    season.air_date, aired.episodes, aired.first_air_date is not null as has_dated_episodes"""

_ABOUT_SEASON = f"""
    join core.shows show on show.id = season.show_id
    left join lateral {pictures(Kind.SEASON, "season")} picture on true
    left join lateral (
        select coalesce(json_agg(episode.imdb_id order by episode.episode_number)
                        filter (where episode.imdb_id is not null), '[]') as imdb_episode_ids,
               coalesce(json_agg(episode.tmdb_id order by episode.episode_number)
                        filter (where episode.tmdb_id is not null), '[]') as tmdb_episode_ids,
               count(*) as episodes, min(episode.air_date) as first_air_date, max(episode.air_date) as last_air_date
        from core.episodes episode
        join core.entities entity on entity.id = episode.id and {living("entity")}
        where episode.season_id = season.id and episode.is_listed
    ) aired on true"""

_SEASONS_OF_SHOW = f"""
    select season.*
    from core.seasons season join core.entities living on living.id = season.id and {living("living")}
    where season.show_id = :entity_id and season.is_listed"""

BY_NUMBER = Order("season", (Key("season_number", "bigint"), Key("id", "uuid")))
BY_EPISODE_NUMBER = Order("episode", (Key("episode_number", "bigint"), Key("id", "uuid")))

_LIST = f"""
select coalesce(json_agg(listed), '[]')
from (
    select {_SEASON}
    from page season
    {_ABOUT_SEASON}
    order by season.n
) listed
"""

_ONE = f"""
select row_to_json(one)
from (select {_SEASON} from ({_SEASONS_OF_SHOW} and season.season_number = :number) season {_ABOUT_SEASON}) one
"""

_NUMBERS = """(
    select coalesce(json_agg(listed), '[]')
    from (select source, season_number, episode_number from core.listings
          where entity_id = entity.id order by source) listed)"""

_BY_ID = f"""
select row_to_json(one)
from (select {_SEASON}, of_show.poster_url as show_poster_url, {_NUMBERS} as numbers,
             (select max(other.season_number) from core.seasons other
              join core.entities living on living.id = other.id and {living("living")}
              where other.show_id = season.show_id and other.is_listed
                    and other.season_number < season.season_number) as previous_season,
             (select min(other.season_number) from core.seasons other
              join core.entities living on living.id = other.id and {living("living")}
              where other.show_id = season.show_id and other.is_listed
                    and other.season_number > season.season_number) as next_season
      from core.seasons season {_ABOUT_SEASON}
      left join lateral {pictures(Kind.SHOW, "show")} of_show on true
      where season.id = entity.id) one
"""

_EPISODES_OF_SEASON = f"""
    select episode.*
    from core.seasons season
    join core.entities known on known.id = season.id and {living("known")}
    join core.episodes episode on episode.season_id = season.id and episode.is_listed
    join core.entities living on living.id = episode.id and {living("living")}
    where season.show_id = :entity_id and season.is_listed and season.season_number = :number"""

EPISODE = f"""
    episode.id, episode.season_id, episode.episode_number, episode.name as title, episode.air_date,
    episode.overview as synopsis, {external_ids(Kind.EPISODE, "episode")} as external_ids,
    show.name as show_name, show.id as show_id, season.season_number, episode.overview, episode.runtime,
    episode.episode_type, episode.production_code, episode.tmdb_vote_average, episode.tmdb_vote_count,
    episode.imdb_rating, episode.imdb_vote_count, episode.imdb_id, episode.tmdb_id, picture.still_url"""
"""The columns of an episode; beside `episode` they need its `show`, `season` and `picture`."""

_EPISODES = f"""
select (
    select coalesce(json_agg(listed), '[]')
    from (
        select {EPISODE}
        from page episode
        join core.shows show on show.id = episode.show_id
        left join lateral {pictures(Kind.EPISODE, "episode")} picture on true
        order by episode.n
    ) listed)
from ({_SEASONS_OF_SHOW} and season.season_number = :number) season
"""


def seasons(show_id: UUID, limit: int, offset: int = 0, cursor: str | None = None) -> Reading:
    """A show's seasons by number."""
    return json_page(
        BY_NUMBER, _SEASONS_OF_SHOW, _LIST, below=(Kind.SHOW, show_id), limit=limit, offset=offset, cursor=cursor
    )


def season(show_id: UUID, number: int) -> Reading:
    """One season of a show."""
    return json_of_entity(Kind.SHOW, show_id, _ONE, number=number, lacks="Season not found")


def season_by_id(season_id: UUID) -> Reading:
    """One season by its own id, listed or not."""
    return json_of_entity(Kind.SEASON, season_id, _BY_ID)


def episodes(show_id: UUID, number: int, limit: int, offset: int = 0, cursor: str | None = None) -> Reading:
    """A season's episodes by number."""
    return json_page(
        BY_EPISODE_NUMBER,
        _EPISODES_OF_SEASON,
        _EPISODES,
        below=(Kind.SHOW, show_id),
        lacks="Season not found",
        limit=limit,
        offset=offset,
        cursor=cursor,
        number=number,
    )
