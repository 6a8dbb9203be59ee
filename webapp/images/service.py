"""Queries about images. What its source lists no more is left out."""

from typing import Any
from uuid import UUID

from models.entities import Kind
from models.rules.image_choice import PICTURES
from webapp.fragments import BEST_IMAGE_FIRST, IMAGE_COLUMNS, chosen_first, living
from webapp.paging import Key, Order
from webapp.reading import OWN, Reading, json_of_entity, json_page

_FILTER = """
    (cast(:image_kind as text) is null or image.kind = cast(:image_kind as text))
    and (cast(:language as text) is null or coalesce(image.language, 'none') = lower(cast(:language as text)))
    and (cast(:min_width as integer) is null or image.width >= cast(:min_width as integer))
    and (cast(:min_height as integer) is null or image.height >= cast(:min_height as integer))"""

_SHOW_VERSION = """
    concat(entity.version, '.', (select extract(epoch from last_success_at) from ops.sync_state
                                 where entity_id = entity.id and resource = 'images'))"""
"""When images were fetched is no change of the catalogue."""

_OF_SHOW = f"""
select coalesce(json_agg(listed), '[]')
from (
    select image.id, show.id as show_id, show.tmdb_id, show.name as show_name, {IMAGE_COLUMNS},
           synced.last_success_at as fetched_at
    from core.shows show
    join core.images image on image.entity_id = show.id and image.is_listed
    left join core.assets asset on asset.id = image.asset_id
    left join ops.sync_state synced on synced.entity_id = show.id and synced.resource = 'images'
    where show.id = entity.id and {_FILTER}
    order by image.kind, {chosen_first(Kind.SHOW, "show")}, {BEST_IMAGE_FIRST}
) listed
"""

_TABLES = {
    Kind.SHOW: "shows",
    Kind.SEASON: "seasons",
    Kind.EPISODE: "episodes",
    Kind.PERSON: "people",
    Kind.NETWORK: "networks",
    Kind.COMPANY: "companies",
    Kind.PROVIDER: "watch_providers",
}

_CHOSEN = " union all ".join(
    f"select unnest(array[{', '.join(f'shown.{column}' for column in columns)}]) from core.{_TABLES[kind]} shown"
    " where shown.id = entity.id"
    for kind, columns in PICTURES.items()
)

_OF_ENTITY = f"""
select coalesce(json_agg(listed), '[]')
from (
    select image.id, image.entity_id, {IMAGE_COLUMNS}, image.id in ({_CHOSEN}) is true as is_chosen
    from core.images image left join core.assets asset on asset.id = image.asset_id
    where image.entity_id = entity.id and image.is_listed and {_FILTER}
    order by image.kind, image.id in ({_CHOSEN}) is true desc, {BEST_IMAGE_FIRST}
) listed
"""

_OWNERS = f"""
    select show.id, 'show' as kind, show.name, cast(null as integer) as season_number,
           cast(null as integer) as episode_number, 0 as place
    from core.shows show where show.id = :entity_id
    union all
    select season.id, 'season', season.name, season.season_number, null, 1
    from core.seasons season join core.entities entity on entity.id = season.id and {living("entity")}
    where season.show_id = :entity_id and season.is_listed
    union all
    select episode.id, 'episode', episode.name, season.season_number, episode.episode_number, 2
    from core.episodes episode
    join core.seasons season on season.id = episode.season_id
    join core.entities entity on entity.id = episode.id and {living("entity")}
    where episode.show_id = :entity_id and episode.is_listed
    union all
    select person.id, 'person', person.name, null, null, 3
    from core.people person
    join core.entities entity on entity.id = person.id and {living("entity")}
    where person.id in (select person_id from core.credits where show_id = :entity_id and category = 'cast')"""

_OF_ALL = f"""
    select image.id, owner.id as owner_id, owner.kind as owner_kind, owner.name, owner.season_number,
           owner.episode_number, owner.place, image.kind as image_kind, coalesce(image.vote_count, 0) as votes
    from ({_OWNERS}) owner join core.images image on image.entity_id = owner.id and image.is_listed
    where {_FILTER} and (cast(:number as integer) is null or owner.season_number = cast(:number as integer))"""

GALLERY = Order(
    "gallery",
    (
        Key("place", "bigint"),
        Key("season_number", "bigint", nullable=True),
        Key("episode_number", "bigint", nullable=True),
        Key("owner_id", "uuid"),
        Key("image_kind"),
        Key("votes", "bigint", descending=True),
        Key("id", "uuid"),
    ),
)

_GALLERY = f"""
select coalesce(json_agg(listed), '[]')
from (
    select image.id, {IMAGE_COLUMNS},
           json_build_object('id', page.owner_id, 'kind', page.owner_kind, 'name', page.name,
                             'season_number', page.season_number, 'episode_number', page.episode_number) as owner
    from page
    join core.images image on image.id = page.id
    left join core.assets asset on asset.id = image.asset_id
    order by page.n
) listed
"""


def _bound(filters: dict[str, Any]) -> dict[str, Any]:
    wanted = {"image_kind": filters.pop("kind", None)}
    return wanted | {name: filters.pop(name, None) for name in ("language", "min_width", "min_height")}


def of_show(show_id: UUID, **filters: Any) -> Reading:
    """A show's images by kind, of a kind the chosen one first, then the best."""
    return json_of_entity(Kind.SHOW, show_id, _OF_SHOW, version=_SHOW_VERSION, **_bound(filters))


def of_entity(entity_id: UUID, **filters: Any) -> Reading:
    """The images of anything, in the same order."""
    return json_of_entity(None, entity_id, _OF_ENTITY, version=OWN, **_bound(filters))


def gallery(show_id: UUID, season_number: int | None = None, **filters: Any) -> Reading:
    """The images of a show, its seasons, its episodes and its cast, in this order."""
    bound = _bound(filters)
    return json_page(GALLERY, _OF_ALL, _GALLERY, below=(Kind.SHOW, show_id), number=season_number, **bound, **filters)
