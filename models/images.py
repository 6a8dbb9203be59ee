"""Images that sources offer for an entity, and the assets that our own store holds."""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import CORE, UUID, datetime, moment, new_id, one_of
from models.entities import Source


class ImageKind(StrEnum):
    """What an image shows."""

    POSTER = "poster"
    BACKDROP = "backdrop"
    LOGO = "logo"
    STILL = "still"
    PROFILE = "profile"
    MEDIA = "media"


class ImageContext(StrEnum):
    """Where a page shows an image, of sources that show their images on pages."""

    INFOBOX = "infobox"
    TAGLINE = "tagline"
    REUNION = "reunion"
    ARTICLE = "article"
    GALLERY = "gallery"


class Asset(SQLModel, table=True):
    """An object in our store, named by its content: the same bytes are kept once.

    `key` is that of the first owner and stays, also after a merge. Dimensions, blurhash and `animated` come from decoding
    it (`measure-media`); `damage` says why it could not be decoded, and then no image leads to it.
    """

    __tablename__ = "assets"
    __table_args__ = (
        Index("ix_assets_unmeasured", "id", postgresql_where=text("measured_at is null")),
        {"schema": CORE},
    )

    id: UUID = new_id()
    sha256: str = Field(unique=True, min_length=64, max_length=64)
    key: str = Field(unique=True)
    content_type: str
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    width: int | None = None
    height: int | None = None
    created_at: datetime | None = moment(now=True)
    blurhash: str | None = None
    animated: bool | None = None
    damage: str | None = None
    measured_at: datetime | None = moment()
    unreferenced_since: datetime | None = moment()


class Image(SQLModel, table=True):
    """An image of an entity at a source; `asset_id` once it is mirrored. Unlisted ones keep their row and their asset."""

    __tablename__ = "images"
    __table_args__ = (
        one_of("source", Source),
        one_of("kind", ImageKind),
        one_of("context", ImageContext),
        UniqueConstraint("entity_id", "source", "kind", "source_id", name="uq_images_identity"),
        {"schema": CORE},
    )

    id: UUID = new_id()
    entity_id: UUID = Field(foreign_key="core.entities.id")
    source: str
    kind: str
    source_id: str = Field(description="What the source calls the image (TMDb: file_path)")
    url: str
    language: str | None = Field(default=None, description="ISO 639-1; none for an image without words")
    width: int | None = None
    height: int | None = None
    vote_average: float | None = Field(default=None, sa_column=Column(Numeric(6, 3)))
    vote_count: int | None = None
    asset_id: UUID | None = Field(default=None, foreign_key="core.assets.id", index=True)
    is_listed: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    page_url: str | None = Field(default=None, description="The page that shows it, where its host asks for that")
    context: str | None = None
    season_number: int | None = Field(default=None, description="The season that its page shows it for")
    caption: str | None = None
