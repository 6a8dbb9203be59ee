"""The peer's look-ups: one query for each kind of thing that an answer holds, by the ids on the page; none in a loop."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.entities import Entity, ExternalId
from models.images import Asset, Image
from tests.bench.peer.schemas import Logo

MEDIA = "https://media.invalid/pictures"
HANDLES = ("facebook", "instagram", "twitter", "tiktok", "youtube")


def living(statement: Any, column: Any) -> Any:
    """Only entities that are neither removed nor merged."""
    return statement.join(Entity, col(Entity.id) == column).where(
        col(Entity.removed_at).is_(None), col(Entity.merged_into).is_(None)
    )


def external_ids(session: Session, rows: Sequence[Any]) -> dict[UUID, dict[str, str]]:
    """Ids and handles of rows."""
    named: dict[UUID, dict[str, str]] = defaultdict(dict)
    wanted = select(ExternalId).where(col(ExternalId.entity_id).in_([row.id for row in rows]), ExternalId.is_primary)
    for id_ in session.exec(wanted):
        named[id_.entity_id][id_.source] = id_.value
    for row in rows:
        for handle in HANDLES:
            if value := getattr(row, f"{handle}_id", None):
                named[row.id][handle] = value
    return named


def images(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, tuple[Image, Asset | None]]:
    """Images with their copies, by id."""
    wanted = [id_ for id_ in ids if id_ is not None]
    joined = select(Image, Asset).outerjoin(Asset, col(Asset.id) == Image.asset_id).where(col(Image.id).in_(wanted))
    return {image.id: (image, asset) for image, asset in session.exec(joined)}


def url(found: dict[UUID, tuple[Image, Asset | None]], id_: UUID | None) -> str | None:
    """Where an image is."""
    if id_ is None or id_ not in found:
        return None
    image, asset = found[id_]
    return f"{MEDIA}/{asset.key}" if asset else image.url


def logo(found: dict[UUID, tuple[Image, Asset | None]], id_: UUID | None) -> Logo:
    """A logo's fields."""
    if id_ is None or id_ not in found:
        return Logo()
    image, asset = found[id_]
    told = Logo(tmdb_logo_path=image.source_id if image.source == "tmdb" else None, logo_url=url(found, id_))
    if asset:
        told.logo_path = told.hosted_logo_key = asset.key
        told.hosted_logo_url = told.logo_url
        told.hosted_logo_sha256, told.hosted_logo_content_type = asset.sha256, asset.content_type
        told.hosted_logo_bytes, told.hosted_logo_at = asset.bytes, asset.created_at
    return told


def networks(session: Session, show_ids: Sequence[UUID], table: Any, link: Any, column: Any) -> dict[UUID, list[Any]]:
    """The networks or companies of shows, in the sources' order."""
    statement = living(
        select(link.show_id, link.position, table)
        .join(table, col(table.id) == column)
        .where(col(link.show_id).in_(show_ids)),
        table.id,
    )
    places: dict[UUID, dict[UUID, tuple[int, Any]]] = defaultdict(dict)
    for show_id, position, row in session.exec(statement):
        known = places[show_id].get(row.id)
        if known is None or position < known[0]:
            places[show_id][row.id] = (position, row)
    return {
        show_id: [row for _, row in sorted(found.values(), key=lambda one: (one[0], one[1].name, one[1].id))]
        for show_id, found in places.items()
    }
