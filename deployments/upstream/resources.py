"""Shows, seasons, episodes and people as TMDb answers for them: with appended parts, images in the languages asked for."""

import re
from collections.abc import Iterable

from flask import Response, request

from deployments.upstream.answers import answer, known_answer, not_found, refused
from deployments.upstream.service import service
from deployments.upstream.source import Body

MAX_APPENDED = 20


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
