"""A source of any number of invented shows, the same ones for the same seed, each computed only when asked for.

Show, people and episodes follow from seed, size and number alone, so five thousand shows start as quickly as five. The size
`small` has up to 8 seasons of up to 16 episodes; `full` has what long-running reality shows have: 6 to 25 seasons of 8 to
30 episodes, specials, 30 to 120 people, so that 500 shows have some 150,000 episodes and 20,000 people, most of whom
belong to several shows.

`bundle` and `person_bundle` give the same bodies without HTTP, for who wants rows of this shape and no server:

>>> generated = Generated(500, size="full")
>>> for number in range(500):
...     show = generated.bundle(number)      # TMDb's body with its parts and `season/0`, `season/1` ...
>>> for number in range(generated.people):
...     person = generated.person_bundle(number)
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Literal, overload

from deployments.upstream.catalogue.imdb import Imdb
from deployments.upstream.catalogue.imdb_model import ImdbList
from deployments.upstream.catalogue.items import Items, item_id
from deployments.upstream.catalogue.model import Organisation, Person, Show
from deployments.upstream.catalogue.source import CatalogueSource
from deployments.upstream.catalogue.wikis import Wikis
from deployments.upstream.generator import imdb, organisations
from deployments.upstream.generator.items import OCCUPATIONS, about, named_by_tmdb
from deployments.upstream.generator.people import FIRST_NAME, FIRST_PERSON, make_person, pool_size
from deployments.upstream.generator.shape import SIZES
from deployments.upstream.generator.shows import FIRST_SHOW, FIRST_TITLE, make_show
from deployments.upstream.generator.wikis import WIKI, Wiki
from deployments.upstream.generator.wording import PLACES
from deployments.upstream.source import Body, ItemList, ListItem, summary_of

__all__ = ["FIRST_PERSON", "FIRST_SHOW", "MAX_SHOWS", "Generated", "Size"]

Size = Literal["small", "full"]
MAX_SHOWS = 500_000
KEPT_PEOPLE = 32_768
SHOW_PARTS = (
    *("external_ids", "alternative_titles", "content_ratings", "keywords", "aggregate_credits", "images"),
    *("watch/providers", "episode_groups"),
)
PERSON_PARTS = ("external_ids", "images")


class Generated(CatalogueSource):
    """`shows` invented shows; list `1` holds all of them."""

    def __init__(self, shows: int, seed: int = 1, size: Size = "small") -> None:
        """Raises ValueError when `shows` is not between 1 and `MAX_SHOWS`, or `size` is none of `SIZES`."""
        if not 1 <= shows <= MAX_SHOWS:
            raise ValueError(f"the number of shows must be between 1 and {MAX_SHOWS}")
        if size not in SIZES:
            raise ValueError(f"the size of shows must be one of {', '.join(SIZES)}")
        self._count, self._seed, self._size, self._shape = shows, seed, size, SIZES[size]
        self.people = pool_size(self._shape, shows)
        self._show = lru_cache(maxsize=self._shape.kept_shows)(self._make_show)
        self._person = lru_cache(maxsize=KEPT_PEOPLE)(self._make_person)

    @property
    def name(self) -> str:
        size = "" if self._size == "small" else f"{self._size} "
        return f"{self._count} generated {size}shows, seed {self._seed}"

    def bundle(self, number: int) -> Body:
        """The show of this number (from 0) as one body: with the parts about it, and every season under `season/<n>`."""
        path = f"tv/{FIRST_SHOW + number}"
        body = dict(self._known(self.body(path)))
        for part in SHOW_PARTS:
            body[part] = without_id(self._known(self.part(path, part)))
        for season in body["seasons"]:
            name = f"season/{season['season_number']}"
            body[name] = self._known(self.body(f"{path}/{name}"))
        return body

    def person_bundle(self, number: int) -> Body:
        """The person of this number (from 0 to `people`) as one body with ids and photos."""
        path = f"person/{FIRST_PERSON + number}"
        return self._known(self.body(path)) | {
            part: without_id(self._known(self.part(path, part))) for part in PERSON_PARTS
        }

    def _known(self, body: Body | None) -> Body:
        if body is None:
            raise LookupError(f"there are {self._count} shows and {self.people} people")
        return body

    def show_ids(self) -> Sequence[int]:
        return range(FIRST_SHOW, FIRST_SHOW + self._count)

    def show(self, show_id: int) -> Show | None:
        return self._show(show_id - FIRST_SHOW) if show_id in self.show_ids() else None

    def person(self, person_id: int) -> Person | None:
        return self._person(person_id - FIRST_PERSON) if 0 <= person_id - FIRST_PERSON < self.people else None

    def organisation(self, kind: str, organisation_id: int) -> Organisation | None:
        return organisations.organisation(kind, organisation_id)

    def shows_of_imdb(self, imdb_id: str) -> Sequence[Show]:
        show = self.show(FIRST_SHOW + place_in(FIRST_TITLE, imdb_id))
        return [show] if show and show.imdb_id == imdb_id else []

    def person_of_imdb(self, imdb_id: str) -> Person | None:
        person = self.person(FIRST_PERSON + place_in(FIRST_NAME, imdb_id))
        return person if person and person.imdb_id == imdb_id else None

    @cached_property
    def imdb(self) -> Imdb:
        return Imdb(
            show_of=lambda imdb_id: next(iter(self.shows_of_imdb(imdb_id)), None),
            person=self.person,
            person_of=self.person_of_imdb,
            episode_id=imdb.episode_id,
            series_of=imdb.series_of,
            differs=imdb.differs,
            list_of=lambda list_id: self._imdb_list if list_id == imdb.LIST else None,
            titles=self._imdb_titles,
            names=self._imdb_names,
            kept=self._shape.kept_shows,
        )

    @cached_property
    def _imdb_list(self) -> ImdbList:
        """The list of all shows."""
        return imdb.whole_list(self._imdb_titles())

    def _imdb_titles(self) -> Iterator[str]:
        """The IMDb ids of all shows that have one; with each show made, IMDb keeps what lists show of it."""
        for show in map(self.show, self.show_ids()):
            if show and show.imdb_id and self.imdb.fact(show.imdb_id):
                yield show.imdb_id

    def _imdb_names(self) -> Iterator[str]:
        """The IMDb ids of all people who have one."""
        people = map(self._make_person, range(self.people))
        return (person.imdb_id for person in people if person.imdb_id)

    @cached_property
    def wikis(self) -> Wikis:
        return Wikis(
            {WIKI: "The Generated Shows Wiki"},
            lambda wiki, title: self._wiki.article(title),
            lambda wiki, words: [title for title in [words.strip().strip('"')] if self._wiki.article(title)],
        )

    @cached_property
    def items(self) -> Items:
        return Items(
            person=self.person,
            show=self.show,
            person_of_imdb=self.person_of_imdb,
            shows_of_imdb=self.shows_of_imdb,
            about=lambda person: about(person, self._wiki.of_person(person)),
            article_of=lambda show: f"{WIKI.removesuffix('.fandom.com')}:{show.name}",
            terms=[*PLACES, *OCCUPATIONS],
        )

    @cached_property
    def _wiki(self) -> Wiki:
        return Wiki(self.show, self.person, self.people, self._shape.people_per_show)

    def item_list(self, list_id: str) -> ItemList | None:
        if list_id != "1":
            return None
        return ItemList(1, "All generated shows", self.name, "generator", Summaries(self))

    def _make_show(self, number: int) -> Show:
        return make_show(self._chance("show", number), self._shape, number, self.people)

    def _make_person(self, number: int) -> Person:
        person = make_person(self._chance("person", number), number)
        known = named_by_tmdb(person) and about(person, None) is not None
        return replace(person, wikidata=item_id(person.id)) if known else person

    def _chance(self, *parts: object) -> random.Random:
        return random.Random("/".join(map(str, (self._seed, *parts))))


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
    return int(digits) if imdb_id.startswith(prefix) and digits.isascii() and digits.isdigit() else -1


def without_id(part: Body) -> Body:
    """A part as it stands in its resource's body."""
    return {key: value for key, value in part.items() if key != "id"}
