"""Pages of long answers, as TMDb numbers them: from 1 to 500."""

import re

from flask import request

from deployments.upstream.answers import Refused

LAST_PAGE = 500


def asked_page() -> int:
    """The page a request asks for."""
    text = request.args.get("page", "1")
    page = int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0
    if page < 1:
        raise Refused(422, {"errors": ["page must be greater than 0"]})
    if page > LAST_PAGE:
        raise Refused(422, {"errors": [f"page must be less than or equal to {LAST_PAGE}"]})
    return page


def pages_of(entries: int, size: int) -> int:
    return max(1, -(-entries // size))
