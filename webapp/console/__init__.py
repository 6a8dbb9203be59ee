"""The console at `/console`: pages for a person who wants to see what the catalogue knows, and to mend it."""

from flask import Flask

from webapp.console import (
    access,
    decisions,
    discussions,
    editing,
    finding,
    frame,
    lists,
    messaging,
    moderating,
    notifications,
    operations,
    routes,
    signing_in,
    talking,
)  # (each puts its pages on `frame.blp`)

PAGES = (
    decisions,
    discussions,
    editing,
    finding,
    lists,
    messaging,
    moderating,
    notifications,
    operations,
    routes,
    signing_in,
    talking,
)


def init_app(app: Flask) -> None:
    """Serve the pages."""
    for helper in (access.viewer, access.decides, access.moderates, access.form_secret, notifications.unread):
        app.jinja_env.globals[helper.__name__] = helper
    frame.init_app(app)
