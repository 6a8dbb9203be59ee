"""Row level security, as migrations say it.

The application's login sees of a private table what belongs to the user for whom its transaction acts
(`db.session.acting_as`), whatever the query says. The system's login (`SYSTEM_DATABASE_URL`) sees all of it, by the policy
`system` that each migration run makes anew (`db/migrate.py`). The owner of the tables has no way around either.
"""

from alembic import op

VIEWER = "(select accounts.viewer())"
"""The user for whom the transaction acts; null for nobody. As a subquery it is asked once a statement, not once a row."""


def guard(table: str) -> None:
    """Show nobody any row of a table, until policies say otherwise."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")


def private(table: str, using: str = f"user_id = {VIEWER}", check: str | None = None) -> None:
    """Show and change the rows of a table only where a condition holds; new rows must fulfil it, or `check`."""
    guard(table)
    op.execute(f"create policy own on {table} using ({using}) with check ({check or using})")
