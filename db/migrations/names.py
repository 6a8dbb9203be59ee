"""The database schemas that are ours, the extensions that they need, and the lock of who changes them."""

SCHEMAS = ("core", "ops", "accounts")
EXTENSIONS = ("unaccent", "pg_trgm")

MIGRATION_LOCK = 7_465_000
"""Key of the advisory lock under which one migration runs at a time, and its grants are made."""

APPEND_ONLY = ("ops.audit_log",)
"""Tables in which the application may only add rows."""

WITHHELD = {"accounts.users": ("id", "role", "status", "created_at", "deleted_at")}
"""Columns that the application may not change, whoever it acts for: they give rights."""
