"""One line in the log for each request: what was asked, how it went, how long it took, and for whom.

It tells the route and not the address, so no id, search word or token of a path or query gets into it; and of the client only a
hash that is another one tomorrow.
"""

import logging
import time

from flask import Flask, Response, g
from flask.globals import request_ctx

from webapp.client_address import hashed_address
from webapp.request_id import request_id

log = logging.getLogger("webapp.requests")


def init_app(app: Flask) -> None:
    """Log every request. Registered first, it measures everything that comes after it."""
    app.before_request(_begin)
    app.after_request(_note)
    if not log.handlers and not logging.getLogger().handlers:  # under gunicorn nobody else configures logging
        log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)


def _begin() -> None:
    g.began = time.perf_counter()


def _note(response: Response) -> Response:
    asked, viewer, began = request_ctx.request, g.get("viewer"), g.get("began")
    log.info(
        "%s %s %d %.1f ms request=%s user=%s client=%s",
        asked.method,
        asked.url_rule or "-",
        response.status_code,
        (time.perf_counter() - began) * 1000 if began is not None else 0.0,
        request_id(),
        viewer.id if viewer else "-",
        hashed_address(),
    )
    return response
