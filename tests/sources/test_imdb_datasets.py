"""IMDb's datasets: rows of recorded files read by eye, lines picked out of blocks, and downloads of every kind of wrong."""

import gzip
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.settings import HttpSettings, ImdbSettings
from flows.sources import breaker
from flows.sources.errors import Challenge, MalformedAnswer, Unauthorized, Unavailable, UpstreamError
from flows.sources.imdb.answers import ImdbTitle
from flows.sources.imdb.datasets import COLUMNS, Dataset, NotThisFile
from flows.sources.imdb.datasets import lines as lines_module
from flows.sources.imdb.datasets.files import DatasetFiles, folder_of
from flows.sources.imdb.datasets.lines import wanted
from flows.sources.imdb.datasets.rows import (
    Aka,
    Cells,
    Rating,
    aka_of,
    cells,
    crew_of,
    episode_of,
    person_facts,
    principal_of,
    rating_of,
    title_of,
)
from tests.sources.double import Asked, Double, Reply

HEAD = "imdb/datasets/head1000_2022"
SMALL = "imdb/datasets/simpsons_small"


@pytest.fixture
def head(recordings: Path) -> Callable[[Dataset], list[Cells]]:
    """All rows of a recorded file."""

    def read(dataset: Dataset) -> list[Cells]:
        with gzip.open(recordings / HEAD / dataset.file_name) as file:
            next(file)
            return [row for line in file if (row := cells(dataset, line.rstrip(b"\n"))) is not None]

    return read


@pytest.fixture
def small(recordings: Path) -> Callable[[Dataset], list[Cells]]:
    """All rows of a recorded file that was unpacked and cut to one show."""

    def read(dataset: Dataset) -> list[Cells]:
        lines = (recordings / SMALL / f"{dataset}.tsv").read_bytes().splitlines()[1:]
        return [row for line in lines if (row := cells(dataset, line)) is not None]

    return read


@pytest.mark.recorded
def test_recorded_titles(head, small):
    titles = [title_of(row) for row in head(Dataset.BASICS)]
    assert len(titles) == 999
    assert titles[0] == ImdbTitle(
        imdb_id="tt0000001",
        is_complete=False,
        name="Carmencita",
        original_name="Carmencita",
        kind="short",
        year=1894,
        runtime=1,
        genres=("Documentary", "Short"),
    )
    (first, *_) = [title_of(row) for row in small(Dataset.BASICS)]
    assert (first.imdb_id, first.kind, first.name) == ("tt0348034", "tvEpisode", "Simpsons Roasting on an Open Fire")
    assert (first.year, first.end_year, first.runtime, first.is_television) == (1989, None, 30, False)


@pytest.mark.recorded
def test_recorded_episodes_with_and_without_numbers(head, small):
    rows = head(Dataset.EPISODES)
    found = {row[0]: episode_of(row, None, None) for row in rows}
    assert len(found) == 999 and rows[0][:2] == ("tt0041951", "tt0041038")
    assert (found["tt0041951"].season_number, found["tt0041951"].episode_number) == (1, 9)
    assert (found["tt0042889"].season_number, found["tt0042889"].episode_number) == (None, None)
    assert (found["tt0079994"].season_number, found["tt0079994"].episode_number) == (1, 105)
    named = episode_of(small(Dataset.EPISODES)[0], "Simpsons Roasting on an Open Fire", Rating(8.1, 8000))
    assert (named.imdb_id, named.season_number, named.episode_number) == ("tt0348034", 1, 1)
    assert (named.name, named.rating, named.votes) == ("Simpsons Roasting on an Open Fire", 8.1, 8000)
    assert {row[1] for row in small(Dataset.EPISODES)} == {"tt0096697"}


@pytest.mark.recorded
def test_recorded_ratings(head):
    found = {row[0]: rating_of(row) for row in head(Dataset.RATINGS)}
    assert len(found) == 999
    assert found["tt0000001"] == Rating(5.8, 1466) and found["tt0000003"] == Rating(6.6, 1092)


@pytest.mark.recorded
def test_recorded_names_of_a_title_by_region_without_the_original(small):
    rows = small(Dataset.AKAS)
    found = [aka for row in rows if (aka := aka_of(row))]
    assert (len(rows), len(found)) == (38, 37)
    assert Aka("Семейство Симпсън", "BG", "") in found
    assert Aka("Les Simpson", "CA", "dubbed version") in found
    assert Aka("Simpsonovi", "CSHH", "imdbDisplay") in found
    assert Aka("The Simpsons", "", "original") not in found


@pytest.mark.recorded
def test_recorded_principals_and_crew(head):
    found = [principal_of(row) for row in head(Dataset.PRINCIPALS)]
    assert len(found) == 999
    person, credit = found[0]
    assert (person, credit.episode_id, credit.category) == ("nm1588970", "tt0000001", "Self")
    assert (credit.characters, credit.is_cast) == (("Herself",), True)
    camera = found[2][1]
    assert (camera.category, camera.job, camera.characters) == ("Cinematographer", "director of photography", ())
    roles = {(p, c.episode_id): c.characters for p, c in found}
    assert roles["nm0525907", "tt0000026"] == ("Man playing cards, seated on the left",)
    assert roles["nm0617588", "tt0000359"] == ("The Chemist", "The India Rubber Head")
    crew = {row[0]: list(crew_of(row)) for row in head(Dataset.CREW)}
    assert [(p, c.category) for p, c in crew["tt0000007"]] == [("nm0374658", "Director"), ("nm0005690", "Director")]


@pytest.mark.recorded
def test_recorded_people(head):
    found = {row[0]: person_facts(row) for row in head(Dataset.NAMES)}
    assert len(found) == 999
    assert found["nm0000001"] == {
        "name": "Fred Astaire",
        "birth_date": "1899",
        "death_date": "1987",
        "known_for": "Acting",
        "occupations": ["soundtrack", "actor"],
        "known_for_titles": ["tt0043044", "tt0072308", "tt0053137", "tt0050419"],
    }
    assert (found["nm0000083"]["birth_date"], found["nm0000083"]["occupations"][0]) == (None, "editor")


@pytest.mark.recorded
def test_what_was_read_agrees_with_another_reader_of_the_same_files(recordings, head):
    """A database that somebody else made of these files four years later; of three people it says otherwise by now."""
    with sqlite3.connect(
        f"file:{recordings / 'imdb/datasets/s3_partial_2026-08.sqlite'}?immutable=1", uri=True
    ) as other:
        people = {f"nm{id_:07}": row for id_, *row in other.execute(_PEOPLE)}
        titles = {f"tt{id_:07}": row for id_, *row in other.execute(_TITLES)}
    ours = {row[0]: person_facts(row) for row in head(Dataset.NAMES)}
    both = people.keys() & ours.keys()
    differing = {
        nm for nm in both if [ours[nm]["name"], int(ours[nm]["birth_date"] or 0)] != [people[nm][0], people[nm][1] or 0]
    }
    assert len(both) == 99 and differing == {"nm0000055", "nm0000082", "nm0000084"}
    seen = {row[0]: title_of(row) for row in head(Dataset.BASICS)}
    same = [(seen[tt].kind, seen[tt].original_name, seen[tt].year) == tuple(titles[tt]) for tt in titles.keys() & seen]
    assert len(same) > 90 and sum(same) >= 0.9 * len(same)


_PEOPLE = "select nconst, primaryName, birthYear from name_basics"
_TITLES = "select tconst, titleType, originalTitle, startYear from title_basics"


def test_quotation_marks_are_what_they_are():
    row = cells(Dataset.BASICS, b'tt9900001\ttvSeries\t"Quoted" at the Start\t"Open\t0\t2001\t\\N\t\\N\tDrama')
    assert row and title_of(row).name == '"Quoted" at the Start' and title_of(row).original_name == '"Open'
    row = cells(Dataset.PRINCIPALS, b'tt9900001\t1\tnm9900001\tself\t\\N\t["The \\"Boss\\"","Self - Host\\\\Guest"]')
    assert row and principal_of(row)[1].characters == ('The "Boss"', "Self - Host\\Guest")


@pytest.mark.parametrize(
    ("cell", "characters"),
    [(b"\\N", ()), (b'["A", 7, null]', ("A",)), (b"not json", ("not json",)), (b'{"a": 1}', ('{"a": 1}',))],
)
def test_characters_that_are_no_array_of_names_do_no_harm(cell, characters):
    row = cells(Dataset.PRINCIPALS, b"tt9900001\t1\tnm9900001\tarchive_footage\t\\N\t" + cell)
    assert row
    credit = principal_of(row)[1]
    assert (credit.characters, credit.category, credit.is_archive_footage) == (characters, "Archive footage", True)


def test_several_types_of_a_name_are_told_apart():
    row = cells(Dataset.AKAS, b"tt9900001\t3\tLa villa\tES\t\\N\talternative\x02tv\t\\N\t0")
    assert row and aka_of(row) == Aka("La villa", "ES", "alternative, tv")


@pytest.mark.parametrize("line", [b"tt9900001\t7.5", b"", b"\xff\xfe\t7.5\t10", b"tt9900001\t7.5\t1\x000"])
def test_a_line_of_another_shape_is_none(line):
    assert cells(Dataset.RATINGS, line) is None


@pytest.mark.parametrize("values", [b"\\N\t12", b"many\t12", b"11.5\t12", b"7.5\tx", b"7.5\t99999999999", b"nan\t3"])
def test_a_rating_that_cannot_be_is_none(values):
    row = cells(Dataset.RATINGS, b"tt9900001\t" + values)
    assert row and rating_of(row) is None


# Picking lines.


def dataset_file(path: Path, dataset: Dataset, rows: list[bytes], *, end: bytes = b"\n") -> Path:
    path.write_bytes(gzip.compress("\t".join(COLUMNS[dataset]).encode() + b"\n" + b"\n".join(rows) + end))
    return path


def picked(file: Path, dataset: Dataset, ids: set[bytes], column: int = 0) -> tuple[list[bytes], int]:
    blocks = list(wanted(file, dataset, ids, column=column))
    assert blocks[-1].share == 1.0
    return [line for block in blocks for line in block.lines], sum(block.rows for block in blocks)


@pytest.mark.parametrize("block", [7, 64, 1 << 20])
@pytest.mark.parametrize("end", [b"\n", b""])
def test_wanted_lines_are_found_wherever_blocks_end(tmp_path, monkeypatch, block, end):
    monkeypatch.setattr(lines_module, "BLOCK", block)
    rows = [b"tt%07d\t7.5\t%d" % (number, number) for number in range(200)]
    rows += [b"tt00000420\t8.0\t1", b"tt0000042", b"tt000004\t1\t1"]
    file = dataset_file(tmp_path / "r.gz", Dataset.RATINGS, rows, end=end)
    found, count = picked(file, Dataset.RATINGS, {b"tt0000000", b"tt0000042", b"tt00000420", b"tt0000199"})
    assert found == [rows[0], rows[42], rows[199], rows[200], b"tt0000042"]
    assert count == 203


def test_lines_are_found_by_another_column_too(tmp_path):
    rows = [b"tt1\ttt9\t1\t1", b"cut", b"tt2\ttt8\t\\N\t\\N", b"tt3\ttt9\t1\t2"]
    file = dataset_file(tmp_path / "e.gz", Dataset.EPISODES, rows)
    assert picked(file, Dataset.EPISODES, {b"tt9"}, 1) == ([rows[0], rows[3]], 4)


def test_a_file_of_several_members_is_one_file(tmp_path):
    file = dataset_file(tmp_path / "r.gz", Dataset.RATINGS, [b"tt0000001\t7.5\t9"])
    file.write_bytes(file.read_bytes() + gzip.compress(b"tt0000002\t7.5\t9\n"))
    assert picked(file, Dataset.RATINGS, {b"tt0000002"})[0] == [b"tt0000002\t7.5\t9"]


def damaged(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "cut", content[: len(content) // 2]
    yield "cut", content[:-4]
    yield "damaged", content[:-8] + b"\0\0\0\0" + content[-4:]
    yield "not gzip", b"<html>Forbidden</html>"
    yield "columns", gzip.compress(b"title_id\trating\tvotes\ntt0000001\t1\t1\n")
    yield "cut", b""


@pytest.mark.parametrize("kind", range(6))
def test_a_damaged_file_is_told_and_not_read_to_a_false_end(tmp_path, kind):
    file = dataset_file(tmp_path / "r.gz", Dataset.RATINGS, [b"tt%07d\t7.5\t9" % n for n in range(5000)])
    problem, content = list(damaged(file.read_bytes()))[kind]
    file.write_bytes(content)
    with pytest.raises(NotThisFile, match=problem):
        picked(file, Dataset.RATINGS, {b"tt0000001"})


# Downloads.

GOOD = gzip.compress(b"tconst\taverageRating\tnumVotes\n" + b"".join(b"tt%07d\t7.5\t9\n" % n for n in range(3000)))
RATINGS = Dataset.RATINGS


@pytest.fixture
def files(double: Double, http: HttpSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatasetFiles]:
    monkeypatch.setattr(breaker, "_breakers", {})
    with DatasetFiles(ImdbSettings(imdb_datasets_url=double.url, imdb_rate=1000), http, sleep=lambda s: None) as files:
        yield files


def gives(double: Double, *replies: Reply) -> None:
    """Answer with these, one after the other, the last for ever."""
    waiting = list(replies)
    double.answer = lambda asked: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def good(body: bytes = GOOD, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, body, {"Content-Type": "binary/octet-stream", "ETag": '"a"', **named})


def test_a_file_is_kept_and_asked_for_again_by_its_etag(double, files, http):
    gives(double, good(Last_Modified="Sat, 14 Nov 2026 01:00:00 GMT"), Reply(304))
    first = files.newest(RATINGS)
    assert first.is_new and first.path == folder_of(http) / "title.ratings.tsv.gz" and first.path.read_bytes() == GOOD
    second = files.newest(RATINGS)
    assert not second.is_new and second.path == first.path
    asked = double.asked[-1]
    assert asked.path == "/title.ratings.tsv.gz"
    assert (asked.headers["If-None-Match"], asked.headers["If-Modified-Since"]) == (
        '"a"',
        "Sat, 14 Nov 2026 01:00:00 GMT",
    )
    assert asked.headers["User-Agent"].startswith("TheRealityReport/")
    assert (files.stats.sent, files.stats.revalidated) == (2, 1)
    gives(double, good())
    files.newest(RATINGS, force=True)
    assert "If-None-Match" not in double.asked[-1].headers


def test_who_lost_the_file_is_not_told_that_it_did_not_change(double, files):
    gives(double, good())
    kept = files.newest(RATINGS)
    kept.path.write_bytes(GOOD[:100])
    assert files.kept(RATINGS) is None
    files.newest(RATINGS)
    assert "If-None-Match" not in double.asked[-1].headers and kept.path.read_bytes() == GOOD


def cut_off(body: bytes) -> Reply:
    """A reply whose connection ends before everything came."""
    return Reply(200, headers={"Content-Length": str(len(GOOD))}, chunks=lambda: iter([body]))


def bad_answers() -> dict[str, tuple[Reply, type[UpstreamError], str]]:
    cut = GOOD[: len(GOOD) // 2]
    flipped = GOOD[:-8] + b"\0\0\0\0" + GOOD[-4:]
    other = gzip.compress(b"title_id\taverageRating\tnumVotes\ntt0000001\t7.5\t9\n")
    alone = gzip.compress(b"tconst\taverageRating\tnumVotes\n")
    much_less = gzip.compress(zlib.decompress(GOOD, 31)[:9000])
    return {
        "cut, with its true length": (good(cut), MalformedAnswer, "the file is cut"),
        "cut off on the way": (cut_off(cut), Unavailable, "broke off"),
        "damaged": (good(flipped), MalformedAnswer, "damaged"),
        "a page": (good(b"<html>Access denied</html>"), MalformedAnswer, "a page where a file was due"),
        "text": (good(b"tconst\taverageRating\tnumVotes\n"), MalformedAnswer, "not gzip"),
        "nothing": (good(b""), MalformedAnswer, "an empty answer"),
        "other columns": (good(other), MalformedAnswer, "title_id"),
        "no rows": (good(alone), MalformedAnswer, "without rows"),
        "far fewer rows": (good(much_less), MalformedAnswer, "allow_shrink"),
        "a challenge": (Reply(202, b""), Challenge, "202"),
        "refused by a page": (Reply(403, b"<html>", {"Content-Type": "text/html"}), Challenge, "403"),
        "refused": (Reply(403, b"<Error/>", {"Content-Type": "application/xml"}), Unauthorized, "refused"),
        "gone": (Reply(404, b""), UpstreamError, "404"),
        "down": (Reply(503, b""), Unavailable, "503"),
    }


@pytest.mark.parametrize("kind", bad_answers())
def test_whatever_else_comes_the_last_good_file_stays(double, files, kind):
    reply, error, problem = bad_answers()[kind]
    gives(double, good())
    files.newest(RATINGS)
    gives(double, reply)
    with pytest.raises(error, match=problem):
        files.newest(RATINGS)
    kept = files.kept(RATINGS)
    assert kept and kept.path.read_bytes() == GOOD and kept.etag == '"a"'
    assert sorted(path.name for path in files.folder.iterdir()) == ["title.ratings.tsv.gz", "title.ratings.tsv.gz.json"]


def test_a_smaller_file_is_believed_when_that_was_said(double, files):
    gives(double, good(), bad_answers()["far fewer rows"][0])
    files.newest(RATINGS)
    assert files.newest(RATINGS, allow_shrink=True).path.stat().st_size < len(GOOD) * 0.7


def test_trouble_on_the_way_is_repeated_as_the_upstream_asks(double, files):
    gives(double, Reply(429, b"", {"Retry-After": "0"}), Reply(500, b""), good())
    assert files.newest(RATINGS).path.read_bytes() == GOOD
    assert (files.stats.sent, files.stats.retries, files.stats.answered_429) == (3, 2, 1)


def test_an_interrupted_download_leaves_nothing_under_the_files_name(double, files):
    def chunks() -> Iterator[bytes]:
        yield GOOD[:4000]
        raise OSError

    def stop(asked: Asked) -> Reply:
        return Reply(200, headers={"Content-Type": "binary/octet-stream"}, chunks=chunks)

    double.answer = stop
    with pytest.raises(MalformedAnswer, match="cut"):
        files.newest(RATINGS)
    assert files.kept(RATINGS) is None and list(files.folder.iterdir()) == []


def test_of_what_is_asked_of_a_dead_host_too_often_nothing_more_is_sent(double, files):
    gives(double, Reply(503, b""))
    for _ in range(5):
        with pytest.raises(Unavailable):
            files.newest(RATINGS)
    sent = len(double.asked)
    with pytest.raises(Unavailable, match="gave up"):
        files.newest(RATINGS)
    assert len(double.asked) == sent


def test_every_dataset_has_columns_and_a_name() -> None:
    names: Any = {dataset.file_name for dataset in Dataset}
    assert names == {f"{name}.tsv.gz" for name in COLUMNS} and len(names) == 7
