"""Whether an item of Wikidata is the show or person that it was taken for, and all that is needed of it is known.

Reads external ids and the source records of Wikidata; writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db import records
from db.records import Record, RecordKey
from flows.bundles import count_drift, stored_since
from flows.items import Looked, Target, item_keys, known_items
from flows.publishing import logger
from flows.sources.errors import MalformedAnswer
from flows.sources.wikidata.facts import identities, mentioned, misfit, name
from flows.sources.wikidata.payloads import Item, Label
from models.entities import IdSource, Kind
from models.ops import Resource


@dataclass
class Known:
    """An item that is ours: what it says, the names it needs, and the ids that we lack."""

    item: Item
    labels: dict[str, str]
    news: dict[IdSource, str]


@dataclass
class Look:
    """What came of a chunk of shows or people.

    `fine` are those that were looked at and need nothing more; of these, `known` have an item whose words are to be stored.
    """

    known: dict[UUID, Known] = field(default_factory=dict)
    fine: list[UUID] = field(default_factory=list)
    failed: dict[UUID, str] = field(default_factory=dict)
    misfits: list[tuple[Target, Item, str]] = field(default_factory=list)
    several: list[tuple[Target, list[str]]] = field(default_factory=list)
    due: dict[UUID, datetime] = field(default_factory=dict)


def look(
    session: Session,
    targets: Sequence[Target],
    failures: dict[str, str],
    drift: dict[str, int],
    *,
    everything: bool = False,
) -> Look:
    """Read what was answered about these. An item that was stored after its last change is passed over, unless everything
    is wanted; `failures` are those of fetching, by ref.
    """
    seen = Look()
    looked = known_items(session, targets)
    keys = item_keys(looked)
    answers = records.load(session, list(keys.values()))
    items: dict[UUID, Item] = {}
    for target in targets:
        if len(looked[target.id].items) > 1:
            seen.several.append((target, looked[target.id].items))
            seen.failed[target.id] = f"Wikidata has several items with its id: {', '.join(looked[target.id].items)}"
        elif target.id in keys:
            item, problem = _parsed(answers.get(keys[target.id]), failures.get(keys[target.id].ref), drift)
            if item:
                items[target.id] = item
            else:
                seen.failed[target.id] = problem
        else:
            asked = [ref for ref in (target.imdb, target.tmdb) if ref in failures]
            if asked:
                seen.failed[target.id] = failures[asked[0]]
            else:
                seen.fine.append(target.id)
    needed = {target.id: mentioned(items[target.id], target.kind) for target in targets if target.id in items}
    labels = {id_: [RecordKey("wikidata", "label", ref) for ref in refs] for id_, refs in needed.items()}
    stored = set()
    if not everything:
        stored = stored_since(session, Resource.WIKIDATA, {id_: keys[id_] for id_ in items}, labels)
    names = _names(session, {key for keys_ in labels.values() for key in keys_})
    held = _held(session, list(items))
    for target in targets:
        if target.id in stored:
            seen.fine.append(target.id)
        elif target.id in items:
            _judge(seen, target, items[target.id], needed[target.id], names, held.get(target.id, {}), failures)
    _note_due(session, seen, looked, keys)
    return seen


def _judge(
    seen: Look,
    target: Target,
    item: Item,
    needed: Sequence[str],
    names: dict[str, str | None],
    held: dict[str, set[str]],
    failures: dict[str, str],
) -> None:
    """Whether the item is what it was taken for, and complete."""
    why = misfit(item, target.kind) or _contradiction(item, target.kind, held)
    lacking = [ref for ref in needed if ref not in names]
    if why:
        seen.misfits.append((target, item, why))
        seen.failed[target.id] = f"Wikidata's {item.id} ({name(item)}) is not meant: {why}; nothing of it was stored"
    elif lacking:
        problem = failures.get(f"label {lacking[0]}", "it was not answered")
        seen.failed[target.id] = f"what Wikidata calls {lacking[0]} is not known: {problem}"
    else:
        if item.redirects:
            logger().info("Wikidata's %s is now a part of %s", target.wikidata, item.id)
        labels = {ref: label for ref in needed if (label := names[ref])}
        seen.known[target.id] = Known(item, labels, _news(item, target.kind, held))
        seen.fine.append(target.id)


def _contradiction(item: Item, kind: Kind, held: dict[str, set[str]]) -> str | None:
    """That other ids than ours stand in the item. One that we share settles it: catalogues hold some people twice."""
    told = identities(item, kind)
    compared = [source for source in (IdSource.IMDB, IdSource.TMDB) if source in told and held.get(source)]
    if not compared or any(held[source] & set(told[source]) for source in compared):
        return None
    source = compared[0]
    return f"its id of {source} is {', '.join(told[source])}, not {', '.join(sorted(held[source]))}"


def _news(item: Item, kind: Kind, held: dict[str, set[str]]) -> dict[IdSource, str]:
    """The ids that we lack; of several of one source none, because nobody knows which is the one."""
    told = identities(item, kind) | {IdSource.WIKIDATA: [item.id]}
    return {source: values[0] for source, values in told.items() if len(values) == 1 and not held.get(source)}


def _held(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, set[str]]]:
    held: dict[UUID, dict[str, set[str]]] = {}
    rows = session.execute(
        text("select entity_id, source, value from core.external_ids where entity_id = any(:ids)"), {"ids": list(ids)}
    )
    for id_, source, value in rows:
        held.setdefault(id_, {}).setdefault(source, set()).add(value)
    return held


def _parsed(record: Record | None, failure: str | None, drift: dict[str, int]) -> tuple[Item | None, str]:
    if failure or record is None:
        return None, failure or "Wikidata was not asked"
    if record.status == 404:
        return None, f"Wikidata has no item {record.key.ref}, or deleted it"
    try:
        item = Item.parse(record.body, f"entity/{record.key.ref}")
    except MalformedAnswer as error:
        return None, str(error)
    count_drift(drift, item, "entity")
    return item, ""


def _names(session: Session, keys: set[RecordKey]) -> dict[str, str | None]:
    """What items are called, as far as that was answered; an item that there is no more is called nothing."""
    answers = records.load(session, keys)
    return {
        key.ref: name(Label.parse(record.body)) if record.status == 200 else None for key, record in answers.items()
    }


def _note_due(session: Session, seen: Look, looked: dict[UUID, Looked], keys: dict[UUID, RecordKey]) -> None:
    """When each is worth asking about again: when its item falls due, or the lookup that found none."""
    of = {id_: keys.get(id_) or looked[id_].record for id_ in seen.fine}
    due = records.expiry(session, [key for key in of.values() if key])
    seen.due = {id_: due[key] for id_, key in of.items() if key and key in due}
