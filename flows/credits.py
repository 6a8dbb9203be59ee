"""The credits of one show, put together from its bundle and its seasons. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.selection import ShowRef
from flows.sources.tmdb.facts import creator_rows, credit_rows
from flows.sources.tmdb.payloads import AggregateCredits, Creator, Credited, EpisodePayload, SeasonPayload, ShowPayload

CountKey = tuple[int | None, int, str]
"""Season number (none for the whole show), TMDb's person id, category."""
AppearanceKey = tuple[int, int, str, str]
"""TMDb's episode id, its person id, category, job."""


@dataclass
class ShowCredits:
    """Who belongs to a show: the people by TMDb's id, their credits, their episode counts, and who is in which episode."""

    show: ShowRef
    complete: bool
    people: dict[int, Credited | Creator] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    counts: dict[CountKey, dict[str, Any]] = field(default_factory=dict)
    appearances: dict[AppearanceKey, dict[str, Any]] = field(default_factory=dict)


def credits_of(
    show: ShowRef, payload: ShowPayload, seasons: Mapping[int, SeasonPayload], *, complete: bool
) -> ShowCredits:
    """Put a show's credits together.

    Args:
        complete: whether all of its seasons are here, so that what is not among the credits is no longer one. Without
        the
            show's own aggregate nothing is complete.
    """
    whole = payload.aggregate_credits
    credits = ShowCredits(show, complete and whole is not None)
    seen: set[str] = set()
    aggregates: list[tuple[int | None, AggregateCredits]] = [(None, whole)] if whole else []
    aggregates += [(number, season.aggregate_credits) for number, season in seasons.items() if season.aggregate_credits]
    for number, aggregate in aggregates:
        _count(credits, number, aggregate, _regulars(number, seasons))
        for person, row in credit_rows(aggregate.cast, aggregate.crew):
            if row["source_id"] not in seen:
                seen.add(row["source_id"])
                credits.rows.append((person, row))
    for season in seasons.values():
        for episode in season.episodes:
            _appear(credits, episode)
    credits.people |= {creator.id: creator for creator in payload.created_by if creator.id not in credits.people}
    credits.rows += [(person, row) for person, row in creator_rows(payload.created_by) if row["source_id"] not in seen]
    return credits


def _regulars(number: int | None, seasons: Mapping[int, SeasonPayload]) -> set[int]:
    """The season's regular cast; for the show, whoever is regular in one of its numbered seasons."""
    wanted = [seasons[number]] if number is not None else [season for n, season in seasons.items() if n > 0]
    return {person.id for season in wanted if season.credits for person in season.credits.cast}


def _count(credits: ShowCredits, season: int | None, aggregate: AggregateCredits, regulars: set[int]) -> None:
    for person in aggregate.cast:
        credits.people.setdefault(person.id, person)
        row = {
            "episodes": person.total_episode_count or 0,
            "is_regular": person.id in regulars,
            "billing_order": person.order,
        }
        credits.counts.setdefault((season, person.id, "cast"), row)
    for member in aggregate.crew:
        credits.people.setdefault(member.id, member)
        # TMDb lists a crew member once per department; the departments overlap, so the largest count is the safe claim.
        row = credits.counts.setdefault(
            (season, member.id, "crew"), {"episodes": 0, "is_regular": False, "billing_order": None}
        )
        row["episodes"] = max(int(row["episodes"] or 0), member.total_episode_count or 0)


def _appear(credits: ShowCredits, episode: EpisodePayload) -> None:
    """Guests and crew of an episode. A season's regulars are listed by no episode: of them there are counts alone."""
    for guest in episode.guest_stars:
        credits.people.setdefault(guest.id, guest)
        row = {"role": guest.character, "billing_order": guest.order}
        credits.appearances.setdefault((episode.id, guest.id, "cast", ""), row)
    for member in episode.crew:
        credits.people.setdefault(member.id, member)
        row = {"role": None, "billing_order": None}
        credits.appearances.setdefault((episode.id, member.id, "crew", member.job or ""), row)


def largest(counts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counts by whom and what they are of; where TMDb has one person twice, the larger claim, with the better billing."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in counts:
        key = (row["entity_id"], row["person_id"], row["source"], row["category"])
        other = kept.get(key)
        if other is not None:
            orders = [r["billing_order"] for r in (row, other) if r["billing_order"] is not None]
            row = row | {
                "episodes": max(row["episodes"], other["episodes"]),
                "is_regular": row["is_regular"] or other["is_regular"],
                "billing_order": min(orders, default=None),
            }
        kept[key] = row
    return list(kept.values())
