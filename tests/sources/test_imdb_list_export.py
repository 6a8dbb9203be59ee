from datetime import date

import pytest

from flows.sources.imdb.list_export import read_list_export

OLD = (
    "Position,Const,Created,Modified,Description,Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,"
    "Release Date,Directors"
)
NEW = (
    "Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,"
    "Num Votes,Release Date,Directors,Your Rating,Date Rated"
)
OLD_ROW = '1,tt90000001,2024-01-01,,a note,A Show,https://x/,tvSeries,7.1,44,2010,"Reality-TV, Drama",1234,2010-03-01,'
NEW_ROW = "2,tt90000002,2024-01-01,,,Another,Ein anderer,https://x/,TV Mini Series,,,,,,2020,,,"


@pytest.fixture
def export(tmp_path):
    def write(*lines, encoding="utf-8"):
        path = tmp_path / "list.csv"
        path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
        return path

    return write


def test_a_show_is_read_with_all_its_columns(export):
    (show,) = read_list_export(export(OLD, OLD_ROW)).items
    assert (show.imdb_id, show.title, show.rank, show.note) == ("tt90000001", "A Show", 1, "a note")
    assert (show.year, show.rating, show.votes, show.runtime) == (2010, 7.1, 1234, 44)
    assert (show.genres, show.release_date) == (("Reality-TV", "Drama"), date(2010, 3, 1))


def test_the_newer_header_a_bom_and_empty_cells_are_read(export):
    (show,) = read_list_export(export(NEW, NEW_ROW, encoding="utf-8-sig")).items
    assert (show.title_type, show.year, show.rating, show.release_date, show.note) == (
        *("TV Mini Series", None, None, None, None),
    )


@pytest.mark.parametrize(
    "kind", ["tvSeries", "TV Series", "tvMiniSeries", "TV Mini Series", "TV Mini-Series", "tvSpecial", "TV Special"]
)
def test_television_of_either_spelling_is_kept(export, kind):
    assert len(read_list_export(export(OLD, OLD_ROW.replace("tvSeries", kind))).items) == 1


@pytest.mark.parametrize("kind", ["movie", "Movie", "short", "Video Game", "tvEpisode", "TV Movie"])
def test_what_is_no_show_is_reported_as_skipped(export, kind):
    found = read_list_export(export(OLD, OLD_ROW.replace("tvSeries", kind)))
    assert found.items == () and found.skipped[0].title_type == kind


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (OLD_ROW.replace("tt90000001", "nm0000001"), r"list\.csv, line 3, column Const"),
        (OLD_ROW.replace("7.1", "good"), r"list\.csv, line 3, column IMDb Rating"),
        (OLD_ROW.replace("1234", "many"), r"list\.csv, line 3, column Num Votes"),
        (OLD_ROW.replace("2010-03-01", "1.3.2010"), r"list\.csv, line 3, column Release Date"),
        ("x" + OLD_ROW, r"list\.csv, line 3, column Position"),
        (OLD_ROW + ",extra", r"list\.csv, line 3: has 16 columns"),
        (OLD_ROW.replace("A Show", '"A Show'), r"list\.csv, line"),
    ],
)
def test_a_malformed_line_is_named_with_file_line_and_column(export, row, place):
    with pytest.raises(ValueError, match=place):
        read_list_export(export(OLD, OLD_ROW, row))


@pytest.mark.parametrize("text", ["", "<!DOCTYPE html><html></html>", "id,name", '{"a": 1}'])
def test_a_file_that_is_no_export_is_refused(export, text):
    with pytest.raises(ValueError, match=r"list\.csv, line 1: is not an IMDb list export"):
        read_list_export(export(text))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot be read"):
        read_list_export(tmp_path / "none.csv")
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not UTF-8"):
        read_list_export(tmp_path / "list.csv")


@pytest.mark.recorded
def test_the_recorded_export_of_films_is_read_and_skipped_whole(recordings):
    found = read_list_export(recordings / "imdb/lists/list_export_2023.csv")
    assert found.items == () and [film.rank for film in found.skipped] == [1, 2, 3]
    assert found.skipped[0].imdb_id == "tt5013056" and found.skipped[0].votes == 718267
