"""Image rows: what a source offers for an entity, before anything is downloaded; and the one way in which they are stored.

Writes `core.images`, and the derived ids of the pictures that were chosen among them. An image has one row per source, by the
source's name of it. What is stored is never made worse: the wider original keeps its address and size, and what a source no
longer tells of an image stays.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from db.derive import MODELS, choose_pictures
from flows.outcome import Outcome
from flows.settings import TmdbSettings, load
from flows.sources.fandom.images import PageImage
from flows.sources.imdb.answers import ImdbImage
from flows.sources.tmdb.image_urls import image_url
from flows.sources.tmdb.payloads import Image as ImagePayload
from models.entities import Source
from models.images import Image, ImageContext, ImageKind

ImageRow = dict[str, Any]
KEY = ("entity_id", "source", "kind", "source_id")
KNOWN = ("language", "vote_average", "vote_count")
"""What stays where a source tells it no more."""

PLACE = ("page_url", "context", "season_number", "caption")
"""Where an image is shown: taken as a whole from the answer that says something of it."""


def image_row(entity_id: UUID, source: Source, kind: ImageKind, source_id: str, url: str, **known: Any) -> ImageRow:
    """A row of `core.images`; what is not `known` of it is null."""
    named = {"entity_id": entity_id, "source": source, "kind": kind, "source_id": source_id, "url": url}
    return named | {"width": None, "height": None, **dict.fromkeys((*KNOWN, *PLACE)), "is_listed": True} | known


def tmdb_image(entity_id: UUID, kind: ImageKind, path: str, image: ImagePayload | None = None) -> ImageRow:
    """A row for one of TMDb's images; of one that is only named by its path, the rest is unknown."""
    known = {}
    if image is not None:
        known = {
            "language": image.iso_639_1,
            "width": image.width,
            "height": image.height,
            "vote_average": image.vote_average,
            "vote_count": image.vote_count,
        }
    return image_row(entity_id, Source.TMDB, kind, path, image_url(_settings(), path), **known)


def tmdb_images(entity_id: UUID, kind: ImageKind, images: Iterable[ImagePayload], main: str | None) -> list[ImageRow]:
    """The rows for a list of images, and for the main one where the list lacks it."""
    rows = [tmdb_image(entity_id, kind, image.file_path, image) for image in images if image.file_path]
    if main and all(row["source_id"] != main for row in rows):
        rows.append(tmdb_image(entity_id, kind, main))
    return rows


def imdb_image(entity_id: UUID, kind: ImageKind, image: ImdbImage) -> ImageRow:
    """A row for one of IMDb's images."""
    known = {"width": image.width, "height": image.height, "caption": image.caption}
    return image_row(entity_id, Source.IMDB, kind, image.id, image.url, **known)


def wiki_image(entity_id: UUID, image: PageImage, page_url: str) -> ImageRow:
    """A row for an image on a wiki's page: that of its infobox shows whom the page is about, others are scenes."""
    context = ImageContext(image.context)
    kind = ImageKind.PROFILE if context is ImageContext.INFOBOX else ImageKind.MEDIA
    known = {
        "width": image.width,
        "height": image.height,
        "page_url": page_url,
        "context": context,
        "season_number": image.season_number,
        "caption": image.caption,
    }
    return image_row(entity_id, Source.FANDOM, kind, image.file_id, image.url, **known)


def put_images(
    session: Session,
    outcome: Outcome,
    source: Source,
    rows: Collection[ImageRow],
    *,
    complete_for: Collection[UUID] = (),
    in_passing: bool = False,
) -> None:
    """Store a source's images, and choose the pictures of their entities anew.

    Args:
        complete_for: entities of which these are all that the source has: others are kept, as not listed.
        in_passing: these are named beside something else. It says nothing of whether one that is stored is still listed.
    """
    stored = _stored(session, source, {row["entity_id"] for row in rows})
    if source is Source.IMDB:
        rows = _by_file(rows, stored.values())
    kept: list[ImageRow] = []
    grown: list[UUID] = []
    for row in rows:
        present = stored.get(_key(row))
        kept.append(row if present is None else row | _better(present, row))
        if present is not None:
            if in_passing:
                kept[-1]["is_listed"] = present["is_listed"]
            if kept[-1]["url"] != present["url"] and (row["width"] or 0) > (present["width"] or 0):
                grown.append(present["id"])
    removed = _unlist(session, source, rows, complete_for)
    _leave_copies(session, grown)
    outcome.count("core.images", write(session, Image, kept, key=KEY) + Counts(removed=removed))
    for kind, counts in choose_pictures(session, {row["entity_id"] for row in rows} | set(complete_for)).items():
        if counts.changed:
            outcome.count(f"core.{MODELS[kind].__tablename__}", Counts(updated=counts.updated))


def _key(row: ImageRow) -> tuple[UUID, str, str]:
    return row["entity_id"], str(row["kind"]), row["source_id"]


def _stored(session: Session, source: Source, entities: Collection[UUID]) -> dict[tuple[UUID, str, str], ImageRow]:
    found = session.execute(
        text(
            "select id, entity_id, kind, source_id, url, language, width, height, vote_average, vote_count, page_url,"
            " context, season_number, caption, is_listed"
            " from core.images where source = :source and entity_id = any(:entities)"
        ),
        {"source": source, "entities": list(entities)},
    )
    return {_key(row): row for row in map(dict, found.mappings())}


def file_of(url: str) -> str:
    """IMDb's name of an image's file, whatever size of it an address asks for."""
    return url.rsplit("/", 1)[-1].split("._V", 1)[0]


def _by_file(rows: Collection[ImageRow], stored: Collection[ImageRow]) -> list[ImageRow]:
    """The rows under the names by which the same files are stored: only some of IMDb's layers tell its `rm...`."""
    names = {(row["entity_id"], row["kind"], file_of(row["url"])): row["source_id"] for row in stored}
    return [
        row | {"source_id": names.get((row["entity_id"], str(row["kind"]), file_of(row["url"])), row["source_id"])}
        for row in rows
    ]


def _better(stored: ImageRow, told: ImageRow) -> ImageRow:
    """What the row is to hold of an image that is stored: the wider original, and all that is known of it."""
    better = {name: stored[name] if told[name] is None else told[name] for name in KNOWN}
    if (told["width"] or 0) < (stored["width"] or 0):
        better |= {name: stored[name] for name in ("url", "width", "height")}
    if all(told[name] is None for name in PLACE):
        better |= {name: stored[name] for name in PLACE}
    return better


def _unlist(session: Session, source: Source, rows: Collection[ImageRow], whole: Collection[UUID]) -> int:
    unlisted = session.execute(
        text(
            """
            update core.images i set is_listed = false
            where i.entity_id = any(:entities) and i.source = :source and i.is_listed
              and not exists (
                select from unnest(cast(:ids as uuid[]), cast(:kinds as text[]), cast(:names as text[])) as w(id, kind, name)
                where w.id = i.entity_id and w.kind = i.kind and w.name = i.source_id)
            """
        ),
        {
            "entities": list(whole),
            "source": source,
            "ids": [row["entity_id"] for row in rows],
            "kinds": [row["kind"] for row in rows],
            "names": [row["source_id"] for row in rows],
        },
    )
    return int(unlisted.rowcount)  # type: ignore[attr-defined]


def _leave_copies(session: Session, images: Collection[UUID]) -> None:
    """Of what is there in a larger size now our copy is no longer one: it is mirrored anew."""
    session.execute(
        text("update core.images set asset_id = null where id = any(:ids) and asset_id is not null"),
        {"ids": list(images)},
    )


@cache
def _settings() -> TmdbSettings:
    return load(TmdbSettings)
