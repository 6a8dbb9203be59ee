"""Files that clients load as they are, at `/static/`: the small client of realtime events."""

from flask import Flask, Response, send_from_directory

FOLDER = "static"
MAX_AGE = 3600
"""Seconds for which a file may be kept; after that it is asked for with its ETag. Names do not change with contents."""

TYPES = {"js": "text/javascript", "ts": "text/plain"}


def init_app(app: Flask) -> None:
    """Serve the files of `webapp/static`."""

    @app.get(f"/{FOLDER}/<path:name>")
    def static(name: str) -> Response:
        mimetype = TYPES.get(name.rpartition(".")[2])
        response = send_from_directory(f"{app.root_path}/{FOLDER}", name, mimetype=mimetype, max_age=MAX_AGE)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
