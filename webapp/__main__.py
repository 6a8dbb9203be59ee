"""`python -m webapp`: the web app, REST and Socket.IO, in one process. Several of them share nothing but the database."""

import argparse
import logging
import sys

from db.settings import ConfigurationError
from webapp.settings import WebServer, web_settings


def main() -> int:
    """Serve until interrupted; 1 with a sentence when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m webapp", description="Serve the API at WEB_HOST:WEB_PORT.")
    parser.add_argument("--reload", action="store_true", help="start again whenever a source file changes")
    parser.add_argument("--gevent", action="store_true", help="the same as WEB_SERVER=gevent: for many sockets")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = web_settings()
        if arguments.gevent:
            settings.web_server = WebServer.GEVENT
        if settings.web_server is WebServer.GEVENT:
            if arguments.reload:
                raise ConfigurationError("WEB_SERVER", "gevent does not reload; use threads for that")
            _become_green()
        from webapp.serving import serve  # after the standard library was patched, if it was to be

        serve(settings, reload=arguments.reload)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _become_green() -> None:
    """Let everything that waits give way to others."""
    try:
        from gevent import monkey
    except ImportError:
        raise ConfigurationError("WEB_SERVER", "gevent is not installed") from None
    monkey.patch_all()


if __name__ == "__main__":
    raise SystemExit(main())
