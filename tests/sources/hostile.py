"""What the internet may serve in place of an image, and where it may point to: addresses and answers, each with the problem
that it is to be refused with (all synthetic).
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

from models.rules.image_problems import Problem
from tests.sources.double import Reply
from tests.sources.images_made import bomb, chunk, drawn, encoded, every_type, png

INNER = (
    "http://127.0.0.1/a.png",
    "http://127.1/a.png",
    "http://localhost/a.png",
    "http://0.0.0.0/a.png",
    "http://10.0.0.1/a.png",
    "http://172.16.0.1/a.png",
    "http://192.168.1.1/a.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/a.png",
    "http://2130706433/a.png",
    "http://0x7f000001/a.png",
    "http://0x7f.0.0.1/a.png",
    "http://017700000001/a.png",
    "http://0177.0.0.1/a.png",
    "http://[::1]/a.png",
    "http://[::]/a.png",
    "http://[::ffff:127.0.0.1]/a.png",
    "http://[::ffff:7f00:1]/a.png",
    "http://[::127.0.0.1]/a.png",
    "http://[64:ff9b::7f00:1]/a.png",
    "http://[2002:7f00:1::]/a.png",
    "http://[fe80::1%25eth0]/a.png",
    "http://[fd00::1]/a.png",
    "http://127.0.0.1.nip.io/a.png",
)
"""This machine and its neighbours, in every spelling."""

TRICKS = (
    "https://image.tmdb.org@127.0.0.1/a.png",
    "https://image.tmdb.org:password@{host}/a.png",
    "https://image.tmdb.org.evil.example/a.png",
    "https://evil.example/image.tmdb.org/a.png",
    "https://evil.example#@{host}/a.png",
    "https://evil.example\\@{host}/a.png",
    "http://{host}\\.evil.example/a.png",
    "https://{host}/a.png",
    "http://{name}:1/a.png",
    "http://{name}:99999/a.png",
    "http://{name}:port/a.png",
    "file:///etc/passwd",
    "ftp://{host}/a.png",
    "gopher://{host}/_GET",
    "data:image/png;base64,iVBORw0KGgo=",
    "javascript:alert(1)",
    "//{host}/a.png",
    "http:///a.png",
    "http://[::1/a.png",
    "http://{host}/a.png\r\nHost: evil.example",
    "http://{host}/a b.png",
    "http://{host}/\u202egnp.exe",
    "",
)
"""Addresses that look like an allowed one, and others that nobody should ask."""


def zipped(content: bytes) -> bytes:
    """An archive with one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.exe", content)
    return file.getvalue()


def whole(body: bytes, **headers: str) -> Callable[[], Reply]:
    """An answer that says 200 and image/png, whatever it is."""
    named = {"Content-Type": "image/png"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: Reply(200, body, named)


def _endless(piece: bytes, start: bytes = b"") -> Callable[[], Reply]:
    def pieces() -> Iterator[bytes]:
        yield start
        while True:
            yield piece

    return lambda: Reply(200, chunks=pieces)


def _svg(inside: str, before: str = "", attributes: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<svg xmlns="http://www.w3.org/2000/svg"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{inside}</svg>'
    ).encode()


def _text_bomb() -> bytes:
    """A PNG that decompresses far beyond what its header says is caught by the header of those that say so."""
    return png(40_000, 40_000)


def _many_frames() -> bytes:
    """An animation of a thousand frames."""
    moving = every_type()["moving.gif"]
    frame = moving[moving.index(b"\x21\xf9") : -1]
    return moving[:-1] + frame * 300 + b"\x3b"


T, M, P = Problem.TRUNCATED, Problem.MALFORMED, Problem
BILLION = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def bodies() -> dict[str, tuple[Callable[[], Reply], Problem]]:
    """Answers by the name of the trick."""
    good = every_type()
    cases: dict[str, tuple[Callable[[], Reply], Problem]] = {
        "html": (whole(b"<!DOCTYPE html><html><body>Not found</body></html>"), P.WEB_PAGE),
        "html-with-mark": (whole(b"\xef\xbb\xbf\n<!-- x --><HTML><script>alert(1)</script>"), P.WEB_PAGE),
        "script": (whole(b"<script>alert(1)</script>"), P.WEB_PAGE),
        "json": (whole(b'{"error": "no such image"}'), P.UNKNOWN_TYPE),
        "text": (whole(b"plainly no image"), P.UNKNOWN_TYPE),
        "program": (whole(b"\x7fELF\x02\x01\x01" + bytes(9000)), P.UNKNOWN_TYPE),
        "archive": (whole(zipped(b"x" * 9000)), P.UNKNOWN_TYPE),
        "pdf": (whole(b"%PDF-1.7\n" + bytes(9000)), P.UNKNOWN_TYPE),
        "film": (whole(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(9000)), P.UNKNOWN_TYPE),
        "bitmap": (whole(encoded("BMP", drawn(30, 30))), P.UNKNOWN_TYPE),
        "icon": (whole(encoded("ICO", drawn(32, 32))), P.UNKNOWN_TYPE),
        "tiff": (whole(encoded("TIFF", drawn(30, 30))), P.UNKNOWN_TYPE),
        "avif-sequence": (whole(encoded("AVIF", *(drawn(40, 30, n) for n in (60, 70, 80)))), P.TOO_MANY_FRAMES),
        "empty": (whole(b""), P.EMPTY),
        "no-content": (lambda: Reply(204), P.STATUS),
        "part": (lambda: Reply(206, good["png"]), P.STATUS),
        "not-modified": (lambda: Reply(304), P.STATUS),
        "gone": (lambda: Reply(410, b"gone"), P.NOT_FOUND),
        "forbidden": (lambda: Reply(403, b"no"), P.STATUS),
        "gzip-encoded": (whole(gzip.compress(bytes(3_000_000)), Content_Encoding="gzip"), P.ENCODED),
        "deflate-encoded": (whole(zlib.compress(bytes(3_000_000)), Content_Encoding="deflate"), P.ENCODED),
        "twice-encoded": (whole(good["png"], Content_Encoding="identity, br"), P.ENCODED),
        "gzip-bare": (whole(gzip.compress(bytes(3_000_000))), P.UNKNOWN_TYPE),
        "svgz": (whole(gzip.compress(good["svg"])), P.UNKNOWN_TYPE),
        "png-of-zeros": (whole(_text_bomb()), P.TOO_MANY_PIXELS),
        "no-pixels": (whole(png(0, 10)), P.MALFORMED),
        "thin": (whole(png(1, 50_000)), P.TOO_MANY_PIXELS),
        "thousand-frames": (whole(_many_frames()), P.TOO_MANY_FRAMES),
        "wrong-checksum": (
            whole(good["png"].replace(b"IDAT", b"IDAT", 1)[:-30] + b"\0" + good["png"][-29:]),
            P.MALFORMED,
        ),
        "two-headers": (whole(good["png"][:33] + good["png"][8:]), P.MALFORMED),
        "no-picture.png": (whole(b"\x89PNG\r\n\x1a\n" + png(5, 5)[8:33] + chunk(b"IEND", b"")), P.MALFORMED),
        "no-picture.jpg": (whole(b"\xff\xd8\xff\xe0\0\x04xx\xff\xd9"), P.MALFORMED),
        "jpg-and-zip": (whole(good["jpg"] + zipped(b"x")), P.TRAILING),
        "png-and-html": (whole(good["png"] + b"<html><script>alert(1)</script>"), P.TRAILING),
        "gif-and-script": (whole(good["gif"] + b"=1;alert(1)"), P.TRAILING),
        "gif-of-script": (whole(b"GIF89a/*" + bytes(50) + b"*/=1;alert(1)//"), P.MALFORMED),
        "webp-and-zip": (whole(good["webp"] + zipped(b"x")), P.TRAILING),
        "avif-and-html": (whole(good["avif"] + b"<html><script>alert(1)</script>"), P.TRAILING),
        "svg-and-html": (whole(good["svg"] + b"<html/>"), P.TRAILING),
        "svg-script": (whole(_svg("<script>alert(1)</script>")), P.UNSAFE_SVG),
        "svg-named-script": (whole(_svg('<x:script xmlns:x="http://www.w3.org/2000/svg"/>')), P.UNSAFE_SVG),
        "svg-handler": (whole(_svg("", attributes='ONLOAD="alert(1)"')), P.UNSAFE_SVG),
        "svg-link": (whole(_svg('<a xlink:href="java&#115;cript:alert(1)"><rect/></a>')), P.UNSAFE_SVG),
        "svg-outer-image": (whole(_svg('<image href="http://169.254.169.254/"/>')), P.UNSAFE_SVG),
        "svg-inner-svg": (whole(_svg('<image href="data:image/svg+xml;base64,PHN2Zz4="/>')), P.UNSAFE_SVG),
        "svg-foreign": (whole(_svg("<foreignObject><body/></foreignObject>")), P.UNSAFE_SVG),
        "svg-import": (whole(_svg("<style>@import url(//evil.example/a.css);</style>")), P.UNSAFE_SVG),
        "svg-outer-fill": (whole(_svg('<rect style="fill:url(http://evil.example/#a)"/>')), P.UNSAFE_SVG),
        "svg-animated-link": (whole(_svg('<set attributeName="xlink:href" to="x"/>')), P.UNSAFE_SVG),
        "svg-entities": (whole(_svg("&b;", before=BILLION)), P.UNSAFE_SVG),
        "svg-outer-entity": (
            whole(_svg("&x;", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
            P.UNSAFE_SVG,
        ),
        "svg-style-sheet": (whole(_svg("", before='<?xml-stylesheet href="a.xsl"?>')), P.UNSAFE_SVG),
        "svg-deep": (whole(_svg("<g>" * 5000 + "</g>" * 5000)), P.MALFORMED),
        "svg-broken": (whole(_svg("<g></a></g>")), P.MALFORMED),
        "endless": (_endless(bytes(65_536)), P.UNKNOWN_TYPE),
        "endless-png": (_endless(chunk(b"tEXt", bytes(65_000)), good["png"][:33]), P.TOO_LARGE),
        "endless-jpg": (_endless(b"\x55" * 65_536, good["jpg"][:-2]), P.TOO_LARGE),
        "endless-padding": (_endless(bytes(65_536), good["jpg"]), P.TOO_LARGE),
        "endless-gif": (_endless(b"\xff" + b"\x21" * 255, good["gif"][:-10]), P.TOO_LARGE),
        "says-too-much": (lambda: Reply(200, good["png"], {"Content-Length": "999999999999"}), P.TOO_LARGE),
        "says-too-little": (lambda: Reply(200, good["png"], {"Content-Length": "5000"}), P.TRUNCATED),
        "in-a-circle": (lambda: Reply(302, b"", {"Location": "/in-a-circle"}), P.REDIRECTS),
        "redirect-nowhere": (lambda: Reply(302, b""), P.REDIRECTS),
        "redirect-malformed": (lambda: Reply(302, b"", {"Location": "http://[::1"}), P.ADDRESS),
        "redirect-file": (lambda: Reply(302, b"", {"Location": "file:///etc/passwd"}), P.ADDRESS),
    }
    for kind, content in good.items():
        cut = content[: len(content) * 2 // 3]
        cases[f"truncated.{kind}"] = (whole(cut), P.TRUNCATED)
    for kind in ("png", "jpg", "gif", "webp", "lossless.webp", "moving.webp", "avif"):
        cases[f"bomb.{kind}"] = (whole(bomb(kind)), P.TOO_MANY_PIXELS)
    for number, address in enumerate(INNER):
        cases[f"redirect-inside-{number}"] = (
            lambda address=address: Reply(302, b"", {"Location": address}),  # type: ignore[misc]
            P.ADDRESS,
        )
    return cases
