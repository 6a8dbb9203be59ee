"""Shapes of IMDb's pages that nobody recorded. Synthetic: the keys and attributes are known, all values are invented."""

from datetime import date
from typing import Any

import pytest

from flows.sources.errors import MalformedAnswer, NotThisPage
from flows.sources.imdb.answers import ImdbImage
from flows.sources.imdb.pages.credits import parse_credits, read_credits
from flows.sources.imdb.pages.document import Document
from flows.sources.imdb.pages.episodes import all_seasons, parse_episodes
from flows.sources.imdb.pages.galleries import all_pictures, parse_gallery
from flows.sources.imdb.pages.lists import parse_list, read_list, whole_list
from flows.sources.imdb.pages.titles import parse_title
from flows.sources.imdb.pages.values import count_of, day_of, full_size, minutes_of, picture_name, rating_of, widest
from flows.sources.imdb.pages.viewer import parse_viewer
from tests.sources.imdb_pages import PARSERS, props

MEDIA = "https://m.media-amazon.com/images/M/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-10-03", date(2011, 10, 3)),
        ("3 Oct. 2011", date(2011, 10, 3)),
        ("Oct 3, 2011", date(2011, 10, 3)),
        ("2011 Oct 3", date(2011, 10, 3)),
        ("October 3, 2011", date(2011, 10, 3)),
        ("Mon, Oct 3, 2011", date(2011, 10, 3)),
        ("Monday, October 3rd, 2011", date(2011, 10, 3)),
        ("Sept. 3, 2011", date(2011, 9, 3)),
        ("Air date: 3 October 2011 (USA)", date(2011, 10, 3)),
        ("Aired Oct 3, 2011", date(2011, 10, 3)),
        ("Released 2011-10-03 in the US", date(2011, 10, 3)),
        ("Oct. 2011", None),
        ("2011", None),
        ("30 Feb. 2011", None),
        ("Marching 3, 2011", None),
        ("0000-00-00", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_in_all_their_forms(text: str | None, expected: date | None) -> None:
    assert day_of(text) == expected


def test_figures_as_pages_write_them() -> None:
    assert [count_of(text) for text in ("(2,875)", "649,505", "318 episodes", "none", None, "9" * 12)] == [
        *(2875, 649505, 318, None, None, None),
    ]
    assert [rating_of(text) for text in ("8.8", "10", "8,8", "88", "Rate", None)] == [8.8, 10, 8.8, None, None, None]
    assert [minutes_of(text) for text in ("PT44M", "PT2H16M", "PT1H", "PT30S", "44 min", None)] == [
        *(44, 136, 60, None, None, None),
    ]


def test_the_addresses_of_a_picture() -> None:
    small, large = MEDIA + "AbC@._V1_UX90_CR0,1,90,133_.jpg", MEDIA + "AbC@._V1_UX180_CR0,2,180,266_.jpg"

    assert widest(f"{small} 90w, {large} 180w", small) == large
    assert widest(f"{large} 2x, {small} 1x") == large
    assert widest(None, small) == small
    assert {full_size(small), full_size(large)} == {MEDIA + "AbC@._V1_.jpg"}
    assert {picture_name(small), picture_name(MEDIA + "AbC@.jpg")} == {"AbC@"}


@pytest.mark.parametrize("reader", PARSERS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "{}",
        "[]",
        "<html></html>",
        "<html><head><script>window.awsWafCookieDomainList = [];</script></head><body>JavaScript is disabled</body></html>",
        props("/find", {}),
        props("/title/[tconst]/bio", {"contentData": {}}),
    ],
)
def test_walls_and_empty_pages_are_nobodys(reader: str, text: str) -> None:
    with pytest.raises(NotThisPage):
        PARSERS[reader](text, "https://www.imdb.com/title/tt9000001/")


@pytest.mark.parametrize("reader", PARSERS)
def test_data_that_is_cut_off_is_malformed(reader: str) -> None:
    with pytest.raises(MalformedAnswer, match="broken"):
        PARSERS[reader]('<script id="__NEXT_DATA__" type="application/json">{"props": {</script>', "")


# Titles


def test_a_title_without_its_data_is_read_from_json_ld_and_says_only_what_is_sure() -> None:
    linked = """<script type="application/ld+json">{"@type": "TVSeries", "url": "/title/tt9000001/",
        "name": "Casa &amp; Bath", "alternateName": "House &amp; Bath", "genre": ["Reality-TV"],
        "description": "Short &quot;words&quot;.", "datePublished": "2021-02-03", "contentRating": "TV-14",
        "aggregateRating": {"ratingValue": 7.5, "ratingCount": 1200}, "image": "%s"}</script>"""

    title = parse_title(linked % (MEDIA + "AbC@._V1_.jpg"))
    longer = parse_title(
        linked.replace('"Short', '"' + "words " * 60 + "Short").replace('["Reality-TV"]', '["A", "B", "C"]') % ""
    )

    assert (title.name, title.original_name, title.kind) == ("House & Bath", "Casa & Bath", None)  # or a miniseries
    assert (title.description, title.genres) == ('Short "words".', ("Reality-TV",))
    assert (title.release_date, title.content_rating) == (date(2021, 2, 3), "TV-14")
    assert (title.rating, title.votes) == (7.5, 1200)
    assert title.poster == ImdbImage(id="AbC@", url=MEDIA + "AbC@._V1_.jpg")
    assert not title.is_complete
    assert (longer.description, longer.genres, longer.poster) == (None, (), None)  # all may be cut off


def test_a_miniseries_of_2016_and_years_that_end() -> None:
    html = """<link rel="canonical" href="http://www.imdb.com/title/tt9000001/">
        <div class="title_wrapper"><h1 itemprop="name">House of Paint <span id="titleYear">(2014)</span></h1>
        <div class="originalTitle">Casa</div><div class="subtext"><a href="/title/tt9000001/releaseinfo">%s</a></div></div>
        <div class="summary_text" itemprop="description">Add a Plot &raquo;</div>"""

    mini, ended = parse_title(html % "TV Mini-Series (2014)"), parse_title(html % "TV Series (2004–2012)")

    assert (mini.name, mini.original_name, mini.kind, mini.description) == (
        "House of Paint",
        "Casa",
        "tvMiniSeries",
        None,
    )
    assert ((mini.year, mini.end_year), (ended.kind, ended.year, ended.end_year)) == (
        *((2014, None), ("tvSeries", 2004, 2012)),
    )


# Episodes


def season_page(
    shown: str | None, named: list[str], items: list[dict[str, Any]], total: int | None = None, **more: Any
) -> str:
    section = {
        "seasons": [{"value": season} for season in named],
        "currentSeason": shown,
        "episodesWidgetData": {"seasons": [{"number": int(s)} for s in named if s.isdigit()]},
        "episodes": {"items": items, "total": len(items) if total is None else total, "hasNextPage": False},
    }
    content = {"entityMetadata": {"id": "tt9000001"}, "section": section | more}
    return props("/title/[tconst]/episodes", {"contentData": content})


def listed(number: int, season: str, **more: Any) -> dict[str, Any]:
    """An episode as a page lists it, with all that is never missing."""
    return {
        "id": f"tt90001{season if season.isdigit() else 9}{number}",
        "season": season,
        "episode": str(number),
        "titleText": f"Episode {number}",
        "voteCount": 0,
    } | more


def test_seasons_come_together_and_an_unknown_season_is_one_too() -> None:
    seasons = ["1", "2", "Unknown"]
    first = parse_episodes(season_page("1", seasons, [listed(0, "1", releaseDate=None), listed(1, "1")]))
    second = parse_episodes(
        season_page("2", seasons, [listed(1, "2", releaseDate={"year": 2022, "month": 13, "day": 1})])
    )
    unknown = parse_episodes(season_page("Unknown", seasons, [listed(0, "Unknown", episode="Unknown")]))

    whole = all_seasons([first, second, unknown])
    part = all_seasons([first, unknown])

    assert whole.is_complete and whole.seasons == whole.complete_seasons == (1, 2)
    assert [(e.season_number, e.episode_number) for e in whole.episodes] == [(1, 0), (1, 1), (2, 1), (None, None)]
    assert whole.episodes[2].air_date is None  # there is no such month
    assert not part.is_complete and (part.seasons, part.complete_seasons) == ((1, 2), (1,))
    assert not all_seasons([first, second, unknown], missing=True).is_complete


def test_a_season_that_is_cut_off_is_not_complete() -> None:
    cut = parse_episodes(season_page("1", ["1"], [listed(1, "1")], total=60))
    lacking = listed(1, "1")
    del lacking["titleText"]
    shortened = parse_episodes(season_page("1", ["1"], [lacking]))
    seasons_gone = parse_episodes(season_page("1", ["1", "2"], [listed(1, "1")], seasons=[]))

    assert not all_seasons([cut]).is_complete and all_seasons([cut]).complete_seasons == ()
    assert all_seasons([parse_episodes(season_page("1", ["1"], [listed(1, "1")]))]).is_complete
    assert not all_seasons([shortened]).is_complete
    assert seasons_gone.seasons == ("1", "2")  # as the page says elsewhere
    assert not all_seasons([seasons_gone]).is_complete


def test_a_malformed_field_is_named() -> None:
    with pytest.raises(MalformedAnswer, match=r"section\.episodes\.items\.0\.aggregateRating"):
        parse_episodes(season_page("1", ["1"], [listed(1, "1", aggregateRating={"value": 8})]))


# Credits


def test_full_credits_of_a_series_with_people_as_themselves() -> None:
    items = [
        {
            "id": "nm9000001",
            "rowTitle": "Ann Example",
            "characters": ["Self - Host"],
            "attributes": "",
            "episodicCreditData": {"episodeCount": 318, "episodesText": "318 episodes", "tenureText": "2009–2025"},
        },
        {
            "id": "nm9000002",
            "rowTitle": "Bea Example",
            "characters": ["Self"],
            "attributes": "(archive footage) (as B. Example)",
            "episodicCreditData": {"episodesText": "1 episode", "tenureText": "2010"},
        },
        {"id": "nm9000003", "rowTitle": "Cy Example", "characters": ["The Butler"], "attributes": None},
    ]
    categories = [
        {"id": "cast", "name": "Series Cast", "section": {"items": items, "total": 50}},
        {
            "id": "producer",
            "name": "Series Produced by",
            "section": {
                "items": [
                    {"id": "nm9000001", "rowTitle": "Ann Example", "attributes": "executive producer (uncredited)"}
                ],
                "total": 1,
            },
        },
    ]
    content = {"entityMetadata": {"id": "tt9000001"}, "categories": categories}

    reading = read_credits(Document(props("/title/[tconst]/fullcredits", {"contentData": content})))
    credits = reading.answer
    host, archive, butler, producer = credits.credits

    assert (host.category, host.characters, host.episodes, host.years) == ("Self", ("Self - Host",), 318, (2009, 2025))
    assert (archive.attributes, archive.episodes, archive.years) == (
        *(("archive footage", "as B. Example"), 1, (2010, 2010)),
    )
    assert archive.is_archive_footage and not host.is_archive_footage
    assert (butler.category, butler.episodes, butler.billing_order) == ("Cast", None, 3)
    assert (producer.category, producer.job, producer.attributes) == (
        *("Producer", "executive producer", ("uncredited",)),
    )
    assert (credits.total, credits.is_complete, credits.complete_categories) == (51, False, ("Producer",))
    assert reading.drift["missing"] == {}


def test_full_credits_without_data_are_read_from_the_list_of_names() -> None:
    group = "amzn1.imdb.concept.name_credit_group.7caf7d16-5db9-4f4f-8864-d4c6e711c686"
    row = """<li data-testid="name-credits-list-item"><a href="/name/nm900000{0}/"></a>
        <img srcset="{1}AbC{0}@._V1_UX90_CR0,0,90,90_.jpg 90w, {1}AbC{0}@._V1_UX180_.jpg 180w">
        <a href="/name/nm900000{0}/?ref_=x">Ann {0}</a><div><span><a href="/title/tt9000001/characters/nm900000{0}">Self</a>
        (as A. {0})</span></div><span>{0}2 episodes • 2009–2025</span></li>"""
    more = '<span class="ipc-see-more"><button>47 more</button></span>'
    html = f"""<link rel="canonical" href="https://www.imdb.com/title/tt9000001/fullcredits/">
        <span id="{group}">Cast</span><div data-testid="sub-section-{group}">
        <ul>{row.format(1, MEDIA)}{row.format(2, MEDIA)}</ul>%s</div>"""

    cut, whole = parse_credits(html % more), parse_credits(html % "")

    assert [(c.person_id, c.name, c.category, c.characters) for c in whole.credits] == [
        ("nm9000001", "Ann 1", "Self", ("Self",)),
        ("nm9000002", "Ann 2", "Self", ("Self",)),
    ]
    assert whole.credits[0].attributes == ("as A. 1",)
    assert (whole.credits[1].episodes, whole.credits[1].years, whole.credits[1].billing_order) == (22, (2009, 2025), 2)
    assert whole.credits[0].image == ImdbImage(id="AbC1@", url=MEDIA + "AbC1@._V1_.jpg")
    for credits in (cut, whole):
        assert (credits.is_complete, credits.complete_categories) == (False, ())


def test_full_credits_of_2016_count_episodes_and_show_footage() -> None:
    html = """<link rel="canonical" href="http://www.imdb.com/title/tt9000001/fullcredits"><div id="fullcredits_content">
        <h4>Series Cast&nbsp;</h4><table class="cast_list"><tr><td colspan="4"></td></tr>
        <tr><td><a href="/name/nm9000001/"><img loadlate=""></a></td><td><a href="/name/nm9000001/">Ann</a></td>
        <td>...</td><td class="character"><div>Self / ... (94 episodes, 2010-2016)</div></td></tr>
        <tr><td><a href="/name/nm9000002/">Bea</a></td><td>...</td>
        <td class="character">Self (archive footage) (1 episode, 2011)</td></tr></table>
        <h4>Series Produced by&nbsp;</h4><table class="simpleTable"><tr><td class="name"><a href="/name/nm9000001/">Ann</a>
        </td><td>...</td><td class="credit">executive producer (94 episodes, 2010-2016)</td></tr></table></div>"""

    ann, bea, producer = parse_credits(html).credits

    assert (ann.category, ann.characters, ann.episodes, ann.years) == ("Self", ("Self",), 94, (2010, 2016))
    assert (bea.attributes, bea.episodes, bea.years, bea.billing_order) == (("archive footage",), 1, (2011, 2011), 2)
    assert (producer.category, producer.job, producer.episodes) == ("Producer", "executive producer", 94)


# Lists


def list_page(edges: list[dict[str, Any]], total: int | None, *, more: bool = False, head: str = "") -> str:
    search = {"edges": edges, "total": total, "pageInfo": {"hasNextPage": more, "endCursor": None}}
    found = {"name": {"originalText": "Good and bad"}, "description": None, "titleListItemSearch": search}
    link = '<link rel="canonical" href="https://www.imdb.com/list/ls900000001/">'
    return props("/list/[lsconst]", {"mainColumnData": {"list": found}}, head=link + head)


def edge(number: int, kind: str = "tvSeries", note: Any = None) -> dict[str, Any]:
    item = {
        "id": f"tt900000{number}",
        "titleText": {"text": f"Show {number}"},
        "titleType": {"id": kind},
        "releaseYear": {"year": 2000 + number, "endYear": None},
        "ratingsSummary": {"aggregateRating": 7.5, "voteCount": 120},
    }
    return {"listItem": item, "node": {"absolutePosition": number, "description": note}}


LINKED = """<script type="application/ld+json">{"@type": "ItemList", "itemListElement": [
    {"@type": "ListItem", "position": 1, "item": {"@type": "TVSeries", "url": "https://www.imdb.com/title/tt9000001/",
     "name": "Show &amp; 1"}},
    {"@type": "ListItem", "position": 2, "item": {"@type": "Movie", "url": "/title/tt9000002/", "name": "Film 2"}}]}</script>"""


def test_a_list_in_two_pages() -> None:
    first = parse_list(
        list_page([edge(1, note={"originalText": {"plainText": "My note"}}), edge(2, "movie")], 3, more=True)
    )
    second = parse_list(list_page([edge(3)], 3))

    whole, part = whole_list([first, second]), whole_list([first])

    assert (whole.list_id, whole.name, whole.total, whole.is_complete) == ("ls900000001", "Good and bad", 3, True)
    assert [(entry.imdb_id, entry.rank, entry.note) for entry in whole.entries] == [
        ("tt9000001", 1, "My note"),
        ("tt9000002", 2, None),
        ("tt9000003", 3, None),
    ]
    assert whole.entries[0].title is not None
    assert (whole.entries[0].title.name, whole.entries[0].title.year, whole.entries[0].title.votes) == (
        "Show 1",
        2001,
        120,
    )
    assert [entry.title.is_television for entry in whole.entries if entry.title] == [True, False, True]
    assert not part.is_complete
    assert not whole_list([first, second], missing=True).is_complete


def test_entries_that_only_json_ld_has_are_kept_and_what_the_data_says_more_is_added() -> None:
    page = parse_list(list_page([edge(1)], 2, head=LINKED))

    assert [(e.imdb_id, e.rank, e.title.kind if e.title else None) for e in page.entries] == [
        ("tt9000001", 1, "tvSeries"),
        ("tt9000002", 2, "movie"),
    ]
    assert whole_list([page]).is_complete


def test_a_list_of_json_ld_alone_is_never_sure_to_be_whole() -> None:
    link = '<link rel="canonical" href="https://www.imdb.com/list/ls900000001/">'

    reading = read_list(Document(f"{link}<h1>My list</h1>{LINKED}"))

    assert [(entry.imdb_id, entry.title.name if entry.title else None) for entry in reading.answer.entries] == [
        ("tt9000001", "Show & 1"),
        ("tt9000002", "Film 2"),
    ]
    assert (reading.answer.name, reading.answer.total, reading.answer.has_next) == ("My list", None, None)
    assert not whole_list([reading.answer]).is_complete
    assert reading.drift["missing"] == {"__NEXT_DATA__": 1}


def test_a_list_of_html_alone_with_a_next_page() -> None:
    html = """<link rel="canonical" href="https://www.imdb.com/list/ls900000001/?page=2"><h1>My list</h1>
        <div class="desc">101 - 102 of 164 titles</div><ul>
        <li class="ipc-metadata-list-summary-item"><a href="/title/tt9000001/"></a>
        <a class="ipc-title-link-wrapper" href="/title/tt9000001/?ref_=x"><h3>101. House of Paint</h3></a>
        <span>2019–2024</span></li>
        <li class="ipc-metadata-list-summary-item"><a href="/title/tt9000002/"><h3>102. 1883</h3></a>
        <span class="dli-year">2021</span></li></ul><a href="?page=3" aria-label="Go to next page">&gt;</a>"""

    page = parse_list(html)

    assert [(e.imdb_id, e.rank, e.title.name, e.title.year) for e in page.entries if e.title] == [
        ("tt9000001", 101, "House of Paint", 2019),
        ("tt9000002", 102, "1883", 2021),
    ]
    assert (page.total, page.has_next) == (164, True)


def test_an_empty_list_is_one_only_where_the_page_says_so() -> None:
    assert whole_list([parse_list(list_page([], 0))]).is_complete
    with pytest.raises(NotThisPage):
        parse_list(list_page([], 5))


# Pictures


def gallery(numbers: range, total: int, cursor: str | None = None, kind: str = "/title/[tconst]/mediaindex") -> str:
    edges = [
        {
            "position": number,
            "node": {
                "id": f"rm900{number}",
                "url": f"{MEDIA}AbC{number}@._V1_.jpg",
                "width": 1000 + number,
                "height": 800,
                "caption": {"plainText": f"Picture {number}"},
                "type": "still_frame",
                "names": [{"id": "nm9000001"}],
                "titles": [{"id": "tt9000001"}],
            },
        }
        for number in numbers
    ]
    images = {"total": total, "edges": edges, "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor}}
    entity = {"id": "tt9000001" if "title" in kind else "nm9000001"}
    return props(kind, {"contentData": {"entityMetadata": entity, "data": {"title": {"all_images": images}}}})


def test_a_gallery_in_two_parts() -> None:
    first, second = parse_gallery(gallery(range(3), 5, "abc")), parse_gallery(gallery(range(2, 5), 5))

    whole = all_pictures([first, second])

    assert (first.next_cursor, second.next_cursor) == ("abc", None)
    assert [picture.id for picture in whole.images] == [f"rm900{number}" for number in range(5)]
    assert whole.images[0] == ImdbImage(
        id="rm9000",
        url=MEDIA + "AbC0@._V1_.jpg",
        width=1000,
        height=800,
        caption="Picture 0",
        kind="still_frame",
        people=("nm9000001",),
        titles=("tt9000001",),
    )
    assert (whole.total, whole.is_complete) == (5, True)
    assert not all_pictures([first]).is_complete
    assert parse_gallery(gallery(range(1), 1, kind="/name/[nmconst]/mediaindex")).imdb_id == "nm9000001"


MOSAIC = f"""<link rel="canonical" href="https://www.imdb.com/name/nm9000001/mediaindex/">
    <section data-testid="section-images"><div>1 - 2 of 7 photos</div>
    <a href="/name/nm9000001/mediaviewer/rm9001/"><img alt="Ann" src="{MEDIA}AbC1@._V1_UX90_CR0,1,90,133_.jpg"
     srcset="{MEDIA}AbC1@._V1_UX90_CR0,1,90,133_.jpg 90w, {MEDIA}AbC1@._V1_UX360_CR0,2,360,533_.jpg 360w"></a>
    <a href="/name/nm9000001/mediaviewer/rm9001/"><img src="{MEDIA}AbC1@._V1_UX90_.jpg"></a>
    <div><div><img alt="Bea" src="{MEDIA}AbC2@._V1_UX90_.jpg"></div><a href="/name/nm9000001/mediaviewer/rm9002/"></a></div>
    </section>"""


def test_a_mosaic_without_data() -> None:
    page = parse_gallery(MOSAIC)

    assert (page.imdb_id, page.total, page.has_more) == ("nm9000001", 7, True)
    assert page.images == (
        ImdbImage(id="rm9001", url=MEDIA + "AbC1@._V1_.jpg", caption="Ann"),
        ImdbImage(id="rm9002", url=MEDIA + "AbC2@._V1_.jpg", caption="Bea"),
    )


VIEWER = f"""<link rel="canonical" href="https://www.imdb.com/name/nm9000001/mediaviewer/rm9001/">
    <div data-testid="media-viewer"><img data-image-id="rm9000-prev" src="{MEDIA}AbC0@._V1_.jpg">
    <img data-image-id="rm9001-curr" alt="Ann" src="{MEDIA}AbC1@._V1_.jpg"
     srcset="{MEDIA}AbC1@._V1_UX640_.jpg 640w, {MEDIA}AbC1@._V1_UX2048_.jpg 2048w"></div>
    <div class="ipc-html-content-inner-div">Ann in House of Paint (2019)</div>
    <div><span>People</span><a href="/name/nm9000001/?x">Ann</a><a href="/name/nm9000002/">Bea</a></div>
    <section><div><h3>Titles</h3></div><a href="/title/tt9000001/">House of Paint</a></section>"""


def test_the_viewer_of_a_picture() -> None:
    assert parse_viewer(VIEWER) == ImdbImage(
        id="rm9001",
        url=MEDIA + "AbC1@._V1_.jpg",
        width=2048,
        caption="Ann in House of Paint (2019)",
        people=("nm9000001", "nm9000002"),
        titles=("tt9000001",),
    )
