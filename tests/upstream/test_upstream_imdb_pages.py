"""IMDb's pages at the sample upstream: our parsers find in them what the source has; recorded pages; failures."""

import re
from io import BytesIO

import pytest
from PIL import Image

from deployments.upstream import Generated, Upstream
from flows.sources.errors import NotThisPage
from flows.sources.imdb.pages.credits import read_credits
from flows.sources.imdb.pages.document import Document
from flows.sources.imdb.pages.episodes import read_season
from flows.sources.imdb.pages.galleries import read_gallery
from flows.sources.imdb.pages.lists import read_list
from flows.sources.imdb.pages.titles import read_title
from tests.upstream.conftest import asking

HILL, LOUNGE = "tt990000001", "tt990000006"


@pytest.fixture
def read(ask):
    """Reads a page with a parser; nothing of it may be drift."""

    def reading(path, reader, **query):
        page = ask(f"/imdb/{path}", **query)
        assert page.status_code == 200
        found = reader(Document(page.text, f"https://www.imdb.com/{path}"))
        assert not any(found.drift.values())
        return found.answer

    return reading


def test_a_title_page_tells_what_graphql_tells(read, sample):
    title = read(f"title/{HILL}/", read_title)
    assert (title.name, title.rating, title.votes) == ("Glass Hill Realty: The Steepest Street", 7.4, 2210)
    assert (title.kind, title.season_total, title.episode_total) == ("tvSeries", 3, 18)
    assert title.interests == ("Docuseries", "Reality TV")
    assert str(title.release_date) == "2019-04-02"
    episode = read(f"title/{sample.fact(f'imdb/{HILL}/episodes')[0]['id']}/", read_title)
    assert (episode.series_id, episode.season_number, episode.episode_number) == (HILL, 1, 1)
    assert read("title/tt990000016/", read_title).kind == "movie"


def test_an_episodes_page_shows_one_season_and_names_all(read, ask):
    season = read(f"title/{LOUNGE}/episodes/", read_season)
    assert (season.shown, season.seasons, season.is_whole) == ("1", ("1", "2"), True)
    assert [episode.episode_number for episode in season.episodes] == list(range(11))
    assert season.episodes[0].overview == "One chair, no bell & no guests."
    unknown = read("title/tt990000009/episodes/", read_season, season="Unknown")
    assert [(episode.name, episode.season_number) for episode in unknown.episodes] == [("A Christmas Hem", None)]
    assert ask(f"/imdb/title/{LOUNGE}/episodes/", season="9").status_code == 404
    assert ask("/imdb/title/tt990000016/episodes/").status_code == 404


def test_full_credits_stand_in_the_data_and_in_the_html(read, ask):
    found = read(f"title/{HILL}/fullcredits/", read_credits)
    of_marla = [credit for credit in found.credits if credit.person_id == "nm990000001"]
    marla = {credit.category: credit for credit in of_marla if not credit.is_archive_footage}
    assert [credit.attributes for credit in of_marla if credit.is_archive_footage] == [("archive footage",)]
    assert marla["Self"].characters == ("Self - Broker",)
    assert (marla["Self"].episodes, marla["Self"].years) == (18, (2019, 2022))
    assert marla["Producer"].job == "co-executive producer"
    assert found.is_complete
    page = ask(f"/imdb/title/{HILL}/fullcredits/").text
    bare = re.sub(r'<script id="__NEXT_DATA__".*?</script>', "", page, flags=re.DOTALL)
    html = read_credits(Document(bare)).answer
    assert {credit.person_id for credit in html.credits} == {credit.person_id for credit in found.credits}


def test_galleries_come_in_parts_and_their_pictures_can_be_fetched(read, ask, upstream):
    first = read(f"title/{HILL}/mediaindex/", read_gallery)
    second = read(f"title/{HILL}/mediaindex/", read_gallery, after=first.next_cursor)
    assert (len(first.images), len(second.images), first.total, second.next_cursor) == (50, 10, 60, None)
    portrait = read("name/nm990000001/mediaindex/", read_gallery).images[0]
    assert read("name/nm990000001/", read_gallery).images[0].id == portrait.id
    fetched = ask(portrait.url.removeprefix(upstream.url))
    assert Image.open(BytesIO(fetched.content)).size == (portrait.width, portrait.height)


def test_a_list_comes_in_pages_and_is_read_also_without_its_data(ask, read):
    page = read("list/ls990000001/", read_list)
    assert [(entry.imdb_id, entry.rank) for entry in page.entries][:2] == [("tt990000002", 1), (HILL, 2)]
    assert (page.total, page.has_next, page.entries[0].note) == (7, False, "The ferry first.")
    bare = re.sub(r'<script id="__NEXT_DATA__".*?</script>', "", ask("/imdb/list/ls990000001/").text, flags=re.DOTALL)
    assert [entry.imdb_id for entry in read_list(Document(bare)).answer.entries] == [e.imdb_id for e in page.entries]
    assert ask("/imdb/list/ls990000001/", page=2).status_code == 404
    with Upstream(Generated(300)) as running:
        ask_many = asking(running)
        pages = [read_list(Document(ask_many("/imdb/list/ls991000001/", page=n).text)).answer for n in (1, 2)]
        assert [page.has_next for page in pages] == [True, False]
        assert sum(len(page.entries) for page in pages) == pages[0].total


@pytest.mark.parametrize("path", ["title/tt1/", "name/nm1/", "list/ls1/", "chart/top/", "title/nm990000001/"])
def test_what_is_not_there_is_a_page_with_404(ask, path):
    answer = ask(f"/imdb/{path}")
    assert (answer.status_code, "404 Error" in answer.text) == (404, True)


def test_challenges_redesigns_and_empty_lists_are_not_taken_for_pages(ask, upstream):
    upstream.fail("imdb-pages", challenge="empty")
    assert (ask(f"/imdb/title/{HILL}/").status_code, ask(f"/imdb/title/{HILL}/").content) == (202, b"")
    upstream.fail("imdb-pages", challenge="page")
    assert ask(f"/imdb/title/{HILL}/").status_code == 405
    upstream.heal()
    upstream.fail("imdb-pages", redesign=True)
    for path, reader in (("title", read_title), ("list", read_list)):
        page = ask(f"/imdb/{path}/ls990000001/")
        assert page.status_code == 200
        with pytest.raises(NotThisPage):
            reader(Document(page.text))
    upstream.heal()
    upstream.fail("imdb-pages", empty_lists=True)
    assert read_list(Document(ask("/imdb/list/ls990000001/").text)).answer.entries == ()
    upstream.heal()
    assert ask(f"/imdb/title/{HILL}/").status_code == 200


@pytest.mark.recorded
def test_recorded_pages_are_served_as_they_are(ask_recorded, recording):
    page = ask_recorded("/imdb/title/tt0133093/", ref_="nv_sr_1")
    assert page.text == recording("imdb/title_page_html/2023-05-26_tt0133093_the_matrix.html")
    legacy = ask_recorded("/imdb/title/tt0412142/episodes", season="8")
    assert legacy.text == recording("imdb/episodes_html/2022-03_tt0412142_house_season_8_legacy_layout.html")
    season = read_season(Document(ask_recorded("/imdb/title/tt0944947/episodes/", season="1").text)).answer
    assert [episode.episode_number for episode in season.episodes] == list(range(11))
    assert ask_recorded("/imdb/title/tt0944947/fullcredits/").status_code == 404
