"""`python -m webapp`: the web app on werkzeug's threaded server, for one machine. Production runs it under gunicorn."""

import argparse
import errno
import logging
import socket
import sys

from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, run_simple, select_address_family

from db.session import check_reachable
from db.settings import ConfigurationError
from webapp.app import create_app
from webapp.settings import WebSettings, web_settings


def main() -> int:
    """Serve until interrupted; 1 with a sentence when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m webapp", description="Serve the API at WEB_HOST:WEB_PORT.")
    parser.add_argument("--reload", action="store_true", help="start again whenever a source file changes")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = web_settings()
        app = create_app()
        check_reachable()
        if not is_running_from_reloader():  # whose parent holds the port already
            _check_free(settings)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    run_simple(
        settings.web_host,
        settings.web_port,
        app,
        use_reloader=arguments.reload,
        threaded=True,
        request_handler=Silent,
    )
    return 0


class Silent(WSGIRequestHandler):
    """Leaves the log of requests to the app: werkzeug's own would tell addresses and queries."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


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


if __name__ == "__main__":
    raise SystemExit(main())
