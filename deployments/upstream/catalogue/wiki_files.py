"""Files of fans' wikis: pictures named after their article, so that a file is found without an index."""

import hashlib
import re
from urllib.parse import quote

from deployments.upstream.pictures import Picture
from deployments.upstream.source import Body

IMAGES = "https://fandom-images.invalid"
"""Stands in articles for the address of their pictures, which the protocol module knows."""
FILE = re.compile(r"(?P<title>.+?) (?P<kind>Promo|S\d+ Card|S\d+ Look|Gallery \d+)\.jpg")
SIZES = {"Promo": (540, 654), "Card": (640, 360), "Look": (480, 640), "Gallery": (800, 600)}


def file_body(name: str) -> Body | None:
    """A picture by its name, where the name is of the form that articles give theirs."""
    if (match := FILE.fullmatch(name)) is None:
        return None
    width, height = SIZES[next(word for word in match["kind"].split() if word in SIZES)]
    return {"name": name, "title": match["title"], "kind": match["kind"], "width": width, "height": height}


def picture_of(file: Body, wiki: str) -> Picture:
    """What a file of a wiki shows."""
    shape = "profile" if file["height"] > file["width"] else "still"
    return Picture(shape, file["width"], file["height"], file["title"], file["kind"], f"{wiki} {file['name']}")


def key_of(title: str) -> str:
    """A title as addresses have it."""
    return title.replace(" ", "_")


def file_address(wiki: str, name: str) -> str:
    """The address of a picture's original: below two letters of a hash of its name, as MediaWiki puts files."""
    hashed = hashlib.md5(key_of(name).encode(), usedforsecurity=False).hexdigest()
    short = wiki.removesuffix(".fandom.com")
    return f"{IMAGES}/{short}/images/{hashed[0]}/{hashed[:2]}/{quote(key_of(name))}/revision/latest?cb=20260504120000"


def scaled(address: str, width: int) -> str:
    return address.replace("/revision/latest?", f"/revision/latest/scale-to-width-down/{width}?")
