"""Markup that Fandom's wikis are served in: links, infoboxes, thumbnails, headings, tables."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from deployments.upstream.catalogue.wiki_files import file_address, key_of, scaled


class Link(NamedTuple):
    """Somebody or something named in an infobox: with an article, or without one; and what it is called there."""

    name: str
    note: str = ""
    linked: bool = True


def link(title: str, text: str = "") -> str:
    return f'<a href="/wiki/{quote(key_of(title))}" title="{escape(title)}">{escape(text or title)}</a>'


def links(found: Sequence[Link]) -> str:
    """People of an infobox, one to a line, with who they are in small letters."""

    def one(of: Link) -> str:
        name = link(of.name) if of.linked else escape(of.name)
        return f"{name} <br /> <small> ({escape(of.note)}) </small>" if of.note else name

    return " <br /> ".join(map(one, found))


def datum(source: str, value: str, label: str = "") -> str:
    """A line of an infobox; without a value none."""
    return value and (
        f'<div class="pi-item pi-data pi-item-spacing pi-border-color" data-source="{source}">\n\t\n'
        f'\t\t<h3 class="pi-data-label pi-secondary-font">{label or source}</h3>\n\t\n'
        f'\t<div class="pi-data-value pi-font">{value}</div>\n</div>\n\n'
    )


def header(text: str) -> str:
    return f'<h2 class="pi-item pi-header pi-secondary-font pi-item-spacing pi-secondary-background">{text}</h2>\n\n'


def infobox(wiki: str, title: str, image: str, rows: str, style: str = "") -> str:
    original = file_address(wiki, image)
    name = image.rpartition(".")[0]
    return (
        f'<aside role="region" class="portable-infobox pi-background pi-border-color pi-layout-default{style}">\n'
        f'<h2 class="pi-item pi-item-spacing pi-title pi-secondary-background" data-source="Name">{escape(title)}</h2>\n\n'
        f'<figure class="pi-item pi-image" data-source="Image">\n'
        f'\t<a href="{original}" class="image image-thumbnail" title="{escape(name)}">\n'
        f'\t\t<img src="{scaled(original, 268)}" srcset="{scaled(original, 268)} 1x, {original} 2x" '
        f'class="pi-image-thumbnail" data-relevant="1" alt="{escape(name)}" width="270" height="327" '
        f'data-image-key="{escape(key_of(image))}" data-image-name="{escape(image)}" />\n\t\t\n\t</a>\n\t\n</figure>\n'
        f'<section class="pi-item pi-group pi-border-color">\n{rows}</section>\n</aside>\n'
    )


def thumbnail(wiki: str, name: str, width: int) -> str:
    original = file_address(wiki, name)
    return (
        f'<span typeof="mw:File"><a href="{original}" class="mw-file-description image"><img '
        f'src="{scaled(original, width)}" decoding="async" loading="lazy" width="{width}" class="mw-file-element" '
        f'data-image-name="{escape(name)}" data-image-key="{escape(key_of(name))}" data-relevant="1" /></a></span>'
    )


def heading(text: str, level: int = 2) -> str:
    return f'<h{level}><span class="mw-headline" id="{text.replace(" ", "_")}">{text}</span></h{level}>\n'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    first = "\n".join(f"<th>{head}\n</th>" for head in heads)
    others = "".join(
        "<tr>\n" + "\n".join(f"<td><center> {cell} </center></td>" for cell in row) + "\n</tr>\n" for row in rows
    )
    return f'<table class="sortable fandom-table">\n<tbody><tr>\n{first}</tr>\n{others}</tbody></table>\n'
