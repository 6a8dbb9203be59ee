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
    webhooks,
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
    webhooks,
)


def init_app(app: Flask) -> None:
    """Serve the pages."""
    helpers = (access.viewer, access.decides, access.moderates, access.has_webhooks, access.form_secret)
    for helper in (*helpers, notifications.unread):
        app.jinja_env.globals[helper.__name__] = helper
    frame.init_app(app)
