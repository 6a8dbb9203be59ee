"""The database schemas that are ours, and the extensions that they need."""

SCHEMAS = ("core", "ops")
EXTENSIONS = ("unaccent", "pg_trgm")
