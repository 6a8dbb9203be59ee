"""What the payloads of credits and appearances mean. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.sources.imdb.answers import ImdbAppearances, ImdbCredit, ImdbCredits, ImdbEpisodeCredit, on_screen
from flows.sources.imdb.graphql.payloads.common import Connection, YearRange
from flows.sources.imdb.graphql.payloads.credits import (
    Cast,
    CastInEpisodes,
    Category,
    Character,
    Crew,
    CrewOfEpisodes,
    EpisodeCast,
    EpisodeCrew,
    TitleAppearances,
    TitleCredits,
)
from flows.sources.imdb.graphql.values import ended, image, text, texts


def read_credits(pages: Sequence[TitleCredits], *, whole: bool) -> ImdbCredits:
    """Cast and crew. Who is seen is numbered through, as IMDb's cast list is; other categories each for itself.

    A title without anybody is not believed.
    """
    found: dict[tuple[Any, ...], ImdbCredit] = {}
    places: Counter[str] = Counter()
    for node in (node for page in pages for node in page.credits.nodes):
        category, characters, job, attributes = _said(node)
        key = (node.name.id, category, characters, job)
        if key in found:
            continue
        group = "cast" if on_screen(category, characters) else category
        places[group] += 1
        totals = node.episode_credits
        found[key] = ImdbCredit(
            person_id=node.name.id,
            name=text(node.name.name_text) or node.name.id,
            category=category,
            category_id=node.category.id,
            job=job,
            characters=characters,
            attributes=attributes,
            episodes=totals.total or None if totals else None,
            years=_years(totals.year_range) if totals else None,
            billing_order=places[group],
            image=image(node.name.primary_image),
        )
    is_complete = whole and bool(found) and ended([page.credits for page in pages], len(found))
    return ImdbCredits(
        imdb_id=pages[0].id,
        credits=tuple(found.values()),
        is_complete=is_complete,
        complete_categories=tuple(dict.fromkeys(credit.category for credit in found.values())) if is_complete else (),
        total=pages[-1].credits.total,
    )


@dataclass
class _InCategory:
    """A person's episodes in one category, from as many pages as it took."""

    pages: list[Connection[Any]] = field(default_factory=list)
    credits: dict[str, ImdbEpisodeCredit] = field(default_factory=dict)


def read_appearances(pages: Sequence[TitleAppearances], ref: str, *, whole: bool) -> ImdbAppearances:
    """In which episodes a person is; the first page has all categories, each further one the next episodes of one."""
    categories: dict[str, _InCategory] = {}
    for node in (node for page in pages for node in page.credits.nodes):
        category, _, job, attributes = _said(node)
        collected = categories.setdefault(node.category.id or category, _InCategory())
        collected.pages.append(node.episode_credits)
        for credit in node.episode_credits.nodes:
            collected.credits.setdefault(credit.title.id, _episode_credit(credit, category, job, attributes))
    named = [node.name.id for page in pages for node in page.credits.nodes]
    return ImdbAppearances(
        imdb_id=pages[0].id,
        person_id=named[0] if named else ref.partition("/")[2],
        credits=tuple(credit for collected in categories.values() for credit in collected.credits.values()),
        is_complete=whole
        and ended([pages[0].credits], len(categories))
        and all(ended(collected.pages, len(collected.credits)) for collected in categories.values()),
        total=sum(collected.pages[-1].total or 0 for collected in categories.values()),
    )


def _episode_credit(
    credit: EpisodeCast | EpisodeCrew, category: str, job: str | None, attributes: tuple[str, ...]
) -> ImdbEpisodeCredit:
    seen = credit if isinstance(credit, EpisodeCast) else None
    numbers = credit.title.series.episode_number if credit.title.series else None
    return ImdbEpisodeCredit(
        episode_id=credit.title.id,
        category=category,
        job=job,
        characters=_names(seen.characters) if seen else (),
        attributes=texts(seen.attributes) if seen else attributes,
        season_number=numbers.season_number if numbers else None,
        episode_number=numbers.episode_number if numbers else None,
        year=credit.title.release_year.year if credit.title.release_year else None,
        name=text(credit.title.title_text),
    )


def _said(
    node: Cast | Crew | CastInEpisodes | CrewOfEpisodes,
) -> tuple[str, tuple[str, ...], str | None, tuple[str, ...]]:
    """Category, characters, job and attributes of a credit."""
    category = _category(node.category)
    if isinstance(node, Cast | CastInEpisodes):
        return category, _names(node.characters), None, texts(node.attributes)
    job = ", ".join(texts(detail.job for detail in node.job_details)) or None
    return category, (), job, texts(said for detail in node.job_details for said in detail.attributes)


def _category(category: Category) -> str:
    return category.text or category.id or ""


def _names(characters: Sequence[Character]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(character.name for character in characters if character.name))


def _years(years: YearRange | None) -> tuple[int, int] | None:
    return (years.year, years.end_year or years.year) if years and years.year else None
