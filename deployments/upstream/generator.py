"""A source of any number of invented shows, the same ones for the same seed, each computed only when asked for.

Show, people and episodes follow from seed and number alone, so five thousand shows start as quickly as five. People are drawn
from a pool smaller than the casts together: most belong to several shows.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import overload

from deployments.upstream.catalogue import wording
from deployments.upstream.catalogue.model import Episode, Guest, Job, Organisation, Person, Role, Season, Show
from deployments.upstream.catalogue.seasons import LAST_PLAYED
from deployments.upstream.catalogue.source import CatalogueSource
from deployments.upstream.source import ItemList, ListItem, summary_of

FIRST_SHOW, FIRST_PERSON = 910_000_000, 920_000_000
FIRST_NETWORK, FIRST_COMPANY, FIRST_PROVIDER, FIRST_KEYWORD = 930_000_000, 931_000_000, 932_000_000, 933_000_000
FIRST_SEASON, FIRST_EPISODE = 1_000_000_000, 1_100_000_000
FIRST_TITLE, FIRST_NAME = "tt991", "nm991"
MAX_SHOWS = 500_000
SEASONS, EPISODES, REGULARS, GUESTS = (1, 8), (6, 16), (5, 12), (0, 3)
PEOPLE_PER_SHOW = 6
REGIONS = ("US", "GB", "DE", "AU", "SE")


class Generated(CatalogueSource):
    """`shows` invented shows; list `1` holds all of them."""

    def __init__(self, shows: int, seed: int = 1) -> None:
        """Raises ValueError when `shows` is not between 1 and `MAX_SHOWS`."""
        if not 1 <= shows <= MAX_SHOWS:
            raise ValueError(f"the number of shows must be between 1 and {MAX_SHOWS}")
        self._count, self._seed = shows, seed
        self._people = max(30, shows * PEOPLE_PER_SHOW)
        self._show = lru_cache(maxsize=256)(self._make_show)
        self._person = lru_cache(maxsize=8192)(self._make_person)

    @property
    def name(self) -> str:
        return f"{self._count} generated shows, seed {self._seed}"

    def show_ids(self) -> Sequence[int]:
        return range(FIRST_SHOW, FIRST_SHOW + self._count)

    def show(self, show_id: int) -> Show | None:
        return self._show(show_id - FIRST_SHOW) if show_id in self.show_ids() else None

    def person(self, person_id: int) -> Person | None:
        return self._person(person_id - FIRST_PERSON) if 0 <= person_id - FIRST_PERSON < self._people else None

    def organisation(self, kind: str, organisation_id: int) -> Organisation | None:
        known = {"n": networks(), "c": companies(), "w": providers()}[kind]
        return next((organisation for organisation in known if organisation.id == organisation_id), None)

    def shows_of_imdb(self, imdb_id: str) -> Sequence[Show]:
        show = self.show(FIRST_SHOW + place_in(FIRST_TITLE, imdb_id))
        return [show] if show else []

    def person_of_imdb(self, imdb_id: str) -> Person | None:
        return self.person(FIRST_PERSON + place_in(FIRST_NAME, imdb_id))

    def item_list(self, list_id: str) -> ItemList | None:
        if list_id != "1":
            return None
        return ItemList(1, "All generated shows", self.name, "generator", Summaries(self))

    def _chance(self, *parts: object) -> random.Random:
        return random.Random("/".join(map(str, (self._seed, *parts))))

    def _make_person(self, number: int) -> Person:
        chance = self._chance("person", number)
        name = f"{chance.choice(wording.FIRST_NAMES)} {chance.choice(wording.LAST_NAMES)}"
        born = date(1945, 1, 1) + timedelta(days=chance.randrange(20_000))
        return Person(
            id=FIRST_PERSON + number,
            imdb_id=f"{FIRST_NAME}{number:07}" if chance.random() < 0.97 else None,
            name=name,
            gender=chance.choice((0, 1, 1, 2, 2, 3)),
            birthday=born.isoformat() if chance.random() < 0.8 else None,
            birthplace=chance.choice(wording.PLACES) if chance.random() < 0.8 else None,
            biography=f"{name} {chance.choice(wording.LIVES)}" if chance.random() < 0.7 else "",
            photos=chance.choice((0, 1, 1, 1, 2)),
        )

    def _make_show(self, number: int) -> Show:
        chance = self._chance("show", number)
        show_id = FIRST_SHOW + number
        starts = date(2003, 1, 1) + timedelta(days=chance.randrange(7300))
        crowd = chance.sample(range(self._people), k=min(self._people, 30))
        regulars, guests, staff = crowd[: chance.randint(*REGULARS)], crowd[12:26], crowd[26:]
        seasons = []
        for place in range(1, chance.randint(*SEASONS) + 1):
            seasons.append(self._make_season(chance, number, place, starts, guests, staff))
            starts += timedelta(days=chance.randint(300, 420))
            if starts.isoformat() > LAST_PLAYED:
                break
        lengths = {season.number: len(season.episodes) for season in seasons}
        return Show(
            id=show_id,
            imdb_id=f"{FIRST_TITLE}{number:06}" if chance.random() < 0.98 else None,
            name=wording.title(chance, number),
            overview=wording.sentence(chance),
            tagline=wording.tagline(chance),
            status=chance.choice(("Returning Series", "Returning Series", "Ended", "Canceled")),
            homepage=f"https://show-{number}.example/",
            keywords=[
                (FIRST_KEYWORD + place, wording.KEYWORDS[place]) for place in sorted(chance.sample(range(10), k=3))
            ],
            networks=chance.sample(networks(), k=1),
            companies=chance.sample(companies(), k=chance.randint(0, 2)),
            creators=[FIRST_PERSON + staff[0]],
            ratings={region: "TV-14" if region == "US" else "12" for region in REGIONS[: chance.randint(1, 5)]},
            titles=[("US", f"Show {number}", "working title")] if chance.random() < 0.4 else (),
            offers={
                region: {
                    kind: chance.sample(providers(), k=2) for kind in chance.sample(("flatrate", "buy", "ads"), k=2)
                }
                for region in REGIONS[: chance.randint(0, 5)]
            },
            roles=[self._make_role(chance, person, lengths) for person in regulars],
            jobs=[Job(FIRST_PERSON + staff[1], "Production", "Executive Producer", lengths)],
            seasons=seasons,
        )

    def _make_role(self, chance: random.Random, number: int, lengths: dict[int, int]) -> Role:
        """A regular of some seasons in a row, in most or all of their episodes."""
        first = chance.choice(sorted(lengths))
        last = chance.randint(first, max(lengths))
        episodes = {season: max(1, lengths[season] - chance.choice((0, 0, 1, 3))) for season in range(first, last + 1)}
        return Role(FIRST_PERSON + number, chance.choice(wording.CHARACTERS), episodes)

    def _make_season(
        self, chance: random.Random, show: int, place: int, starts: date, guests: list[int], staff: list[int]
    ) -> Season:
        length = chance.randint(*EPISODES)
        episodes = [
            Episode(
                id=FIRST_EPISODE + show * 200 + place * 20 + index,
                number=index + 1,
                name=wording.episode_title(chance),
                overview=wording.sentence(chance),
                air_date=(starts + timedelta(days=7 * index)).isoformat(),
                runtime=chance.choice((22, 42, 43, 60)),
                kind="finale" if index == length - 1 else "standard",
                guests=[
                    Guest(FIRST_PERSON + person, "Self")
                    for person in chance.sample(guests, k=min(len(guests), chance.randint(*GUESTS)))
                ],
                director=FIRST_PERSON + staff[-1],
            )
            for index in range(length)
        ]
        identity = FIRST_SEASON + show * 20 + place
        return Season(identity, place, f"Season {place}", wording.sentence(chance), starts.isoformat(), episodes)


class Summaries(Sequence[ListItem]):
    """The entries of the list of all shows, made only for the page that is asked for."""

    def __init__(self, source: Generated) -> None:
        self._source, self._ids = source, source.show_ids()

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> ListItem: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ListItem]: ...

    def __getitem__(self, index: int | slice) -> ListItem | Sequence[ListItem]:
        if isinstance(index, slice):
            return [self._item(show_id) for show_id in self._ids[index]]
        return self._item(self._ids[index])

    def _item(self, show_id: int) -> ListItem:
        return ListItem(summary_of(self._source.body(f"tv/{show_id}") or {}, "tv"))


def place_in(prefix: str, imdb_id: str) -> int:
    """The number in an IMDb id of the generator; -1 for an id of another kind."""
    digits = imdb_id.removeprefix(prefix)
    return int(digits) if imdb_id.startswith(prefix) and digits.isdigit() else -1


@lru_cache
def networks() -> list[Organisation]:
    return [
        Organisation(FIRST_NETWORK + place, f"Channel {name}") for place, name in enumerate(wording.LAST_NAMES[:20])
    ]


@lru_cache
def companies() -> list[Organisation]:
    return [
        Organisation(FIRST_COMPANY + place, f"{name} Pictures") for place, name in enumerate(wording.LAST_NAMES[:40])
    ]


@lru_cache
def providers() -> list[Organisation]:
    return [Organisation(FIRST_PROVIDER + place, f"{name} Play") for place, name in enumerate(wording.LAST_NAMES[:12])]
