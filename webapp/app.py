"""The Flask app: `create_app()` puts the parts together. `gunicorn 'webapp.app:create_app()'` runs it in production."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from db.object_store import object_store
from webapp import access_log, api, console, converters, cors, docs, errors, frame, health, request_id, static_files
from webapp.access.settings import access_settings
from webapp.accounts.routes import blp as accounts
from webapp.admin.routes import blp as admin
from webapp.air_times.routes import blp as air_times
from webapp.cast.routes import blp as cast
from webapp.conversations.routes import blp as conversations
from webapp.editing.routes import blp as editing
from webapp.follows.routes import blp as follows
from webapp.images.routes import blp as images
from webapp.jobs.routes import blp as jobs
from webapp.limiting.routes import blp as limiting
from webapp.media.routes import blp as media
from webapp.messages.routes import blp as messages
from webapp.moderation.routes import blp as moderation
from webapp.notifications.routes import blp as notifications
from webapp.organisations.routes import blp as organisations
from webapp.outbox.routes import blp as outbox
from webapp.pages.routes import blp as pages
from webapp.people.routes import blp as people
from webapp.posts.routes import blp as posts
from webapp.progress.routes import blp as progress
from webapp.provenance.routes import blp as provenance
from webapp.realtime import server as realtime
from webapp.realtime.contract import blp as contract
from webapp.realtime.routes import blp as rooms
from webapp.realtime.settings import realtime_settings
from webapp.roster.routes import blp as roster
from webapp.search.routes import blp as search
from webapp.seasons.routes import blp as seasons
from webapp.settings import account_settings, web_settings, webhook_settings
from webapp.shows.routes import blp as shows
from webapp.sync.routes import blp as sync
from webapp.threads.routes import blp as threads
from webapp.users.routes import blp as users
from webapp.webhooks.routes import blp as webhooks


class App(Flask):
    """Flask without coroutines: nothing of ours is one, and to ask that of every hook and view at every request takes as long
    as all that the hooks do.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app() -> Flask:
    """A new app.

    Raises:
        ConfigurationError: a setting is missing or malformed.
    """
    settings = web_settings()
    access_settings()
    account_settings()
    webhook_settings()
    object_store()  # refuse to start without the store that image addresses point to
    app = App(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = settings.web_max_body_bytes
    access_log.init_app(app)
    request_id.init_app(app)
    cors.init_app(app, settings.origins)
    frame.init_app(app)  # before the converters: who asks is known before what is asked for is judged
    converters.init_app(app)
    errors.init_app(app)
    docs.init_app(app)
    documented = api.init_app(app)
    documented.register_blueprint(health.blp)
    documented.register_blueprint(media)
    documented.register_blueprint(contract)
    for resource in (
        *(shows, seasons, cast, people, organisations, images, pages, provenance, search),
        *(sync, editing, roster),
        *(accounts, users, admin, limiting, jobs, outbox, rooms, webhooks),
        *(threads, posts, progress, follows, notifications, moderation, air_times),
        *(conversations, messages),
    ):
        documented.register_blueprint(resource, url_prefix=api.PREFIX)
    static_files.init_app(app)
    console.init_app(app)
    realtime.init_app(app, realtime_settings(), settings.origins)
    if settings.web_proxies:  # around everything: sockets are counted by address, too
        told = ProxyFix(app.wsgi_app, x_for=settings.web_proxies, x_proto=settings.web_proxies)
        app.wsgi_app = told  # type: ignore[method-assign]
    return app
