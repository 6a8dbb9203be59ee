"""Images of anything: filters, order, and the gallery of a show."""

import pytest

from tests.webapp import factories as make
from tests.webapp.test_paging import walked


@pytest.fixture
def show(client):
    with make.catalogue() as session:
        show = make.show(session)
        make.image(session, show.id, "poster", "wide", width=2000, height=1000, language="en", vote_count=1)
        make.image(
            session, show.id, "poster", "best", width=800, height=1200, language="en", vote_count=9, mirrored=True
        )
        make.image(session, show.id, "backdrop", "quiet", width=1920, height=1080)
        make.image(session, show.id, "poster", "gone", is_listed=False)
        season = make.season(session, show, 1)
        make.image(session, season.id, "poster", "season")
        episode = make.episode(session, season, 2)
        make.image(session, episode.id, "still", "still-low", vote_count=1)
        make.image(session, episode.id, "still", "still-high", vote_count=5)
        star, editor = make.person(session, "Star"), make.person(session, "Editor")
        make.credit(session, show, star)
        make.credit(session, show, editor, category="crew")
        for person in (star, editor):
            make.image(session, person.id, "profile", person.name.lower())
    return show


def files(rows: list[dict]) -> list[str]:
    return [row["file_path"].strip("/").removesuffix(".jpg") for row in rows]


def test_images_of_any_entity_by_kind_language_and_size(client, show):
    path = f"/api/v1/entities/{show.id}/images"
    rows = client.get(path).json
    assert files(rows) == ["quiet", "best", "wide"]
    assert [row["is_chosen"] for row in rows] == [True, True, False]
    assert rows[1]["variants"]["342"].endswith("?w=342")
    for query, expected in {
        "kind=poster": ["best", "wide"],
        "language=none": ["quiet"],
        "min_width=1000": ["quiet", "wide"],
        "min_width=1000&min_height=1050": ["quiet"],
        "kind=still": [],
    }.items():
        assert files(client.get(f"{path}?{query}").json) == expected
        of_show = client.get(f"/api/v1/shows/{show.id}/images?{query}").json
        assert files(of_show) == expected


def test_a_gallery_holds_show_seasons_episodes_and_cast_each_with_its_owner(client, show):
    path = f"/api/v1/shows/{show.id}/gallery"
    rows = client.get(path).json
    assert files(rows) == ["quiet", "best", "wide", "season", "still-high", "still-low", "star"]
    assert [row["owner"]["kind"] for row in rows] == [*["show"] * 3, "season", *["episode"] * 2, "person"]
    still = rows[4]["owner"]
    assert (still["name"], still["season_number"], still["episode_number"]) == ("Episode 2", 1, 2)
    assert walked(client, f"{path}?limit=2") == rows
    assert files(client.get(f"{path}?season_number=1&kind=still").json) == ["still-high", "still-low"]
