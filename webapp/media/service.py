"""Copies of images: the original as it is, and smaller ones that are made when they are first asked for.

A variant is made once, whoever asks for it at the same time: threads of a process wait for each other, processes by a lock of
the database. It is then an object beside its original, and read from there.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from sqlalchemy import text

from db.object_store import ObjectStore, StoreFailed, object_store
from db.session import engine, read
from models.rules.image_types import SVG, ImageType
from models.rules.variants import variant_key, variant_type
from webapp.errors import NotFound
from webapp.media.scaling import scaled
from webapp.settings import web_settings

log = logging.getLogger(__name__)

LOCKS = 7_466
"""The namespace of the database's locks under which variants are made."""

MISSING = "Image not found"


class Original(NamedTuple):
    """A copy in our store."""

    sha256: str
    key: str
    content_type: str
    width: int | None


class Picture(NamedTuple):
    """What is sent."""

    content: bytes
    content_type: str


def original(sha256: str) -> Original:
    """The copy with this content.

    Raises:
        NotFound: there is none.
    """
    with read() as connection:
        row = connection.execute(
            text("select sha256, key, content_type, width from core.assets where sha256 = :sha256"),
            {"sha256": sha256.lower()},
        ).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return Original(*row)


def is_drawing(image: Original) -> bool:
    """Whether an image is a drawing (SVG), which has every size."""
    return image.content_type == SVG.content_type


def whole(image: Original) -> Picture:
    """The original itself.

    Raises:
        NotFound: the store has lost it.
    """
    return Picture(_stored(object_store(), image), image.content_type)


class Variants:
    """Reads variants, and makes what is missing."""

    def __init__(self, store: ObjectStore, *, most_pixels: int, at_once: int) -> None:
        self._store = store
        self._most_pixels = most_pixels
        self._turns = threading.BoundedSemaphore(at_once)
        self._guard = threading.Lock()
        self._making: dict[str, tuple[threading.Lock, int]] = {}

    def at_width(self, image: Original, width: int, *, takes_webp: bool) -> Picture:
        """The image at this width, or the original where no smaller one can be made.

        Raises:
            NotFound: the store has lost the original.
        """
        kind = variant_type(image.content_type, takes_webp=takes_webp)
        if kind is None or (image.width is not None and image.width <= width):
            return whole(image)
        key = variant_key(image.key, width, kind)
        if (found := self._store.read(key)) is not None:
            return Picture(found, kind.content_type)
        with self._alone(key):
            if (found := self._store.read(key)) is not None:
                return Picture(found, kind.content_type)
            return self._make(image, width, key, kind)

    def _make(self, image: Original, width: int, key: str, kind: ImageType) -> Picture:
        content = _stored(self._store, image)
        made = scaled(content, width, kind, most_pixels=self._most_pixels)
        if made is None:
            return Picture(content, image.content_type)
        try:
            self._store.put_bytes(key, made, kind.content_type)
        except StoreFailed as error:
            log.warning("the variant %s could not be stored and is made again next time: %s", key, error)
        return Picture(made, kind.content_type)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._making.get(key, (threading.Lock(), 0))
            self._making[key] = (lock, waiting + 1)
        try:
            with lock, self._turns, engine().begin() as connection:
                connection.execute(text("set local lock_timeout = '30s'"))
                connection.execute(
                    text("select pg_advisory_xact_lock(:space, hashtext(:key))"), {"space": LOCKS, "key": key}
                )
                yield
        finally:
            with self._guard:
                lock, waiting = self._making[key]
                if waiting == 1:
                    del self._making[key]
                else:
                    self._making[key] = (lock, waiting - 1)


def _stored(store: ObjectStore, image: Original) -> bytes:
    content = store.read(image.key)
    if content is None:
        log.error("the store has lost %s; `python -m flows verify-media` finds what else is missing", image.key)
        raise NotFound(MISSING)
    return content


def variants() -> Variants:
    """The process's maker of variants."""
    return _variants(object_store())


@cache
def _variants(store: ObjectStore) -> Variants:
    settings = web_settings()
    return Variants(store, most_pixels=settings.media_max_pixels, at_once=settings.media_threads)
