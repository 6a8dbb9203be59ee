import pytest

from models.rules.image_types import AVIF, GIF, HEAD, JPEG, PNG, SVG, WEBP, image_type


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n\x00", PNG),
        (b"GIF89a\x01", GIF),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", WEBP),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miaf", AVIF),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00avifmiaf", AVIF),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", SVG),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by <svg> hand -->\n<svg>", SVG),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY a "b">]>\n<svg:svg>', SVG),
    ],
)
def test_an_image_is_known_by_its_first_bytes(head, kind):
    assert image_type(head) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"RIFF\x10\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x1cftypmp42\x00\x00\x00\x00isommp41",
        b"<!DOCTYPE html><html><svg></svg></html>",
        b"<html><body><svg></svg></body></html>",
        b"<!-- <svg> -->",
        b'{"status_code": 34}',
        b"%PDF-1.7",
        b"<svgfake>",
    ],
)
def test_what_is_no_image_has_no_type(head):
    assert image_type(head) is None


def test_a_hostile_head_is_judged_without_delay():
    assert image_type((b"<!--" + b" " * HEAD)[:HEAD]) is None
    assert image_type((b"<!DOCTYPE svg " + b"[]" * HEAD)[:HEAD]) is None


@pytest.mark.recorded
def test_recorded_images_are_what_their_names_say(recordings):
    for path in (recordings / "images").iterdir():
        kind = image_type(path.read_bytes()[:HEAD])
        assert kind and path.suffix == f".{kind.extension}"
