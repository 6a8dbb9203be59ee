"""Episode groups of invented shows: the list a show has of them, and each with its groups and their episodes in order.

Which episodes stand where follows from the group's arrangement. The id of a group begins with its show's, so that a group
is found by its id alone, however many shows there are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from deployments.upstream.catalogue.artwork import organisation
from deployments.upstream.catalogue.model import Episode, Group, Season, Show, digest
from deployments.upstream.catalogue.seasons import episode_fields
from deployments.upstream.source import Body

Placed = tuple[Season, Episode]
Arrangement = Callable[[Show], Iterator[tuple[str, list[Placed]]]]


def by_air_date(show: Show) -> Iterator[tuple[str, list[Placed]]]:
    """All episodes in one row, the specials where they were broadcast."""
    yield "All episodes", sorted(episodes_of(show.seasons), key=aired)


def with_specials(show: Show) -> Iterator[tuple[str, list[Placed]]]:
    """Each season with the specials that were broadcast before the next one began; the first has those before it too."""
    regular, specials = show.regular_seasons, episodes_of(season for season in show.seasons if season.number == 0)
    for place, season in enumerate(regular):
        begins = "" if place == 0 else season.air_date or "9999"
        ends = regular[place + 1].air_date or "9999" if place + 1 < len(regular) else "9999-99"
        yield season.name, [*episodes_of([season]), *(found for found in specials if begins <= aired(found) < ends)]


def specials(show: Show) -> Iterator[tuple[str, list[Placed]]]:
    """The specials alone."""
    yield "Reunions", episodes_of(season for season in show.seasons if season.number == 0)


def as_produced(show: Show) -> Iterator[tuple[str, list[Placed]]]:
    """Season by season, but the second and third episode were broadcast the other way round."""
    for season in show.regular_seasons:
        found = episodes_of([season])
        yield f"Production block {season.number}", [*found[:1], *reversed(found[1:3]), *found[3:]]


def in_pairs(show: Show) -> Iterator[tuple[str, list[Placed]]]:
    """Two episodes at a time."""
    found = episodes_of(show.regular_seasons)
    for place in range(0, len(found), 2):
        yield f"Night {place // 2 + 1}", found[place : place + 2]


def retold(show: Show) -> Iterator[tuple[str, list[Placed]]]:
    """The first season as production had it, under the season's name."""
    for season, (_, episodes) in list(zip(show.regular_seasons, as_produced(show), strict=True))[:1]:
        yield season.name, episodes


ARRANGEMENTS: Mapping[str, Arrangement] = {
    "air date": by_air_date,
    "with specials": with_specials,
    "specials": specials,
    "production": as_produced,
    "retold": retold,
    "pairs": in_pairs,
}


def episodes_of(seasons: Iterator[Season] | Sequence[Season]) -> list[Placed]:
    return [(season, episode) for season in seasons for episode in season.episodes]


def aired(placed: Placed) -> str:
    """When an episode was broadcast; one without a date comes last."""
    return placed[1].air_date or "9999-12"


def group_id(show: Show, group: Group) -> str:
    return f"{show.id:08x}{digest('group', show.id, group.name)[:16]}"


def show_of(identity: str) -> int:
    """The show whose group has this id; -1 for what is no such id."""
    return int(identity[:8], 16) if len(identity) == 24 else -1


def arranged(show: Show, group: Group) -> list[tuple[str, list[Placed]]]:
    return [(name, episodes) for name, episodes in ARRANGEMENTS[group.arrangement](show) if episodes]


def summary(show: Show, group: Group) -> Body:
    """A group as its show lists it."""
    found = arranged(show, group)
    return {
        "description": group.description,
        "episode_count": sum(len(episodes) for _, episodes in found),
        "group_count": len(found),
        "id": group_id(show, group),
        "name": group.name,
        "network": organisation("n", show.networks[0]) if show.networks else None,
        "type": group.kind,
    }


def episode_groups(show: Show) -> list[Body]:
    return [summary(show, group) for group in show.groups]


def group_body(show: Show, identity: str) -> Body | None:
    """A group with its groups and their episodes; None where the show has no such group."""
    group = next((group for group in show.groups if group_id(show, group) == identity), None)
    if group is None:
        return None
    return {
        **summary(show, group),
        "groups": [
            {
                "id": digest("group", identity, place)[:24],
                "name": name,
                "order": place,
                "episodes": [
                    {**episode_fields(show, season, episode), "order": order}
                    for order, (season, episode) in enumerate(episodes)
                ],
                "locked": True,
            }
            for place, (name, episodes) in enumerate(arranged(show, group), 1)
        ],
    }
