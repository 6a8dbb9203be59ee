"""What IMDb's pages are made of: the data that Next.js was given, JSON-LD, and enough HTML to be read without either."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from deployments.upstream.source import Body

SITE = "https://www.imdb.com"
BUILD = "sample-0000000000000000"
SCHEMA_TYPES = {"tvSeries": "TVSeries", "tvMiniSeries": "TVSeries", "tvEpisode": "TVEpisode", "movie": "Movie"}
LISTED = 50
"""Episodes, pictures and people of a category that a page shows before somebody asks for more."""


def page(kind: str, query: Body, props: Body, *, title: str, address: str, linked: Any = None, body: str = "") -> str:
    """A whole page. `kind` is Next.js's name for it, `linked` its JSON-LD."""
    data = {
        "props": {"pageProps": {**props, "requestContext": {"pageType": "sample"}}, "__N_SSP": True},
        "page": kind,
        "query": query,
        "buildId": BUILD,
        "isFallback": False,
        "gssp": True,
        "locale": "en-US",
        "scriptLoader": [],
    }
    scripts = f'<script type="application/ld+json">{told(linked)}</script>' if linked else ""
    return (
        '<!DOCTYPE html><html lang="en-US" xmlns:og="http://opengraphprotocol.org/schema/"><head><meta charSet="utf-8"/>'
        f"<title>{escape(title)} - IMDb</title>"
        f'<meta property="og:url" content="{SITE}{address}"/><link rel="canonical" href="{SITE}{address}"/>{scripts}</head>'
        f'<body id="styleguide-v2"><div id="__next"><main>{body}</main></div>'
        f'<script id="__NEXT_DATA__" type="application/json">{told(data)}</script></body></html>'
    )


def told(value: Any) -> str:
    """JSON that may stand in a script."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")


def not_there() -> str:
    return (
        '<!DOCTYPE html><html lang="en-US"><head><title>404 Error - IMDb</title></head><body><div class="error_message">'
        "<p>404 Error</p><p>The requested URL was not found on our server.</p></div></body></html>"
    )


def redesigned() -> str:
    """A page as it may look one day: nothing in it is known."""
    return (
        '<!DOCTYPE html><html lang="en-US"><head><title>IMDb</title></head><body><div id="app" class="x-91f2">'
        '<p class="y-1">Everything is new here.</p></div><script src="/assets/app.js"></script></body></html>'
    )


def shown(title: Body) -> Body:
    """A title as pages have it: what GraphQL has as connections is written out."""
    hidden = ("keywords", "interests", "isOngoing")
    return {key: value for key, value in title.items() if key not in hidden} | {
        "canRate": {"isRatable": True},
        "meta": {"canonicalId": title["id"], "publicationStatus": "PUBLISHED"},
    }


def title_page(title: Body, episodes: Sequence[Body], images: int) -> str:
    """A title's own page: both halves of its data."""
    seasons = list(dict.fromkeys(season(episode) for episode in episodes))
    words = [{"node": {"text": word}} for word in title["keywords"]]
    interests = [
        {"node": {"primaryText": {"text": word}, "id": f"in{place}"}} for place, word in enumerate(title["interests"])
    ]
    above = shown(title) | {
        "genres": {
            "genres": [
                {"text": of["genre"]["text"], "id": of["genre"]["text"]} for of in title["titleGenres"]["genres"]
            ]
        },
        "keywords": {"total": len(words), "edges": words[:5]},
        "interests": {"edges": interests},
    }
    main = {
        "id": title["id"],
        "titleType": title["titleType"],
        "titleText": title["titleText"],
        "originalTitleText": title["originalTitleText"],
        "releaseYear": title["releaseYear"],
        "releaseDate": title["releaseDate"],
        "countriesOfOrigin": title["countriesOfOrigin"],
        "storylineKeywords": {"total": len(words), "edges": words[:5]},
        "titleMainImages": {"total": images, "edges": []},
        "episodes": None,
    }
    if title["titleType"]["canHaveEpisodes"]:
        main["episodes"] = {
            "episodes": {"total": len(episodes)},
            "seasons": [{"number": int(number) if number.isdigit() else None} for number in seasons],
        }
    name, address = title["titleText"]["text"], f"/title/{title['id']}/"
    poster, rating = title["primaryImage"], title["ratingsSummary"]
    linked = {
        "@context": "https://schema.org",
        "@type": SCHEMA_TYPES[title["titleType"]["id"]],
        "url": f"{SITE}{address}",
        "name": escape(title["originalTitleText"]["text"]),
        **({"image": poster["url"]} if poster else {}),
        **({"description": escape(title["plot"]["plotText"]["plainText"])} if title["plot"] else {}),
        **({"aggregateRating": rated(rating)} if rating["aggregateRating"] else {}),
        **({"contentRating": title["certificate"]["rating"]} if title["certificate"] else {}),
        "genre": [of["genre"]["text"] for of in title["titleGenres"]["genres"]][:3],
        "keywords": ",".join(title["keywords"][:5]),
        **({"datePublished": iso(title["releaseDate"])} if title["releaseDate"] else {}),
    }
    chips = "".join(
        f'<a class="ipc-chip"><span class="ipc-chip__text">{escape(word)}</span></a>' for word in title["interests"]
    )
    body = (
        f'<h1 data-testid="hero__pageTitle"><span>{escape(name)}</span></h1><div data-testid="interests">{chips}</div>'
    )
    props = {"tconst": title["id"], "aboveTheFoldData": above, "mainColumnData": main}
    return page(
        "/title/[tconst]", {"tconst": title["id"]}, props, title=name, address=address, linked=linked, body=body
    )


def rated(summary: Body) -> Body:
    ends = {"bestRating": 10, "worstRating": 1}
    return {
        "@type": "AggregateRating",
        "ratingCount": summary["voteCount"],
        **ends,
        "ratingValue": summary["aggregateRating"],
    }


def iso(date: Body) -> str:
    return f"{date['year']:04}-{date['month']:02}-{date['day']:02}"


def season(episode: Body) -> str:
    number = episode["series"]["episodeNumber"] if episode["series"] else None
    return "Unknown" if number is None else str(number["seasonNumber"])


def metadata(title: Body) -> Body:
    """The title that a page below it belongs to."""
    without = ("releaseDate", "canRate")
    known = {key: value for key, value in shown(title).items() if key not in without}
    return known | {"castPageTitle": {"edges": []}, "creatorsPageTitle": [], "directorsPageTitle": []}


def card_image(image: Body | None) -> Body:
    if image is None:
        return {}
    sizes = {"maxHeight": image["height"], "maxWidth": image["width"]}
    return {"url": image["url"], **sizes, "caption": escape(image["caption"]["plainText"], quote=False)}


def episodes_page(title: Body, episodes: Sequence[Body], wanted: str | None) -> str | None:
    """A season of a series; None where it has no such season."""
    seasons = list(dict.fromkeys(season(episode) for episode in episodes))
    current = wanted or (seasons[0] if seasons else None)
    if wanted and wanted not in seasons:
        return None
    of_season = [episode for episode in episodes if season(episode) == current]
    items = [episode_item(episode) for episode in of_season[:LISTED]]
    numbers = [{"number": int(number) if number.isdigit() else None} for number in seasons]
    section = {
        "selectedTab": "seasons",
        "seasons": [{"id": f"season-{number}", "value": number} for number in seasons],
        "years": [],
        "episodes": {
            "items": items,
            "total": len(of_season),
            "hasNextPage": len(of_season) > len(items),
            "endCursor": of_season[len(items) - 1]["id"] if items else "",
            "hasRatedEpisode": any("aggregateRating" in item for item in items),
        },
        "currentSeason": current,
        "currentYear": "",
        "episodesWidgetData": {
            "seasons": numbers,
            "years": [],
            "totalEpisodes": {"total": len(episodes)},
            "unknownSeasonEpisodes": {"total": sum(season(episode) == "Unknown" for episode in episodes)},
            "topRated": {"edges": []},
        },
        "topTen": [],
        "queryVariables": {"const": title["id"], "first": LISTED, "filter": {"includeSeasons": [current]}},
    }
    props = {"contentData": {"entityMetadata": metadata(title), "section": section}}
    name = title["titleText"]["text"]
    return page(
        "/title/[tconst]/episodes",
        {"tconst": title["id"]},
        props,
        title=f"{name} - Episode list",
        address=f"/title/{title['id']}/episodes/",
    )


def episode_item(episode: Body) -> Body:
    """An episode as the page's data has it: numbers are texts, words are escaped, what is unrated has no rating."""
    number = episode["series"]["episodeNumber"]
    rating, plot = episode["ratingsSummary"], episode["plot"]
    return {
        "id": episode["id"],
        "type": "tvEpisode",
        "season": str(number["seasonNumber"]) if number else "Unknown",
        "episode": str(number["episodeNumber"]) if number else "Unknown",
        "titleText": escape(episode["titleText"]["text"]),
        "releaseDate": episode["releaseDate"],
        "releaseYear": (episode["releaseYear"] or {}).get("year"),
        **({"image": card_image(episode["primaryImage"])} if episode["primaryImage"] else {}),
        **({"plot": escape(plot["plotText"]["plainText"])} if plot else {}),
        **({"aggregateRating": rating["aggregateRating"]} if rating["aggregateRating"] else {}),
        "voteCount": rating["voteCount"],
        "canRate": bool(rating["voteCount"]),
        "contributionUrl": f"https://contribute.imdb.com/image/{episode['id']}/add",
    }
