"""Shows: the list, the details and the images."""

from datetime import UTC, datetime
from uuid import uuid4

from models.companies import ShowNetwork
from models.entities import Entity, Kind
from models.images import Image
from models.ops import SyncState
from models.shows import ContentRating
from tests.webapp import factories as make
from tests.webapp.conftest import MEDIA


def test_no_shows_are_an_empty_list(client):
    answer = client.get("/api/v1/shows")
    assert (answer.status_code, answer.json, answer.mimetype) == (200, [], "application/json")


def test_shows_come_by_sort_name_then_id_and_pages_join_without_gap_or_repeat(client):
    with make.catalogue() as session:
        same = [make.show(session, "Aurea Nulla") for _ in range(5)]
        last = make.show(session, "Zeta Nulla")
        first = make.show(session, "Élan Nullus", sort_name="aaa elan")
    expected = [str(first.id), *sorted(str(show.id) for show in same), str(last.id)]
    assert [row["id"] for row in client.get("/api/v1/shows").json] == expected
    pages = [client.get(f"/api/v1/shows?limit=2&offset={offset}").json for offset in (0, 2, 4, 6, 8)]
    assert [len(page) for page in pages] == [2, 2, 2, 1, 0]
    assert [row["id"] for page in pages for row in page] == expected


def test_a_list_has_fifty_rows_unless_told(client):
    with make.catalogue() as session:
        for number in range(51):
            make.show(session, f"Nulla {number:02}")
    assert len(client.get("/api/v1/shows").json) == 50
    assert len(client.get("/api/v1/shows?limit=100").json) == 51


def test_a_show_in_a_list_has_its_ids_handles_networks_and_best_images(client):
    with make.catalogue() as session:
        show = make.full_show(session)
        make.external_id(session, Kind.SHOW, show.id, "imdb", "tt999999999", primary=False)
    [row] = client.get("/api/v1/shows").json
    assert row["external_ids"] == {"imdb": show.imdb_id, "tmdb": str(show.tmdb_id), "instagram": "isola.ficta"}
    assert row["networks"] == ["Network 0", "Network 1"]
    assert (row["premiere_date"], row["imdb_rating"], row["runtimes"]) == ("2021-03-04", 6.5, [42])
    assert row["poster_url"].startswith(f"{MEDIA}/images/test/")
    assert row["backdrop_url"] == "https://images.invalid/backdrop0.jpg"
    assert row["logo_url"] is None


def test_removed_and_merged_shows_leave_the_list(client):
    with make.catalogue() as session:
        kept, removed, merged = (make.show(session, name) for name in ("Kept", "Removed", "Merged"))
        session.get_one(Entity, removed.id).removed_at = datetime.now(UTC)
        session.get_one(Entity, merged.id).merged_into = kept.id
    assert [row["id"] for row in client.get("/api/v1/shows").json] == [str(kept.id)]
    assert client.get(f"/api/v1/shows/{removed.id}").status_code == 404


def test_details_keep_tmdb_integers_and_have_ours_beside(client):
    with make.catalogue() as session:
        show = make.show(session)
        second = make.network(session, show, "Beta Imaginaria", position=1, tmdb_id=900000021)
        first = make.network(session, show, "Gamma Imaginaria", position=0, tmdb_id=900000020)
        ours = make.network(session, show, "Alpha Imaginaria", position=2)
        session.add(ShowNetwork(show_id=show.id, network_id=first.id, source="imdb", position=9))
        company = make.company(session, show, "Factory of Nothing", tmdb_id=900000022)
        logo = make.image(session, first.id, "logo", "gamma", mirrored=True)
    detail = client.get(f"/api/v1/shows/{show.id}").json
    assert detail["networks"] == ["Gamma Imaginaria", "Beta Imaginaria", "Alpha Imaginaria"]
    assert detail["tmdb_network_ids"] == [first.tmdb_id, second.tmdb_id]
    assert [network["uuid"] for network in detail["tmdb_networks"]] == [str(first.id), str(second.id)]
    assert str(ours.id) not in str(detail["tmdb_networks"])
    assert detail["tmdb_production_company_ids"] == [company.tmdb_id]
    assert detail["tmdb_production_companies"][0]["name"] == "Factory of Nothing"
    shown = detail["tmdb_networks"][0]
    assert shown["id"] == first.tmdb_id
    assert shown["tmdb_logo_path"] == logo.source_id
    assert shown["hosted_logo_key"] == shown["logo_path"]
    assert shown["hosted_logo_url"] == shown["logo_url"] == f"{MEDIA}/{shown['hosted_logo_key']}"
    assert (shown["hosted_logo_bytes"], shown["hosted_logo_content_type"]) == (1234, "image/jpeg")
    assert len(shown["hosted_logo_sha256"]) == 64
    assert detail["tmdb_networks"][1]["hosted_logo_url"] is None


def test_watch_providers_are_grouped_by_region_and_offer_and_ordered_by_priority_then_name(client):
    with make.catalogue() as session:
        show = make.show(session)
        names = ("zebra", "Yak", "aardvark", "Mole")
        zebra, yak, aardvark, mole = (make.provider(session, f"{n} Ficta", 900000030 + i) for i, n in enumerate(names))
        unnumbered = make.provider(session, "No Number")
        make.offer(session, show, zebra, "US", "flatrate", display_priority=1, link="https://offers.invalid/us")
        make.offer(session, show, yak, "US", "flatrate", display_priority=2)
        make.offer(session, show, aardvark, "US", "flatrate")
        make.offer(session, show, mole, "US", "flatrate", display_priority=2)
        make.offer(session, show, unnumbered, "US", "flatrate", display_priority=0)
        make.offer(session, show, yak, "US", "buy")
        make.offer(session, show, zebra, "GB", "flatrate")
    detail = client.get(f"/api/v1/shows/{show.id}").json
    groups = detail["watch_providers"]
    assert [(g["region"], g["offer_type"]) for g in groups] == [("GB", "flatrate"), ("US", "buy"), ("US", "flatrate")]
    streaming = groups[2]
    assert streaming["link"] == "https://offers.invalid/us"
    assert [p["provider_name"] for p in streaming["providers"]] == [
        "zebra Ficta",
        "Mole Ficta",
        "Yak Ficta",
        "aardvark Ficta",
    ]
    assert streaming["providers"][0]["provider_id"] == zebra.tmdb_id
    assert streaming["providers"][0]["uuid"] == str(zebra.id)
    assert detail["streaming_providers"] == ["Mole Ficta", "Yak Ficta", "aardvark Ficta", "zebra Ficta"]
    in_britain = client.get(f"/api/v1/shows/{show.id}?region=gb").json
    assert [g["region"] for g in in_britain["watch_providers"]] == ["GB"]
    assert in_britain["streaming_providers"] == ["zebra Ficta"]


def test_an_editor_decides_the_content_rating_of_a_country(client):
    with make.catalogue() as session:
        show = make.show(session)
        session.add(ContentRating(show_id=show.id, source="tmdb", country="US", rating="TV-PG"))
        session.add(ContentRating(show_id=show.id, source="editor", country="US", rating="TV-14", descriptors=["L"]))
        session.add(ContentRating(show_id=show.id, source="tmdb", country="DE", rating="12"))
    assert client.get(f"/api/v1/shows/{show.id}").json["content_ratings"] == [
        {"country": "DE", "rating": "12", "descriptors": []},
        {"country": "US", "rating": "TV-14", "descriptors": ["L"]},
    ]


def test_images_come_best_first_within_their_kind_and_can_be_filtered(client):
    with make.catalogue() as session:
        show = make.show(session, tmdb_id=900000040)
        make.image(session, show.id, "poster", "german", language="de", vote_count=99)
        make.image(session, show.id, "poster", "wordless", vote_count=50)
        make.image(session, show.id, "poster", "english", language="en", vote_count=1)
        make.image(session, show.id, "poster", "liked", language="en", vote_count=7, vote_average=5.5, mirrored=True)
        make.image(session, show.id, "poster", "chosen", source="editor", language="fr")
        make.image(session, show.id, "poster", "gone", is_listed=False)
        make.image(
            session, show.id, "backdrop", "english-backdrop", language="en", vote_count=9, width=1920, height=1080
        )
        make.image(session, show.id, "backdrop", "wordless-backdrop")
        session.add(
            SyncState(resource="images", entity_id=show.id, status="success", last_success_at=datetime.now(UTC))
        )
    rows = client.get(f"/api/v1/shows/{show.id}/images").json
    assert [row["file_path"] for row in rows] == [
        "/wordless-backdrop.jpg", "/english-backdrop.jpg",
        "/chosen.jpg", "/liked.jpg", "/english.jpg", "/wordless.jpg", "/german.jpg",
    ]  # fmt: skip
    posters = client.get(f"/api/v1/shows/{show.id}/images?kind=poster").json
    assert posters == rows[2:]
    assert client.get(f"/api/v1/shows/{show.id}/images?kind=nonsense").json == []
    liked, english = posters[1], posters[2]
    assert liked["url"] == liked["hosted_url"]
    assert liked["url"].startswith(f"{MEDIA}/images/test/{liked['sha256']}")
    assert liked["url_original"] == "https://images.invalid/liked.jpg"
    assert (liked["iso_639_1"], liked["vote_count"], liked["vote_average"], liked["aspect_ratio"]) == (
        "en",
        7,
        5.5,
        0.667,
    )
    assert (liked["tmdb_id"], liked["show_name"], liked["show_id"]) == (show.tmdb_id, show.name, str(show.id))
    assert datetime.fromisoformat(liked["fetched_at"]).tzinfo is not None
    assert (english["url"], english["hosted_url"]) == (english["url_original"], None)
    first_of_all = client.get(f"/api/v1/shows/{show.id}").json
    assert first_of_all["poster_url"] == "https://images.invalid/chosen.jpg"
    assert first_of_all["backdrop_url"] == "https://images.invalid/wordless-backdrop.jpg"


def test_an_image_without_height_has_no_aspect_ratio(client):
    with make.catalogue() as session:
        show = make.show(session)
        make.image(session, show.id, "logo", "vector", width=0, height=0)
    [row] = client.get(f"/api/v1/shows/{show.id}/images").json
    assert row["aspect_ratio"] is None


def test_images_of_a_show_without_tmdb_id_or_of_an_unknown_one(client):
    with make.catalogue() as session:
        show = make.show(session)
        image = make.image(session, show.id, "poster", "own", source="imdb")
        assert isinstance(image, Image)
    assert [row["source"] for row in client.get(f"/api/v1/shows/{show.id}/images").json] == ["imdb"]
    assert client.get(f"/api/v1/shows/{uuid4()}/images").status_code == 404
