"""Keyset pages: every row once and in order, whatever comes and goes meanwhile; cursors last, and are refused when altered."""

import json
import re
import threading
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.webapp import factories as make
from webapp.errors import Invalid
from webapp.paging import Key, Order
from webapp.reading import json_page
from webapp.shows.listing import ORDERS

BY_NAME = ORDERS["name"]

CANDIDATES = """
    select * from json_to_recordset(cast(:rows as json)) as x (id uuid, word text, day date, score numeric, count bigint)"""
BODY = "select coalesce(json_agg(page.id order by page.n), '[]') from page"
VALUES = {
    "word": st.sampled_from(["", "a", "A", "ä", "é", "z z", "ß", "日本", '"', "\\", "%"]),
    "day": st.sampled_from(["2020-02-29", "1999-12-31", "2024-01-01"]),
    "score": st.sampled_from(["0", "-1.5", "1e3", "0.1000"]),
    "count": st.sampled_from([-(2**63), 0, 7, 2**63 - 1]),
}
TYPES = {"word": "text", "day": "date", "score": "numeric", "count": "bigint"}

rows_of_few_values = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), min_size=1, max_size=14
)
orders = st.lists(st.tuples(st.sampled_from(list(TYPES)), st.booleans()), max_size=3, unique_by=lambda key: key[0])


def following(answer: Any) -> str | None:
    """The address of the next page, as `Link` says."""
    link = answer.headers.get("Link")
    if link is None:
        return None
    found = re.fullmatch(r'<([^<>]+)>; rel="next"', link)
    assert found
    return found[1]


def walked(client: Any, address: str | None) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    rows = []
    while address is not None:
        answer = client.get(address)
        assert answer.status_code == 200
        rows += answer.json
        address = following(answer)
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows_of_few_values, rows_of_few_values, orders, st.booleans(), st.integers(1, 6), st.randoms())
def test_rows_that_stay_are_met_once_and_in_order_while_others_come_and_go(
    client, stay, guests, keys, down, limit, random
):
    """`stay` are there all the time; `guests` come and go between any two pages."""
    order = Order(
        "any", (*(Key(name, TYPES[name], desc, nullable=True) for name, desc in keys), Key("id", "uuid", down))
    )
    for number, row in enumerate([*stay, *guests]):
        row["id"] = str(UUID(int=random.getrandbits(64) << 32 | number))
    whole = json_page(order, CANDIDATES, BODY, limit=100, rows=json.dumps([*stay, *guests])).data()
    expected = [id_ for id_ in whole if id_ in {row["id"] for row in stay}]
    met: list[str] = []
    cursor = None
    for _ in range(len(stay) + len(guests) + 1):
        there = [*stay, *(guest for guest in guests if random.random() < 0.5)]
        answer = json_page(order, CANDIDATES, BODY, limit=limit, cursor=cursor, rows=json.dumps(there)).answer()
        met += json.loads(answer.body or "")
        cursor = answer.following
        if cursor is None:
            break
    assert len(met) == len(set(met))
    assert [id_ for id_ in met if id_ in set(expected)] == expected
    assert met == [id_ for id_ in whole if id_ in met], "guests are in order, too"


def test_the_order_is_the_databases_own_with_nulls_last_either_way(client):
    rows = [{"id": str(UUID(int=n)), "score": score} for n, score in enumerate(("2", None, "1", "2", None))]

    def places(descending: bool) -> list[int]:
        order = Order("score", (Key("score", "numeric", descending, nullable=True), Key("id", "uuid")))
        return [UUID(id_).int for id_ in json_page(order, CANDIDATES, BODY, limit=9, rows=json.dumps(rows)).data()]

    assert places(False) == [2, 0, 3, 1, 4]
    assert places(True) == [0, 3, 2, 1, 4]


def test_pages_of_shows_are_exact_while_a_writer_adds_shows_of_the_same_name(client):
    with make.catalogue() as session:
        there = [str(make.show(session, "Twin").id) for _ in range(25)]
    begun, done = threading.Event(), threading.Event()
    added: list[str] = []

    def write() -> None:
        while not done.is_set() and len(added) < 200:
            with make.catalogue() as session:
                added.append(str(make.show(session, "Twin").id))
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        met = [row["id"] for row in walked(client, "/api/v1/shows?limit=3")]
    finally:
        done.set()
        writer.join()
    assert met == sorted(met, key=UUID) and len(met) == len(set(met))
    assert [id_ for id_ in met if id_ in there] == sorted(there)


def test_a_cursor_of_this_version_will_always_work_also_when_its_row_is_gone(client):
    with make.catalogue() as session:
        for name in ("Anna", "Berta", "Carla", "Dora"):
            make.show(session, name)
    given_away = "1Fk0v8-25WyJuYW1lIiwiYmVydGEiLCIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ"
    assert BY_NAME.values(given_away) == ("berta", UUID("00000000-0000-4000-8000-000000000001"))
    names = [show["name"] for show in client.get(f"/api/v1/shows?cursor={given_away}").json]
    assert names in (["Carla", "Dora"], ["Berta", "Carla", "Dora"])
    first = client.get("/api/v1/shows?limit=2")
    address = following(first)
    with make.catalogue() as session:
        session.execute(text("update core.shows set sort_name = 'zoe', name = 'Zoe' where name = 'Berta'"))
    assert [show["name"] for show in walked(client, address)] == ["Carla", "Dora", "Zoe"]


def test_a_link_keeps_the_query_and_the_last_page_has_none(client):
    with make.catalogue() as session:
        show = make.show(session)
        for number in range(5):
            make.credit(session, show, make.person(session, f"Nemo {number}"), category="crew", job="Editor")
    path = f"/api/v1/shows/{show.id}/cast"
    answer = client.get(f"{path}?category=crew&limit=2&offset=1&other=a%20b")
    address = following(answer)
    assert address is not None
    parts = urlsplit(address)
    assert parts.path == path
    query = parse_qs(parts.query)
    assert {name: query[name] for name in ("category", "limit", "other")} == {
        "category": ["crew"], "limit": ["2"], "other": ["a b"],
    }  # fmt: skip
    assert "offset" not in query
    met = [*answer.json, *walked(client, address)]
    assert [row["person"]["full_name"] for row in met] == ["Nemo 1", "Nemo 2", "Nemo 3", "Nemo 4"]
    assert "Link" not in client.get(f"{path}?category=crew&limit=5").headers


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "1", "0", "x" * 3000, "1AAAA", "2" + "A" * 40, "%00", "%ff", "1%3D%3D%3D%3D", "1_-_-_-_-_-"),
        Order("name", (Key("a"), Key("id", "uuid"))).cursor('["a", "no-uuid"]'),
        Order("name", (Key("a"), Key("id", "uuid"))).cursor('["a\\u0000", "00000000-0000-4000-8000-000000000001"]'),
        Order("name", (Key("a"), Key("id", "uuid"))).cursor('[null, "00000000-0000-4000-8000-000000000001"]'),
        Order("name", (Key("a"), Key("id", "uuid"))).cursor('["a", 7]'),
        Order("name", (Key("a"),)).cursor('["a"]'),
        Order("premiere", (Key("a"), Key("id", "uuid"))).cursor('["a", "00000000-0000-4000-8000-000000000001"]'),
    ],
)
def test_a_cursor_that_is_none_of_the_list_is_422(bare_client, cursor):
    answer = bare_client.get(f"/api/v1/shows?cursor={cursor}")
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", "cursor"])


@given(st.data())
@settings(deadline=None)
def test_an_altered_cursor_is_refused(data):
    cursor = BY_NAME.cursor('["villa imaginaria", "00000000-0000-4000-8000-000000000001"]')
    place = data.draw(st.integers(0, len(cursor) - 2))
    letter = data.draw(st.sampled_from("ABCxyz019-_"))
    altered = cursor[:place] + letter + cursor[place + 1 :]
    if altered != cursor:
        with pytest.raises(Invalid):
            BY_NAME.values(altered)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    st.none() | st.dates(),
    st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.uuids(),
)
def test_what_a_cursor_holds_comes_back(word, day, score, count, id_):
    order = Order(
        "all",
        (
            Key("word"),
            Key("day", "date", nullable=True),
            Key("score", "numeric", nullable=True),
            Key("count", "bigint", nullable=True),
            Key("id", "uuid"),
        ),
    )
    values: tuple[str, date | None, Decimal | None, int | None, UUID] = (word, day, score, count, id_)
    place = json.dumps([None if value is None else str(value) for value in values])
    assert order.values(order.cursor(place)) == values


def test_a_cursor_and_an_offset_do_not_go_together(bare_client):
    answer = bare_client.get("/api/v1/shows?cursor=1AAAA&offset=1")
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", "offset"])
