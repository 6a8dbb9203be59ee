"""Fans' wikis as Fandom serves them: `/fandom/<host>/api.php`, `/fandom/<host>/wiki/<Title>` and the pictures of both.

The host is that of the wiki. Of the API there are `action=query` (titles with redirects, `info`, `revisions`, `categories`,
`images`, `imageinfo`; `list=search`) and `action=parse`, in both format versions.
"""

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from deployments.upstream import fandom_pages
from deployments.upstream.answers import answer_as_it_is, as_text
from deployments.upstream.catalogue.articles import EDITED
from deployments.upstream.catalogue.model import digest
from deployments.upstream.catalogue.wiki_files import IMAGES, file_address, key_of, picture_of
from deployments.upstream.mediawiki import (
    MOST_TITLES,
    ApiError,
    by_page_id,
    check_lag,
    flag,
    is_modern,
    parameter,
    rendered,
    values,
    wanted_format,
    whole,
    yes,
)
from deployments.upstream.pictures import draw
from deployments.upstream.service import service
from deployments.upstream.source import Body

blueprint = Blueprint("fandom", __name__)

FILE, CATEGORY = "File:", "Category:"


@blueprint.errorhandler(ApiError)
def refuse(error: ApiError) -> Response:
    return rendered(error)


@blueprint.route("/fandom/<wiki>/api.php", methods=["GET", "POST"])
def api(wiki: str) -> Response:
    if service().source.fact(f"fandom/{wiki}") is None:
        return fandom_pages.no_such_wiki()
    if (page := wanted_format()) is not None:
        return page
    check_lag()
    match parameter("action"):
        case "query":
            return answer_as_it_is(query(wiki), {IMAGES: here()})
        case "parse":
            return answer_as_it_is({"parse": parse(wiki)}, {IMAGES: here()})
        case action:
            raise ApiError("badvalue", f'Unrecognized value for parameter "action": {action or "help"}.')


@blueprint.route("/fandom/<wiki>/wiki/<path:title>")
def page(wiki: str, title: str) -> Response:
    """A page as a browser gets it."""
    if (site := service().source.fact(f"fandom/{wiki}")) is None:
        return fandom_pages.no_such_wiki()
    if (recorded := service().source.fact(f"fandom-page/{wiki}/{normal(title)}")) is not None:
        return as_text(recorded, 404 if '"wgArticleId":0' in recorded else 200)
    asked = article(wiki, normal(title))
    found = article(wiki, asked["redirect"]) if asked and asked["redirect"] else asked
    if found is None:
        return as_text(fandom_pages.missing(wiki, site["name"], normal(title)), 404)
    redesigned = service().conditions.failing(blueprint.name).redesign
    text = fandom_pages.redesigned(found) if redesigned else fandom_pages.full(wiki, site["name"], found)
    return as_text(text, replaced={IMAGES: here()})


@blueprint.route("/fandom-images/<wiki>/images/<a>/<ab>/<name>", defaults={"rest": ""})
@blueprint.route("/fandom-images/<wiki>/images/<a>/<ab>/<name>/<path:rest>")
def picture(wiki: str, a: str, ab: str, name: str, rest: str) -> Response:
    """A picture, original or scaled: `revision/latest/scale-to-width-down/300`."""
    host = f"{wiki}.fandom.com"
    file = service().source.fact(f"fandom/{host}/{FILE}{name.replace('_', ' ')}")
    right = file and file_address(host, file["name"]).split("/")[5:7] == [a, ab]
    width = re.search(r"scale-to-width(?:-down)?/(\d{1,4})$", rest)
    if not file or not right or not re.fullmatch(r"(revision/latest(/scale-to-width(-down)?/\d{1,4})?)?", rest):
        return Response("not found", 404, mimetype="text/plain")
    drawn = draw(picture_of(file, wiki), f"w{width[1]}" if width and int(width[1]) else "original", "jpg")
    response = Response(drawn.content, content_type=drawn.content_type)
    response.headers["Cache-Control"] = "public, max-age=31536000"
    response.add_etag()
    response.make_conditional(request)
    return response


def here() -> str:
    """Where this server has the wikis' pictures."""
    return f"{request.host_url}fandom-images"


def normal(title: str) -> str:
    """A title as MediaWiki writes it: spaces, the first letter large."""
    words = " ".join(title.replace("_", " ").split())
    space, colon, rest = words.partition(":")
    if colon and f"{space.strip().capitalize()}:" in (FILE, CATEGORY):
        return f"{space.strip().capitalize()}:{normal(rest)}"
    return words[:1].upper() + words[1:]


def article(wiki: str, title: str) -> Any:
    return service().source.fact(f"fandom/{wiki}/{title}")


def query(wiki: str) -> Body:
    """The answer of `action=query`: pages by title, or what a search found."""
    found: Body = {}
    asked = values("titles", limit=MOST_TITLES)
    if asked:
        encoded: Body = {"fromencoded": False} if is_modern() else {}
        normalised = [{**encoded, "from": title, "to": normal(title)} for title in asked if normal(title) != title]
        titles = list(dict.fromkeys(map(normal, asked)))
        if normalised:
            found["normalized"] = normalised
        if flag("redirects"):
            led = {title: of["redirect"] for title in titles if (of := article(wiki, title)) and of.get("redirect")}
            if led:
                found["redirects"] = [{"from": title, "to": target} for title, target in led.items()]
            titles = list(dict.fromkeys(led.get(title, title) for title in titles))
        found["pages"] = by_page_id(page_of(wiki, title) for title in titles)
    more: Body = {}
    if "search" in values("list"):
        more, found = search(wiki, found)
    return {"batchcomplete": yes(), **more, "query": found}


def page_of(wiki: str, title: str) -> Body:
    """A page with the properties asked for."""
    properties = values("prop")
    file = title.startswith(FILE)
    of = article(wiki, title)
    if of is None:
        return {"ns": 6 if file else 0, "title": title, "missing": yes()}
    found: Body = {"pageid": of.get("pageid", 1), "ns": 6 if file else 0, "title": title}
    if file:
        found["pageid"] = int(digest("file", wiki, title)[:6], 16)
        if "imageinfo" in properties:
            found |= {"imagerepository": "local", "imageinfo": [image_info(wiki, of)]}
        return found
    if "info" in properties:
        found |= {
            "contentmodel": "wikitext",
            "pagelanguage": "en",
            "pagelanguagehtmlcode": "en",
            "pagelanguagedir": "ltr",
            "touched": of["timestamp"],
            "lastrevid": of["revid"],
            "length": len(of["html"]),
        }
        if of["redirect"]:
            found["redirect"] = yes()
        if "url" in values("inprop"):
            address = f"https://{wiki}/wiki/{quote(key_of(title))}"
            found |= {"fullurl": address, "editurl": f"{address}?action=edit", "canonicalurl": address}
    if "revisions" in properties:
        asked = values("rvprop", "ids|timestamp|flags|comment|user")
        of_revision: Body = {}
        if "ids" in asked:
            of_revision |= {"revid": of["revid"], "parentid": of["revid"] - 1}
        if "user" in asked:
            of_revision["user"] = "SampleEditor"
        if "timestamp" in asked:
            of_revision["timestamp"] = of["timestamp"]
        if "comment" in asked:
            of_revision["comment"] = ""
        found["revisions"] = [of_revision]
    if "categories" in properties and of["categories"]:
        found["categories"] = [{"ns": 14, "title": f"{CATEGORY}{name}"} for name in of["categories"]]
    if "images" in properties and of["images"]:
        found["images"] = [{"ns": 6, "title": f"{FILE}{name}"} for name in of["images"]]
    return found


def image_info(wiki: str, file: Body) -> Body:
    asked = values("iiprop", "timestamp|user")
    address = file_address(wiki, file["name"])
    known: Body = {
        "timestamp": EDITED,
        "user": "SampleEditor",
        "mime": "image/jpeg",
        "sha1": digest("file", wiki, file["name"]),
    }
    found = {key: value for key, value in known.items() if key in asked}
    if "size" in asked or "dimensions" in asked:
        found |= {"size": 24_000, "width": file["width"], "height": file["height"]}
    if "url" in asked:
        page = f"https://{wiki}/wiki/{FILE}{quote(key_of(file['name']))}"
        found |= {"url": address, "descriptionurl": page, "descriptionshorturl": page}
    return found


def search(wiki: str, found: Body) -> tuple[Body, Body]:
    """The answer of `list=search`, and how to go on where there is more."""
    if not (words := parameter("srsearch").strip()):
        raise ApiError("missingparam", 'The "srsearch" parameter must be set.')
    titles = service().source.fact(f"fandom/{wiki}/search/{words}") or []
    if service().conditions.failing(blueprint.name).empty_lists:
        titles = []
    first, size = whole("sroffset", 0), min(whole("srlimit", 10), 500)
    hits = [hit(wiki, title) for title in titles[first : first + size]]
    more: Body = {}
    if len(titles) > first + size:
        more = {"continue": {"sroffset": first + size, "continue": "-||"}}
    return more, {**found, "searchinfo": {"totalhits": len(titles)}, "search": hits}


def hit(wiki: str, title: str) -> Body:
    of = article(wiki, title)
    plain = re.sub(r"<[^>]+>", " ", of["html"])
    return {
        "ns": 0,
        "title": title,
        "pageid": of["pageid"],
        "size": len(of["html"]),
        "wordcount": len(plain.split()),
        "snippet": " ".join(plain.split())[:160],
        "timestamp": of["timestamp"],
    }


def parse(wiki: str) -> Body:
    """The answer of `action=parse`."""
    if not (asked := normal(parameter("page"))):
        raise ApiError("missingparam", 'The "page" parameter must be set.')
    of = article(wiki, asked)
    redirects = []
    if of and of["redirect"] and flag("redirects"):
        redirects = [{"from": asked, "to": of["redirect"]}]
        of = article(wiki, of["redirect"])
    if of is None:
        raise ApiError("missingtitle", "The page you specified doesn't exist.")
    properties = values("prop", "text|categories|images|revid|displaytitle|sections|properties")
    modern = is_modern()
    html = of["html"]
    if of["redirect"]:
        html = f'<div class="mw-parser-output"><div class="redirectMsg"><p>Redirect to:</p>{of["redirect"]}</div></div>'
    if service().conditions.failing(blueprint.name).redesign:
        html = fandom_pages.redesigned(of)
    categories = [key_of(name) for name in of["categories"]]
    known: Body = {
        "revid": of["revid"],
        "text": html if modern else {"*": html},
        "categories": [{"sortkey": "", ("category" if modern else "*"): name} for name in categories],
        "images": [key_of(name) for name in of["images"]],
        "displaytitle": of["title"],
        "sections": fandom_pages.sections(html),
    }
    found = {"title": of["title"], "pageid": of["pageid"]}
    if flag("redirects"):
        found["redirects"] = redirects
    return found | {key: value for key, value in known.items() if key in properties}
