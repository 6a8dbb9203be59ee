"""Wikidata's items about invented people and shows, in Wikibase's JSON.

An item's id is `Q99` and the TMDb id of whom it is about, which no real item reaches. Terms that stand for themselves
(places, occupations) have ids from `Q9970000001`; sex, gender and kinds of things are those that Wikidata really has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployments.upstream.catalogue.model import Person, Show, digest
from deployments.upstream.source import Body

HUMAN, SERIES, HOUSE = "Q5", "Q5398426", "Q3947"
GENDERS = {1: "Q6581072", 2: "Q6581097", 3: "Q48270"}
TERMS = {
    HUMAN: "human",
    SERIES: "television series",
    HOUSE: "house",
    "Q6581072": "female",
    "Q6581097": "male",
    "Q48270": "non-binary gender",
}
FIRST_TERM = 9_970_000_001
PROPERTIES = {
    "P31": "wikibase-item",
    "P21": "wikibase-item",
    "P19": "wikibase-item",
    "P551": "wikibase-item",
    "P106": "wikibase-item",
    "P569": "time",
    "P570": "time",
    "P345": "external-id",
    "P4985": "external-id",
    "P4983": "external-id",
    "P646": "external-id",
    "P2003": "external-id",
    "P6262": "external-id",
}
"""The properties that items have here, with their kind of value."""
GREGORIAN = "http://www.wikidata.org/entity/Q1985727"
UNKNOWN = "somevalue"


@dataclass(frozen=True, slots=True)
class Said:
    """One value with its rank; dates are `1966-02-14`, `1966-02` or `1966`."""

    value: str
    rank: str = "normal"


@dataclass(frozen=True, slots=True)
class About:
    """What Wikidata says of a person beyond name and ids."""

    births: Sequence[Said] = ()
    deaths: Sequence[Said] = ()
    gender: str | None = None
    """Wikidata's item for it."""
    birthplace: str | None = None
    residence: str | None = None
    occupations: Sequence[str] = ()
    article: str | None = None
    """`wiki:Article`, of Fandom."""
    freebase: str | None = None
    aliases: Sequence[str] = ()


class Items:
    """Finds items. `person`, `show` and the two by IMDb id are the catalogue's; the rest says what Wikidata knows of them."""

    def __init__(
        self,
        *,
        person: Callable[[int], Person | None],
        show: Callable[[int], Show | None],
        person_of_imdb: Callable[[str], Person | None],
        shows_of_imdb: Callable[[str], Sequence[Show]],
        about: Callable[[Person], About | None],
        article_of: Callable[[Show], str | None],
        terms: Sequence[str],
        redirects: Mapping[str, str] | None = None,
        things: Mapping[str, str] | None = None,
    ) -> None:
        """`terms` are the places and occupations; `redirects` lead from an id to another; `things` are items of no use."""
        self._person, self._show, self._about, self._article_of = person, show, about, article_of
        self._person_of_imdb, self._shows_of_imdb = person_of_imdb, shows_of_imdb
        self._terms = {f"Q{FIRST_TERM + place}": term for place, term in enumerate(terms)} | TERMS
        self._ids = {term: identity for identity, term in self._terms.items()}
        self._redirects, self._things = redirects or {}, things or {}

    def fact(self, path: str) -> Any | None:
        """`Q…` or `search/<property>=<value>`."""
        if path.startswith("search/"):
            return self._search(*path.removeprefix("search/").partition("=")[::2])
        if path in self._redirects:
            return {"redirect": self._redirects[path]}
        if path in self._terms:
            return item(path, self._terms[path], "term of an invented catalogue", [])
        if path in self._things:
            return item(path, self._things[path], "house on an invented hill", [("P31", [Said(HOUSE)])])
        digits = path.removeprefix("Q99")
        if not path.startswith("Q99") or not digits.isascii() or not digits.isdigit():
            return None
        if (person := self._person(int(digits))) and (about := self._about(person)):
            return self._person_item(person, about)
        show = self._show(int(digits))
        return self._show_item(show) if show and show.imdb_id else None

    def _search(self, key: str, value: str) -> list[str]:
        """Items with this value of a property, as `haswbstatement` finds them."""
        people: list[Person | None] = []
        shows: Sequence[Show | None] = []
        number = int(value) if value.isascii() and value.isdigit() else -1
        match key:
            case "P345":
                people, shows = [self._person_of_imdb(value)], self._shows_of_imdb(value)
            case "P4985":
                people = [self._person(number)]
            case "P4983":
                shows = [self._show(number)]
        found = [item_id(person.id) for person in people if person and self._about(person)]
        return found + [
            item_id(show.id) for show in shows if (show and show.imdb_id == value) or (show and key != "P345")
        ]

    def _person_item(self, person: Person, about: About) -> Body:
        places = {"P19": about.birthplace, "P551": about.residence}
        claims: list[tuple[str, Sequence[Said]]] = [
            ("P31", [Said(HUMAN)]),
            ("P21", said(about.gender)),
            ("P569", about.births),
            ("P570", about.deaths),
            *((key, said(self._ids.get(place or ""))) for key, place in places.items()),
            ("P106", [Said(self._ids[occupation]) for occupation in about.occupations]),
            ("P345", said(person.imdb_id)),
            ("P4985", [Said(str(person.id))]),
            ("P646", said(about.freebase)),
            ("P2003", said(person.instagram)),
            ("P6262", said(about.article)),
        ]
        aliases = [*person.aliases, *about.aliases]
        return item(item_id(person.id), person.name, "person of invented television", claims, aliases)

    def _show_item(self, show: Show) -> Body:
        claims: list[tuple[str, Sequence[Said]]] = [
            ("P31", [Said(SERIES)]),
            ("P345", said(show.imdb_id)),
            ("P4983", [Said(str(show.id))]),
            ("P6262", said(self._article_of(show))),
        ]
        return item(item_id(show.id), show.name, "invented television series", claims)


def item_id(tmdb_id: int) -> str:
    return f"Q99{tmdb_id}"


def said(value: str | None) -> list[Said]:
    return [Said(value)] if value else []


def item(
    identity: str,
    label: str,
    description: str,
    claims: Sequence[tuple[str, Sequence[Said]]],
    aliases: Sequence[str] = (),
) -> Body:
    """A whole item, as `wbgetentities` gives it."""
    number = int(identity[1:])
    return {
        "pageid": number,
        "ns": 0,
        "title": identity,
        "lastrevid": number % 2_000_000_000,
        "modified": "2026-05-04T12:00:00Z",
        "type": "item",
        "id": identity,
        "labels": {"en": {"language": "en", "value": label}},
        "descriptions": {"en": {"language": "en", "value": description}},
        "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]} if aliases else {},
        "claims": {
            key: [statement(identity, key, place, of) for place, of in enumerate(found)]
            for key, found in claims
            if found
        },
        "sitelinks": {},
    }


def statement(identity: str, key: str, place: int, of: Said) -> Body:
    """One statement; its hash and id follow from what it says."""
    kind = PROPERTIES[key]
    snak: Body = {"snaktype": "value", "property": key, "hash": digest(identity, key, of.value)}
    if of.value == UNKNOWN:
        snak["snaktype"] = UNKNOWN
    elif kind == "time":
        snak["datavalue"] = {"value": moment(of.value), "type": "time"}
    elif kind == "wikibase-item":
        value = {"entity-type": "item", "numeric-id": int(of.value[1:]), "id": of.value}
        snak["datavalue"] = {"value": value, "type": "wikibase-entityid"}
    else:
        snak["datavalue"] = {"value": of.value, "type": "string"}
    unique = digest(identity, key, place)
    parts = (unique[:8], unique[8:12], unique[12:16], unique[16:20], unique[20:32])
    return {
        "mainsnak": snak | {"datatype": kind},
        "type": "statement",
        "id": f"{identity}${'-'.join(parts).upper()}",
        "rank": of.rank,
    }


def moment(text: str) -> Body:
    """A date of the precision it is written in: 9 a year, 10 a month, 11 a day."""
    year, month, day = (*text.split("-"), "00", "00")[:3]
    return {
        "time": f"+{year}-{month}-{day}T00:00:00Z",
        "timezone": 0,
        "before": 0,
        "after": 0,
        "precision": 9 + text.count("-"),
        "calendarmodel": GREGORIAN,
    }
