"""Articles of fans' wikis, in the markup that Fandom's wikis are served in; the words are the project's own.

A person's article is written from a `Profile`, in one of two styles: as wikis about casts have it (an infobox of groups,
taglines, reunion seating, trivia) or as those about islanders have it (age and birth, when somebody entered and left).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from deployments.upstream.catalogue.model import digest
from deployments.upstream.catalogue.wiki_markup import (
    Link,
    datum,
    header,
    heading,
    infobox,
    link,
    links,
    table,
    thumbnail,
)
from deployments.upstream.source import Body

EDITED = "2026-05-04T12:00:00Z"


class Tagline(NamedTuple):
    season: int
    position: str
    words: str


class Seat(NamedTuple):
    season: int
    side: str
    distance: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a wiki says of a person. Empty fields are left out of the article."""

    title: str
    show: str
    lead: str
    full_name: str = ""
    born: str = ""
    gender: str = ""
    resides: str = ""
    occupation: str = ""
    romances: Sequence[Link] = ()
    family: Sequence[Link] = ()
    friends: Sequence[Link] = ()
    enemies: Sequence[Link] = ()
    main: str = ""
    """Seasons as the infobox tells them: `1–3`, or open, `5–`."""
    friend: str = ""
    guest: str = ""
    stay: tuple[str, str, str] | None = None
    """Of an islander: entered, left, status."""
    text: str = ""
    taglines: Sequence[Tagline] = ()
    seats: Sequence[Seat] = ()
    trivia: Sequence[str] = ()
    gallery: int = 0
    categories: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A page of a wiki; with `redirect` it only leads to another."""

    title: str
    html: str = ""
    categories: Sequence[str] = ()
    images: Sequence[str] = ()
    redirect: str | None = None
    edition: int = 1

    def body(self, wiki: str) -> Body:
        """As the protocol module asks for it; ids depend on wiki and title alone."""
        page = int(digest("page", wiki, self.title)[:6], 16) % 900_000 + 100
        return {
            "title": self.title,
            "pageid": page,
            "revid": page * 10 + self.edition,
            "timestamp": EDITED,
            "html": self.html,
            "categories": list(self.categories),
            "images": list(self.images),
            "redirect": self.redirect,
        }


def cast_infobox(wiki: str, of: Profile) -> str:
    installment = f"<i>{link(of.show)}</i>"
    rows = (
        header("General")
        + datum("Full Name", escape(of.full_name).replace("\n", " <br /> "))
        + datum("Birthdate", escape(of.born))
        + datum("Gender", of.gender)
        + datum("Resides In", escape(of.resides))
        + datum("Occupation", escape(of.occupation))
        + header("Appearance")
        + datum("Hair Color", "Unknown")
        + datum("Height", "Unknown")
        + header("Relationships")
        + datum("Relationships", links(of.romances), "Romances")
        + datum("Family", links(of.family))
        + datum("Friends", links(of.friends))
        + datum("Enemies", links(of.enemies))
        + header("Production")
        + datum("Installment", installment)
        + datum("Main Season(s)", seasons(of.show, of.main), "Main")
        + datum("Friend Season(s)", seasons(of.show, of.friend), "Friend")
        + datum("Guest Season(s)", seasons(of.show, of.guest), "Guest")
    )
    return infobox(wiki, of.title, f"{of.title} Promo.jpg", rows, " type-castmember")


def islander_infobox(wiki: str, of: Profile) -> str:
    entered, left, status = of.stay or ("", "", "")
    place = 'class="pi-horizontal-group-item {} pi-font pi-border-color pi-item-spacing" data-source="{}"'
    rows = (
        header("General Information")
        + datum("Gender", of.gender)
        + datum("Age", "26")
        + datum("Born", escape(of.born))
        + datum("Occupation", escape(of.occupation))
        + datum("Hometown", escape(of.resides))
        + header("Season Information")
        + '<section class="pi-item pi-group pi-border-color">\n\t<table class="pi-horizontal-group">\n\t<thead>\n\t\t<tr>\n'
        + f"<th {place.format('pi-data-label', 'Entered')}>Entered</th>\n"
        + f"<th {place.format('pi-data-label', 'Left')}>Left</th>\n\t\t</tr>\n\t</thead>\n\t<tbody>\n\t<tr>\n"
        + f"<td {place.format('pi-data-value', 'Entered')}>{entered}</td>\n"
        + f"<td {place.format('pi-data-value', 'Left')}>{left}</td>\n\t</tr>\n\t</tbody>\n</table>\n</section>\n\n"
        + datum("Status", status)
    )
    return infobox(wiki, of.title, f"{of.title} Promo.jpg", rows)


def seasons(show: str, text: str) -> str:
    """`2–4` or `5–` with every number a link to the season's article."""
    return re.sub(r"\d+", lambda number: link(f"{show} - Season {number[0]}", number[0]), text)


def sections(wiki: str, of: Profile) -> str:
    """Everything below the lead."""
    found = heading("Casting") + f"<p>{of.text}\n</p>\n" if of.text else ""
    if of.taglines:
        rows = [
            [
                f"<u>{link(f'{of.show} - Season {line.season}', str(line.season))}</u>",
                thumbnail(wiki, f"{of.title} S{line.season} Card.jpg", 150),
                f"<b>{line.position}</b>",
                f'<i>"{escape(line.words, quote=False)}"</i>',
            ]
            for line in of.taglines
        ]
        found += heading("Taglines") + table(("Season Number", "Card", "Position", "Tagline"), rows)
    if of.seats:
        rows = [
            [
                f"<u>{link(f'{of.show} - Season {seat.season}', str(seat.season))}</u>",
                thumbnail(wiki, f"{of.title} S{seat.season} Look.jpg", 150),
                f"<i>{seat.side}</i>",
                f"<b>{seat.distance}</b>",
            ]
            for seat in of.seats
        ]
        heads = ("Season Number", "Look", "Host Side", "Distance From Host")
        found += heading("Reunion Seating") + table(heads, rows)
    if of.trivia:
        items = "\n".join(f"<li>{escape(line)}</li>" for line in of.trivia)
        found += heading("Trivia") + heading("Casting Statistics", 3) + f"<ul>{items}</ul>\n"
    if of.gallery:
        items = "".join(gallery_item(wiki, of.title, place) for place in range(1, of.gallery + 1))
        found += heading("Gallery") + f'<div class="wikia-gallery wikia-gallery-caption-below">{items}</div>\n'
    return found + heading("Navigation") + f"<p><i>{link(of.show)}</i></p>\n"


def gallery_item(wiki: str, title: str, place: int) -> str:
    name = f"{title} Gallery {place}.jpg"
    picture = thumbnail(wiki, name, 185)
    caption = f'<div class="lightbox-caption">{escape(title)}, picture {place}</div>'
    return f'<div class="wikia-gallery-item"><div class="thumb">{picture}</div>{caption}</div>'


def person_article(wiki: str, of: Profile) -> Article:
    """The article about a person."""
    box = islander_infobox(wiki, of) if of.stay else cast_infobox(wiki, of)
    html = (
        '<div class="mw-content-ltr mw-parser-output" lang="en" dir="ltr">'
        f"<p>\n{box}<b>{escape(of.full_name.replace(chr(10), ' ') or of.title)}</b> {of.lead}\n</p>\n{sections(wiki, of)}</div>"
    )
    images = [f"{of.title} Promo.jpg", *(f"{of.title} S{line.season} Card.jpg" for line in of.taglines)]
    images += [f"{of.title} S{seat.season} Look.jpg" for seat in of.seats]
    images += [f"{of.title} Gallery {place}.jpg" for place in range(1, of.gallery + 1)]
    return Article(of.title, html, [*of.categories, of.show, "Cast Members"], images)


def show_article(wiki: str, name: str, lead: str, cast: Sequence[str], network: str = "") -> Article:
    """The article about a show."""
    rows = header("General") + datum("Genre", "Reality") + datum("Network", escape(network))
    people = "".join(f"<li>{link(person)}</li>" for person in cast)
    html = (
        '<div class="mw-content-ltr mw-parser-output" lang="en" dir="ltr"><p>\n'
        f"{infobox(wiki, name, f'{name} Promo.jpg', rows, ' type-show')}"
        f"<i><b>{escape(name)}</b></i> {escape(lead)}\n</p>\n{heading('Cast')}<ul>{people}</ul>\n</div>"
    )
    return Article(name, html, ["Shows"], [f"{name} Promo.jpg"])
