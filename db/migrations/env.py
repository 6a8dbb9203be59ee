"""How Alembic reaches the database: as its owner, with time limits, one migration at a time."""

from alembic import context
from sqlalchemy import text
from sqlmodel import SQLModel

import models  # noqa: F401  (fills the metadata)
from db.migrations.names import MIGRATION_LOCK, SCHEMAS

connection = context.config.attributes["connection"]


def of_ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether Alembic should compare this object: only what lies in our schemas."""
    return kind != "schema" or name in SCHEMAS


context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    include_schemas=True,
    include_name=of_ours,
    version_table_schema="public",
    transaction_per_migration=True,
    compare_server_default=False,
)

# A second `migrate` waits here until the first is done; a lock that a busy table holds fails the migration, not the site.
connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
connection.execute(text("set lock_timeout = '5s'"))
connection.execute(text("set statement_timeout = '15min'"))
connection.commit()
try:
    with context.begin_transaction():
        context.run_migrations()
finally:
    connection.rollback()
    connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
