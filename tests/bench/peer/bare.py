"""The least that an app must do to send these answers: WSGI, one connection a thread, one query whose text is sent as it is.

    API_BENCH_QUERIES=queries.json gunicorn tests.bench.peer.bare:app

`queries.json` is {path with query: [sql, parameters]}: the very queries that build the API's JSON.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg

from db.settings import database_settings

QUERIES: dict[str, tuple[str, list[Any]]] = json.loads(Path(os.environ["API_BENCH_QUERIES"]).read_text())
_own = threading.local()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer."""
    if not hasattr(_own, "connection"):
        address = database_settings().database_url.replace("+psycopg", "")
        _own.connection = psycopg.connect(
            address, autocommit=True, options="-c timezone=UTC", cursor_factory=psycopg.RawCursor
        )
    sql, parameters = QUERIES[f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"]
    row = _own.connection.execute(sql, parameters).fetchone()
    body = row[0].encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
