"""Alembic migrations, run by `python -m db migrate`."""
