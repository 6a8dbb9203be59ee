"""TMDb's protocol, versions 3 and 4: routes, credentials, appended parts, pages, ETags and TMDb's own error bodies."""

import hashlib
import json
import re
from collections.abc import Iterable

from flask import Blueprint, Response, request

from deployments.upstream.cache import Answer
from deployments.upstream.service import service
from deployments.upstream.source import Body, ItemList

blueprint = Blueprint("tmdb", __name__)

MAX_APPENDED = 20
PAGE_SIZE = 20
LAST_PAGE = 500


class Refused(Exception):
    """A request TMDb answers with an error body."""

    def __init__(self, status: int, body: Body, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def refused(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(status, {"success": False, "status_code": code, "status_message": message}, headers)


def not_found() -> Refused:
    return refused(404, 34, "The resource you requested could not be found.")


def number(text: str) -> int:
    """An id from a path segment, which may go on with a slug (`1399-game-of-thrones`) as TMDb allows."""
    match = re.match(r"(\d{1,18})(-|$)", text)
    if match is None:
        raise refused(404, 6, "Invalid id: The pre-requisite id is invalid or not found.")
    return int(match[1])


def positive(text: str) -> int:
    """An id of a show or person: never zero."""
    if (value := number(text)) == 0:
        raise refused(404, 6, "Invalid id: The pre-requisite id is invalid or not found.")
    return value


@blueprint.app_errorhandler(Refused)
def render_refusal(error: Refused) -> Response:
    response = Response(json.dumps(error.body), error.status, mimetype="application/json")
    response.headers.update(error.headers)
    return response


@blueprint.before_request
def check_limit_and_credentials() -> None:
    conditions = service().conditions
    if conditions.limit is not None and (wait := conditions.limit.take()):
        burst = conditions.limit.burst
        message = f"Your request count ({burst + 1}) is over the allowed limit of ({burst})."
        raise refused(429, 25, message, {"Retry-After": str(wait)})
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    accepted = scheme.lower() == "bearer" and credential.strip() == conditions.token
    if not accepted and request.path.startswith("/3/"):
        accepted = request.args.get("api_key") == conditions.token
    if not accepted:
        raise refused(401, 7, "Invalid API key: You must be granted a valid key.")


@blueprint.route("/3/configuration")
def configuration() -> Response:
    body = service().source.configuration()
    here = f"{request.host_url}t/p/"
    return answer({**body, "images": {**body["images"], "base_url": here, "secure_base_url": here}})


@blueprint.route("/3/find/<external_id>")
def find(external_id: str) -> Response:
    external_source = request.args.get("external_source", "")
    if not external_source:
        raise Refused(422, {"errors": ["external_source must be provided"]})
    return answer(service().source.find(external_id, external_source))


@blueprint.route("/3/tv/<show>")
def show(show: str) -> Response:
    return resource(f"tv/{positive(show)}")


@blueprint.route("/3/tv/<show>/<path:part>")
def show_part(show: str, part: str) -> Response:
    return resource_part(f"tv/{positive(show)}", part)


@blueprint.route("/3/tv/<show>/season/<season>")
def season(show: str, season: str) -> Response:
    return resource(f"tv/{positive(show)}/season/{number(season)}")


@blueprint.route("/3/tv/<show>/season/<season>/<path:part>")
def season_part(show: str, season: str, part: str) -> Response:
    return resource_part(f"tv/{positive(show)}/season/{number(season)}", part)


@blueprint.route("/3/tv/<show>/season/<season>/episode/<episode>")
def episode(show: str, season: str, episode: str) -> Response:
    return resource(f"tv/{positive(show)}/season/{number(season)}/episode/{number(episode)}")


@blueprint.route("/3/tv/<show>/season/<season>/episode/<episode>/<path:part>")
def episode_part(show: str, season: str, episode: str, part: str) -> Response:
    return resource_part(f"tv/{positive(show)}/season/{number(season)}/episode/{number(episode)}", part)


@blueprint.route("/3/person/<person>")
def person(person: str) -> Response:
    return resource(f"person/{positive(person)}")


@blueprint.route("/3/person/<person>/<path:part>")
def person_part(person: str, part: str) -> Response:
    return resource_part(f"person/{positive(person)}", part)


@blueprint.route("/3/list/<list_id>")
def list_v3(list_id: str) -> Response:
    found, page = asked_list(list_id)
    items = found.items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return answer(
        {
            "created_by": found.created_by,
            "description": found.description,
            "favorite_count": 0,
            "id": found.id,
            "iso_639_1": "en",
            "item_count": len(found.items),
            "items": [item.summary for item in items],
            "name": found.name,
            "page": page,
            "poster_path": None,
            "total_pages": pages_of(found),
            "total_results": len(found.items),
        }
    )


@blueprint.route("/4/list/<list_id>")
def list_v4(list_id: str) -> Response:
    found, page = asked_list(list_id)
    items = found.items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    keys = [f"{item.summary['media_type']}:{item.summary['id']}" for item in items]
    return answer(
        {
            "average_rating": 0.0,
            "backdrop_path": None,
            "results": [item.summary for item in items],
            "comments": {key: item.note for key, item in zip(keys, items, strict=True)},
            "created_by": {
                "avatar_path": None,
                "gravatar_hash": "",
                "id": found.created_by,
                "name": found.created_by,
                "username": found.created_by,
            },
            "description": found.description,
            "id": found.id,
            "iso_3166_1": "US",
            "iso_639_1": "en",
            "item_count": len(found.items),
            "name": found.name,
            "object_ids": {key: hashlib.sha1(key.encode()).hexdigest()[:24] for key in keys},
            "page": page,
            "poster_path": None,
            "public": True,
            "revenue": 0,
            "runtime": 0,
            "sort_by": "original_order.asc",
            "total_pages": pages_of(found),
            "total_results": len(found.items),
        }
    )


@blueprint.route("/3/", defaults={"path": ""})
@blueprint.route("/4/", defaults={"path": ""})
@blueprint.route("/3/<path:path>")
@blueprint.route("/4/<path:path>")
def anything_else(path: str) -> Response:
    raise not_found()


def asked_list(list_id: str) -> tuple[ItemList, int]:
    """The list and the page a request asks for."""
    text = request.args.get("page", "1")
    page = int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0
    if page < 1:
        raise Refused(422, {"errors": ["page must be greater than 0"]})
    if page > LAST_PAGE:
        raise Refused(422, {"errors": [f"page must be less than or equal to {LAST_PAGE}"]})
    if (found := service().source.item_list(list_id)) is None:
        raise not_found()
    return found, page


def pages_of(found: ItemList) -> int:
    return max(1, -(-len(found.items) // PAGE_SIZE))


def resource(path: str) -> Response:
    """A show, season, episode or person with the parts the request appends."""
    names = appended()
    if len(names) > MAX_APPENDED:
        message = f"Too many append to response objects: The maximum number of remote calls is {MAX_APPENDED}."
        raise refused(400, 27, message)
    if (known := known_answer()) is not None:
        return known
    if (body := service().source.body(path)) is None:
        raise not_found()
    body = dict(body)
    for name in names:
        if (part := appended_part(path, name)) is not None:
            body[name] = part
    return answer(body)


def resource_part(path: str, name: str) -> Response:
    if (known := known_answer()) is not None:
        return known
    if (part := service().source.part(path, name)) is None:
        raise not_found()
    return answer(in_languages(name, part))


def appended() -> list[str]:
    """The names in `append_to_response`, each once, in the order asked."""
    names = (name.strip(" /") for name in request.args.get("append_to_response", "").split(","))
    return list(dict.fromkeys(name for name in names if name))


def appended_part(path: str, name: str) -> Body | None:
    """One appended part, without the `id` its own request would carry; None for what does not exist, which is left out."""
    source = service().source
    if re.fullmatch(r"(tv/\d+/season/\d+/episode/\d+)|(tv/\d+/season/\d+)|(tv/\d+)", f"{path}/{name}"):
        return source.body(f"{path}/{name}")
    if (part := source.part(path, name)) is None:
        return None
    return {key: value for key, value in in_languages(name, part).items() if key != "id"}


def in_languages(name: str, part: Body) -> Body:
    """Keep the images in the languages asked for. Like TMDb's, `language` narrows images too; photos have no language."""
    asked = request.args.get("include_image_language", "").split(",") if name == "images" else []
    languages = {language.strip().partition("-")[0] for language in asked if language.strip()}
    if name == "images" and request.args.get("language"):
        languages.add(request.args["language"].partition("-")[0])
    if not languages:
        return part

    def wanted(images: Iterable[Body]) -> list[Body]:
        return [image for image in images if (image.get("iso_639_1") or "null") in languages]

    return {key: wanted(value) if key in ("backdrops", "logos", "posters") else value for key, value in part.items()}


def known_answer() -> Response | None:
    """The answer last computed for this address, or a 304 when its ETag alone is still known and the client's copy is it."""
    cache, key = service().cache, cache_key()
    if (computed := cache.get(key)) is not None:
        return answer_with(computed)
    etag = cache.etag(key)
    return answer_with(Answer(b"", etag)) if etag and request.if_none_match.contains_weak(etag) else None


def answer(body: Body) -> Response:
    """A JSON answer with TMDb's caching headers, or a 304 when the client has it already."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    computed = Answer(content, hashlib.md5(content, usedforsecurity=False).hexdigest())
    service().cache.remember(cache_key(), computed)
    return answer_with(computed)


def answer_with(computed: Answer) -> Response:
    response = Response(computed.content, content_type=computed.content_type)
    response.set_etag(computed.etag, weak=True)
    response.headers["Cache-Control"] = f"public, max-age={service().conditions.max_age}"
    response.make_conditional(request)
    return response


def cache_key() -> str:
    """The address without its credential, the query's parts in one order."""
    query = sorted((key, value) for key, value in request.args.items(multi=True) if key != "api_key")
    return f"{request.host}{request.path} {query}"
