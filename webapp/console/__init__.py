"""The console at `/console`: pages for a person who wants to see what the catalogue knows, and to mend it."""

from webapp.console import lists, operations, routes  # noqa: F401  (they put their pages on the blueprint)
from webapp.console.frame import init_app

__all__ = ["init_app"]
