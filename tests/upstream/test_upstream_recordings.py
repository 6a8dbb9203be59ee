"""A folder of recordings as the source; and the invented bodies held against the recorded ones, key by key."""

import json

import pytest

from deployments.upstream import Recordings, Upstream
from tests.upstream.conftest import asking, body_of


@pytest.fixture
def folder(tmp_path):
    """A small folder of the same layout, with invented values."""

    def capture(file, path, body, captured="2025-01-01", **more):
        (tmp_path / file).write_text(json.dumps(body), encoding="utf-8")
        return (
            {"file": file, "host": "api.themoviedb.org", "path": path, "query": {}, "status": 200}
            | more
            | {"captured": captured}
        )

    index = [
        capture("new.json", "/3/tv/5", {"id": 5, "name": "New"}, "Thu, 21 Aug 2025 20:40:38 GMT"),
        capture(
            "old.json",
            "/3/tv/5",
            {"id": 5, "name": "Old", "keywords": {"results": [1]}, "season/1": {"id": 50}},
            "captured ~2019-05-22",
            query={"append_to_response": "keywords,season/1"},
        ),
        capture("ids.json", "/3/tv/5/external_ids", {"id": 5, "imdb_id": "tt5"}, "committed upstream"),
        capture(
            "many.json", "/3/tv/{id}", [{"id": 6, "name": "Six", "poster_path": "/six.jpg"}, {"id": 7}], collection="id"
        ),
        capture("gone.json", "/3/tv/8", {"id": 8}, status=404),
    ]
    (tmp_path / "recordings.json").write_text(json.dumps(index), encoding="utf-8")
    return tmp_path


def test_the_newest_capture_counts_and_parts_of_older_ones_stay(folder):
    with Upstream(Recordings(folder)) as upstream:
        ask = asking(upstream)
        assert ask("/3/tv/5").json() == {"id": 5, "name": "New"}
        both = ask("/3/tv/5", append_to_response="keywords,external_ids,images").json()
        assert both == {"id": 5, "name": "New", "keywords": {"results": [1]}, "external_ids": {"imdb_id": "tt5"}}
        assert ask("/3/tv/5/keywords").json() == {"id": 5, "results": [1]}


def test_an_older_capture_can_be_chosen_by_date(folder):
    source = Recordings(folder, captured_before="2020")
    assert body_of(source, "tv/5")["name"] == "Old"
    assert source.show_ids() == [5]


def test_one_file_of_many_bodies_answers_for_each_and_what_nobody_recorded_is_404(folder):
    with Upstream(Recordings(folder)) as upstream:
        ask = asking(upstream)
        assert [ask(f"/3/tv/{number}").status_code for number in (6, 7, 8, 9)] == [200, 200, 404, 404]
        assert ask("/3/tv/9").json()["status_code"] == 34
        assert [item["id"] for item in ask("/3/list/1").json()["items"]] == [5, 6, 7]
        assert [hit["id"] for hit in ask("/3/find/tt5", external_source="imdb_id").json()["tv_results"]] == [5]


def test_images_are_drawn_for_recorded_names_only_when_asked_to(folder):
    assert Recordings(folder).image("w92", "six.jpg") is None
    drawing = Recordings(folder, placeholder_images=True)
    drawn = drawing.image("w92", "six.jpg")
    assert drawn is not None and drawn.content.startswith(b"\xff\xd8\xff")
    assert drawing.image("w92", "seven.jpg") is None


@pytest.mark.recorded
def test_a_recorded_show_is_put_together_from_what_was_recorded_of_it(ask_recorded, recordings):
    parts = ["aggregate_credits", "keywords", "season/1", "season/2", "watch/providers"]
    body = ask_recorded("/3/tv/1399", append_to_response=",".join(parts)).json()
    assert [part for part in parts if part not in body] == ["season/2"]
    assert len(body["season/1"]["episodes"]) == 10
    assert body["vote_count"] > body_of(Recordings(recordings, captured_before="2020"), "tv/1399")["vote_count"]
    assert ask_recorded("/4/list/1").json()["total_results"] > 50


def keys(value, path=""):
    """Every path of keys in a body; lists count as their entries together, countries as one."""
    if isinstance(value, list):
        return {found for entry in value for found in keys(entry, path + "[]")}
    if isinstance(value, dict):
        inner = [(key if not (key.isupper() and len(key) == 2) else "CC", entry) for key, entry in value.items()]
        return {f"{path}.{key}" for key, _ in inner}.union(*(keys(entry, f"{path}.{key}") for key, entry in inner))
    return set()


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("invented", "recorded"),
    [
        ("tv/900000002", "tv/1399"),
        ("tv/900000002/external_ids", "tv/1399/external_ids"),
        ("tv/900000002/content_ratings", "tv/1399/content_ratings"),
        ("tv/900000002/keywords", "tv/1399/keywords"),
        ("tv/900000002/credits", "tv/1399/credits"),
        ("tv/900000002/aggregate_credits", "tv/1399/aggregate_credits"),
        ("tv/900000002/images", "tv/550/images"),
        ("tv/900000002/season/1", "tv/1399/season/1"),
        ("tv/900000002/season/1/credits", "tv/1399/season/1/credits"),
        ("tv/900000002/season/1/aggregate_credits", "tv/1399/season/1/aggregate_credits"),
        ("tv/900000002/season/1/external_ids", "tv/1399/season/1/external_ids"),
        ("tv/900000002/season/1/images", "tv/1399/season/1/images"),
        ("tv/900000002/season/1/episode/1", "tv/1399/season/1/episode/1"),
        ("tv/900000002/season/1/episode/1/external_ids", "tv/1399/season/1/episode/1/external_ids"),
        ("tv/900000002/season/1/episode/1/images", "tv/1399/season/1/episode/1/images"),
        ("person/900100001", "person/1"),
        ("person/900100001/images", "person/1/images"),
        ("person/900100001/external_ids", "person/287/external_ids"),
    ],
)
def test_an_invented_body_has_the_keys_of_the_recorded_one(ask, ask_recorded, invented, recorded):
    assert keys(ask(f"/3/{invented}").json()) == keys(ask_recorded(f"/3/{recorded}").json())


@pytest.mark.recorded
def test_invented_offers_have_the_keys_of_recorded_ones(ask, ask_recorded):
    real = keys(ask_recorded("/3/tv/1399/watch/providers").json())
    ours = keys(ask("/3/tv/900000002/watch/providers").json())
    assert ours <= real
    assert ".results.CC.flatrate[].provider_id" in ours
