"""IMDb's datasets at the sample upstream and as files: rows as in the originals, conditional requests, foreign rows, failures."""

import gzip
import json

import pytest

from deployments.upstream.datasets import COLUMNS
from deployments.upstream.datasets.__main__ import main

SHOW = "tt990000006"


@pytest.fixture
def rows(ask):
    """The rows of a dataset as dictionaries."""

    def read(dataset):
        answer = ask(f"/imdb/datasets/{dataset}.tsv.gz")
        assert answer.status_code == 200
        return parsed(answer.content)

    return read


def parsed(content):
    lines = gzip.decompress(content).decode().splitlines()
    columns = lines[0].split("\t")
    found = [line.split("\t") for line in lines[1:]]
    assert all(len(fields) == len(columns) for fields in found)
    return [dict(zip(columns, fields, strict=True)) for fields in found]


def test_titles_episodes_and_ratings_agree_with_one_another(rows, sample):
    basics = {row["tconst"]: row for row in rows("title.basics")}
    assert basics[SHOW]["titleType"] == "tvSeries" and basics[SHOW]["endYear"] == "\\N"
    assert basics["tt990000016"]["titleType"] == "movie"
    assert any(row["primaryTitle"].startswith('"') for row in basics.values())
    episodes = [row for row in rows("title.episode") if row["parentTconst"] == SHOW]
    assert {row["tconst"] for row in episodes} == {found["id"] for found in sample.fact(f"imdb/{SHOW}/episodes")}
    assert [row["episodeNumber"] for row in episodes if row["seasonNumber"] == "1"] == [str(n) for n in range(11)]
    unknown = [row for row in rows("title.episode") if row["parentTconst"] == "tt990000009"][-1]
    assert (unknown["seasonNumber"], unknown["episodeNumber"]) == ("\\N", "\\N")
    ratings = {row["tconst"]: row for row in rows("title.ratings")}
    assert (ratings[SHOW]["averageRating"], ratings[SHOW]["numVotes"]) == ("7.0", "880")
    assert set(ratings) < set(basics)


def test_principals_name_people_with_categories_jobs_and_characters_as_json(rows):
    names = {row["nconst"]: row for row in rows("name.basics")}
    assert names["nm990000007"]["deathYear"] == "2022"
    principals = rows("title.principals")
    assert {row["nconst"] for row in principals} <= set(names)
    host = next(row for row in principals if row["tconst"] == SHOW and row["nconst"] == "nm990000047")
    assert (host["category"], json.loads(host["characters"])) == ("self", ["Self - Host"])
    assert any(row["category"] == "director" and row["characters"] == "\\N" for row in principals)
    assert max(int(row["ordering"]) for row in principals) == 10
    crew = {row["tconst"]: row for row in rows("title.crew")}
    assert crew["tt990101050"]["directors"] == "nm990000085"
    assert {row["isOriginalTitle"] for row in rows("title.akas")} == {"0", "1"}


def test_who_has_the_file_is_told_so_until_something_changes(ask, upstream):
    path = "/imdb/datasets/title.ratings.tsv.gz"
    first = ask(path)
    same = ask(path, {"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert ask(path, {"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    upstream.amend(f"imdb/{SHOW}", ratingsSummary={"aggregateRating": 1.5, "voteCount": 7})
    changed = ask(path, {"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert {"tconst": SHOW, "averageRating": "1.5", "numVotes": "7"} in parsed(changed.content)
    assert ask("/imdb/datasets/title.everything.tsv.gz").status_code == 403


def test_empty_and_redesigned_files_challenges_and_outages_are_played(ask, upstream):
    path = "/imdb/datasets/title.episode.tsv.gz"
    upstream.fail("imdb-datasets", empty_lists=True)
    assert parsed(ask(path).content) == []
    upstream.fail("imdb-datasets", redesign=True)
    assert gzip.decompress(ask(path).content).startswith(b"title_id\t")
    upstream.fail("imdb-datasets", challenge="empty")
    assert ask(path).status_code == 202
    upstream.heal()
    assert len(parsed(ask(path).content)) > 100


def test_files_with_foreign_rows_hold_the_catalogue_among_them(tmp_path, capsys, rows):
    assert main(["--titles", "3500", "--principals", "9001", "--names", "0", "--into", str(tmp_path)]) == 0
    own = {dataset: rows(dataset) for dataset in COLUMNS}
    foreign = {
        "title.basics": 3500,
        "title.episode": 2100,
        "title.ratings": 875,
        "title.principals": 9001,
        "name.basics": 0,
    }
    for dataset, count in foreign.items():
        found = parsed((tmp_path / f"{dataset}.tsv.gz").read_bytes())
        assert len(found) == count + len(own[dataset])
        assert [row for row in found if next(iter(row.values()))[2:4] != "98"] == own[dataset]
    found = parsed((tmp_path / "title.principals.tsv.gz").read_bytes())
    assert all(json.loads(row["characters"]) for row in found if row["characters"] != "\\N")
    assert "title.basics.tsv.gz: 3,679 rows" in capsys.readouterr().out
