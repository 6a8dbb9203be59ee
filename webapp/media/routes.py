"""The route of copies of images. It sends bytes, not JSON, and stands outside `/api/v1`: its addresses never change."""

from typing import Any

from flask import Response, redirect, request
from flask.views import MethodView
from werkzeug.wrappers import Response as BaseResponse

from db.object_store import IMMUTABLE, object_store
from models.rules.variants import variant_type
from webapp.api import Blueprint
from webapp.frame import conditional
from webapp.media import service
from webapp.media.schemas import VariantQuery

blp = Blueprint("Media", __name__, description="Copies of images in the sizes that clients need")

REDIRECT_SECONDS = 3600
"""How long a client may remember where the original is; a presigned address is good for as long at least, or shorter kept."""

SAFE = {
    "X-Content-Type-Options": "nosniff",
    # A drawing may hold scripts. Opened by itself it may run none, load nothing, and has no origin.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@blp.route("/media/<digest:sha256>")
class Media(MethodView):
    @blp.arguments(VariantQuery, location="query")
    @blp.response(200, {"type": "string", "format": "binary"}, content_type="image/*")
    @blp.alt_response(302, description="Without a width: where the original is")
    @blp.alt_response(304, description="The client has it already")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def get(self, query: dict[str, Any], sha256: str) -> BaseResponse:
        """Send an image at a width, or lead to the original"""
        image = service.original(sha256)
        width: int | None = query.get("w")
        if width is None and not service.is_drawing(image):
            return _elsewhere(image)
        takes_webp = "image/webp" in request.accept_mimetypes.values()
        kind = variant_type(image.content_type, takes_webp=takes_webp)
        tag = f"{image.sha256}-w{width}.{kind.extension}" if kind else image.sha256
        response = Response()
        if not request.if_none_match.contains(tag):
            if width is None or kind is None:
                picture = service.whole(image)
            else:
                picture = service.variants().at_width(image, width, takes_webp=takes_webp)
            response = Response(picture.content, content_type=picture.content_type)
        response.set_etag(tag)
        response.headers["Cache-Control"] = IMMUTABLE
        response.headers.extend(SAFE)
        if kind is not None:
            response.vary.add("Accept")
        conditional(response)
        return response


def _elsewhere(image: service.Original) -> BaseResponse:
    store = object_store()
    response = redirect(store.url(image.key), 302)
    seconds = REDIRECT_SECONDS
    if store.presigned_for is not None:
        seconds = min(seconds, int(store.presigned_for.total_seconds()))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response
