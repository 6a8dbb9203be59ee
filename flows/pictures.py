"""Image rows: what a source offers for an entity, before anything is downloaded."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.bulk import Counts, write
from flows.settings import TmdbSettings, load
from flows.sources.imdb.answers import ImdbImage
from flows.sources.tmdb.image_urls import image_url
from flows.sources.tmdb.payloads import Image as ImagePayload
from models.entities import Source
from models.images import Image, ImageKind

ImageRow = dict[str, Any]
KEY = ("entity_id", "source", "kind", "source_id")


def tmdb_image(entity_id: UUID, kind: ImageKind, path: str, image: ImagePayload | None = None) -> ImageRow:
    """A row of `core.images` for one of TMDb's images; of one that is only named by its path, the rest is unknown."""
    return {
        "entity_id": entity_id,
        "source": Source.TMDB,
        "kind": kind,
        "source_id": path,
        "url": image_url(_settings(), path),
        "language": image.iso_639_1 if image else None,
        "width": image.width if image else None,
        "height": image.height if image else None,
        "vote_average": image.vote_average if image else None,
        "vote_count": image.vote_count if image else None,
        "is_listed": True,
    }


def tmdb_images(entity_id: UUID, kind: ImageKind, images: Iterable[ImagePayload], main: str | None) -> list[ImageRow]:
    """The rows for a list of images, and for the main one where the list lacks it."""
    rows = [tmdb_image(entity_id, kind, image.file_path, image) for image in images if image.file_path]
    if main and all(row["source_id"] != main for row in rows):
        rows.append(tmdb_image(entity_id, kind, main))
    return rows


def imdb_image(entity_id: UUID, kind: ImageKind, image: ImdbImage) -> ImageRow:
    """A row of `core.images` for one of IMDb's images."""
    return {
        "entity_id": entity_id,
        "source": Source.IMDB,
        "kind": kind,
        "source_id": image.id,
        "url": image.url,
        "width": image.width,
        "height": image.height,
    }


def put_imdb_images(session: Session, rows: Collection[ImageRow]) -> Counts:
    """Store images that IMDb names in passing: the poster of a title, the still of an episode.

    One that is there is left as it is: the gallery that it is from knows more of it.
    """
    return write(session, Image, rows, key=KEY, insert_only=("url", "width", "height"))


def put_images(session: Session, rows: Collection[ImageRow], *, complete_for: Collection[UUID] = ()) -> Counts:
    """Store TMDb's images. Those of the entities in `complete_for` that TMDb lists no more are kept, as not listed."""
    unlisted = session.execute(
        text(
            """
            update core.images i set is_listed = false
            where i.entity_id = any(:entities) and i.source = 'tmdb' and i.is_listed
              and not exists (
                select from unnest(cast(:ids as uuid[]), cast(:kinds as text[]), cast(:paths as text[])) as w(id,
                kind, path) where w.id = i.entity_id and w.kind = i.kind and w.path = i.source_id)
            """
        ),
        {
            "entities": list(complete_for),
            "ids": [row["entity_id"] for row in rows],
            "kinds": [row["kind"] for row in rows],
            "paths": [row["source_id"] for row in rows],
        },
    )
    return write(session, Image, rows, key=KEY) + Counts(removed=unlisted.rowcount)  # type: ignore[attr-defined]


@cache
def _settings() -> TmdbSettings:
    return load(TmdbSettings)
