"""IMDb's full credits: as data and as a list of names."""

from collections.abc import Sequence
from html import escape

from deployments.upstream.catalogue.imdb_facts import SELF
from deployments.upstream.imdb_page import LISTED, card_image, metadata, page
from deployments.upstream.source import Body

HEADINGS = {
    "director": "Directors",
    "writer": "Writers",
    "producer": "Producers",
    "editor": "Editors",
    "casting_director": "Casting Directors",
    "camera_department": "Camera and Electrical Department",
    "miscellaneous": "Additional Crew",
}
"""What full credits call the categories behind the camera; in front of it all are `Cast`."""


def credits_page(title: Body, credits: Sequence[Body]) -> str:
    """Full credits: the first people of every category, and the same as a list of names."""
    groups: dict[str, tuple[str, list[Body]]] = {}
    for credit in credits:
        cast = credit["isCast"]
        key = SELF.group if cast else credit["group"]
        heading = "Cast" if cast else HEADINGS.get(credit["category"]["id"], credit["category"]["text"])
        groups.setdefault(key, (heading, []))[1].append(credit)
    categories = []
    body = ""
    for place, (key, (heading, found)) in enumerate(groups.items(), 1):
        items = [credit_item(credit) for credit in found[:LISTED]]
        more = '<button class="ipc-see-more__button">more</button>' if len(found) > len(items) else ""
        rows = "".join(credit_row(title["id"], item) for item in items)
        end = items[-1]["id"] if items else ""
        section = {"items": items, "listItemType": 2, "total": len(found), "endCursor": end}
        categories.append({"id": key, "name": heading, "index": place, "section": section, "description": None})
        body += (
            f'<section><div><h3><span id="{key}">{heading}</span></h3></div>'
            f'<div data-testid="sub-section-{key}"><ul>{rows}</ul>{more}</div></section>'
        )
    props = {"contentData": {"entityMetadata": metadata(title), "categories": categories}}
    name = f"{title['titleText']['text']} - Full cast & crew"
    address = f"/title/{title['id']}/fullcredits/"
    return page("/title/[tconst]/fullcredits", {"tconst": title["id"]}, props, title=name, address=address, body=body)


def credit_item(credit: Body) -> Body:
    brackets = [f"({of['text']})" for of in credit["attributes"] or ()]
    job = ["; ".join(credit["jobs"])] if credit["jobs"] else []
    image = credit["name"]["primaryImage"]
    years = credit["years"]
    item: Body = {
        "id": credit["name"]["id"],
        "rowTitle": credit["name"]["nameText"]["text"],
        "isSeries": bool(credit["episodes"]),
        "isCast": credit["isCast"],
        "characters": [of["name"] for of in credit["characters"] or ()],
        "attributes": " ".join(job + brackets),
        "imageProps": {"imageType": "name", **({"imageModel": card_image(image)} if image else {})},
    }
    if credit["episodes"]:
        tenure = f"{years['year']}{'–' + str(years['endYear']) if years['endYear'] else ''}" if years else ""
        count = credit["episodes"]
        item["episodicCreditData"] = {
            "episodeCount": count,
            "episodesText": f"{count} episode{'s' if count > 1 else ''}",
            "tenureText": tenure,
        }
    return item


def credit_row(imdb_id: str, item: Body) -> str:
    roles = " / ".join(
        f'<a href="/title/{imdb_id}/characters/{item["id"]}/">{escape(role)}</a>' for role in item["characters"]
    )
    counted = item.get("episodicCreditData") or {}
    told = f"{counted['episodesText']} • {counted['tenureText']}" if counted else ""
    return (
        f'<li data-testid="name-credits-list-item"><a href="/name/{item["id"]}/">{escape(item["rowTitle"])}</a>'
        f"<div>{roles} {escape(item['attributes'])}</div><span>{told}</span></li>"
    )
