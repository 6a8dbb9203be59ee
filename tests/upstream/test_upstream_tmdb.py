"""TMDb's protocol as the sample upstream speaks it, asked over HTTP."""

import json

import pytest
import requests
from requests.adapters import HTTPAdapter

SHOW = "/3/tv/900000001"


@pytest.mark.parametrize("path", [SHOW, "/3/configuration", "/4/list/900000001", "/3/no/such/thing"])
def test_a_request_without_or_with_a_wrong_token_is_answered_401_with_status_code_7(upstream, path):
    for headers in ({}, {"Authorization": "Bearer another-token"}):
        answer = requests.get(upstream.url + path, headers=headers, timeout=60)
        assert answer.status_code == 401
        assert answer.json() == {
            "status_code": 7,
            "status_message": "Invalid API key: You must be granted a valid key.",
            "success": False,
        }


def test_version_3_takes_the_api_key_as_a_parameter_and_version_4_does_not(upstream):
    def status(path):
        return requests.get(upstream.url + path, params={"api_key": "sample-token"}, timeout=60).status_code

    assert (status(SHOW), status("/3/list/900000001"), status("/4/list/900000001")) == (200, 200, 401)


def test_appended_parts_stand_under_exactly_their_names_and_without_their_id(ask):
    names = ["external_ids", "watch/providers", "season/1", "season/0", "images", "episode_groups"]
    body = ask(SHOW, append_to_response=",".join(names)).json()
    plain = ask(SHOW).json()
    assert set(body) - set(plain) == set(names)
    assert {key: body[key] for key in plain} == plain
    assert body["season/1"] == ask(f"{SHOW}/season/1").json()
    alone = ask(f"{SHOW}/watch/providers").json()
    assert alone.pop("id") == plain["id"]
    assert body["watch/providers"] == alone


def test_an_appended_season_or_part_that_does_not_exist_is_left_out(ask):
    body = ask(SHOW, append_to_response="season/3,season/99,nonsense").json()
    assert "season/3" in body
    assert "season/99" not in body
    assert "nonsense" not in body


def test_twenty_parts_may_be_appended_and_not_twenty_one(ask):
    names = [f"season/{number}" for number in range(21)]
    assert ask(SHOW, append_to_response=",".join(names[:20])).status_code == 200
    refused = ask(SHOW, append_to_response=",".join(names))
    assert refused.status_code == 400
    assert refused.json()["status_code"] == 27


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/3/tv/1", 34),
        ("/3/tv/seven", 6),
        ("/3/tv/0", 6),
        ("/3/person/1", 34),
        ("/3/person/x", 6),
        (f"{SHOW}/season/99", 34),
        (f"{SHOW}/season/1/episode/99", 34),
        (f"{SHOW}/nonsense", 34),
        ("/3/tv/1/images", 34),
        ("/3/list/77", 34),
        ("/4/list/77", 34),
        ("/3/no/such/thing", 34),
    ],
)
def test_what_does_not_exist_is_answered_404_with_tmdbs_code(ask, path, code):
    answer = ask(path)
    assert (answer.status_code, answer.json()["status_code"]) == (404, code)


def test_an_id_may_go_on_with_a_slug(ask):
    assert ask(f"{SHOW}-glass-hill-realty").json() == ask(SHOW).json()


def test_an_unchanged_answer_is_304_without_a_body_and_a_changed_one_is_not(ask, upstream):
    first = ask(SHOW, append_to_response="images")
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    known = {"If-None-Match": first.headers["ETag"]}
    again = ask(SHOW, known, append_to_response="images")
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert ask(SHOW, known).status_code == 200
    upstream.amend("tv/900000001", name="Another Name")
    changed = ask(SHOW, known, append_to_response="images")
    assert (changed.status_code, changed.json()["name"]) == (200, "Another Name")


def test_images_come_in_the_languages_asked_for(ask):
    def languages(**query):
        return {image["iso_639_1"] for image in ask(f"{SHOW}/images", **query).json()["posters"]}

    assert languages() == {"en", None, "es"}
    assert languages(include_image_language="en,null") == {"en", None}
    assert languages(language="en-US") == {"en"}
    appended = ask(SHOW, append_to_response="images", language="en-US", include_image_language="null").json()
    assert {image["iso_639_1"] for image in appended["images"]["posters"]} == {"en", None}


def test_photos_of_people_have_no_language_and_are_always_given(ask):
    assert len(ask("/3/person/900100001/images", language="en-US").json()["profiles"]) == 2


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("0", "page must be greater than 0"),
        ("-1", "page must be greater than 0"),
        ("one", "page must be greater than 0"),
        ("501", "page must be less than or equal to 500"),
    ],
)
@pytest.mark.parametrize("version", [3, 4])
def test_an_impossible_page_is_answered_422(ask, version, page, message):
    answer = ask(f"/{version}/list/900000001", page=page)
    assert (answer.status_code, answer.json()) == (422, {"errors": [message]})


def test_a_long_list_comes_in_pages_of_twenty_and_ends_empty(ask_generated):
    first, second = (ask_generated("/4/list/1", page=page).json() for page in (1, 2))
    assert (first["page"], second["page"], first["total_pages"], first["total_results"]) == (1, 2, 250, 5000)
    ids = [item["id"] for item in first["results"] + second["results"]]
    assert len(set(ids)) == 40
    assert [item["id"] for item in ask_generated("/3/list/1", page=2).json()["items"]] == ids[20:]
    assert ask_generated("/4/list/1", page=251).json()["results"] == []


def test_a_version_4_list_has_media_types_and_a_comment_or_null_for_each_entry(ask):
    body = ask("/4/list/900000001").json()
    keys = [f"{item['media_type']}:{item['id']}" for item in body["results"]]
    assert list(body["comments"]) == keys
    assert body["comments"]["tv:900000001"].startswith("Start here")
    assert body["comments"]["tv:900000003"] is None
    assert "movie:900800001" in keys


def test_find_answers_with_all_five_arrays_and_what_has_the_id(ask):
    def found(external_id):
        body = ask(f"/3/find/{external_id}", external_source="imdb_id").json()
        assert set(body) == {
            *("movie_results", "person_results", "tv_results", "tv_episode_results", "tv_season_results"),
        }
        return {kind.removesuffix("_results"): [hit["id"] for hit in hits] for kind, hits in body.items() if hits}

    assert found("tt990000011") == {"tv": [900000011]}
    assert found("nm990000001") == {"person": [900100001]}
    assert found("tt990000016") == {"movie": [900800001]}
    assert found("tt990000015") == {}
    assert ask("/3/find/tt990000011").status_code == 422


def test_a_connection_is_kept_for_many_requests_of_all_kinds(upstream):
    with requests.Session() as session:
        session.headers.update(upstream.headers)
        etag = session.get(upstream.url + SHOW, timeout=60).headers["ETag"]
        session.get(upstream.url + SHOW, headers={"If-None-Match": etag}, timeout=60)
        session.head(upstream.url + SHOW, timeout=60)
        session.post(upstream.url + SHOW, data=b"x" * 10_000, timeout=60)
        assert session.get(upstream.url + "/3/tv/1", timeout=60).status_code == 404
        adapter = session.get_adapter(upstream.url)
        assert isinstance(adapter, HTTPAdapter)
        pools = adapter.poolmanager.pools
        assert [pools[key].num_connections for key in pools.keys()] == [1]  # noqa: SIM118 - iterating it is not offered
    assert upstream.requests.total == 5


def test_configuration_leads_to_this_servers_images(ask, upstream):
    images = ask("/3/configuration").json()["images"]
    assert images["secure_base_url"] == f"{upstream.url}/t/p/"
    poster = ask(SHOW).json()["poster_path"]
    assert requests.get(f"{images['base_url']}w185{poster}", timeout=60).headers["Content-Type"] == "image/jpeg"


def test_bodies_are_compact_utf_8(ask):
    answer = ask("/3/tv/900000013")
    assert answer.encoding == "utf-8"
    assert "Küchenkrieg".encode() in answer.content
    assert len(answer.content) < len(json.dumps(answer.json()).encode())
