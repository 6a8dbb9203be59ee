"""Placeholder pictures: posters, backdrops, stills, portraits and logos drawn from a title, the same bytes for the same name."""

import colorsys
import hashlib
import io
from dataclasses import dataclass
from functools import cache
from html import escape
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont, ImageOps

from deployments.upstream.source import ImageFile

JPEG_QUALITY = 80
MAX_EDGE = 4096


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw: a kind of artwork at its original size, with its texts. The seed decides the colours."""

    kind: str
    width: int
    height: int
    title: str
    subtitle: str
    seed: str


def scaled(picture: Picture, size: str) -> tuple[int, int]:
    """Width and height in one of the CDN's sizes (`original`, `w500`, `h632`), never larger than the original."""
    width, height = min(picture.width, MAX_EDGE), min(picture.height, MAX_EDGE)
    if size.startswith("w") and int(size[1:]) < width:
        return int(size[1:]), max(1, round(height * int(size[1:]) / width))
    if size.startswith("h") and int(size[1:]) < height:
        return max(1, round(width * int(size[1:]) / height)), int(size[1:])
    return width, height


def draw(picture: Picture, size: str, extension: str) -> ImageFile:
    """The picture as a file. JPEG for photographs, PNG or SVG (`extension`) for what is to be transparent."""
    if extension == "svg":
        return ImageFile(draw_vector(picture), "image/svg+xml")
    width, height = scaled(picture, size)
    target = io.BytesIO()
    if extension == "png":
        draw_logo(picture, width, height).save(target, "PNG")
        return ImageFile(target.getvalue(), "image/png")
    draw_photograph(picture, width, height).save(target, "JPEG", quality=JPEG_QUALITY)
    return ImageFile(target.getvalue(), "image/jpeg")


def colours(picture: Picture) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """A dark and a lighter tone of neighbouring hues."""
    seed = hashlib.sha1(picture.seed.encode()).digest()
    hue, shift = seed[0] / 256, 0.06 + seed[1] / 256 * 0.12
    return tone(hue, 0.55, 0.16), tone(hue + shift, 0.5, 0.42 + seed[2] / 256 * 0.2)


def tone(hue: float, saturation: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def draw_photograph(picture: Picture, width: int, height: int) -> Image.Image:
    """A gradient with the title low on it; a portrait also has a head and shoulders."""
    dark, light = colours(picture)
    gradient = gradients(picture.kind in ("backdrop", "still")).resize((width, height))
    image = ImageOps.colorize(gradient, light, dark)
    pen = ImageDraw.Draw(image)
    if picture.kind == "profile":
        skin = tuple((3 * part + 255) // 4 for part in light)
        middle, radius = width / 2, width * 0.19
        pen.ellipse((middle - width * 0.38, height * 0.52, middle + width * 0.38, height * 1.2), fill=skin)
        pen.ellipse((middle - radius, height * 0.2, middle + radius, height * 0.2 + 2.5 * radius), fill=skin)
        pen.rectangle((0, height * 0.84, width, height), fill=dark)
    write(pen, picture, width, height, light)
    return image


def write(pen: ImageDraw.ImageDraw, picture: Picture, width: int, height: int, accent: tuple[int, int, int]) -> None:
    """Title and subtitle, from the lower edge up."""
    measure = max(9, round(width * {"poster": 0.095, "profile": 0.07}.get(picture.kind, 0.055)))
    small = max(8, measure // 2)
    lines = wrap(picture.title, 15 if picture.kind == "poster" else 24)[:4]
    subtitle = wrap(picture.subtitle, 34)[:2]
    margin, line_height = width * 0.07, measure * 1.2
    top = height - margin - len(lines) * line_height - len(subtitle) * small * 1.3
    pen.line(
        (margin, top - measure * 0.5, margin + width * 0.12, top - measure * 0.5),
        fill=accent,
        width=max(2, width // 120),
    )
    for line in lines:
        pen.text((margin, top), line, font=font(measure), fill=(250, 248, 242))
        top += line_height
    for line in subtitle:
        pen.text((margin, top), line, font=font(small), fill=(225, 220, 210))
        top += small * 1.3


def draw_logo(picture: Picture, width: int, height: int) -> Image.Image:
    """The title as a word mark on a transparent ground."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    lines = wrap(picture.title, 16)[:2]
    measure = max(6, min(round(height / (1.7 * len(lines))), round(width / (0.62 * max(map(len, lines))))))
    pen = ImageDraw.Draw(image)
    pen.multiline_text(
        (width / 2, height / 2),
        "\n".join(lines),
        font=font(measure),
        fill=colours(picture)[1],
        anchor="mm",
        align="center",
    )
    return image


def draw_vector(picture: Picture) -> bytes:
    width, height = picture.width, picture.height
    colour = "#{:02x}{:02x}{:02x}".format(*colours(picture)[1])
    measure = min(round(height * 0.5), round(width / (0.62 * max(1, len(picture.title)))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<text x="50%" y="50%" fill="{colour}" font-family="sans-serif" font-weight="bold" font-size="{measure}" '
        f'text-anchor="middle" dominant-baseline="central">{escape(picture.title)}</text></svg>'
    ).encode()


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@cache
def gradients(sideways: bool) -> Image.Image:
    """Black to white, downwards or (for wide pictures) to the right."""
    down = Image.linear_gradient("L")
    return down.rotate(90) if sideways else down
