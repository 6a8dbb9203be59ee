"""Is a page of a wiki about this person? Only if both the name and the show agree; else a person of ours has to say.

A search hit taken on trust once gave one housewife the life of another.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from models.rules.titles import Likeness, likeness, normal
from models.rules.wikis import title_key

_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_SEASON = re.compile(r"\s*(?:[-–—:,/]\s*)?\(?\b(?:season|series)\b.*$", re.IGNORECASE)
_GROUPS = frozenset(
    {
        "and", "bachelors", "bachelorettes", "cast", "castaways", "castmates", "celebrities", "chefs",
        "competitors", "contestants", "couples", "crew", "dancers", "family", "finalists", "friends", "guests",
        "hosts", "housewives", "houseguests", "housemates", "islanders", "judges", "members", "men", "models",
        "participants", "people", "personalities", "players", "queens", "racers", "regulars", "runners", "stars",
        "teams", "traitors", "winners", "women",
    }
)  # fmt: skip
"""Words by which a category turns a show's title into that of its people: `Survivor Castaways`."""


@dataclass(frozen=True)
class PageSigns:
    """What a page says of whom and what it is about.

    `names` are the title and what its infobox calls the person; `asked` is the name that led here where that was a
    redirect; `shows` are the titles that infobox, categories and lead name; `is_person` says whether the infobox is one
    of a person.
    """

    names: tuple[str, ...]
    shows: tuple[str, ...]
    is_person: bool
    asked: str | None = None
    is_list: bool = False


@dataclass(frozen=True)
class Agreement:
    """Whether a page is a person's, and why or why not."""

    agreed: bool
    reason: str


def bare(title: str) -> str:
    """A page's title without what tells it from others of the name: `Jane Roe (RHOX)` is `Jane Roe`."""
    return _ASIDE.sub("", title) or title


def name_agrees(page: PageSigns, names: Collection[str]) -> bool:
    """Whether the page goes by one of a person's names.

    A redirect from the name counts where the page's own name has a word in common with it: a wiki also redirects names
    to lists of a season's cast.
    """
    known = {key for name in names if (key := normal(name))}
    if any(normal(bare(name)) in known for name in page.names):
        return True
    if page.asked is None or normal(bare(page.asked)) not in known:
        return False
    words = set(normal(page.asked).split())
    return not page.is_list and any(words & set(normal(name).split()) for name in page.names)


def show_named(page: PageSigns, titles: Collection[str]) -> str | None:
    """What on the page names the show: `The Villa - Season 2`, `The Villa Islanders` name `The Villa`, `The Villa Games`
    does not.
    """
    keys = {key for title in titles if (key := title_key(title))}
    return next((shown for shown in page.shows if keys & set(_readings(shown))), None)


def judge_page(
    page: PageSigns,
    *,
    names: Collection[str],
    titles: Collection[str],
    own_wiki: bool,
    named_by_wikidata: bool,
    namesakes: int = 0,
) -> Agreement:
    """Decide whether a page is about the person who goes by `names` and takes part in the show called `titles`.

    Args:
        own_wiki: the wiki is about this one show.
        named_by_wikidata: Wikidata names this very page as this person's.
        namesakes: how many others of the show go by one of the names.
    """
    if not (named_by_wikidata or name_agrees(page, names)):
        return Agreement(False, f"the page is called {page.names[0]}")
    if namesakes and not named_by_wikidata:
        return Agreement(False, f"{namesakes + 1} people of this show go by the name")
    who = "Wikidata names the page" if named_by_wikidata else "the name agrees"
    if shown := show_named(page, titles):
        return Agreement(True, f"{who}; the page names {shown}")
    if own_wiki and (named_by_wikidata or page.is_person):
        return Agreement(True, f"{who}; the wiki is about this show alone")
    return Agreement(False, f"{who}, but the page does not name the show")


def alike(hits: Iterable[str], names: Sequence[str]) -> list[str]:
    """Of the titles that a search found those that could be the person's: equal or one inside the other."""
    return [
        hit
        for hit in hits
        if any(likeness(bare(hit), name) >= Likeness.CONTAINED and len(normal(bare(hit)).split()) > 1 for name in names)
    ]


def _readings(shown: str) -> Iterable[str]:
    """The titles that a link or a category may stand for."""
    yield title_key(shown)
    without = _SEASON.sub("", shown)
    yield title_key(without)
    yield title_key(bare(without))
    words = title_key(without).split()
    while words and (words[-1] in _GROUPS or words[-1].isdigit()):
        words.pop()
        yield " ".join(words)
