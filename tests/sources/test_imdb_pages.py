"""IMDb's pages as they were recorded: every one is read, with values that were looked up in the file by eye."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.sources.imdb.answers import ImdbImage, ImdbTitle
from flows.sources.imdb.pages.credits import parse_credits, read_credits
from flows.sources.imdb.pages.document import Document
from flows.sources.imdb.pages.episodes import parse_episodes
from flows.sources.imdb.pages.galleries import parse_gallery
from flows.sources.imdb.pages.titles import parse_title, read_title
from tests.sources.imdb_pages import readers_of, recorded

pytestmark = pytest.mark.recorded
Page = Callable[[str], str]

MEDIA = "https://m.media-amazon.com/images/M/"


@pytest.fixture
def page(recordings: Path) -> Page:
    """The text of a recorded page."""
    return lambda name: recorded(recordings, name)


def facts(title: ImdbTitle) -> ImdbTitle:
    """A title without its long texts, which are asserted by their ends."""
    return replace(title, description=None, poster=None)


def test_an_ended_series_has_its_names_years_totals_and_the_picture_in_full(page: Page) -> None:
    title = parse_title(page("title_page_html/2022-03_tt0412142_house_tv_series_ended.html"))

    assert facts(title) == ImdbTitle(
        imdb_id="tt0412142",
        is_complete=False,
        name="House",
        original_name="House M.D.",
        kind="tvSeries",
        year=2004,
        end_year=2012,
        release_date=date(2004, 11, 16),
        runtime=44,
        rating=8.8,
        votes=444861,
        content_rating="TV-14",
        genres=("Drama", "Mystery"),
        season_total=8,
        episode_total=176,
    )
    assert title.description is not None
    assert title.description.startswith("An antisocial maverick doctor") and title.description.endswith("his wits.")
    assert title.poster == ImdbImage(
        id="rm2468813056",
        url=MEDIA + "MV5BMDA4NjQzN2ItZDhhNC00ZjVlLWFjNTgtMTEyNDQyOGNjMDE1XkEyXkFqcGdeQXVyNTA4NzY1MzY@._V1_.jpg",
        width=832,
        height=1225,
        caption="Hugh Laurie in House M.D. (2004)",
    )


def test_a_title_whose_data_lies_among_the_answers_of_its_queries(page: Page) -> None:
    title = parse_title(page("title_page_html/2022-03_tt13396124_08527_tv_series_sparse.html"))

    assert facts(title) == ImdbTitle(
        imdb_id="tt13396124",
        is_complete=False,
        name="#08527",
        original_name="#08527",
        kind="tvSeries",
        year=2021,
        release_date=date(2021, 11, 27),
        votes=0,
        genres=("Drama",),
        season_total=2,
        episode_total=7,
    )
    assert title.poster is not None
    assert (title.poster.id, title.poster.width, title.poster.height) == ("rm3874019585", 720, 960)


def test_a_title_with_one_half_in_its_place_and_the_other_among_the_answers(page: Page) -> None:
    title = parse_title(page("title_page_html/2022-03_tt13675894_1997_tv_series_sparse.html"))

    assert facts(title) == ImdbTitle(
        imdb_id="tt13675894",
        is_complete=False,
        name="1997",
        original_name="1997",
        kind="tvSeries",
        year=2021,
        release_date=None,  # only the year is known
        votes=0,
        genres=("Sci-Fi",),
    )
    assert title.description is not None and title.description.endswith('more then just "a story".')
    assert title.poster is not None and title.poster.id == "rm2011943681"


def test_an_episode_names_its_series_and_its_numbers_there(page: Page) -> None:
    title = parse_title(page("title_page_html/2022-03_tt2016511_house_s07_episode.html"))

    assert (title.kind, title.name, title.series_id) == ("tvEpisode", "Charity Case", "tt0412142")
    assert (title.season_number, title.episode_number) == (8, 3)
    assert (title.release_date, title.runtime, title.rating, title.votes) == (date(2011, 10, 17), 44, 8.2, 1976)
    assert title.description is not None and title.description.endswith("pursuit of personal happiness.")
    assert not title.is_television


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "2022-04_tt0076759_star_wars.html",
            ("tt0076759", "Star Wars", "movie", 1977, date(1977, 5, 25), 121, 8.6, 1315176, "PG"),
        ),
        ("2022-10-27_tt3303790_no_year.html", ("tt3303790", "Master of None", "movie", *[None] * 4, 0, None)),
        (
            "2023-05-26_tt0133093_the_matrix.html",
            ("tt0133093", "The Matrix", "movie", 1999, date(1999, 3, 31), 136, 8.7, 1956171, "R"),
        ),
        (
            "2023-05-26_tt7462422_quality_of_life_tv_movie.html",
            ("tt7462422", "Quality of Life", "tvMovie", *[None] * 4, 0, None),
        ),
        (  # released in Canada, where it was read from; made in the United States
            "2025-03-18_tt0111161_main_prettier_formatted.html",
            ("tt0111161", "The Shawshank Redemption", "movie", 1994, None, 142, 9.3, 3020036, "14A"),
        ),
    ],
)
def test_other_titles(page: Page, name: str, expected: tuple[object, ...]) -> None:
    title = parse_title(page(f"title_page_html/{name}"))

    assert (
        *(title.imdb_id, title.name, title.kind, title.year, title.release_date, title.runtime),
        *(title.rating, title.votes, title.content_rating),
    ) == expected


def test_genres_beyond_the_third_interests_and_keywords_that_are_all_there(page: Page) -> None:
    star_wars = parse_title(page("title_page_html/2022-04_tt0076759_star_wars.html"))
    shawshank = parse_title(page("title_page_html/2025-03-18_tt0111161_main_prettier_formatted.html"))
    nothing_known = parse_title(page("title_page_html/2022-10-27_tt3303790_no_year.html"))

    assert star_wars.genres == ("Action", "Adventure", "Fantasy", "Sci-Fi")
    assert shawshank.interests == ("Epic", "Period Drama", "Prison Drama", "Drama")
    assert nothing_known.keywords == ("f rated",)
    assert star_wars.keywords == ()  # 5 of 440 are here


def test_a_title_page_of_2016(page: Page) -> None:
    title = parse_title(page("title_page_html/2016_tt1520211_walking_dead_legacy.html"))

    assert facts(title) == ImdbTitle(
        imdb_id="tt1520211",
        is_complete=False,
        name="The Walking Dead",
        kind="tvSeries",
        year=2010,
        release_date=date(2010, 10, 31),
        runtime=44,
        rating=8.6,
        votes=649505,
        content_rating="TV-MA",
        genres=("Drama", "Horror", "Sci-Fi"),
        season_total=8,
        episode_total=100,
    )
    assert title.description is not None and title.description.startswith("Sheriff Deputy Rick Grimes leads")
    assert title.poster is not None and title.poster.id == "rm2536971776"
    assert title.poster.url.endswith("/MV5BMTc5NTU3Njg0N15BMl5BanBnXkFtZTgwMzY4MjM0ODE@._V1_.jpg")


def test_reference_pages(page: Page) -> None:
    film = parse_title(page("next_data_json/reference_tt0133093_matrix_movie.json"))
    episode = parse_title(page("next_data_json/reference_tt1628065_walking_dead_s1e3_tvEpisode.json"))

    assert (film.imdb_id, film.name, film.original_name, film.content_rating) == (
        *("tt0133093", "Matrix", "The Matrix", "T"),
    )
    assert film.release_date is None  # the date of Italy, where it was read from
    assert (film.votes, film.genres, film.interests[:2]) == (
        *(2193347, ("Action", "Sci-Fi"), ("Action Epic", "Artificial Intelligence")),
    )
    assert film.poster is not None and film.poster.id == "rm2100392960"
    assert (episode.name, episode.series_id, episode.season_number, episode.episode_number) == (
        *("Tell It to the Frogs", "tt1520211", 1, 3),
    )
    assert (episode.release_date, episode.runtime, episode.rating, episode.votes) == (
        date(2010, 11, 14),
        45,
        8.2,
        19434,
    )


def test_what_recorded_titles_hold_is_known(page: Page, recordings: Path) -> None:
    """Nothing is missing and nothing new in ten years of pages; only the one without data counts as drift."""
    folder = recordings / "imdb"
    names = [f"title_page_html/{file.name}" for file in (folder / "title_page_html").glob("*.html")]
    names += [f"next_data_json/{file.name}" for file in (folder / "next_data_json").glob("reference_*.json")]
    assert len(names) >= 12

    drift: Counter[str] = Counter()
    for name in names:
        for counts in read_title(Document(page(name))).drift.values():
            drift.update(counts)

    assert drift == {"__NEXT_DATA__": 1}


def test_what_recorded_credits_hold_is_known(page: Page) -> None:
    for name in ("reference_tt0133093_matrix_movie", "reference_tt1628065_walking_dead_s1e3_tvEpisode"):
        assert not any(read_credits(Document(page(f"next_data_json/{name}.json"))).drift.values())


def test_a_season_with_an_episode_zero_numbers_as_texts_and_escaped_texts(page: Page) -> None:
    season = parse_episodes(page("next_data_json/episodes_page_tt0944947_game_of_thrones_s1.json"))

    assert (season.imdb_id, season.shown, season.is_whole) == ("tt0944947", "1", True)
    assert season.seasons == tuple("12345678")
    assert [episode.episode_number for episode in season.episodes] == list(range(11))
    assert {episode.season_number for episode in season.episodes} == {1}
    pilot, first, last = season.episodes[0], season.episodes[1], season.episodes[-1]
    assert (pilot.imdb_id, pilot.name, pilot.air_date) == ("tt31321401", "Unaired Original Pilot", None)
    assert (pilot.rating, pilot.votes) == (None, 0)
    assert pilot.overview == 'The original unaired pilot of "Game of Thrones".'
    assert (first.imdb_id, first.name, first.rating, first.votes) == ("tt1480055", "Winter Is Coming", 8.9, 62236)
    assert first.overview is not None and "the Night's Watch; King Robert" in first.overview
    assert first.image is not None and (first.image.width, first.image.height) == (1276, 720)
    assert (last.imdb_id, last.name, last.air_date) == ("tt1851397", "Fire and Blood", date(2011, 6, 19))
    assert (last.rating, last.votes) == (9.4, 50418)


def test_a_season_of_2016_with_an_episode_zero_and_dates_to_come(page: Page) -> None:
    season = parse_episodes(page("episodes_html/2016_tt1475582_sherlock_episode_zero_legacy.html"))

    assert (season.imdb_id, season.shown, season.seasons) == ("tt1475582", "4", tuple("1234"))
    assert not season.is_whole  # nothing is that was read without data
    assert [(e.imdb_id, e.season_number, e.episode_number, e.air_date) for e in season.episodes] == [
        ("tt3845232", 4, 0, date(2016, 1, 1)),
        ("tt3538760", 4, 1, None),  # "2017"
        ("tt3845888", 4, 2, None),  # "Jan. 2017"
        ("tt3845892", 4, 3, None),
    ]
    special, last = season.episodes[0], season.episodes[-1]
    assert special.name == "The Abominable Bride"
    assert special.overview is not None and special.overview.endswith("in this Christmas special.")
    assert special.image is not None and special.image.url.endswith("NjE1MjEyNjE@._V1_.jpg")
    assert (last.name, last.overview, last.image) == ("Episode #4.3", None, None)


def test_a_season_of_2016_without_pictures(page: Page) -> None:
    season = parse_episodes(page("episodes_html/2016_tt2802850_fargo_no_posters_legacy.html"))

    assert (season.imdb_id, season.shown, season.seasons) == ("tt2802850", "3", tuple("123"))
    assert [episode.name for episode in season.episodes] == [f"Episode #3.{number}" for number in range(1, 11)]
    assert [season.episodes[0].imdb_id, season.episodes[-1].imdb_id] == ["tt5223488", "tt5273780"]
    assert {(episode.image, episode.air_date, episode.overview) for episode in season.episodes} == {(None, None, None)}


def test_a_season_of_2022_in_the_old_layout_with_ratings(page: Page) -> None:
    season = parse_episodes(page("episodes_html/2022-03_tt0412142_house_season_8_legacy_layout.html"))

    assert (season.imdb_id, season.shown, season.seasons) == ("tt0412142", "8", tuple("12345678"))
    assert [episode.episode_number for episode in season.episodes] == list(range(1, 23))
    first, third, last = season.episodes[0], season.episodes[2], season.episodes[-1]
    assert (first.imdb_id, first.name, first.air_date) == ("tt2006450", "Twenty Vicodin", date(2011, 10, 3))
    assert (first.rating, first.votes) == (8.8, 2875)
    assert first.image is not None and first.image.url == MEDIA + (
        "MV5BMTQwNjAyNTYzMV5BMl5BanBnXkFtZTcwODUwMTc4Ng@@._V1_.jpg"
    )
    assert third.overview is None  # the page cuts it off
    assert (last.imdb_id, last.name, last.air_date) == ("tt2121965", "Everybody Dies", date(2012, 5, 21))
    assert (last.rating, last.votes) == (9.3, 5489)
    assert last.overview is not None and last.overview.endswith("his own personal demons.")


def test_credits_by_category_of_which_some_are_cut_off(page: Page) -> None:
    credits = parse_credits(page("next_data_json/reference_tt0133093_matrix_movie.json"))

    assert (credits.imdb_id, len(credits.credits), credits.is_complete) == ("tt0133093", 207, False)
    assert len(credits.complete_categories) == 19 + 1  # with those who are there as themselves
    assert "Cast" in credits.complete_categories and "Visual Effects" not in credits.complete_categories  # 10 of 140
    cast = [credit for credit in credits.credits if credit.category == "Cast"]
    assert len(cast) == 41
    assert (cast[0].person_id, cast[0].name, cast[0].characters) == ("nm0000206", "Keanu Reeves", ("Neo",))
    assert (cast[-1].name, cast[-1].characters, cast[-1].attributes) == ("Cody Zacharias", ("Child",), ("uncredited",))
    assert [credit.billing_order for credit in cast] == list(range(1, 42))
    assert all(credit.is_cast for credit in cast)
    directors = [credit for credit in credits.credits if credit.category == "Director"]
    assert [(c.name, c.job, c.attributes) for c in directors] == [
        ("Lana Wachowski", None, ("as The Wachowski Brothers",)),
        ("Lilly Wachowski", None, ("as The Wachowski Brothers",)),
    ]
    writer = next(credit for credit in credits.credits if credit.category == "Writer")
    assert (writer.name, writer.job, writer.attributes) == (
        *("Lilly Wachowski", "written by", ("as The Wachowski Brothers",)),
    )
    assert not writer.is_cast
    assert directors[0].image is not None and (directors[0].image.width, directors[0].image.height) == (1365, 2048)


def test_credits_of_an_episode(page: Page) -> None:
    credits = parse_credits(page("next_data_json/reference_tt1628065_walking_dead_s1e3_tvEpisode.json"))

    counts = Counter(credit.category for credit in credits.credits)
    assert (credits.imdb_id, len(credits.credits)) == ("tt1628065", 172)
    assert (counts["Cast"], counts["Writer"], counts["Producer"], counts["Director"]) == (27, 9, 11, 1)
    assert (counts["Casting Director"], counts["Makeup Department"]) == (2, 10)
    first, last = credits.credits[0], credits.credits[-1]
    assert (first.person_id, first.name, first.category, first.category_id) == (
        *("nm0394586", "Gwyneth Horder-Payton", "Director", "director"),
    )
    assert (last.name, last.category, last.job, last.attributes) == (
        *("Kyle Cooper", "Additional Crew", "title designer", ("uncredited",)),
    )


def test_full_credits_of_2016(page: Page) -> None:
    credits = parse_credits(page("fullcredits_html/2016_tt3393786_fullcredits_legacy.html"))

    assert (credits.imdb_id, credits.is_complete, len(credits.credits)) == ("tt3393786", False, 162 + 486)
    assert len({credit.category for credit in credits.credits}) == 27
    cast = [credit for credit in credits.credits if credit.category == "Cast"]
    assert len(cast) == 162
    assert (cast[0].person_id, cast[0].name, cast[0].characters) == ("nm0000129", "Tom Cruise", ("Jack Reacher",))
    assert cast[0].image is not None and cast[0].image.url.endswith("MTMyMjAyMg@@._V1_.jpg")
    assert (cast[-1].person_id, cast[-1].name, cast[-1].billing_order) == ("nm6813702", "John Phillip Yates", 162)
    assert (cast[-1].characters, cast[-1].attributes) == (("Bus Passenger",), ("uncredited",))
    two_roles = next(credit for credit in cast if credit.name == "Brady Calhoun")
    assert two_roles.characters == ("D.C. Pedestrian", "Krewe of Boo")
    writers = [credit for credit in credits.credits if credit.category == "Writer"]
    assert [(writer.name, writer.job) for writer in writers] == [
        ("Lee Child", 'based on the book "Never Go Back" by'),
        ("Richard Wenk", "screenplay"),
        ("Edward Zwick", "screenplay"),
        ("Marshall Herskovitz", "screenplay"),
    ]
    assert (credits.credits[-1].name, credits.credits[-1].job) == (
        *("Bryan Persichetti", "production finance coordinator: Paramount"),
    )


def test_a_persons_page_shows_a_few_of_their_pictures(page: Page) -> None:
    person = parse_gallery(page("next_data_json/name_page_nm0000126.json"))

    assert (person.imdb_id, person.total, person.has_more, len(person.images)) == ("nm0000126", 1027, True, 10)
    assert person.images[0] == ImdbImage(
        id="rm3635252224",
        url=MEDIA + "MV5BMTY1ODkwMTQxOF5BMl5BanBnXkFtZTcwNzkwNDcyMw@@._V1_.jpg",
        width=1365,
        height=2048,
        caption="Kevin Costner in Vizi di famiglia (2005)",
    )
    assert (person.images[1].id, person.images[1].width, person.images[1].height) == ("rm1760327425", 1920, 1080)
    assert person.images[-1].id == "rm4042077697"


READERS = {
    "title_page_html/": {"title"},
    "episodes_html/": {"episodes"},
    "fullcredits_html/": {"credits"},
    "next_data_json/reference_": {"title", "credits"},
    "next_data_json/episodes_": {"episodes"},
    "next_data_json/name_": {"gallery"},
    # charts, find, locations, biographies, suggestions, answers of other kinds: nobody's
}


def test_no_page_is_taken_for_another(recordings: Path) -> None:
    """Every recorded file of IMDb goes to every parser; those it is not for answer NotThisPage."""
    folder = recordings / "imdb"
    files = sorted(file for kind in ("html", "json", "csv") for file in folder.rglob(f"*.{kind}"))
    assert len(files) >= 27

    for file in files:
        name = str(file.relative_to(folder))
        whole = recorded(recordings, name) if "next_data_json" in name else file.read_text(encoding="utf-8")
        expected = next((readers for start, readers in READERS.items() if name.startswith(start)), set())
        assert readers_of(whole) == expected, name
