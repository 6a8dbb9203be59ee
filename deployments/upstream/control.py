"""How another process steers a running upstream: addresses that begin with `/_`, open to all, neither logged nor troubled.

| Request | Answer |
|---|---|
| `GET /_health` | what is served, and how many requests were |
| `GET /_conditions` | all conditions |
| `POST /_conditions` `{"too_many": 0.01, "rate": 40, "burst": 4}` | the same, with those in the body set |
| `GET /_stats` | requests by kind and status, faults, most in flight, requests in the busiest second |
| `POST /_stats/reset` | sets them to nothing |
| `POST /_amend` `{"path": "tv/1", "fields": {"name": "New"}}` | 204; `announce: false` keeps it from the changes, `at` dates it |
| `POST /_amend` `{"path": "tv/1", "withdraw": true}` | 204; the path is 404 from now on |
| `POST /_amend` `{"path": "tv/1"}` | 204; announced as changed, though nothing is |
| `POST /_restore` | 204; everything as it was, nothing announced |

Conditions are those of `Weather` and `latency_ms`, `rate` and `burst` (a null rate lifts the limit), `max_age`,
`outage_seconds` (refuse everything for so long; 0 ends it), `foreign_changes` (a day) and `now` (the day that changes are
dated by, in ISO form; null for the true one). Setting any of `Weather` makes its draws begin anew. `protocols` sets what
holds for one protocol alone: `{"protocols": {"imdb-pages": {"challenge": "empty", "too_many": 0.5, "outage_seconds": 5}}}`
takes the failures of `Failing`, the weather, `rate` and `burst`, and `outage_seconds`; null heals the protocol.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from deployments.upstream.changes import utc_now
from deployments.upstream.conditions import Conditions, bucket
from deployments.upstream.failing import NAMES
from deployments.upstream.service import Service, service
from deployments.upstream.source import Body
from deployments.upstream.weather import Draws, Weather

blueprint = Blueprint("control", __name__)

WEATHER = frozenset(field.name for field in fields(Weather))
NUMBERS = ("latency_ms", "max_age", "outage_seconds", "foreign_changes")
NOTHING = ("", 204)


@blueprint.route("/_health")
def health() -> Response:
    shared = service()
    return jsonify(
        status="ok",
        source=shared.source.name,
        shows=len(shared.source.show_ids()),
        requests=shared.requests.total,
        bytes=shared.requests.total_bytes,
    )


@blueprint.route("/_conditions")
def conditions() -> Response:
    return jsonify(stated(service()))


@blueprint.route("/_conditions", methods=["POST"])
def set_conditions() -> Response | tuple[Response, int]:
    shared, wanted = service(), sent()
    if unknown := set(wanted) - set(stated(shared)):
        return refused(f"there is no condition {', '.join(sorted(unknown))}")
    try:
        apply(shared, wanted)
    except (TypeError, ValueError) as error:
        return refused(str(error))
    return jsonify(stated(shared))


@blueprint.route("/_stats")
def stats() -> Response:
    return jsonify(service().stats.as_json())


@blueprint.route("/_stats/reset", methods=["POST"])
def reset_stats() -> tuple[str, int]:
    service().stats.reset()
    return NOTHING


@blueprint.route("/_amend", methods=["POST"])
def amend() -> tuple[Response | str, int]:
    shared, wanted = service(), sent()
    path, changed = wanted.get("path"), wanted.get("fields")
    known = {"path", "fields", "withdraw", "announce", "at"}
    if not isinstance(path, str) or not isinstance(changed, dict | None) or not set(wanted) <= known:
        return refused('send {"path": "tv/1", "fields": {...}}, or withdraw, announce and at with it')
    try:
        at = instant(wanted["at"]) if wanted.get("at") else None
    except (TypeError, ValueError) as error:
        return refused(str(error))
    announce = bool(wanted.get("announce", True))
    if wanted.get("withdraw"):
        shared.withdraw(path, announce=announce, at=at)
    elif changed:
        shared.amend(path, None, changed, announce=announce, at=at)
    elif announce:
        shared.feed.announce(path, at)
    return NOTHING


@blueprint.route("/_restore", methods=["POST"])
def restore() -> tuple[str, int]:
    service().restore()
    return NOTHING


def sent() -> Body:
    """The JSON object a request brings."""
    if not isinstance(body := request.get_json(force=True), dict):
        raise BadRequest("a JSON object is needed")
    return body


def refused(reason: str) -> tuple[Response, int]:
    return jsonify(error=reason), 400


def stated(shared: Service) -> Body:
    """All conditions as JSON."""
    found = shared.conditions
    return {
        **asdict(found.weather),
        "latency_ms": round(found.latency * 1000, 3),
        "rate": found.limit.rate if found.limit else None,
        "burst": found.limit.burst if found.limit else None,
        "max_age": found.max_age,
        "outage_seconds": round(found.outage_left, 3),
        "foreign_changes": shared.feed.foreign_per_day,
        "now": shared.feed.clock().isoformat(),
        "protocols": {name: own_stated(found, name) for name in sorted(found.own)},
    }


def apply(shared: Service, wanted: Body) -> None:
    """Set what is given; nothing is set when the weather or the limit would be impossible.

    Raises:
        TypeError, ValueError: a value is of a wrong type or out of range.
    """
    found = shared.conditions
    numbers = {name: wanted[name] for name in NUMBERS if name in wanted}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError(f"{name} must be a number not below 0")
    clock = fixed(wanted["now"]) if "now" in wanted else None
    weather = weather_with(found.weather, {name: wanted[name] for name in WEATHER & set(wanted)})
    protocols = own_wanted(shared, wanted.get("protocols", {}))
    if "rate" in wanted or "burst" in wanted:
        rate = wanted.get("rate", found.limit.rate if found.limit else None)
        found.limit_to(rate, wanted.get("burst"))
    if weather is not None:
        found.weather = weather
    for protocol, settings in protocols.items():
        set_own(found, protocol, settings)
    if clock is not None:
        shared.feed.clock = clock
    found.latency = numbers.get("latency_ms", found.latency * 1000) / 1000
    found.max_age = int(numbers.get("max_age", found.max_age))
    shared.feed.foreign_per_day = int(numbers.get("foreign_changes", shared.feed.foreign_per_day))
    if "outage_seconds" in numbers:
        found.outage(numbers["outage_seconds"])


def weather_with(weather: Weather, wanted: dict[str, Any]) -> Weather | None:
    """The weather with some of it replaced, None where nothing is."""
    if "malformed_kinds" in wanted:
        wanted["malformed_kinds"] = tuple(wanted["malformed_kinds"])
    return replace(weather, **wanted) if wanted else None


def fixed(now: str | None) -> Callable[[], datetime]:
    """A clock that stands still at an instant, or for null the true one."""
    if now is None:
        return utc_now
    at = instant(now)
    return lambda: at


def instant(text: str) -> datetime:
    """An instant in ISO form, UTC unless it says otherwise."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def own_stated(conditions: Conditions, protocol: str) -> Body:
    """What holds for one protocol alone."""
    own = conditions.own[protocol]
    limit, left = own.limit, max(0.0, own.out_until - time.monotonic())
    weather = asdict(own.draws.weather) if own.draws else {}
    rate = {"rate": limit.rate, "burst": limit.burst} if limit else {}
    return {**own.failing.stated(), **weather, **rate, "outage_seconds": round(left, 3)}


def own_wanted(shared: Service, wanted: object) -> dict[str, Body | None]:
    """What is to hold for protocols alone, checked whole before any of it is set.

    Raises:
        TypeError, ValueError: there is no such protocol or condition, or not with this value.
    """
    if not isinstance(wanted, dict):
        raise ValueError("protocols is an object: conditions by protocol")
    if unknown := set(wanted) - set(shared.protocols):
        raise ValueError(f"there is no protocol {', '.join(sorted(unknown))}; there are {', '.join(shared.protocols)}")
    trial = Conditions()
    for protocol, settings in wanted.items():
        if not isinstance(settings, dict | None):
            raise ValueError(f"{protocol} takes an object of conditions, or null")
        set_own(trial, protocol, settings)
    return wanted


def set_own(conditions: Conditions, protocol: str, wanted: Body | None) -> None:
    """Let conditions hold for one protocol alone; null ends all of them."""
    if wanted is None:
        conditions.heal(protocol)
        return
    own = conditions.of(protocol)
    if unknown := set(wanted) - NAMES - WEATHER - {"rate", "burst", "outage_seconds"}:
        raise ValueError(f"there is no condition {', '.join(sorted(unknown))} of a protocol")
    conditions.fail(protocol, **{name: wanted[name] for name in NAMES & set(wanted)})
    if weather := weather_with(conditions.draws_of(protocol).weather, {k: wanted[k] for k in WEATHER & set(wanted)}):
        own.draws = Draws(weather)
    if "rate" in wanted:
        own.limit = None if wanted["rate"] is None else bucket(wanted["rate"], wanted.get("burst"))
    if "outage_seconds" in wanted:
        conditions.outage(float(wanted["outage_seconds"]), protocol)
