"""The Flask app of the upstream: one blueprint per protocol, with conditions before and the request log after each answer."""

import time
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, g, request

from deployments.upstream import (
    control,
    fandom,
    images,
    imdb_datasets,
    imdb_graphql,
    imdb_images,
    imdb_pages,
    tmdb,
    wikidata,
)
from deployments.upstream.amend import Amended
from deployments.upstream.answers import over_limit
from deployments.upstream.arrival import ARRIVED
from deployments.upstream.changes import ChangeFeed
from deployments.upstream.conditions import Conditions, RequestLog, Served
from deployments.upstream.faults import ENDING, SPOILED, befall, busy, disconnected, spoil
from deployments.upstream.service import FOREIGN_PER_DAY, Service
from deployments.upstream.source import Source

PROTOCOLS: Sequence[Blueprint] = (
    tmdb.blueprint,
    images.blueprint,
    imdb_graphql.blueprint,
    imdb_pages.blueprint,
    imdb_datasets.blueprint,
    imdb_images.blueprint,
    fandom.blueprint,
    wikidata.blueprint,
)
KINDS = {"list_v3": "list", "list_v4": "list", "anything_else": "unknown"}
"""Where `/_stats` calls a kind of request by another name than its view has."""
PLAIN = (tmdb.blueprint.name, images.blueprint.name, control.blueprint.name)
"""The protocols whose kinds of requests are called by the view alone; before the others' stands the protocol."""


def create_app(
    source: Source,
    *,
    conditions: Conditions | None = None,
    requests: RequestLog | None = None,
    feed: ChangeFeed | None = None,
    protocols: Sequence[Blueprint] = PROTOCOLS,
) -> Flask:
    """An app that answers from `source` in every given protocol.

    The app's service (`app.extensions["upstream"]`) holds source, conditions and log; all may be changed while it runs.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    shared = Service(
        source if isinstance(source, Amended) else Amended(source),
        conditions or Conditions(),
        RequestLog() if requests is None else requests,
        feed or ChangeFeed(FOREIGN_PER_DAY),
        protocols=tuple(blueprint.name for blueprint in protocols),
    )
    app.extensions["upstream"] = shared

    @app.before_request
    def meet_the_weather() -> Response | None:
        if request.blueprint == control.blueprint.name:
            return None
        answer = refusal(shared)
        if shared.conditions.latency > 0:
            time.sleep(shared.conditions.latency)  # as long as a real upstream takes
        return answer or shared.conditions.fault_for(request)

    @app.after_request
    def keep_the_log(response: Response) -> Response:
        if request.blueprint == control.blueprint.name:
            return response
        if (spoiled := request.environ.get(SPOILED)) and response.status_code == 200 and response.is_json:
            spoil(response, *spoiled)
        empty = request.method == "HEAD" or response.status_code == 304
        length = 0 if empty else response.calculate_content_length() or 0
        status = response.status_code
        if request.environ.get(ENDING):
            status = length = 0
        shared.requests.add(Served(request.method, request.full_path.rstrip("?"), status, length))
        shared.stats.served(kind_of_request(), status, length, request.blueprint or "unknown")
        return response

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        if g.pop("in_flight", False):
            shared.stats.leave()

    for blueprint in (*protocols, control.blueprint):
        app.register_blueprint(blueprint)
    return app


def refusal(shared: Service) -> Response | None:
    """What is sent instead of an answer: for an outage, too many requests in flight or in a second, or by bad weather."""
    conditions, stats, protocol = shared.conditions, shared.stats, request.blueprint or "unknown"
    draws = conditions.draws_of(protocol)
    weather = draws.weather
    image = protocol == images.blueprint.name or kind_of_request() == "picture"
    in_flight = 0
    if not image or weather.on_images:
        in_flight, g.in_flight = stats.arrive(), True
    if conditions.is_out_for(protocol):
        stats.fault("outage")
        return disconnected(request, "silent")
    if not image and (answer := conditions.failing(protocol).answer(protocol)) is not None:
        stats.fault(conditions.failing(protocol).name)
        return answer
    if weather.max_in_flight is not None and in_flight > weather.max_in_flight:
        stats.fault("max_in_flight")
        return busy(weather.in_flight_status, weather.retry_after)
    limit = None if image else conditions.limit_of(protocol)
    if limit is not None and (wait := limit.take(request.environ.get(ARRIVED))):
        stats.fault("rate_limit")
        return over_limit(limit.burst, wait)
    if image and not weather.on_images:
        return None
    if (trouble := draws.next_for(address())) is None:
        return None
    stats.fault(trouble.kind)
    answer = befall(request, trouble, weather)
    if trouble.kind == "timeouts":
        shared.stopping.wait(weather.timeout_seconds)
    return answer


def address() -> str:
    """Method, path and query without the credential: what draws of the weather go by."""
    query = sorted((key, value) for key, value in request.args.items(multi=True) if key != "api_key")
    return f"{request.method} {request.path} {query}"


def kind_of_request() -> str:
    """`show`, `person`, `list`, `image`, `fandom api` ...: the name of the view that answers, or `unknown`."""
    protocol, _, name = (request.endpoint or "unknown").rpartition(".")
    return KINDS.get(name, name) if protocol in ("", *PLAIN) or name == "picture" else f"{protocol} {name}"
