"""Whole pages of a wiki: an article within its skin, the page of a title that nobody wrote, a skin of another design."""

import json
import re
from html import escape
from urllib.parse import quote

from flask import Response

from deployments.upstream.catalogue.wiki_files import key_of
from deployments.upstream.source import Body


def full(wiki: str, site: str, article: Body) -> str:
    """An article as a browser gets it."""
    categories = "".join(
        f'<li class="category normal" data-name="{escape(name)}" data-type="normal"><span class="name">'
        f'<a href="/wiki/Category:{quote(key_of(name))}" title="Category:{escape(name)}">{escape(name)}</a></span></li>'
        for name in article["categories"]
    )
    address = f"https://{wiki}/wiki/{quote(key_of(article['title']))}"
    linked = {"@context": "http://schema.org", "@type": "Article", "url": address, "name": article["title"]}
    head = (
        f'<link rel="canonical" href="{address}">\n<link rel="license" href="https://www.fandom.com/licensing">\n'
        f'<script type="application/ld+json">{json.dumps(linked | {"headline": article["title"]})}</script>'
    )
    body = (
        f'<div id="mw-content-text" class="mw-body-content">{article["html"]}</div>'
        f'<div class="page-footer"><nav class="article-categories CategorySelect articlePage" id="articleCategories">'
        f'<ul class="categories">{categories}</ul></nav></div>'
        '<div class="license-description">Community content is available under '
        '<a href="https://www.fandom.com/licensing">CC-BY-SA</a> unless otherwise noted.</div>'
    )
    return skin(wiki, site, article["title"], article["pageid"], article["revid"], head, body, article["categories"])


def missing(wiki: str, site: str, title: str) -> str:
    """The page of a title that does not exist; it comes with 404."""
    body = (
        '<div id="mw-content-text" class="mw-body-content"><div class="noarticletext mw-content-ltr"><p>\n'
        "There is currently no text in this page. You can search for this page title in other pages.\n</p></div></div>"
    )
    return skin(wiki, site, title, 0, 0, "", body, [])


def skin(
    wiki: str, site: str, title: str, page: int, revision: int, head: str, body: str, categories: list[str]
) -> str:
    configuration = {
        "wgNamespaceNumber": 0,
        "wgPageName": key_of(title),
        "wgTitle": title,
        "wgCurRevisionId": revision,
        "wgRevisionId": revision,
        "wgArticleId": page,
        "wgIsArticle": page > 0,
        "wgIsRedirect": False,
        "wgAction": "view",
        "wgCategories": categories,
        "wgPageContentLanguage": "en",
        "wgSiteName": site,
    }
    told = json.dumps(configuration, separators=(",", ":"), ensure_ascii=False)
    return (
        '<!DOCTYPE html>\n<html class="client-nojs" lang="en" dir="ltr">\n<head>\n<meta charset="UTF-8">\n'
        f"<title>{escape(title)} | {escape(site)} | Fandom</title>\n"
        f'<script>document.documentElement.className="client-js";RLCONF={told};RLSTATE={{}};</script>\n'
        f"{head}\n</head>\n"
        f'<body class="mediawiki ltr ns-0 ns-subject page-{escape(key_of(title))} skin-fandomdesktop action-view">\n'
        f'<header class="fandom-community-header"><a href="https://{wiki}">{escape(site)}</a></header>\n'
        '<main class="page__main" lang="en"><div class="page-header"><div class="page-header__title-wrapper">'
        f'<h1 class="page-header__title" id="firstHeading">\n<span class="mw-page-title-main">{escape(title)}</span>\n'
        f'</h1></div></div>\n<div id="content" class="page-content">{body}</div></main>\n</body>\n</html>\n'
    )


def redesigned(article: Body) -> str:
    """The same words without any mark that is known."""
    words = " ".join(re.sub(r"<[^>]+>", " ", article["html"]).split())
    return f'<!DOCTYPE html><html><head><title>Wiki</title></head><body><div class="app-7f3a"><p>{words}</p></div></body></html>'


def sections(html: str) -> list[Body]:
    """The headings of an article, as the API lists them."""
    found = re.findall(r'<h(\d)><span class="mw-headline" id="([^"]+)">([^<]+)</span>', html)
    return [
        {"toclevel": int(level) - 1, "level": level, "line": line, "index": str(place), "anchor": anchor}
        for place, (level, anchor, line) in enumerate(found, 1)
    ]


def no_such_wiki() -> Response:
    return Response(
        "<!DOCTYPE html><html><head><title>Not a valid community</title></head><body>Not a valid community</body></html>",
        404,
        mimetype="text/html",
    )
