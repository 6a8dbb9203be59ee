"""The Flask app of the upstream: one blueprint per protocol, with conditions before and the request log after each answer."""

import time
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, jsonify, request

from deployments.upstream import images, tmdb
from deployments.upstream.amend import Amended
from deployments.upstream.conditions import Conditions, RequestLog, Served
from deployments.upstream.service import Service
from deployments.upstream.source import Source

PROTOCOLS: Sequence[Blueprint] = (tmdb.blueprint, images.blueprint)
HEALTH = "/_health"


def create_app(
    source: Source,
    *,
    conditions: Conditions | None = None,
    requests: RequestLog | None = None,
    protocols: Sequence[Blueprint] = PROTOCOLS,
) -> Flask:
    """An app that answers from `source` in every given protocol.

    The app's service (`app.extensions["upstream"]`) holds source, conditions and log; all may be changed while it runs.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    amended = source if isinstance(source, Amended) else Amended(source)
    shared = Service(amended, conditions or Conditions(), RequestLog() if requests is None else requests)
    app.extensions["upstream"] = shared

    @app.before_request
    def meet_the_weather() -> Response | None:
        if request.path == HEALTH:
            return None
        if shared.conditions.latency > 0:
            time.sleep(shared.conditions.latency)
        return shared.conditions.fault_for(request)

    @app.after_request
    def keep_the_log(response: Response) -> Response:
        if request.path != HEALTH:
            empty = request.method == "HEAD" or response.status_code == 304
            length = 0 if empty else response.calculate_content_length() or 0
            shared.requests.add(Served(request.method, request.full_path.rstrip("?"), response.status_code, length))
        return response

    @app.route(HEALTH)
    def health() -> Response:
        return jsonify(
            status="ok",
            source=shared.source.name,
            shows=len(shared.source.show_ids()),
            requests=shared.requests.total,
            bytes=shared.requests.total_bytes,
        )

    for blueprint in protocols:
        app.register_blueprint(blueprint)
    return app
