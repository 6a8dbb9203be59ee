"""`docs/realtime.md` tells of every event with what it carries, of every event of a client, and of every limit."""

import re

from models.rules.rooms import PREFIXES
from tests.docs.pages import page, prose
from webapp.app import create_app  # noqa: F401  (declares the events of every resource)
from webapp.realtime.events import EVENTS, EVERYWHERE
from webapp.realtime.requests import CLIENT_EVENTS
from webapp.realtime.settings import RealtimeSettings

PAGE = page("docs/realtime.md")
TESTS_OWN = {"tick", "told", "whispered"}


def rows() -> dict[str, list[str]]:
    """The table of events: name to its other columns."""
    section = PAGE.split("## What the server sends")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {name.strip("`"): cells for name, *cells in lines}


def test_every_event_is_told_with_its_namespaces_and_its_payload_and_no_other_is():
    told = rows()
    assert set(told) == set(EVENTS) - TESTS_OWN
    for name, (where, kept, payload, _) in told.items():
        event = EVENTS[name]
        namespaces = {f"/{one}" for one in EVERYWHERE} if where == "everywhere" else set(re.findall(r"`(/\w+)`", where))
        assert namespaces == set(event.namespaces), name
        assert (kept == "yes") == event.is_kept, name
        fields = set(event.schema["properties"]["payload"]["properties"])
        named = set(re.findall(r"`(\w+)`", payload))
        assert named <= fields, name
        assert named == fields or "a problem's fields" in payload, name


def test_every_event_of_a_client_every_room_and_every_limit_is_told():
    told = set(re.findall(r"`([\w]+)`", prose(PAGE)))
    assert set(CLIENT_EVENTS) <= told
    for kind, prefix in PREFIXES.items():
        assert f"| `{prefix}:{kind}:<id>` | `/{prefix}` |" in PAGE
    limits = [name.upper() for name in RealtimeSettings.model_fields if not name.endswith("_seconds")]
    assert [name for name in limits if f"`{name}`" not in PAGE] == []
    assert "REALTIME_EVENTS_PER_SECOND" in PAGE
