"""Networks, production companies and watch providers, and which shows they carry."""

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from models.base import CHOSEN, CORE, UUID, datetime, entity_id, moment, one_of
from models.entities import Source


class Network(SQLModel, table=True):
    """A broadcaster or streaming service that commissions shows."""

    __tablename__ = "networks"
    __table_args__ = {"schema": CORE}

    id: UUID = entity_id()
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str
    sort_name: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    origin_country: str | None = None
    logo_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)


class Company(SQLModel, table=True):
    """A production company."""

    __tablename__ = "companies"
    __table_args__ = {"schema": CORE}

    id: UUID = entity_id()
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str
    sort_name: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    origin_country: str | None = None
    logo_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)


class WatchProvider(SQLModel, table=True):
    """A service where shows can be streamed, rented or bought. Data by JustWatch, through TMDb."""

    __tablename__ = "watch_providers"
    __table_args__ = {"schema": CORE}

    id: UUID = entity_id()
    tmdb_id: int | None = Field(default=None, unique=True)
    name: str
    sort_name: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    logo_image_id: UUID | None = Field(default=None, description=CHOSEN)
    created_at: datetime | None = moment(now=True)


class ShowNetwork(SQLModel, table=True):
    """A network that a source names for a show; `position` keeps the source's order."""

    __tablename__ = "show_networks"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True)
    network_id: UUID = Field(foreign_key="core.networks.id", primary_key=True, index=True)
    source: str = Field(primary_key=True)
    position: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class ShowCompany(SQLModel, table=True):
    """A production company that a source names for a show."""

    __tablename__ = "show_companies"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True)
    company_id: UUID = Field(foreign_key="core.companies.id", primary_key=True, index=True)
    source: str = Field(primary_key=True)
    position: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class ShowWatchProvider(SQLModel, table=True):
    """An offer: a show at a provider in a region (ISO 3166-1), as `flatrate`, `rent`, `buy`, `ads`, `free` ..."""

    __tablename__ = "show_watch_providers"
    __table_args__ = (one_of("source", Source), {"schema": CORE})

    show_id: UUID = Field(foreign_key="core.shows.id", primary_key=True)
    region: str = Field(primary_key=True)
    offer_type: str = Field(primary_key=True)
    provider_id: UUID = Field(foreign_key="core.watch_providers.id", primary_key=True, index=True)
    source: str = Field(primary_key=True)
    display_priority: int | None = None
    link: str | None = Field(default=None, description="TMDb's page of the region's offers")
