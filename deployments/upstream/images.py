"""The image CDN's protocol: `/t/p/{size}/{file}`, open to all, with a type, a length and an ETag."""

import hashlib
import re

from flask import Blueprint, Response, request

from deployments.upstream.cache import Answer
from deployments.upstream.service import service

blueprint = Blueprint("images", __name__)

MAX_AGE = 31536000


@blueprint.route("/t/p/<size>/<file>")
def image(size: str, file: str) -> Response:
    shared, key = service(), f"image {size}/{file}"
    if (drawn := shared.cache.get(key)) is None:
        found = shared.source.image(size, file) if re.fullmatch(r"original|[wh][1-9]\d{0,3}", size) else None
        if found is None:
            return Response("<h1>File not Found</h1>", 404, mimetype="text/html")
        drawn = Answer(found.content, hashlib.md5(found.content, usedforsecurity=False).hexdigest(), found.content_type)
        shared.cache.remember(key, drawn)
    response = Response(drawn.content, content_type=drawn.content_type)
    response.set_etag(drawn.etag)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.make_conditional(request)
    return response
