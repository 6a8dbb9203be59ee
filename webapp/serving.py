"""The two servers that `python -m webapp` runs the app on: werkzeug's with a thread per connection, and gevent's."""

import errno
import logging
import signal
import socket

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, run_simple, select_address_family

from db.session import check_reachable
from db.settings import ConfigurationError
from webapp.app import create_app
from webapp.settings import WebSettings

log = logging.getLogger(__name__)


def serve(settings: WebSettings, *, reload: bool) -> None:
    """Serve until interrupted (Ctrl-C, SIGTERM), then take leave of the sockets.

    Raises:
        ConfigurationError: that cannot be.
    """
    app = create_app()
    check_reachable()
    if not is_running_from_reloader():  # whose parent holds the port already
        _check_free(settings)
    try:
        if settings.web_server == "gevent":
            _serve_green(app, settings)
        else:
            _serve_threads(app, settings, reload=reload)
    finally:
        app.extensions["realtime"].stop()


def _serve_threads(app: Flask, settings: WebSettings, *, reload: bool) -> None:
    if not reload:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    run_simple(settings.web_host, settings.web_port, app, use_reloader=reload, threaded=True, request_handler=Silent)


class Silent(WSGIRequestHandler):
    """Leaves the log of requests to the app: werkzeug's own would tell addresses and queries."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


def _serve_green(app: Flask, settings: WebSettings) -> None:
    import gevent  # only where it was chosen: it has patched the standard library then
    from gevent.pywsgi import WSGIServer

    server = WSGIServer((settings.web_host, settings.web_port), app, log=None, error_log=log, backlog=1024)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, 1)
    server.serve_forever(stop_timeout=1)


def _check_free(settings: WebSettings) -> None:
    family = select_address_family(settings.web_host, settings.web_port)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.web_host, settings.web_port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ConfigurationError(
                    "WEB_PORT",
                    f"port {settings.web_port} is taken on {settings.web_host}; stop who has it, or set another",
                ) from None
            variable = "WEB_PORT" if isinstance(error, PermissionError) else "WEB_HOST"
            raise ConfigurationError(
                variable, f"cannot listen on {settings.web_host}:{settings.web_port}: {error.strerror}"
            ) from None
