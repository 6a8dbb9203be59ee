import pytest

from flows.settings import ConfigurationError, HttpSettings, ImageSettings, ListSettings, TmdbSettings, load


def test_without_token_and_key_the_token_is_named():
    with pytest.raises(ConfigurationError, match="TMDB_BEARER_TOKEN") as refused:
        load(TmdbSettings)
    assert refused.value.variable == "TMDB_BEARER_TOKEN"
    assert "\n" not in str(refused.value) and "TMDB_API_KEY" in str(refused.value)


@pytest.mark.parametrize("variable", ["TMDB_BEARER_TOKEN", "TMDB_API_KEY"])
def test_either_token_or_key_is_enough_and_is_never_shown(monkeypatch, variable):
    monkeypatch.setenv(variable, "a-real-looking-value")
    settings = load(TmdbSettings)
    assert "a-real-looking-value" not in repr(settings) + str(settings)


@pytest.mark.parametrize("sample", ["changeme", "your-token-here"])
def test_a_sample_secret_is_refused_with_its_variable(monkeypatch, sample):
    monkeypatch.setenv("TMDB_BEARER_TOKEN", sample)
    with pytest.raises(ConfigurationError, match="TMDB_BEARER_TOKEN"):
        load(TmdbSettings)


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("TMDB_BEARER_TOKEN", "")
    monkeypatch.setenv("TMDB_API_KEY", "key")
    assert load(TmdbSettings).tmdb_bearer_token is None


def test_the_address_of_the_api_may_be_given_with_its_version():
    assert (
        TmdbSettings(tmdb_api_key="key", tmdb_api_url="http://localhost:8765/3/").tmdb_api_url
        == "http://localhost:8765"
    )


def test_lists_are_read_from_ids_and_addresses(monkeypatch):
    monkeypatch.setenv("TMDB_LIST_IDS", "12, https://www.themoviedb.org/list/8301263?language=en-US ,12")
    monkeypatch.setenv("IMDB_LIST_CSV", "a.csv, b.csv")
    lists = load(ListSettings)
    assert lists.tmdb_list_ids == ("12", "8301263")
    assert lists.imdb_list_csv == ("a.csv", "b.csv")


@pytest.mark.parametrize(
    ("settings", "variable", "value"),
    [
        (ListSettings, "TMDB_LIST_IDS", "my-list"),
        (HttpSettings, "FETCH_THREADS", "many"),
        (HttpSettings, "HTTP_ATTEMPTS", "0"),
        (ImageSettings, "IMAGE_ORIGINS", "image.tmdb.org"),
        (ImageSettings, "IMAGE_ORIGINS", "https://user:pass@image.tmdb.org"),
    ],
)
def test_a_malformed_value_names_its_variable_in_one_sentence(monkeypatch, settings, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as refused:
        load(settings)
    assert refused.value.variable == variable
    assert "\n" not in str(refused.value)


def test_origins_are_compared_in_one_spelling(monkeypatch):
    monkeypatch.setenv("IMAGE_ORIGINS", "HTTPS://Image.TMDB.org:443/t/p, http://127.0.0.1:8123")
    assert load(ImageSettings).image_origins == ("https://image.tmdb.org", "http://127.0.0.1:8123")


@pytest.mark.parametrize("settings", [HttpSettings, TmdbSettings, ListSettings, ImageSettings])
def test_every_setting_says_in_one_sentence_what_it_is(settings):
    for name, field in settings.model_fields.items():
        assert field.description and field.description.endswith("."), name
