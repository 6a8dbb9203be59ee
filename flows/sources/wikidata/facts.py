"""What an item says, in the catalogue's words. Pure.

Of a property the preferred statements count, else the normal ones; deprecated ones never do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flows.sources.wikidata.moments import partial_date
from flows.sources.wikidata.payloads import Item, ItemValue, Label, OtherValue, Statement, TimeValue
from flows.sources.wikidata.plan import CIRCUMSTANCES, LANGUAGES, UNTIL, P
from models.entities import IdSource, Kind
from models.people import Gender
from models.rules.dates import agreed

HUMAN = "Q5"
NO_SHOWS = {HUMAN: "a person", "Q11424": "a film", "Q3464665": "a season", "Q21191270": "an episode"}
"""What an item that is said to be a show must not be; there are too many kinds of shows to name them."""

GENDERS: dict[str, Gender] = {
    "Q6581072": Gender.FEMALE,
    "Q1052281": Gender.FEMALE,  # trans woman
    "Q15145779": Gender.FEMALE,  # cisgender woman
    "Q6581097": Gender.MALE,
    "Q2449503": Gender.MALE,  # trans man
    "Q15145778": Gender.MALE,  # cisgender man
    "Q48270": Gender.NON_BINARY,
    "Q12964198": Gender.NON_BINARY,  # genderqueer
    "Q18116794": Gender.NON_BINARY,  # genderfluid
    "Q505371": Gender.NON_BINARY,  # agender
}
HANDLES = {
    "instagram_id": P.INSTAGRAM,
    "twitter_id": P.TWITTER,
    "facebook_id": P.FACEBOOK,
    "tiktok_id": P.TIKTOK,
    "youtube_id": P.YOUTUBE,
}
IDS: dict[Kind, dict[IdSource, P]] = {
    Kind.PERSON: {IdSource.IMDB: P.IMDB, IdSource.TMDB: P.TMDB_PERSON, IdSource.FREEBASE: P.FREEBASE},
    Kind.SHOW: {
        IdSource.IMDB: P.IMDB,
        IdSource.TMDB: P.TMDB_SHOW,
        IdSource.TVDB: P.TVDB_SHOW,
        IdSource.FREEBASE: P.FREEBASE,
    },
}

Facts = dict[str, Any]


def person_facts(item: Item, labels: Mapping[str, str]) -> Facts:
    """A person's facts. `labels` are the names of the items that `mentioned` tells."""
    return {
        "name": name(item),
        "birth_date": _date(item, P.BIRTH),
        "death_date": _date(item, P.DEATH),
        "gender": _gender(item),
        "birth_place": _first(_labels(item, P.BIRTH_PLACE, labels)),
        "residence": _first(_labels(item, P.RESIDENCE, labels)),
        "occupations": _labels(item, P.OCCUPATION, labels),
        "homepage": _first(texts(item, P.WEBSITE)),
        **{field: _first(texts(item, property_)) for field, property_ in HANDLES.items()},
        "fandom_article": texts(item, P.FANDOM),
    }


def show_facts(item: Item, labels: Mapping[str, str]) -> Facts:
    """A show's facts."""
    handles = ("instagram_id", "twitter_id", "facebook_id")
    return {
        "name": name(item),
        "homepage": _first(texts(item, P.WEBSITE)),
        **{field: _first(texts(item, HANDLES[field])) for field in handles},
        "fandom_article": texts(item, P.FANDOM),
    }


def name(item: Item | Label) -> str | None:
    """What it is called: in English, else in all languages, else in the one that there is."""
    found = [item.labels[language].value for language in (*LANGUAGES, *item.labels) if language in item.labels]
    return next((value.strip() for value in found if value.strip()), None)


def other_names(item: Item) -> list[str]:
    """Names that it also goes by, each once."""
    names = (alias.value.strip() for language in LANGUAGES for alias in item.aliases.get(language, ()))
    return [other for other in dict.fromkeys(names) if other and other != name(item)]


def mentioned(item: Item, kind: Kind) -> list[str]:
    """The items whose names the facts need."""
    properties = (P.BIRTH_PLACE, P.RESIDENCE, P.OCCUPATION) if kind is Kind.PERSON else ()
    return [other for property_ in properties for other in _items(item, property_)]


def identities(item: Item, kind: Kind) -> dict[IdSource, list[str]]:
    """What other catalogues call it, by id source."""
    found = {source: texts(item, property_) for source, property_ in IDS[kind].items()}
    prefix = "nm" if kind is Kind.PERSON else "tt"
    found[IdSource.IMDB] = [value for value in found[IdSource.IMDB] if value.startswith(prefix)]
    return {source: values for source, values in found.items() if values}


def misfit(item: Item, kind: Kind) -> str | None:
    """Why an item cannot be what it was taken for; None where it can."""
    kinds = _items(item, P.INSTANCE_OF)
    if kind is Kind.PERSON:
        return None if HUMAN in kinds else "it is no person" + (f" but {', '.join(kinds)}" if kinds else "")
    return next((f"it is {NO_SHOWS[foreign]}" for foreign in kinds if foreign in NO_SHOWS), None)


def texts(item: Item, property_: P) -> list[str]:
    """The texts that a property has now, each once."""
    values = (
        statement.mainsnak.datavalue.value
        for statement in _best(item, property_)
        if isinstance(statement.mainsnak.datavalue, OtherValue)
    )
    return list(dict.fromkeys(value.strip() for value in values if isinstance(value, str) and value.strip()))


def _best(item: Item, property_: P) -> list[Statement]:
    """The statements that count, without those that were true until some day."""
    statements = item.claims.get(property_, ())
    ranked = [statement for statement in statements if statement.rank == "preferred"]
    ranked = ranked or [statement for statement in statements if statement.rank == "normal"]
    return [s for s in ranked if s.mainsnak.snaktype == "value" and UNTIL not in s.qualifiers]


def _items(item: Item, property_: P) -> list[str]:
    found = (
        statement.mainsnak.datavalue.value.item
        for statement in _best(item, property_)
        if isinstance(statement.mainsnak.datavalue, ItemValue)
    )
    return list(dict.fromkeys(other for other in found if other))


def _labels(item: Item, property_: P, labels: Mapping[str, str]) -> list[str]:
    return [labels[other] for other in _items(item, property_) if other in labels]


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def _gender(item: Item) -> Gender | None:
    """None where Wikidata does not say, says several things, or says what we have no word for."""
    found = {GENDERS.get(gender) for gender in _items(item, P.GENDER)}
    return found.pop() if len(found) == 1 else None


def _date(item: Item, property_: P) -> str | None:
    """What the statements about a date have in common; one that is only presumed is not believed."""
    return agreed(list(_dates(item, property_)))


def _dates(item: Item, property_: P) -> Iterator[str]:
    for statement in _best(item, property_):
        value = statement.mainsnak.datavalue
        if isinstance(value, TimeValue) and CIRCUMSTANCES not in statement.qualifiers:
            told = partial_date(value.value)
            if told:
                yield told
