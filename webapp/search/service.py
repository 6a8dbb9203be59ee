"""Queries that find shows, people and episodes by words. `core.found` finds terms; here entities are made of them."""

import re
from typing import Any

from models.entities import Kind
from models.search import SEARCHED, Origin
from webapp.fragments import lives, living, pictures
from webapp.reading import Reading, json_of
from webapp.search.schemas import MATCHES

NUMBERED = re.compile(
    r"(?P<show>.*\S)\s*\bs(?:eason)?\s*(?P<season>\d{1,4})\s*(?:e|x|ep|episode)\s*(?P<episode>\d{1,4})\s*", re.I
)
"""`rhoslc s2e5` asks for an episode by its number."""

_BETTER_ORIGIN = f"array_position(array{[str(origin) for origin in Origin]}, hit.origin)"

_BEST_FIRST = "tier, closeness desc, origin, weight desc, length(term), entity_id"
"""Exact before beginning before word before alike; what is closer; what it is called before what else it is called; fame."""

_RANKED = f"""
    select best.*, row_number() over (order by {_BEST_FIRST}) as n
    from (
        select distinct on (hit.entity_id) hit.entity_id, hit.kind, hit.term, hit.tier, hit.closeness, hit.weight,
               {_BETTER_ORIGIN} as origin
        from core.found(:q, cast(:kinds as text[]), :limit) hit
        order by hit.entity_id, hit.tier, hit.closeness desc, {_BETTER_ORIGIN}
    ) best
    where {lives("best.entity_id")}
    order by {_BEST_FIRST} limit :limit"""

_MATCH = " ".join(f"when {tier} then '{match}'" for tier, match in enumerate(MATCHES))

_FOUND = f"""
    ranked.kind as type, ranked.entity_id as id, coalesce(show.name, person.name, episode.name) as name,
    coalesce(show.slug, person.slug) as slug, coalesce(poster.poster_url, portrait.profile_url, still.still_url) as picture_url,
    case ranked.tier {_MATCH} end as match, ranked.term as matched, show.premiere_date, person.known_for,
    shown.id as show_id, shown.name as show_name, shown.slug as show_slug, season.season_number,
    episode.episode_number, episode.air_date"""

_DETAILS = f"""
    left join core.shows show on show.id = ranked.entity_id and ranked.kind = 'show'
    left join core.people person on person.id = ranked.entity_id and ranked.kind = 'person'
    left join core.episodes episode on episode.id = ranked.entity_id and ranked.kind = 'episode'
    left join core.seasons season on season.id = episode.season_id
    left join lateral {pictures(Kind.SHOW, "show")} poster on ranked.kind = 'show'
    left join lateral {pictures(Kind.PERSON, "person")} portrait on ranked.kind = 'person'
    left join lateral {pictures(Kind.EPISODE, "episode")} still on ranked.kind = 'episode'
    left join lateral (
        select context.id, context.name, context.slug
        from (select episode.show_id as id
              union select credit.show_id from core.credits credit where credit.person_id = person.id) mention
        join core.shows context on context.id = mention.id
        join core.entities living on living.id = context.id and {living("living")}
        order by context.tmdb_popularity desc nulls last, context.sort_name, context.id limit 1
    ) shown on true"""

_SEARCH = f"""
select coalesce(json_agg(listed), '[]')
from (with ranked as materialized ({_RANKED}) select {_FOUND} from ranked {_DETAILS} order by ranked.n) listed
"""

_SEARCH_NUMBER = f"""
select coalesce(json_agg(listed), '[]')
from (
    with shows as materialized ({_RANKED}),
    ranked as (
        select 'episode' as kind, part.id as entity_id, shows.term, shows.tier, shows.n
        from shows
        join core.seasons of on of.show_id = shows.entity_id and of.season_number = :season and of.is_listed
        join core.episodes part on part.season_id = of.id and part.episode_number = :episode and part.is_listed
    )
    select {_FOUND} from ranked {_DETAILS} order by ranked.n
) listed
"""


def search(q: str, limit: int, type: str | None = None) -> Reading:
    """What goes by such words, the best first; of episodes also by their numbers."""
    numbered = NUMBERED.fullmatch(q)
    if numbered and type in (None, Kind.EPISODE):
        numbers: dict[str, Any] = {name: int(numbered[name]) for name in ("season", "episode")}
        return json_of(_SEARCH_NUMBER, q=numbered["show"], kinds=[str(Kind.SHOW)], limit=limit, **numbers)
    return json_of(_SEARCH, q=q, kinds=[type] if type else [str(kind) for kind in SEARCHED], limit=limit)
