import json
from datetime import date

import pytest

from flows.sources.errors import MalformedAnswer
from flows.sources.payload import drift
from flows.sources.tmdb.payloads import (
    AggregateCredits,
    ConfigurationPayload,
    ContentRatings,
    EpisodePayload,
    ExternalIds,
    FindPayload,
    Images,
    Keywords,
    ListPayload,
    PersonPayload,
    SeasonPayload,
    ShowPayload,
    WatchProviders,
)

GOT = "tmdb/set_game_of_thrones_1399"

KINDS = [
    (ShowPayload, "tmdb/tv_details_*/tv_*.json"),
    (ShowPayload, f"{GOT}/*tv_1399.json"),
    (ShowPayload, f"{GOT}/tv_1399__append*.json"),
    (ShowPayload, "tmdb/set_subliminal_*/tv_*[0-9]__append_external_ids.json"),
    (SeasonPayload, f"{GOT}/season_1_2024-02.json"),
    (SeasonPayload, f"{GOT}/season_1__append*.json"),
    (EpisodePayload, f"{GOT}/season_1_episode_1_[!i]*.json"),
    (EpisodePayload, "tmdb/set_subliminal_*/tv_*_episode_*.json"),
    (Images, f"{GOT}/*images*.json"),
    (Images, "tmdb/images/*.json"),
    (Images, "tmdb/person_1_*/person_1_images.json"),
    (AggregateCredits, f"{GOT}/*aggregate_credits_2*.json"),
    (ContentRatings, f"{GOT}/*content_ratings_2*.json"),
    (Keywords, f"{GOT}/tv_1399_keywords.json"),
    (WatchProviders, f"{GOT}/*watch_providers.json"),
    (PersonPayload, "tmdb/person_*/person_1.json"),
    (PersonPayload, "tmdb/person_287_brad_pitt/person_287_20*.json"),
    (PersonPayload, "tmdb/person_287_brad_pitt/*append_ALL*.json"),
    (PersonPayload, "tmdb/persons_other/person_latest*.json"),
    (FindPayload, "tmdb/find/*.json"),
    (ListPayload, "tmdb/lists_v3/*.json"),
    (ConfigurationPayload, "tmdb/configuration/configuration*.json"),
]


@pytest.mark.recorded
@pytest.mark.parametrize(("model", "pattern"), KINDS)
def test_every_recorded_answer_of_any_year_is_read(recordings, model, pattern):
    paths = [path for path in recordings.glob(pattern) if "season" not in path.name or model is not ShowPayload]
    assert paths
    for path in paths:
        model.parse(json.loads(path.read_text(encoding="utf-8")), path.name)


@pytest.mark.recorded
def test_fifty_recorded_shows_of_2019_are_read_though_they_lack_newer_fields(recording):
    shows = [ShowPayload.parse(body) for body in recording("tmdb/tv_details_2019-05/50_shows.json")]
    assert len(shows) == 50 and all(show.name for show in shows)
    assert drift(shows[0])["missing"]["tagline"] == 1


@pytest.mark.recorded
def test_recorded_lists_of_shows_and_searches_hold_entries_that_a_list_can_hold(recordings):
    for path in [*recordings.glob("tmdb/tv_lists/*.json"), *recordings.glob("tmdb/search/search_tv_[!d]*.json")]:
        page = ListPayload.parse({"id": 1, **json.loads(path.read_text(encoding="utf-8"))}, path.name)
        assert all(entry.id and entry.name for entry in page.entries)


@pytest.mark.recorded
def test_a_recorded_show_with_all_parts_keeps_what_they_say(recording):
    body = recording("tmdb/tv_details_other/tv_1399_details_full_leandcesar.json")
    season = recording(f"{GOT}/season_1__append_aggregate_credits,credits,external_ids.json")
    show = ShowPayload.parse(body | {"season/1": season})
    assert show.external_ids and show.last_episode_to_air and show.aggregate_credits and show.watch_providers
    assert show.external_ids.imdb_id == "tt0944947" and show.first_air_date == date(2011, 4, 17)
    assert show.last_episode_to_air.id and show.next_episode_to_air is None
    assert show.aggregate_credits.cast[0].roles[0].episode_count
    offers = {kind for region in show.watch_providers.results.values() for kind, _ in region.offers()}
    assert {"flatrate", "buy"} <= offers
    assert [episode.episode_number for episode in show.season_details[1].episodes][:2] == [1, 2]
    assert show.season_details[1].episodes[0].guest_stars


@pytest.mark.recorded
def test_a_recorded_season_without_drift_shows_none(recording):
    season = SeasonPayload.parse(recording(f"{GOT}/season_1__append_aggregate_credits,credits,external_ids.json"))
    assert not drift(season)["unknown"] and set(drift(season)["missing"]) == {"images"}


def test_only_the_id_is_required():
    for model in (ShowPayload, SeasonPayload, EpisodePayload, PersonPayload):
        assert model.parse({"id": 7}).id == 7
        with pytest.raises(MalformedAnswer) as refused:
            model.parse({})
        assert refused.value.field == "id"


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_blank_texts_are_none(blank):
    assert ShowPayload.parse({"id": 1, "overview": blank}).overview is None


@pytest.mark.parametrize("bad", ["", "0000-00-00", "2020-02-31", "soon", None])
def test_dates_that_are_none_are_none(bad):
    assert EpisodePayload.parse({"id": 1, "air_date": bad}).air_date is None


def test_a_retyped_field_fails_with_the_path_to_it():
    with pytest.raises(MalformedAnswer) as refused:
        SeasonPayload.parse({"id": 1, "episodes": [{"id": 1}, {"id": 2, "episode_number": "two"}]}, "https://x/3/tv/1")
    assert refused.value.field == "episodes.1.episode_number"
    with pytest.raises(MalformedAnswer) as refused:
        ShowPayload.parse({"id": 1, "season/3": {"id": 3, "episodes": {}}})
    assert refused.value.field == "season/*.3.episodes"


def test_a_date_that_became_a_number_is_a_retyped_field():
    with pytest.raises(MalformedAnswer, match="air_date"):
        EpisodePayload.parse({"id": 1, "air_date": 20200101})


def test_unknown_and_missing_keys_are_counted_by_path():
    season = {"id": 1, "new": 1, "episodes": [{"id": 1, "mood": "x"}, {"id": 2, "mood": "y", "name": "Two"}]}
    found = drift(ShowPayload.parse({"id": 1, "season/1": season}))
    assert found["unknown"] == {"season/*.*.new": 1, "season/*.*.episodes[].mood": 2}
    assert found["missing"]["season/*.*.episodes[].name"] == 1
    assert found["missing"]["name"] == 1


def test_a_kind_of_offer_that_is_new_is_still_an_offer():
    providers = WatchProviders.parse({"results": {"US": {"link": "x", "lease": [{"provider_id": 8}]}}})
    assert [(kind, offer.provider_id) for kind, offer in providers.results["US"].offers()] == [("lease", 8)]


def test_ids_of_zero_elsewhere_are_none():
    assert ExternalIds.parse({"tvrage_id": 0, "tvdb_id": "5"}).tvrage_id is None
