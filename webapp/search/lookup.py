"""What has an id of another catalogue. Ids of what was merged went over to the survivor, so nothing that is gone is named."""

from models.entities import IdSource
from webapp.errors import Invalid
from webapp.fragments import living
from webapp.reading import Reading, json_of

_LOOKUP = f"""
select json_agg(listed)
from (
    select known.kind, known.entity_id as id, coalesce(show.name, season.name, episode.name, person.name, network.name,
           company.name, provider.name) as name, coalesce(show.slug, person.slug) as slug, known.is_primary,
           coalesce(season.show_id, episode.show_id) as show_id,
           coalesce(season.season_number, above.season_number) as season_number, episode.episode_number
    from core.external_ids known
    join core.entities entity on entity.id = known.entity_id and {living("entity")}
    left join core.shows show on show.id = entity.id
    left join core.seasons season on season.id = entity.id
    left join core.episodes episode on episode.id = entity.id
    left join core.seasons above on above.id = episode.season_id
    left join core.people person on person.id = entity.id
    left join core.networks network on network.id = entity.id
    left join core.companies company on company.id = entity.id
    left join core.watch_providers provider on provider.id = entity.id
    where known.kind in ('show', 'season', 'episode', 'person', 'network', 'company', 'provider')
          and (cast(:kind as text) is null or known.kind = cast(:kind as text))
          and known.source = :source and known.value = :value
    order by array_position(array['show', 'person', 'season', 'episode', 'network', 'company', 'provider'], known.kind :: text)
) listed
"""
"""All kinds are named, so that the key of the ids is used."""


def lookup(source: str, value: str, kind: str | None = None) -> Reading:
    """What has this id; nothing is not found.

    Raises:
        Invalid: nobody's ids are called so.
    """
    if source not in [str(known) for known in IdSource]:
        raise Invalid([(("path", "source"), f"Must be one of: {', '.join(IdSource)}.", "invalid")])
    return json_of(_LOOKUP, lacks="Nothing has this id", kind=kind, source=source, value=value)
