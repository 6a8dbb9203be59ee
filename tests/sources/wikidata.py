"""Synthetic items in the shape that Wikibase's documentation gives its JSON; nobody could take them for real ones."""

from typing import Any

GREGORIAN, JULIAN = ("http://www.wikidata.org/entity/Q1985727", "http://www.wikidata.org/entity/Q1985786")

Json = dict[str, Any]


def statement(property_: str, value: Any, rank: str = "normal", **qualifiers: Any) -> Json:
    """A statement; `value` is what `text`, `item` or `moment` gives, or the word `somevalue` or `novalue`."""
    made: Json = {"mainsnak": _snak(property_, value), "type": "statement", "id": f"Q1${property_}", "rank": rank}
    if qualifiers:
        made["qualifiers"] = {name: [_snak(name, said)] for name, said in qualifiers.items()}
        made["qualifiers-order"] = list(qualifiers)
    made["references"] = [{"hash": "0" * 40, "snaks": {"P854": []}, "snaks-order": ["P854"]}]
    return made


def _snak(property_: str, value: Any) -> Json:
    made: Json = {"snaktype": "value", "property": property_, "hash": "0" * 40, "datatype": "string"}
    if isinstance(value, str):
        return made | {"snaktype": value}
    return made | {"datavalue": value}


def text(value: str) -> Json:
    """A text, or an id of another catalogue."""
    return {"value": value, "type": "string"}


def item(id_: str) -> Json:
    """Another item."""
    return {"value": {"entity-type": "item", "numeric-id": int(id_[1:]), "id": id_}, "type": "wikibase-entityid"}


def moment(time: str, precision: int = 11, calendar: str = GREGORIAN) -> Json:
    """A moment, such as `+1974-12-14T00:00:00Z`."""
    value = {"time": time, "timezone": 0, "before": 0, "after": 0, "precision": precision, "calendarmodel": calendar}
    return {"value": value, "type": "time"}


def entity(id_: str, *statements: Json, label: str | None = "Nemo Fictus", **further: Any) -> Json:
    """An item with these statements. Without any, `claims` is an array, as PHP would have it."""
    claims: Json = {}
    for said in statements:
        claims.setdefault(said["mainsnak"]["property"], []).append(said)
    labels = {"en": {"language": "en", "value": label}} if label else []
    return {"type": "item", "id": id_, "labels": labels, "aliases": [], "claims": claims or [], **further}


def person(id_: str, *statements: Json, **further: Any) -> Json:
    """An item that is a human being."""
    return entity(id_, statement("P31", item("Q5")), *statements, **further)
