"""IMDb's pages of pictures, of names and of lists."""

from collections.abc import Sequence
from html import escape

from deployments.upstream.imdb_page import LISTED, SCHEMA_TYPES, SITE, metadata, page, shown
from deployments.upstream.source import Body


def gallery_page(kind: str, owner: Body, images: Sequence[Body], after: str | None) -> str | None:
    """A part of the pictures of a title or a name; None for a place that is not in them."""
    ids = [image["id"] for image in images]
    if after and after not in ids:
        return None
    start = ids.index(after) + 1 if after else 0
    part = images[start : start + LISTED]
    last = start + len(part)
    found = {
        "total": len(images),
        "edges": [{"position": place, "node": image} for place, image in enumerate(part, start + 1)],
        "pageInfo": {"hasNextPage": last < len(images), "endCursor": part[-1]["id"] if part else None},
    }
    name = (owner.get("titleText") or owner.get("nameText") or {})["text"]
    address = f"/{kind}/{owner['id']}/mediaindex/"
    constant = "tconst" if kind == "title" else "nmconst"
    body = "".join(
        f'<a data-testid="mosaic-img-{place}" href="/{kind}/{owner["id"]}/mediaviewer/{image["id"]}/">'
        f'<img class="ipc-image" alt="{escape(image["caption"]["plainText"])}" src="{image["url"]}"/></a>'
        for place, image in enumerate(part)
    )
    entity = metadata(owner) if kind == "title" else {"id": owner["id"], "nameText": owner["nameText"]}
    props = {"contentData": {"entityMetadata": entity, "data": {kind: {"id": owner["id"], "all_images": found}}}}
    section = f'<section data-testid="section-images">{body}</section>'
    return page(
        f"/{kind}/[{constant}]/mediaindex",
        {constant: owner["id"]},
        props,
        title=f"{name} - Image gallery",
        address=address,
        body=section,
    )


def name_page(name: Body, images: Sequence[Body]) -> str:
    """A person's own page."""
    above = {key: value for key, value in name.items() if key not in ("akas", "birthLocation")}
    main = {
        "id": name["id"],
        "nameText": name["nameText"],
        "birthDate": name["birthDate"],
        "birthLocation": name["birthLocation"],
        "deathDate": name["deathDate"],
        "akas": {
            "edges": [{"node": {"displayableProperty": {"value": {"plainText": alias}}}} for alias in name["akas"]]
        },
        "images": {"total": len(images), "edges": [{"node": image} for image in images[:8]]},
    }
    shown_name, address = name["nameText"]["text"], f"/name/{name['id']}/"
    linked = {
        "@context": "https://schema.org",
        "@type": "Person",
        "url": f"{SITE}{address}",
        "name": escape(shown_name),
    }
    props = {"nmconst": name["id"], "aboveTheFold": above, "mainColumnData": main}
    return page("/name/[nmconst]", {"nmconst": name["id"]}, props, title=shown_name, address=address, linked=linked)


def list_page(found: Body, titles: Sequence[tuple[int, Body, str | None]], has_next: bool) -> str:
    """A page of a list: its entries as rank, title and note."""
    edges = []
    body = f"<h1>{escape(found['name'])}</h1>"
    elements = []
    for rank, title, note in titles:
        described = {"originalText": {"plainText": note}} if note else None
        edges.append({"listItem": shown(title), "node": {"absolutePosition": rank, "description": described}})
        name, address = title["titleText"]["text"], f"/title/{title['id']}/"
        item = {"@type": SCHEMA_TYPES[title["titleType"]["id"]], "url": f"{SITE}{address}", "name": escape(name)}
        elements.append({"@type": "ListItem", "position": rank, "item": item})
        year = (title["releaseYear"] or {}).get("year", "")
        body += (
            f'<li class="ipc-metadata-list-summary-item"><a href="{address}"><h3>{rank}. {escape(name)}</h3></a>'
            f'<span class="dli-title-metadata-year">{year}</span>'
            f'<div class="dli-item-description">{escape(note or "")}</div></li>'
        )
    search = {"total": len(found["items"]), "edges": edges, "pageInfo": {"hasNextPage": has_next, "endCursor": None}}
    listed = {
        "id": found["id"],
        "name": {"originalText": found["name"]},
        "description": {"originalText": {"plainText": found["description"]}},
        "titleListItemSearch": search,
    }
    linked = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": elements}
    address = f"/list/{found['id']}/"
    props = {"lsconst": found["id"], "mainColumnData": {"list": listed}}
    return page(
        "/list/[lsconst]",
        {"lsconst": found["id"]},
        props,
        title=found["name"],
        address=address,
        linked=linked,
        body=body,
    )
