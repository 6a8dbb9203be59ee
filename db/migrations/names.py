"""The database schemas that are ours, the extensions that they need, and the lock of who changes them."""

SCHEMAS = ("core", "ops")
EXTENSIONS = ("unaccent", "pg_trgm")

MIGRATION_LOCK = 7_465_000
"""Key of the advisory lock under which one migration runs at a time, and its grants are made."""
