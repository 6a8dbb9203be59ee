"""The one wiki of generated shows: articles about shows and about most of their regulars, written when asked for."""

from collections.abc import Callable, Iterator
from zlib import crc32

from deployments.upstream.catalogue.articles import Article, Profile, Seat, Tagline, person_article, show_article
from deployments.upstream.catalogue.model import Person, Show
from deployments.upstream.catalogue.wiki_markup import Link, link
from deployments.upstream.generator.people import FIRST_PERSON
from deployments.upstream.generator.shows import FIRST_SHOW
from deployments.upstream.generator.wording import DEEDS, THINGS, number_of_title, numbers_of_name

WIKI = "generated-shows.fandom.com"
MONTHS = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
WITH_ARTICLE = 70
"""Percent of regulars that somebody wrote about."""


class Wiki:
    """Gives articles by title; `show` and `person` give facts by TMDb's ids, `per_show` people come with every show."""

    def __init__(
        self, show: Callable[[int], Show | None], person: Callable[[int], Person | None], people: int, per_show: int
    ) -> None:
        self._show, self._person, self._people, self._per_show = show, person, people, per_show

    def article(self, title: str) -> Article | None:
        """An article of this very title."""
        show = self._show(FIRST_SHOW + number_of_title(title))
        if show is not None and show.name == title:
            people = (self._person(role.person) for role in show.roles)
            names = [found.name for found in people if found]
            return show_article(
                WIKI, title, "is a generated show.", names, show.networks[0].name if show.networks else ""
            )
        for person, show in self._owners(title):
            return person_article(WIKI, profile(person, show))
        return None

    def of_person(self, person: Person) -> str | None:
        """The title of the article about a person, where there is one."""
        return next((found.name for found, _ in self._owners(person.name) if found.id == person.id), None)

    def _owners(self, name: str) -> Iterator[tuple[Person, Show]]:
        """Who of this name has an article, with the show they came with; of namesakes the first."""
        for number in numbers_of_name(name, self._people):
            person, show = self._person(FIRST_PERSON + number), self._show(FIRST_SHOW + number // self._per_show)
            written = crc32(f"article {number}".encode()) % 100 < WITH_ARTICLE
            if (
                written
                and person
                and show
                and person.name == name
                and any(person.id == role.person for role in show.roles)
            ):
                yield person, show


def profile(person: Person, show: Show) -> Profile:
    """What the wiki says of a regular."""
    role = next(role for role in show.roles if role.person == person.id)
    played = sorted(season for season in role.episodes if season)
    year, month, day = (person.birthday or "0-0-0").split("-")
    number = crc32(person.name.encode())
    return Profile(
        person.name,
        show.name,
        f"is in <i>{link(show.name)}</i>.",
        full_name=person.name,
        born=f"{MONTHS[int(month) - 1]} {int(day)}, {year}" if person.birthday else "Unknown",
        gender={1: "Female", 2: "Male", 3: "Non-binary"}.get(person.gender, ""),
        resides=person.birthplace or "",
        friends=(Link("Nobody in Particular", linked=False),),
        main=f"{played[0]}–{played[-1]}" if len(played) > 1 else str(played[0]),
        taglines=[
            Tagline(
                season,
                f"1/{len(show.roles)}",
                f"Nobody {DEEDS[(number + season) % len(DEEDS)]} {THINGS[(number + season) % len(THINGS)]} like me.",
            )
            for season in played[:3]
        ],
        seats=[Seat(played[0], ("Left", "Right")[number % 2], f"{number % 4 + 1}/4")],
        trivia=("Wrote to the wiki to ask for a better picture.",),
        gallery=number % 3,
    )
