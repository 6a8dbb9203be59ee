"""Lists of shows: their filters, their orders, what shows are found by, and those of a network, company or provider."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from models.entities import Entity, ExternalId
from models.lists import ListItem, ShowList
from tests.webapp import factories as make
from tests.webapp.test_paging import walked


@pytest.fixture
def shows(client):
    """Four shows that differ in all that a filter looks at."""
    with make.catalogue() as session:
        isle = make.show(
            session, "Isola Ficta", sort_name="isola ficta", genres=["Reality", "Drama"], status="Ended",
            premiere_date=date(2019, 12, 31), last_air_date=date(2023, 1, 1), tmdb_popularity=5,
        )  # fmt: skip
        villa = make.show(
            session, "Villa Única", sort_name="villa unica", genres=["Reality"], status="Returning Series",
            premiere_date=date(2020, 1, 1), last_air_date=date(2024, 6, 1), tmdb_popularity=9.5,
        )  # fmt: skip
        atoll = make.show(session, "Atoll", genres=["Talk"], premiere_date=date(2020, 12, 31), tmdb_popularity=9.5)
        blank = make.show(session, "Blank")
        gone = make.show(session, "Gone", genres=["Reality", "Gone"])
        session.get_one(Entity, gone.id).removed_at = datetime.now(UTC)
        make.alias(session, isle.id, "Île Fictive", "FR")
        make.alias(session, isle.id, "Isola Ficta")
        made = make.network(session, isle, "Meridian", tmdb_id=11)
        make._added(session, make.ShowNetwork(show_id=gone.id, network_id=made.id, source="tmdb"))
        make.network(session, villa, "Zenith", tmdb_id=12)
        make.company(session, villa, "Nowhere Pictures", tmdb_id=21)
        stream = make.provider(session, "Streamwell", 31)
        make.offer(session, isle, stream, "US", "flatrate")
        make.offer(session, villa, stream, "DE", "buy")
        make.offer(session, atoll, make.provider(session, "Kiosk", 32), "US", "rent")
        listed = make._added(session, ShowList(id=uuid4(), source="imdb", source_id="ls01", name="First"))
        for show, left in ((isle, None), (villa, datetime.now(UTC)), (gone, None)):
            make._added(session, ListItem(list_id=listed.id, show_id=show.id, left_at=left))
    return {
        "isle": isle,
        "villa": villa,
        "atoll": atoll,
        "blank": blank,
        "network": made,
        "list": listed,
        "stream": stream,
    }


def names(client, query: str) -> list[str]:
    answer = client.get(f"/api/v1/shows?{query}")
    assert answer.status_code == 200, query
    return [show["name"] for show in answer.json]


def test_filters_narrow_and_combine(client, shows):
    everything = ["Atoll", "Blank", "Isola Ficta", "Villa Única"]
    for query, expected in {
        "": everything,
        "q=VILLA": ["Villa Única"],
        "q=unica": ["Villa Única"],
        "q=%C3%9Anica": ["Villa Única"],
        "q=ile%20fict": ["Isola Ficta"],
        "q=%25": [],
        "q=_": [],
        "genre=reality": ["Isola Ficta", "Villa Única"],
        "genre=real": [],
        "network=11": ["Isola Ficta"],
        f"network={shows['network'].id}": ["Isola Ficta"],
        "network=999": [],
        "provider=31": ["Isola Ficta", "Villa Única"],
        "provider=31&region=de": ["Villa Única"],
        f"provider={shows['stream'].id}&region=US": ["Isola Ficta"],
        "region=US": ["Atoll", "Isola Ficta"],
        "year=2020": ["Atoll", "Villa Única"],
        "status=ended": ["Isola Ficta"],
        "list=ls01": ["Isola Ficta"],
        f"list={shows['list'].id}": ["Isola Ficta"],
        "list=other": [],
        "genre=reality&year=2020&network=12&provider=31&region=DE&q=villa&status=Returning%20Series": ["Villa Única"],
        "genre=reality&year=2020&network=11": [],
    }.items():
        assert names(client, query) == expected, query


def test_orders_put_the_newest_or_greatest_first_and_the_unknown_last(client, shows):
    for order, expected in {
        "name": ["Atoll", "Blank", "Isola Ficta", "Villa Única"],
        "premiere": ["Atoll", "Villa Única", "Isola Ficta", "Blank"],
        "latest_episode": ["Villa Única", "Isola Ficta", "Atoll", "Blank"],
        "popularity": ["Atoll", "Villa Única", "Isola Ficta", "Blank"],
    }.items():
        assert names(client, f"order={order}") == expected
        pages = walked(client, f"/api/v1/shows?order={order}&limit=1")
        assert [show["name"] for show in pages] == expected


@pytest.mark.parametrize(
    "query",
    [
        "order=chance",
        "year=1",
        "year=x",
        "region=USA",
        "q=",
        "q=%00",
        "network=x",
        "network=",
        "provider=1.5",
        "genre=%0a",
    ],
)
def test_filters_that_mean_nothing_are_422(bare_client, query):
    answer = bare_client.get(f"/api/v1/shows?{query}")
    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["query", query.split("=")[0]])


def test_the_picker_has_every_show_with_its_other_names(client, shows):
    picked = client.get("/api/v1/shows/list").json
    assert all("slug" in show for show in picked)
    assert [{name: show[name] for name in ("id", "name", "alternative_names")} for show in picked] == [
        {"id": str(shows["atoll"].id), "name": "Atoll", "alternative_names": None},
        {"id": str(shows["blank"].id), "name": "Blank", "alternative_names": None},
        {"id": str(shows["isle"].id), "name": "Isola Ficta", "alternative_names": ["Île Fictive"]},
        {"id": str(shows["villa"].id), "name": "Villa Única", "alternative_names": None},
    ]


def test_genres_and_lists_count_living_shows(client, shows):
    assert client.get("/api/v1/genres").json == [
        {"name": "Drama", "shows": 1},
        {"name": "Reality", "shows": 2},
        {"name": "Talk", "shows": 1},
    ]
    [listed] = client.get("/api/v1/lists").json
    assert (listed["id"], listed["source_id"], listed["name"], listed["shows"]) == (
        str(shows["list"].id), "ls01", "First", 1,
    )  # fmt: skip


def test_networks_companies_and_providers_are_found_by_tmdbs_number_and_by_our_id(client, shows):
    for path in ("networks/11", f"networks/{shows['network'].id}"):
        told = client.get(f"/api/v1/{path}").json
        assert (told["id"], told["uuid"], told["name"], told["shows"]) == (11, str(shows["network"].id), "Meridian", 1)
        assert [show["name"] for show in client.get(f"/api/v1/{path}/shows").json] == ["Isola Ficta"]
    provider = client.get("/api/v1/providers/31").json
    assert (provider["regions"], provider["shows"]) == (["DE", "US"], 2)
    answer = client.get("/api/v1/providers/31/shows?region=DE")
    assert [show["name"] for show in answer.json] == ["Villa Única"]
    assert [show["name"] for show in client.get("/api/v1/companies/21/shows").json] == ["Villa Única"]
    by_shows = client.get("/api/v1/providers?order=shows").json
    assert [(one["name"], one["shows"]) for one in by_shows] == [("Streamwell", 2), ("Kiosk", 1)]
    assert [one["name"] for one in client.get("/api/v1/networks?q=ZEN").json] == ["Zenith"]


def test_an_unknown_number_is_404_and_a_malformed_one_422(client):
    for kind in ("network", "company", "provider"):
        path = f"/api/v1/{kind}s".replace("companys", "companies")
        for part in ("", "/shows"):
            answer = client.get(f"{path}/77{part}")
            assert (answer.status_code, answer.json["detail"]) == (404, f"{kind.capitalize()} not found")
            assert client.get(f"{path}/x77{part}").json["errors"][0]["loc"] == ["path", f"{kind}_id"]


def test_a_merged_network_redirects_by_id_and_its_number_names_the_survivor(client, shows):
    with make.catalogue() as session:
        old = make.network(session, session.merge(shows["atoll"]), "Meridian Old", tmdb_id=13)
        session.get_one(Entity, old.id).merged_into = shows["network"].id
        number = session.get_one(ExternalId, ("network", "tmdb", "13"))
        number.entity_id, number.is_primary = shows["network"].id, False
    answer = client.get(f"/api/v1/networks/{old.id}/shows?limit=3")
    assert (answer.status_code, answer.location) == (301, f"/api/v1/networks/{shows['network'].id}/shows?limit=3")
    assert client.get("/api/v1/networks/13").json["name"] == "Meridian"
