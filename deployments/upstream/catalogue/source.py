"""A source made of invented facts: answers every path from the facts a subclass hands out."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

from deployments.upstream.catalogue import artwork
from deployments.upstream.catalogue.credits import People, person_fields
from deployments.upstream.catalogue.groups import group_body, show_of
from deployments.upstream.catalogue.imdb import Imdb
from deployments.upstream.catalogue.items import Items
from deployments.upstream.catalogue.model import Episode, Organisation, Person, Season, Show
from deployments.upstream.catalogue.people import person_body, person_part
from deployments.upstream.catalogue.seasons import episode_body, episode_part, season_body, season_part
from deployments.upstream.catalogue.shows import show_body, show_part
from deployments.upstream.catalogue.wikis import Wikis
from deployments.upstream.pictures import draw
from deployments.upstream.source import (
    Body,
    ImageFile,
    ItemList,
    default_configuration,
    nothing_found,
    summary_of,
)

GROUP = re.compile(r"tv/episode_group/([0-9a-f]{24})")
PATH = re.compile(r"tv/(?P<show>\d+)(/season/(?P<season>\d+)(/episode/(?P<episode>\d+))?)?|person/(?P<person>\d+)")

CREDITED = 32_768
"""How many people's credits are kept ready."""

Chain = tuple[Show, Season | None, Episode | None]


class CatalogueSource(ABC):
    """Subclasses say which shows, people, organisations and lists there are; all else follows from those."""

    @property
    @abstractmethod
    def name(self) -> str:
        """See `Source.name`."""

    @abstractmethod
    def show_ids(self) -> Sequence[int]:
        """See `Source.show_ids`."""

    @abstractmethod
    def show(self, show_id: int) -> Show | None:
        """The facts of a show."""

    @abstractmethod
    def person(self, person_id: int) -> Person | None:
        """The facts of a person."""

    @abstractmethod
    def organisation(self, kind: str, organisation_id: int) -> Organisation | None:
        """A network (`n`), production company (`c`) or watch provider (`w`)."""

    @abstractmethod
    def shows_of_imdb(self, imdb_id: str) -> Sequence[Show]:
        """The shows `/find` gives for an IMDb id: usually one."""

    @abstractmethod
    def person_of_imdb(self, imdb_id: str) -> Person | None:
        """The person with an IMDb id."""

    @abstractmethod
    def item_list(self, list_id: str) -> ItemList | None:
        """See `Source.item_list`."""

    @cached_property
    def credited(self) -> People:
        """What a credit says about the person it names, by id; raises LookupError for one who is not in the catalogue."""

        @lru_cache(CREDITED)
        def fields(person_id: int) -> Body:
            if (person := self.person(person_id)) is None:
                raise LookupError(f"person {person_id} is credited but not in the catalogue")
            return person_fields(person)

        return fields

    def configuration(self) -> Body:
        return default_configuration()

    @property
    @abstractmethod
    def imdb(self) -> Imdb:
        """What IMDb knows."""

    @property
    @abstractmethod
    def wikis(self) -> Wikis:
        """The fans' wikis."""

    @property
    @abstractmethod
    def items(self) -> Items:
        """Wikidata's items."""

    def fact(self, path: str) -> Any | None:
        upstream, _, rest = path.partition("/")
        match upstream:
            case "fandom":
                return self.wikis.fact(rest)
            case "imdb":
                return self.imdb.fact(rest)
            case "wikidata":
                return self.items.fact(rest)
        return None

    def body(self, path: str) -> Body | None:
        if group := GROUP.fullmatch(path):
            of = self.show(show_of(group[1]))
            return group_body(of, group[1]) if of else None
        match self._resolve(path):
            case Person() as person:
                return person_body(person)
            case (Show() as show, None, None):
                return show_body(show, self.credited)
            case (Show() as show, Season() as season, None):
                return season_body(show, season, self.credited)
            case (Show() as show, Season() as season, Episode() as episode):
                alone = episode_body(show, season, episode, self.credited)
                return {key: value for key, value in alone.items() if key != "show_id"}
        return None

    def part(self, path: str, name: str) -> Body | None:
        match self._resolve(path):
            case Person() as person:
                return person_part(person, name)
            case (Show() as show, None, None):
                return show_part(show, name, self.credited)
            case (Show() as show, Season() as season, None):
                return season_part(show, season, name, self.credited)
            case (Show() as show, Season() as season, Episode() as episode):
                return episode_part(show, season, episode, name, self.credited)
        return None

    def _resolve(self, path: str) -> Person | Chain | None:
        """The facts a path names: a person, or a show with the season and episode the path goes on to."""
        if (match := PATH.fullmatch(path)) is None:
            return None
        if match["person"]:
            return self.person(int(match["person"]))
        if (show := self.show(int(match["show"]))) is None:
            return None
        if match["season"] is None:
            return show, None, None
        if (season := show.season(int(match["season"]))) is None:
            return None
        if match["episode"] is None:
            return show, season, None
        episode = season.episode(int(match["episode"]))
        return (show, season, episode) if episode else None

    def find(self, external_id: str, external_source: str) -> Body:
        found = nothing_found()
        if external_source == "imdb_id":
            shows = self.shows_of_imdb(external_id)
            found["tv_results"] = [summary_of(show_body(show, self.credited), "tv") for show in shows]
            if (person := self.person_of_imdb(external_id)) is not None:
                found["person_results"] = [summary_of(person_body(person), "person")]
        return found

    def image(self, size: str, file: str) -> ImageFile | None:
        if (match := artwork.NAME.fullmatch(file)) is None:
            return None
        stem, _, extension = file.rpartition(".")
        images = {image.stem: image for image in self._artwork(match)}
        if (image := images.get(stem)) is None or (extension == "jpg") != (image.kind != "logo"):
            return None
        return draw(image.picture, size, extension)

    def _artwork(self, match: re.Match[str]) -> Sequence[artwork.Artwork]:
        """All images of the owner a file name states."""
        if match["kind"] == "p":
            person = self.person(int(match["id"]))
            return artwork.person_artwork(person) if person else ()
        if match["kind"]:
            organisation = self.organisation(match["kind"], int(match["id"]))
            return artwork.logo(match["kind"], organisation) if organisation else ()
        if (show := self.show(int(match["show"]))) is None:
            return ()
        if match["season"] is None:
            return [image for images in artwork.show_artwork(show).values() for image in images]
        if (season := show.season(int(match["season"]))) is None:
            return ()
        if match["episode"] is None:
            return artwork.season_artwork(show, season)
        episode = season.episode(int(match["episode"]))
        return artwork.episode_artwork(show, season, episode) if episode else ()
