"""What all protocol modules of one running upstream share, found through the Flask app."""

from dataclasses import dataclass, field

from flask import current_app

from deployments.upstream.amend import Amended
from deployments.upstream.cache import AnswerCache
from deployments.upstream.conditions import Conditions, RequestLog


@dataclass
class Service:
    """One upstream: its source, its conditions, what it served and what it has computed."""

    source: Amended
    conditions: Conditions
    requests: RequestLog
    cache: AnswerCache = field(default_factory=AnswerCache)


def service() -> Service:
    """The service of the request being answered."""
    found: Service = current_app.extensions["upstream"]
    return found
