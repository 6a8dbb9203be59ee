"""TMDb's protocol, versions 3 and 4: its routes, credentials and lists."""

import hashlib
import re

from flask import Blueprint, Response, request

from deployments.upstream.answers import Refused, answer, not_found, refused, rendered
from deployments.upstream.changed import changed_ids, changes_of
from deployments.upstream.pages import asked_page, pages_of
from deployments.upstream.resources import resource, resource_part
from deployments.upstream.service import service
from deployments.upstream.source import ItemList

blueprint = Blueprint("tmdb", __name__)

PAGE_SIZE = 20


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
    return rendered(error)


@blueprint.before_request
def check_credentials() -> None:
    conditions = service().conditions
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


@blueprint.route("/3/tv/changes")
def tv_changes() -> Response:
    return changed_ids("tv")


@blueprint.route("/3/person/changes")
def person_changes() -> Response:
    return changed_ids("person")


@blueprint.route("/3/tv/<show>/changes")
def changes_of_show(show: str) -> Response:
    return changes_of(f"tv/{positive(show)}")


@blueprint.route("/3/person/<person>/changes")
def changes_of_person(person: str) -> Response:
    return changes_of(f"person/{positive(person)}")


@blueprint.route("/3/tv/<show>")
def show(show: str) -> Response:
    return resource(f"tv/{positive(show)}")


@blueprint.route("/3/tv/<show>/<path:part>")
def show_part(show: str, part: str) -> Response:
    return resource_part(f"tv/{positive(show)}", part)


@blueprint.route("/3/tv/episode_group/<group>")
def episode_group(group: str) -> Response:
    return resource(f"tv/episode_group/{group}")


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
            "total_pages": pages_of(len(found.items), PAGE_SIZE),
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
            "total_pages": pages_of(len(found.items), PAGE_SIZE),
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
    page = asked_page()
    if (found := service().source.item_list(list_id)) is None:
        raise not_found()
    return found, page
