"""The image CDN of the sample upstream."""

import io

import pytest
import requests
from PIL import Image

CREDITED = "images,watch/providers,aggregate_credits,season/0,season/1,season/2,season/3,season/4,season/5,season/6"
PATHS = ("poster_path", "backdrop_path", "still_path", "profile_path", "logo_path", "file_path")


def image_paths(value):
    """Every image path in a body."""
    if isinstance(value, list):
        return {path for entry in value for path in image_paths(entry)}
    if isinstance(value, dict):
        below = {path for entry in value.values() for path in image_paths(entry)}
        return below | {value[key] for key in PATHS if value.get(key)}
    return set()


def test_every_image_that_some_body_names_is_served_as_what_its_name_says(ask, sample):
    named = set().union(
        *(image_paths(ask(f"/3/tv/{show}", append_to_response=CREDITED).json()) for show in sample.show_ids())
    )
    assert 300 <= len(named) <= 600
    for path in named:
        found = sample.image("w92", path.strip("/"))
        assert found is not None, path
        magic = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}[found.content_type]
        assert found.content.startswith(magic)


@pytest.mark.parametrize("group", ["posters", "backdrops", "logos"])
def test_an_original_has_the_dimensions_its_entry_states_and_needs_no_token(ask, upstream, group):
    entry = ask("/3/tv/900000002/images").json()[group][0]
    answer = requests.get(f"{upstream.url}/t/p/original{entry['file_path']}", timeout=60)
    assert int(answer.headers["Content-Length"]) == len(answer.content) < 60_000
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (entry["width"], entry["height"])
    smaller = requests.get(f"{upstream.url}/t/p/w92{entry['file_path']}", timeout=60)
    assert Image.open(io.BytesIO(smaller.content)).size[0] == 92


def test_a_logo_is_also_served_as_svg(ask, upstream):
    path = ask("/3/tv/900000002").json()["networks"][0]["logo_path"]
    answer = requests.get(f"{upstream.url}/t/p/original{path.replace('.png', '.svg')}", timeout=60)
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert b">Meridian TV</text></svg>" in answer.content


def test_the_same_name_gives_the_same_bytes_and_different_names_differ(ask, sample):
    posters = [image["file_path"].strip("/") for image in ask("/3/tv/900000002/images").json()["posters"]]
    drawn = [sample.image("original", file).content for file in posters]
    assert drawn == [sample.image("original", file).content for file in posters]
    assert len(set(drawn)) == len(posters) == 4


def test_a_known_image_is_304(ask, upstream):
    url = f"{upstream.url}/t/p/w92{ask('/3/tv/900000002').json()['poster_path']}"
    etag = requests.get(url, timeout=60).headers["ETag"]
    assert requests.get(url, headers={"If-None-Match": etag}, timeout=60).status_code == 304


def test_an_unknown_file_owner_check_extension_or_size_is_404(ask, upstream):
    poster = ask("/3/tv/900000002").json()["poster_path"]
    assert requests.get(f"{upstream.url}/t/p/w92{poster}", timeout=60).status_code == 200
    for wrong in (
        "w92/nothing.jpg",
        "w92" + poster.replace("t900000002", "t900000099"),
        "w92" + poster[:-6] + "zz.jpg",
        "w92" + poster.replace(".jpg", ".png"),
        "huge" + poster,
        "w0" + poster,
    ):
        assert requests.get(f"{upstream.url}/t/p/{wrong}", timeout=60).status_code == 404, wrong
