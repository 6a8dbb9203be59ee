"""Settings: what is missing or wrong is refused by its variable's name, and never tells a secret."""

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from db import session
from db.object_store import object_store
from db.settings import (
    ConfigurationError,
    DatabaseSettings,
    ObjectStoreSettings,
    load,
    object_store_settings,
)

STORE = {
    "S3_ENDPOINT": "https://s3.invalid",
    "S3_ACCESS_KEY": "reader",
    "S3_SECRET_KEY": "not-a-real-secret",
}


@pytest.fixture(autouse=True)
def _nothing_remembered():
    yield
    session.dispose()
    object_store.cache_clear()
    object_store_settings.cache_clear()


def set_all(monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def refusal(settings):
    with pytest.raises(ConfigurationError) as refused:
        load(settings)
    return refused.value


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named_with_what_it_is_for(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("DATABASE_URL", value)
    error = refusal(DatabaseSettings)
    assert error.variable == "DATABASE_URL"
    assert str(error).startswith("DATABASE_URL: is not set (PostgreSQL 15 or newer")


@pytest.mark.parametrize("missing", list(STORE))
def test_each_variable_of_the_object_store_is_missed_by_name(monkeypatch, missing):
    set_all(monkeypatch, {name: value for name, value in STORE.items() if name != missing})
    assert refusal(ObjectStoreSettings).variable == missing


@pytest.mark.parametrize("sample", ["changeme", "ChangeMe ", "password"])
def test_a_sample_secret_is_refused(monkeypatch, sample):
    set_all(monkeypatch, STORE | {"S3_SECRET_KEY": sample})
    error = refusal(ObjectStoreSettings)
    assert error.variable == "S3_SECRET_KEY" and "placeholder" in str(error)


@pytest.mark.parametrize(("value", "meaning"), [("many", "integer"), ("0", "greater than")])
def test_a_malformed_number_is_named_with_what_is_wrong(monkeypatch, value, meaning):
    set_all(monkeypatch, {"DATABASE_URL": "postgresql+psycopg://trr_app@h/trr", "DATABASE_POOL_SIZE": value})
    error = refusal(DatabaseSettings)
    assert error.variable == "DATABASE_POOL_SIZE" and meaning in str(error)


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    set_all(
        monkeypatch,
        {"DATABASE_URL": "postgresql+psycopg://h/trr", "MIGRATION_DATABASE_URL": "", "DATABASE_POOL_SIZE": ""},
    )
    loaded = load(DatabaseSettings)
    assert (loaded.migration_database_url, loaded.database_pool_size) == (None, 10)
    set_all(monkeypatch, STORE | {"MEDIA_PUBLIC_URL": "", "S3_BUCKET": ""})
    assert load(ObjectStoreSettings).public_base == "https://s3.invalid/trr-media"


@pytest.mark.parametrize("variable", ["DATABASE_URL", "MIGRATION_DATABASE_URL"])
@pytest.mark.parametrize(
    "value",
    [
        "nonsense",
        "mysql://trr_app:hush-hush@h/trr",
        "sqlite:///trr.db",
        "postgresql+asyncpg://trr_app:hush-hush@h/trr",
        "postgresql://trr_app:hush-hush@h:port/trr",
        "postgresql://trr_app:hush-hush@h",
        "https://trr_app:hush-hush@h/trr",
    ],
)
def test_an_address_of_no_postgresql_database_is_refused_and_not_repeated(monkeypatch, variable, value):
    set_all(monkeypatch, {"DATABASE_URL": "postgresql+psycopg://trr_app@h/trr", variable: value})
    error = refusal(DatabaseSettings)
    assert error.variable == variable
    assert "postgresql://" in str(error) and "hush-hush" not in str(error)
    session.dispose()
    with pytest.raises(ConfigurationError):
        session.engine()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_usual_ways_to_write_an_address_reach_the_same_driver(monkeypatch, scheme):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://trr_app:p%40ss%2Fword@h:5433/trr?sslmode=require")
    session.dispose()
    url = session.engine().url
    assert (url.drivername, url.password, url.host, url.port) == ("postgresql+psycopg", "p@ss/word", "h", 5433)
    assert url.query == {"sslmode": "require"}


def test_a_secret_is_not_told_by_what_is_printed_of_the_settings(monkeypatch):
    set_all(monkeypatch, STORE)
    assert STORE["S3_SECRET_KEY"] not in repr(load(ObjectStoreSettings))
    monkeypatch.setenv("DATABASE_URL", "postgresql://trr_app:hush-hush@h/trr")
    assert "hush-hush" not in repr(load(DatabaseSettings))


@pytest.mark.parametrize(
    ("variables", "base"),
    [
        ({}, "https://s3.invalid/trr-media"),
        ({"S3_ENDPOINT": "https://s3.invalid/", "S3_BUCKET": "pictures"}, "https://s3.invalid/pictures"),
        ({"MEDIA_PUBLIC_URL": "https://cdn.invalid/p/"}, "https://cdn.invalid/p"),
    ],
)
def test_clients_reach_objects_at_the_public_address_or_else_at_the_store(monkeypatch, variables, base):
    set_all(monkeypatch, STORE | variables)
    assert load(ObjectStoreSettings).public_base == base
    assert object_store().url("images/a.jpg") == f"{base}/images/a.jpg"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("S3_ENDPOINT", "s3.invalid"),
        ("S3_ENDPOINT", "ftp://s3.invalid"),
        ("S3_ENDPOINT", "https://s3.invalid/a-path"),
        ("S3_ENDPOINT", "https://s3.invalid:port"),
        ("S3_ENDPOINT", "https://not a host"),
        ("S3_BUCKET", "Not_A_Bucket"),
    ],
)
def test_a_store_that_cannot_be_addressed_is_refused_by_name(monkeypatch, variable, value):
    set_all(monkeypatch, STORE | {variable: value})
    with pytest.raises(ConfigurationError) as refused:
        object_store()
    assert refused.value.variable == variable


def test_settings_of_others_are_refused_in_the_same_words(monkeypatch):
    class OtherSettings(BaseSettings):
        other_token: SecretStr = Field(description="A token")

    assert str(refusal(OtherSettings)) == "OTHER_TOKEN: is not set (A token)"
    monkeypatch.setenv("OTHER_TOKEN", "your-token-here")
    assert refusal(OtherSettings).variable == "OTHER_TOKEN"
