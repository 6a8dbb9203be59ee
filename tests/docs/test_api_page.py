"""`docs/api.md` and the pages of discussions and notifications name every route, with its parameters, and no other."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from db.object_store import object_store
from db.settings import object_store_settings
from models.people import CreditCategory
from models.rules.variants import WIDTHS
from tests.docs.pages import codes, page
from webapp.access.settings import access_settings
from webapp.app import create_app
from webapp.cors import EXPOSED
from webapp.settings import web_settings

PAGE = "".join(page(f"docs/{name}.md") for name in ("api", "discussions", "messages", "notifications"))
UNDOCUMENTED = ("/docs/<path:path>", "/static", "/console")
"""Not of the API; `docs/console.md` tells of the console's pages."""


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """An app that need not reach anything: only its routes are looked at."""
    caches = (web_settings, object_store_settings, object_store, access_settings)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"ENDPOINT": "http://127.0.0.1:9", "ACCESS_KEY": "k", "SECRET_KEY": "s-3"}.items():
            patch.setenv(f"S3_{name}", value)
        patch.setenv("AUTH_SECRET", "a-secret-for-tests-that-is-long-enough")
        for cached in caches:
            cached.cache_clear()
        yield create_app()
    for cached in caches:
        cached.cache_clear()


def template(rule: str) -> str:
    """A rule as the page writes it: `/shows/{show_id}`."""
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule)


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {template(rule.rule)}"
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(UNDOCUMENTED) and not re.search(r"<path:|\.js$|\.css$", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_told_and_no_other(app):
    told = {code for code in codes(PAGE) if re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) /[^?]*", code)}
    assert told == routes(app)


def test_every_page_of_the_console_is_told_and_no_other(app):
    told = {code for code in codes(page("docs/console.md")) if re.fullmatch(r"/console/[^?]*", code)}
    pages = {
        rule for rule in map(str, app.url_map.iter_rules()) if rule.startswith("/console") and "static" not in rule
    }
    assert told == {template(rule) for rule in pages}


def test_every_query_parameter_is_told(app):
    document = app.test_client().get("/openapi.json").json
    assert document
    names = {
        parameter["name"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", ())
        if parameter.get("in") == "query"
    }
    assert names
    assert sorted(names - codes(PAGE)) == []


def test_fields_in_the_examples_exist(app):
    document = app.test_client().get("/openapi.json").json
    assert document
    known = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    examples = "".join(re.findall(r"^```json\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
    shown = set(re.findall(r'"(\w+)":', examples))
    platforms = {"imdb", "tmdb", "tvdb", "wikidata"}
    assert sorted(shown - known - platforms - {str(width) for width in WIDTHS}) == []


def test_values_that_a_client_chooses_from_are_told():
    assert {str(category) for category in CreditCategory} <= codes(PAGE)
    assert set(EXPOSED) <= codes(PAGE)
    assert {f"{width}" for width in WIDTHS} <= set(re.findall(r"\d+", PAGE))
