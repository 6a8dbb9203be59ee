"""Queries about an episode by itself, and about other orders of a show's episodes."""

from typing import Any
from uuid import UUID

from models.entities import Kind
from webapp.fragments import living, pictures
from webapp.paging import Key, Order
from webapp.reading import Reading, json_of_entity, json_page
from webapp.seasons.service import EPISODE

_LISTED = f"""
    core.episodes episode
    join core.entities living on living.id = episode.id and {living("living")}
    join core.seasons season on season.id = episode.season_id and season.show_id = episode.show_id"""
"""The show is said twice, so that its own seasons are read and not all that there are."""


def _neighbour(comparison: str, direction: str) -> str:
    """The listed episode next to `this`; specials have each other alone as neighbours."""
    return f"""(
        select row_to_json(near)
        from (select episode.id, season.season_number, episode.episode_number, episode.name as title
              from {_LISTED}
              where episode.show_id = this.show_id and episode.is_listed and episode.id <> this.id
                    and (season.season_number = 0) = (this.season_number = 0)
                    and (season.season_number, episode.episode_number, episode.id)
                        {comparison} (this.season_number, this.episode_number, this.id)
              order by season.season_number {direction}, episode.episode_number {direction}, episode.id {direction}
              limit 1) near)"""


_ONE = f"""
select row_to_json(one)
from (
    select this.*, {_neighbour("<", "desc")} as previous_episode, {_neighbour(">", "asc")} as next_episode
    from (
        select {EPISODE}, season.name as season_name, of_show.poster_url as show_poster_url,
               (select coalesce(json_agg(listed), '[]')
                from (select source, season_number, episode_number from core.listings
                      where entity_id = entity.id order by source) listed) as numbers,
               (select coalesce(json_agg(listed), '[]')
                from (select person.id as person_id, person.name as full_name,
                             json_agg(distinct nullif(work.job, '')) filter (where work.job <> '') as jobs
                      from core.appearances work
                      join core.people person on person.id = work.person_id
                      join core.entities living on living.id = person.id and {living("living")}
                      where work.episode_id = episode.id and work.category <> 'cast' and work.job <> ''
                      group by person.id, person.name, person.sort_name
                      order by min(work.billing_order) nulls last, person.sort_name, person.id) listed) as crew,
               (select coalesce(json_agg(listed), '[]')
                from (select other.id as group_id, other.name, other.type, item.part, item.part_name, item.position
                      from core.episode_group_items item join core.episode_groups other on other.id = item.group_id
                      where item.episode_id = episode.id order by other.name, other.id, item.part) listed) as groups
        from core.episodes episode
        join core.seasons season on season.id = episode.season_id
        join core.shows show on show.id = episode.show_id
        left join lateral {pictures(Kind.EPISODE, "episode")} picture on true
        left join lateral {pictures(Kind.SHOW, "show")} of_show on true
        where episode.id = entity.id) this
) one
"""

_GROUPS = """
select coalesce(json_agg(listed), '[]')
from (
    select other.id, other.show_id, other.source, other.name, other.description, other.type,
           (select count(distinct part) from core.episode_group_items item where item.group_id = other.id) as parts,
           (select count(*) from core.episode_group_items item where item.group_id = other.id) as episodes
    from core.episode_groups other where other.show_id = entity.id order by other.name, other.id
) listed
"""

BY_PLACE = Order("group", (Key("part", "bigint"), Key("position", "bigint"), Key("episode_id", "uuid")))

_ITEMS = f"""
    select item.part, item.part_name, item.position, episode.id as episode_id
    from core.episode_groups other
    join core.episode_group_items item on item.group_id = other.id
    join core.episodes episode on episode.id = item.episode_id
    join core.entities living on living.id = episode.id and {living("living")}
    where other.id = :group_id and other.show_id = :entity_id"""

_GROUP = f"""
select (
    select coalesce(json_agg(listed), '[]')
    from (
        select page.part, page.part_name, page.position, page.episode_id, season.season_number,
               episode.episode_number, episode.name as title, episode.air_date, picture.still_url
        from page
        join core.episodes episode on episode.id = page.episode_id
        join core.seasons season on season.id = episode.season_id
        left join lateral {pictures(Kind.EPISODE, "episode")} picture on true
        order by page.n) listed)
from core.episode_groups other where other.id = :group_id and other.show_id = :entity_id
"""


def episode(episode_id: UUID) -> Reading:
    """One episode."""
    return json_of_entity(Kind.EPISODE, episode_id, _ONE)


def groups(show_id: UUID) -> Reading:
    """The other orders of a show's episodes, by name."""
    return json_of_entity(Kind.SHOW, show_id, _GROUPS)


def group(show_id: UUID, group_id: UUID, **page: Any) -> Reading:
    """A show's episodes in another order."""
    page |= {"below": (Kind.SHOW, show_id), "lacks": "Episode group not found", "group_id": group_id}
    return json_page(BY_PLACE, _ITEMS, _GROUP, **page)
