"""What IMDb's credits and appearances mean as rows. Pure."""

from collections.abc import Iterator
from typing import Any

from flows.sources.imdb.answers import ImdbCredit, ImdbCredits, ImdbEpisodeCredit
from models.people import CreditCategory

UNSEEN = frozenset({"thanks", "soundtrack"})
"""Categories that say nothing of who belongs to a show."""

ROLE_DIVIDER = " / "
"""Between the characters of one credit, as TMDb writes it."""


def credits_that_count(answer: ImdbCredits) -> list[ImdbCredit]:
    """The credits of a title that make somebody one of its people.

    Whoever is seen in old pictures only is not: such a credit says what was shown of a person, not that they took part.
    """
    return [
        credit
        for credit in answer.credits
        if not credit.is_archive_footage and credit.category.casefold() not in UNSEEN
    ]


def credit_rows(credits: list[ImdbCredit]) -> Iterator[tuple[str, dict[str, Any]]]:
    """IMDb's person id, and the columns of `core.credits` that IMDb knows.

    IMDb numbers no credits; a person has one for each category and job of a title, so these three name it.
    """
    for credit in credits:
        yield (
            credit.person_id,
            {
                "source_id": "/".join(filter(None, (credit.person_id, credit.category, credit.job))),
                "category": category_of(credit),
                "department": credit.category,
                "job": credit.job,
                "character": _role(credit.characters),
                "billing_order": credit.billing_order - 1 if credit.billing_order else None,
            },
        )


def counts(credits: list[ImdbCredit]) -> dict[tuple[str, str], dict[str, Any]]:
    """In how many episodes IMDb says a person takes part, by its person id and category; of several jobs the most."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for credit in credits:
        if credit.episodes is None:
            continue
        row = found.setdefault(
            (credit.person_id, category_of(credit)),
            {"episodes": 0, "is_regular": False, "billing_order": None},
        )
        row["episodes"] = max(row["episodes"], credit.episodes)
        if credit.billing_order and category_of(credit) == CreditCategory.CAST:
            place = credit.billing_order - 1
            row["billing_order"] = place if row["billing_order"] is None else min(row["billing_order"], place)
    return found


def category_of(credit: ImdbCredit) -> CreditCategory:
    """On screen or behind it."""
    if credit.is_cast:
        return CreditCategory.CAST
    return CreditCategory.CREATOR if credit.category.casefold() == "creator" else CreditCategory.CREW


def appearance(credit: ImdbEpisodeCredit, *, billing_order: int | None = None) -> dict[str, Any]:
    """The columns of `core.appearances` that IMDb knows of a person in an episode."""
    return {
        "category": CreditCategory.CAST if credit.is_cast else CreditCategory.CREW,
        "job": credit.job or credit.category,
        "role": _role(credit.characters),
        "attributes": list(credit.attributes),
        "is_archive_footage": credit.is_archive_footage,
        "billing_order": billing_order,
    }


def _role(characters: tuple[str, ...]) -> str | None:
    return ROLE_DIVIDER.join(characters) or None
