"""IMDb's pictures: `/imdb-images/M/<name>._V1_<size>.jpg`, drawn from whom or what they show. Open to all, like a CDN."""

import re

from flask import Blueprint, Response, request

from deployments.upstream.pictures import Picture, draw
from deployments.upstream.service import service

blueprint = Blueprint("imdb-images", __name__)

FILE = re.compile(r"MV5B(?P<owner>(tt|nm)\d+)_(?P<place>\d+)_[0-9a-f]{8}@\._V1_(?P<size>[\w,]*)\.jpg")
SHAPES = {"poster": "poster", "publicity": "profile", "still_frame": "still"}


@blueprint.route("/imdb-images/M/<file>")
def picture(file: str) -> Response:
    """A picture in the size that its name asks for (`UX500` or `UY500` pixels), else as it was made."""
    match = FILE.fullmatch(file)
    found = picture_of(match["owner"], int(match["place"]), file) if match else None
    if match is None or found is None:
        return Response("Not Found", 404, mimetype="text/plain")
    size = re.search(r"U([XY])(\d{1,4})", match["size"])
    drawn = draw(found, f"{'w' if size[1] == 'X' else 'h'}{int(size[2]) or 1}" if size else "original", "jpg")
    response = Response(drawn.content, content_type=drawn.content_type)
    response.headers["Cache-Control"] = "max-age=630720000,public"
    response.add_etag()
    response.make_conditional(request)
    return response


def picture_of(owner: str, place: int, file: str) -> Picture | None:
    """What a picture shows, where its owner has one of this place and name."""
    source = service().source
    found = source.fact(f"imdb/{owner}")
    if found is None:
        return None
    named = [found.get("primaryImage"), *(source.fact(f"imdb/{owner}/images") or [])]
    stem = file.partition("._V1_")[0]
    image = next((image for image in named if image and f"/{stem}._V1_" in image["url"]), None)
    if image is None:
        return None
    title = (found.get("titleText") or found.get("nameText"))["text"]
    shape = SHAPES[image["type"]]
    return Picture(shape, image["width"], image["height"], title, f"{owner} {place}", stem)
