"""What every table shares: naming of constraints, the schemas, and the column types that are easy to get wrong.

SQLModel table classes do not validate, so the rules that matter are constraints of the database. Enumerations are text
with a check, never native enums (a downgrade leaves those behind); timestamps carry their zone; ids are random UUIDs.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the number of a transaction, which never comes again."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """The type's name in SQL."""
        return "xid8"


CORE = "core"
OPS = "ops"
ACCOUNTS = "accounts"
SOCIAL = "social"

CHOSEN = "A row of core.images. Without a foreign key: derive keeps it true, and no index is kept for looking it up"


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """A check that a text column holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def new_id() -> Any:
    """A UUID primary key of its own."""
    return Field(
        default_factory=uuid4, primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )


def entity_id() -> Any:
    """A primary key that is the id of a row in `core.entities`."""
    return Field(sa_column=Column(ForeignKey("core.entities.id"), primary_key=True))


def moment(*, null: bool = True, now: bool = False) -> Any:
    """A timestamp with its zone; `now` lets the database fill it in."""
    return Field(
        default=None,
        sa_column=Column(
            DateTime(timezone=True), nullable=null and not now, server_default=text("now()") if now else None
        ),
    )


def slug() -> Any:
    """The words of an entity's address, as `db.slugs` chooses them."""
    return Field(default="", sa_column_kwargs={"server_default": ""}, description="The words of its address")


def texts() -> Any:
    """A text array that is empty rather than unknown."""
    return Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]"))
    )


__all__ = [
    "ACCOUNTS",
    "CORE",
    "OPS",
    "SOCIAL",
    "UUID",
    "TransactionId",
    "datetime",
    "entity_id",
    "moment",
    "new_id",
    "one_of",
    "slug",
    "texts",
]  # fmt: skip
