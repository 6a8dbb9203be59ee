"""Articles of wikis, read: the recorded pages by eye, and shapes that they lack on invented ones."""

from pathlib import Path

import pytest

from flows.sources.errors import Challenge, MalformedAnswer, NotFound
from flows.sources.fandom.article import Article, person_fields, read_article
from flows.sources.fandom.images import file_id, original
from flows.sources.fandom.infobox import plain
from flows.sources.fandom.pages import check_page, found_page, parsed_page
from flows.sources.fandom.payloads import ParsedPage
from flows.sources.fandom.values import Related, gender, partial_date, seasons
from flows.sources.payload import drift

BASE = "https://fictional.fandom.com/wiki/Nemo_Fictus"
CDN = "https://static.wikia.nocookie.net"


def text(file: Path) -> str:
    """A recorded page."""
    return file.read_text(encoding="utf-8")


def article(html: str) -> Article:
    """A recorded page, read."""
    return read_article(ParsedPage.parse(parsed_page(html, BASE)), BASE)


def written(html: str, title: str = "Nemo Fictus", **more) -> Article:
    """An invented (synthetic) article, as `action=parse` would give it."""
    body = {"parse": {"title": title, "revid": 7, "text": f'<div class="mw-parser-output">{html}</div>'}, **more}
    return read_article(ParsedPage.parse(body), BASE)


def box(*rows: tuple[str, str, str]) -> str:
    """An infobox of rows: data-source, label, value."""
    data = "".join(
        f'<div class="pi-item pi-data" data-source="{source}"><h3 class="pi-data-label">{label}</h3>'
        f'<div class="pi-data-value">{value}</div></div>'
        for source, label, value in rows
    )
    return f'<aside class="portable-infobox">{data}</aside>'


@pytest.mark.recorded
def test_a_housewife_has_all_her_page_tells(recordings):
    page = article(text(recordings / "fandom/reality/real-housewives_Bronwyn_Newport.html"))
    assert person_fields(page) == {
        "name": "Bronwyn Newport",
        "full_name": "Bronwyn Allison Newport-Bradley",
        "birth_date": "1985-09-14",
        "gender": "female",
        "residence": "Salt Lake City, Utah",
        "hair_color": "Black",
        "eye_color": "Black",
        "installments": ["The Real Housewives of Salt Lake City"],
        "main_seasons": [{"from": 5, "to": None}],
        "biography": "Bronwyn Newport is a current main cast member of The Real Housewives of Salt Lake City.",
    }
    (tagline,) = page.taglines
    assert (tagline.season_number, tagline.season_order) == (5, "3/7")
    assert tagline.text == "The only muted thing you’d find in my wardrobe, is my black card."
    (seat,) = page.seats
    assert (seat.season_number, seat.side, seat.seat) == (5, "Right", "3/4")
    assert page.trivia == ()  # "To Be Added." three times over is none
    assert page.relations["romance"] == [Related("Todd Bradley", "Husband", "Todd Bradley")]
    assert page.relations["family"] == [Related("Gwen Newport", "Daughter", None)]
    assert [person.name for person in page.relations["friend"]] == [
        "Whitney Rose",
        "Meredith Marks",
        "Angie Katsanevas",
        "Mary Cosby",
    ]
    assert [person.name for person in page.relations["enemy"]] == ["Heather Gay", "Lisa Barlow", "Britani Bateman"]
    assert [(image.context, image.season_number, image.file_name) for image in page.images] == [
        ("infobox", None, "Bronwyn Newport S6 Promo.jpeg"),
        ("tagline", 5, "Bronwyn Newport S5 Intro Card 2.png"),
        ("reunion", 5, "Bronwyn’s RHOSLC S5 Reunion Look (1).jpg"),
    ]
    assert page.images[0].url == (
        f"{CDN}/real-housewives/images/7/72/Bronwyn_Newport_S6_Promo.jpeg/revision/latest?cb=20250814202733"
    )
    signs = page.signs()
    assert signs.is_person
    assert "The Real Housewives of Salt Lake City" in signs.shows


@pytest.mark.recorded
def test_an_islander_has_another_infobox_and_pictures_of_nobody_else(recordings):
    page = article(text(recordings / "fandom/reality/loveisland_Lillie_Haynes.html"))
    assert person_fields(page) == {
        "name": "Lillie Haynes",
        "birth_date": "1998-11-10",
        "gender": "female",
        "residence": "South Shields, England",
        "hometown": "South Shields, England",
        "occupations": ["Trainee Accountant"],
        "status": "Dumped",
        "entered": ["Day 29"],
        "left": ["Day 32"],
        "biography": "Lillie Anna Haynes was an Islander on Season 7 of the revived series of Love Island. Lillie entered"
        " Casa Amor on Day 29 and was dumped from the island on Day 32.",
    }
    assert [image.file_name for image in page.images] == ["S7 Lillie Haynes.jpg"]  # and no icon of another site
    assert [link.title for link in page.lead_links] == ["Love Island (Season 7)", "Love Island"]
    assert page.categories[:2] == ("Islanders", "UK Islanders") and page.categories[-1] == "Casa Amor Islanders"
    assert page.signs().is_person
    assert (page.taglines, page.seats, page.trivia, page.relations) == ((), (), (), {})


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "title", "revision", "categories", "rows", "pictures", "trivia"),
    [
        ("naruto_boruto_episode_001", "Boruto Uzumaki!! (episode)", 1466047, ("Episodes",), True, 1, 1),
        ("naruto_boruto_episode_039", "The Path Lit by the Full Moon", 1461548, ("Episodes",), True, 1, 1),
        (
            "naruto_shippuden_episode_142",
            "Battle of Valley of Clouds and Lightning",
            1462296,
            ("Episodes",),
            True,
            1,
            1,
        ),
        ("one_piece_chapter_1", "Chapter 1", 2120311, ("Volume 1", "Romance Dawn Arc Chapters"), True, 1, 5),
        ("naruto_list_of_animated_media_no_infobox", "List of Animated Media", 1412850, ("Media",), False, 0, 3),
    ],
)
def test_pages_about_no_person_are_read_and_not_taken_for_one(
    recordings,
    name,
    title,
    revision,
    categories,
    rows,
    pictures,
    trivia,
):
    html = text(recordings / f"fandom/other_wikis/{name}.html")
    assert found_page(html, BASE)["lastrevid"] == revision
    page = article(html)
    assert (page.title, page.categories, page.infobox is not None) == (title, categories, rows)
    assert (len(page.images), len(page.trivia)) == (pictures, trivia)
    assert page.relations == {} and page.taglines == () and page.seats == ()
    assert not page.signs().is_person
    assert "birth_date" not in person_fields(page)


@pytest.mark.recorded
def test_rows_without_a_source_or_with_lists_are_found_by_label(recordings):
    episode = article(text(recordings / "fandom/other_wikis/naruto_shippuden_episode_142.html"))
    assert episode.infobox is not None
    others = next(row for row in episode.infobox.rows if row.label == "Other names")
    assert (others.source, others.lines) == ("other", ("Battle of Unraikyo",))
    chapter = article(text(recordings / "fandom/other_wikis/one_piece_chapter_1.html"))
    assert chapter.infobox is not None
    volume = chapter.infobox.rows[0]
    assert (volume.source, volume.label, volume.text, volume.links[0].title) == ("vol", "Volume", "1", "Volume 1")


@pytest.mark.recorded
def test_a_missing_page_is_not_found_and_other_pages_are_walls(recordings):
    missing = text(recordings / "fandom/other_wikis/naruto_missing_page_404.html")
    check_page(missing)  # a wiki's, all the same
    with pytest.raises(NotFound):
        parsed_page(missing, BASE)
    with pytest.raises(Challenge):
        check_page(text(next((recordings / "imdb/sub_page_html").glob("*.html"))))
    with pytest.raises(Challenge):
        check_page("<html><title>Client Challenge</title><div class='loading-error'></div></html>")
    with pytest.raises(Challenge):
        check_page("<html><body>Just a moment... cloudflare</body></html>")
    with pytest.raises(Challenge):
        check_page("")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("September 14, 1985 (Age 39)", "1985-09-14"),
        ("14 September 1985", "1985-09-14"),
        ("Sept. 14th, 1985", "1985-09-14"),
        ("the 3rd of March 1990", "1990-03-03"),
        ("1985-09-14", "1985-09-14"),
        ("09/14/1985", "1985-09-14"),
        ("14.09.1985", "1985-09-14"),
        ("03/03/1985", "1985-03-03"),
        ("03/04/1985", "1985"),
        ("September 1985", "1985-09"),
        ("1985", "1985"),
        ("1985 (age 39-40)", "1985"),
        ("February 29, 2023", None),
        ("September 14", None),
        ("c. 1985", None),
        ("1985 or 1986", None),
        ("1985?", None),
        ("Unknown", None),
        ("", None),
        ("Season 1985000", None),
    ],
)
def test_dates_are_as_exact_as_they_are_told(words, expected):
    assert partial_date(words) == expected


def test_seasons_have_open_ends_and_genders_no_guesses():
    assert seasons("1-3, 5–") == [{"from": 1, "to": 3}, {"from": 5, "to": None}]
    assert seasons("2 - present") == [{"from": 2, "to": None}]
    assert seasons("7") == [{"from": 7, "to": 7}]
    assert seasons("Unknown") == []
    assert seasons("9-3") == []
    assert [gender(word) for word in ("Female", "MALE", "Non-Binary", "Unknown", "Islander", None)] == [
        "female", "male", "non_binary", None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("source", ["Birthdate", "birth_date", "Birth Date", "birthDate", "BIRTH_DATE", "Born", "DOB"])
def test_a_row_is_found_however_a_wiki_spells_it(source):
    assert person_fields(written(box((source, "x", "May 5, 1990"))))["birth_date"] == "1990-05-05"
    assert person_fields(written(box(("x1", source, "May 5, 1990"))))["birth_date"] == "1990-05-05"
    assert plain("Main Season(s)") == "main seasons"


def test_an_infobox_tells_places_aliases_and_nothing_of_what_is_unknown():
    page = written(
        box(
            ("Born", "Born", "May 1990<br />Nowhere, Utopia"),
            ("nickname", "Nickname(s)", '"Nem" <br> Captain N.'),
            ("occupation", "Occupation", "<ul><li>Diver</li><li>Cook, Baker</li></ul>"),
            ("residence", "Residence", "Unknown"),
            ("Gender", "Gender", "N/A"),
        )
    )
    fields = person_fields(page)
    assert (fields["birth_date"], fields["birth_place"]) == ("1990-05", "Nowhere, Utopia")
    assert fields["occupations"] == ["Diver", "Cook", "Baker"]
    assert not {"residence", "gender"} & set(fields)
    assert page.names == ["Nem", "Captain N."]


def test_relations_are_told_apart_by_links_commas_and_notes():
    page = written(
        box(
            ("Family", "Family", '<a href="/wiki/Ann_Fictus">Ann Fictus</a> (sister), <a href="/wiki/Bo">Bo</a>'),
            ("Friends", "Friends", "Cy Doe (neighbour, once), Di Doe &amp; Ed Doe<br />Unknown"),
            ("Romances", "Romances", '<a href="/wiki/Fay" class="new">Fay Roe</a> <br /><small>(ex-wife)</small>'),
            ("Enemies", "Enemies", "Nemo Fictus"),
        )
    )
    assert page.relations == {
        "family": [Related("Ann Fictus", "sister", "Ann Fictus"), Related("Bo", None, "Bo")],
        "friend": [Related("Cy Doe", "neighbour, once"), Related("Di Doe"), Related("Ed Doe")],
        "romance": [Related("Fay Roe", "ex-wife", "Fay")],
    }


def test_tables_are_read_by_their_headings_whatever_spans_and_where_they_end():
    page = written(
        """<h2>Taglines</h2>
        <table><tr><th>Tagline</th><th>Season</th><th>Opening Order</th></tr>
        <tr><td>“One.”</td><td rowspan="2">Season 2</td><td>1/6</td></tr><tr><td>"Two."</td><td>2/6</td></tr>
        <tr><td>TBA</td><td>3</td><td></td></tr></table>
        <h2>Career</h2><table><tr><th>Season</th><th>Tagline</th></tr><tr><td>9</td><td>Not hers</td></tr></table>
        <div class="mw-heading mw-heading2"><h2>Trivia</h2></div><ul><li>First.<ul><li>More.</li></ul></li></ul>
        <h3>Statistics</h3><ul><li>Second.</li><li><u>To Be Added.</u></li></ul><h2>Links</h2><ul><li>No.</li></ul>"""
    )
    assert [(t.season_number, t.season_order, t.text) for t in page.taglines] == [
        (2, "1/6", "One."),
        (2, "2/6", "Two."),
    ]
    assert page.trivia == ("First. More.", "Second.")
    listed = written("<h2>Taglines</h2><ul><li><b>Season 1</b>: “Here.”</li><li>Season 4 – 'There.'</li></ul>")
    assert [(t.season_number, t.text) for t in listed.taglines] == [(1, "Here."), (4, "There.")]


def test_the_biography_is_the_lead_and_the_section_about_the_life():
    page = written(
        "<p><aside class='portable-infobox'>x</aside>\n<b>Nemo</b> is <i>nobody</i>.<sup class='reference'>[1]</sup></p>"
        "<div class='toc'>Contents</div><p>He dives.</p><h2>Biography</h2><p>Born at sea.</p><h2>Season 1</h2><p>No.</p>"
    )
    assert page.biography == ("Nemo is nobody.", "He dives.", "Born at sea.")


def test_a_picture_is_one_in_all_its_sizes_and_only_of_the_person():
    address = f"{CDN}/fictional/images/a/ab/Nemo_dives.jpg"
    page = written(
        f'<figure class="pi-image"><a class="image" href="{address}/revision/latest?cb=1"><img src='
        f'"{address}/revision/latest/scale-to-width-down/268?cb=1" width="268"></a></figure>'
        f'<p><a href="{address}"><img src="{address}" width="300"></a>'
        f'<a href="/wiki/Somebody"><img src="{CDN}/x/images/1/11/Nemo_link.png" width="300"></a>'
        f'<a href="{CDN}/x/images/2/22/Other.png" class="image"><img src="{CDN}/x/images/2/22/Other.png" width="300"></a>'
        f'<a href="{CDN}/x/images/3/33/Nemo_icon.png"><img src="{CDN}/x/images/3/33/Nemo_icon.png" width="20"></a></p>',
        gallery={
            "title": "Nemo Fictus/Gallery",
            "text": '<div class="mw-parser-output"><div class="wikia-gallery-item"><a class="image lightbox" href='
            f'"{CDN}/x/images/4/44/Beach.png/revision/latest"><img src="data:image/gif;base64,x" data-src='
            f'"{CDN}/x/images/4/44/Beach.png/revision/latest/scale-to-width-down/185" width="185"></a></div></div>',
        },
        files={"pages": [{"title": "File:Nemo dives.jpg", "imageinfo": [{"width": 1200, "height": 900}]}]},
    )
    assert [(image.file_name, image.context, image.width, image.height) for image in page.images] == [
        ("Nemo dives.jpg", "article", 1200, 900),
        ("Beach.png", "gallery", None, None),
    ]
    assert file_id(f"{address}/revision/latest/scale-to-width-down/268?cb=1") == file_id(address)
    assert original(f"{address}/revision/latest/smart/width/9/height/9?cb=1&x=2") == f"{address}/revision/latest?cb=1"


def test_an_answer_without_text_is_malformed_and_what_is_new_is_drift():
    with pytest.raises(MalformedAnswer, match=r"parse\.revid"):
        ParsedPage.parse({"parse": {"title": "Nemo", "text": "x"}})
    page = ParsedPage.parse({"parse": {"title": "Nemo", "revid": 1, "text": {"*": "<p>x</p>"}, "news": 1}})
    assert page.text == "<p>x</p>"
    assert drift(page)["unknown"] == {"parse.news": 1}
    assert read_article(page, BASE).biography == ("x",)
