"""Images of every source: what is stored of them, what is never made worse, and which stand for their entities."""

import pytest

from db.session import unit_of_work
from flows.imdb_images import BILLED, MOST, _taken
from flows.outcome import Outcome
from flows.pictures import image_row, put_images
from flows.sources.imdb.answers import ImdbImage, ImdbImages
from models.entities import Kind, Source
from models.images import ImageKind
from models.rules.image_choice import PICTURES, SOURCES, WORDED

TABLES = {
    Kind.SHOW: "shows",
    Kind.SEASON: "seasons",
    Kind.EPISODE: "episodes",
    Kind.PERSON: "people",
    Kind.NETWORK: "networks",
    Kind.COMPANY: "companies",
    Kind.PROVIDER: "watch_providers",
}
FILE = "https://m.media-amazon.example/images/M/MV5Bfiction@._V1_.jpg"


@pytest.fixture
def owner(empty_catalogue):
    """A show without images."""
    id_ = empty_catalogue.one("insert into core.entities (kind) values ('show') returning id")
    empty_catalogue.change("insert into core.shows (id, name) values (:id, 'Casa Ficta')", id=id_)
    return id_


@pytest.fixture
def outcomes():
    """What was counted each time that something was told."""
    return []


@pytest.fixture
def told(empty_catalogue, owner, outcomes):
    """Store what a source tells of the show's images; gives what is stored of them then."""

    def put(*images, source=Source.TMDB, **how):
        rows = [
            image_row(owner, source, image.pop("kind", ImageKind.POSTER), image.pop("name", "/a.jpg"),
                      image.pop("url", "https://images.invalid/a.jpg"), **image)
            for image in map(dict, images)
        ]  # fmt: skip
        outcome = Outcome()
        with unit_of_work() as session:
            put_images(session, outcome, source, rows, **how)
        outcomes.append(outcome)
        return empty_catalogue.records("select * from core.images order by kind, source_id")

    return put


def best(images):
    """The rule of `models.rules.image_choice`, said once more in Python."""

    def rank(image):
        english, wordless = ("en", None) if image["kind"] in WORDED else (None, "en")
        language = {english: 0, wordless: 1}.get(image["language"], 2)
        votes = -1 if image["vote_count"] is None else image["vote_count"]
        average = -1 if image["vote_average"] is None else image["vote_average"]
        size = -1 if image["width"] is None else image["width"] * image["height"]
        first = image["source"] != "editor", language, SOURCES.index(image["source"])
        return (*first, -votes, -average, -size, image["source_id"])

    return min(images, key=rank)["id"] if images else None


@pytest.mark.parametrize("kind", list(Kind))
def test_every_picture_that_is_shown_is_the_best_of_all_sources(whole, kind):
    images = whole.records("select * from core.images where is_listed")
    shown = whole.records(f"select * from core.{TABLES[kind]}")
    for column, of_kind in PICTURES[kind].items():
        offered = {
            row["id"]: [i for i in images if (i["entity_id"], i["kind"]) == (row["id"], of_kind)] for row in shown
        }
        assert any(offered.values())
        assert {row["id"]: row[column] for row in shown} == {id_: best(found) for id_, found in offered.items()}


def test_galleries_give_posters_portraits_and_scenes_once_each_and_a_second_run_asks_and_writes_nothing(whole):
    kinds = whole.rows(
        "select e.kind, i.kind from core.images i join core.entities e on e.id = i.entity_id"
        " where i.source = 'imdb' group by 1, 2 order by 1, 2"
    )
    assert kinds == [("episode", "still"), ("person", "profile"), ("show", "media"), ("show", "poster")]
    assert whole.one(
        "select count(*) from (select from core.images where source = 'imdb' group by entity_id, url having count(*) > 1) t"
    ) == 0  # fmt: skip
    asked = whole.one("select count(*) from ops.source_records where resource = 'person_images'")
    billed = whole.one(
        "select count(distinct p.id) from core.people p join core.credits c on c.person_id = p.id"
        " where p.imdb_id is not null and c.category = 'cast' and c.billing_order < :billed",
        billed=BILLED,
    )
    assert 0 < billed == asked
    whole.change("update ops.source_records set changed_at = changed_at - interval '5 minutes'")
    before = whole.snapshot("core")
    report = whole.run("images")
    assert (report.requests, report.failures, whole.snapshot("core") == before) == (0, {}, True)


def test_where_imdb_does_not_answer_its_images_stay_and_tmdbs_are_done(whole):
    before = whole.snapshot("core")
    for protocol in ("imdb-graphql", "imdb-pages"):
        whole.upstream.fail(protocol, status=503)
    report = whole.run("images", limit=1, force=True)
    assert report.failures and all("imdb" in name for name in report.failures)
    assert whole.snapshot("core") == before
    states = dict(whole.rows("select resource || '/' || status, count(*) from ops.sync_state"
                             " where resource in ('images', 'imdb_images') group by 1"))  # fmt: skip
    assert states["imdb_images/failed"] == len(report.failures)
    assert "images/failed" not in states


def test_a_wikis_pictures_tell_their_page_context_and_season(whole):
    told = whole.records("select * from core.images where source = 'fandom'")
    assert {row["context"] for row in told} >= {"infobox", "tagline", "reunion", "gallery"}
    assert all((row["kind"] == "profile") == (row["context"] == "infobox") for row in told)
    assert {row["season_number"] for row in told if row["context"] == "tagline"} - {None}
    pages = set(whole.column("select url from core.wiki_pages where status = 'confirmed'"))
    assert {row["page_url"] for row in told} <= pages


def test_an_image_is_never_made_worse(told):
    wide = {"width": 2000, "height": 3000, "language": "en", "vote_count": 4, "url": "https://images.invalid/wide.jpg"}
    narrow = {"width": 500, "height": 750, "url": "https://images.invalid/narrow.jpg", "vote_count": 5}
    [first] = told(narrow)
    [row] = told(wide)
    assert (row["id"], row["url"], row["width"], row["vote_count"]) == (first["id"], wide["url"], 2000, 4)
    [row] = told(narrow)
    assert (row["url"], row["width"], row["height"], row["language"], row["vote_count"]) == (
        wide["url"], 2000, 3000, "en", 5,
    )  # fmt: skip
    [row] = told({"url": "https://images.invalid/sizeless.jpg"})
    assert (row["url"], row["width"], row["vote_count"]) == (wide["url"], 2000, 5)


def test_a_larger_original_is_mirrored_anew_and_an_equal_one_is_not(empty_catalogue, told):
    told({"width": 500, "height": 750})
    asset = empty_catalogue.one(
        "insert into core.assets (sha256, key, content_type, bytes) values (repeat('a', 64), 'a.jpg', 'image/jpeg', 1)"
        " returning id"
    )
    empty_catalogue.change("update core.images set asset_id = :asset", asset=asset)
    [row] = told({"width": 500, "height": 750, "url": "https://mirror.invalid/a.jpg"})
    assert (row["asset_id"], row["url"]) == (asset, "https://mirror.invalid/a.jpg")
    [row] = told({"width": 900, "height": 1350, "url": "https://images.invalid/larger.jpg"})
    assert (row["asset_id"], row["width"]) == (None, 900)


def test_a_complete_answer_unlists_what_it_lacks_of_its_own_source_and_the_next_best_is_shown(
    empty_catalogue, owner, told, outcomes
):
    def shown():
        return empty_catalogue.one("select source_id from core.images i join core.shows s on s.poster_image_id = i.id")

    told({"name": "rm1", "url": FILE}, source=Source.IMDB)
    told({"name": "/a.jpg", "vote_count": 1}, {"name": "/b.jpg", "vote_count": 9}, complete_for=[owner])
    assert shown() == "/b.jpg"
    rows = told({"name": "/a.jpg", "vote_count": 1}, complete_for=[owner])
    assert {row["source_id"]: row["is_listed"] for row in rows} == {"/a.jpg": True, "/b.jpg": False, "rm1": True}
    assert shown() == "/a.jpg"
    assert outcomes[-1].tables["core.images"].removed == 1
    told(complete_for=[owner])
    assert shown() == "rm1"


def test_what_is_named_in_passing_does_not_list_again_what_its_gallery_dropped(owner, told):
    poster = {"name": "rm1", "url": FILE, "width": 10, "height": 15}
    told(poster, source=Source.IMDB)
    told(source=Source.IMDB, complete_for=[owner])
    [row] = told(poster, source=Source.IMDB, in_passing=True)
    assert row["is_listed"] is False
    [row] = told(poster, source=Source.IMDB)
    assert row["is_listed"] is True


@pytest.mark.parametrize("names", [("rm1", "MV5Bfiction@"), ("MV5Bfiction@", "rm1")])
def test_a_file_of_imdb_is_one_image_whatever_a_layer_calls_it(told, names):
    for name in names:
        rows = told({"name": name, "url": FILE, "width": 10, "height": 15}, source=Source.IMDB)
    assert [row["source_id"] for row in rows] == [names[0]]


def test_an_editors_choice_beats_the_rule_and_the_api_shows_it(empty_catalogue, owner, told):
    told({"name": "/a.jpg", "vote_count": 1, "url": "https://images.invalid/a.jpg", "width": 300, "language": "de"},
         {"name": "/b.jpg", "vote_count": 9, "url": "https://images.invalid/b.jpg", "width": 900})  # fmt: skip
    assert empty_catalogue.ask(f"/shows/{owner}")["poster_url"] == "https://images.invalid/b.jpg"
    chosen = empty_catalogue.one("select id from core.images where source_id = '/a.jpg'")
    empty_catalogue.change(
        "insert into core.facts (entity_id, source, fields)"
        " values (:id, 'editor', jsonb_build_object('poster_image_id', cast(:image as text)))",
        id=owner,
        image=chosen,
    )
    told({"name": "/b.jpg", "vote_count": 10, "url": "https://images.invalid/b.jpg", "width": 900})
    assert empty_catalogue.ask(f"/shows/{owner}")["poster_url"] == "https://images.invalid/a.jpg"

    def listed(query=""):
        return [image["file_path"] for image in empty_catalogue.ask(f"/shows/{owner}/images{query}")]

    assert listed() == ["/a.jpg", "/b.jpg"]
    assert (listed("?language=de"), listed("?language=none"), listed("?min_width=301")) == (
        ["/a.jpg"], ["/b.jpg"], ["/b.jpg"],
    )  # fmt: skip


def test_of_a_gallery_the_first_hundred_are_taken_and_every_poster():
    files = [ImdbImage(id=f"rm{n}", url=f"https://images.invalid/{n}.jpg", kind="still_frame") for n in range(MOST + 2)]
    files.append(ImdbImage(id="rm-poster", url="https://images.invalid/p.jpg", kind="poster"))
    taken = list(_taken(ImdbImages(imdb_id="tt990000001", images=tuple(files)), ImageKind.POSTER))
    assert [image.id for image, _ in taken] == [*(f"rm{n}" for n in range(MOST)), "rm-poster"]
    assert [image.id for image, is_poster in taken if is_poster] == ["rm-poster"]


def test_a_portrait_shows_nobody_else():
    def image(id_, kind, *people):
        return ImdbImage(id=id_, url=f"https://images.invalid/{id_}.jpg", kind=kind, people=people)

    me = "nm990000001"
    images = (
        image("alone", "event", me), image("together", "event", me, "nm990000002"), image("unsaid", "event"),
        image("poster", "poster", me),
    )  # fmt: skip
    gallery = ImdbImages(imdb_id=me, images=images)
    assert [image.id for image, is_portrait in _taken(gallery, ImageKind.PROFILE) if is_portrait] == ["alone"]
    unsaid = ImdbImages(imdb_id=me, images=(images[2], image("second", "event")))
    assert [image.id for image, is_portrait in _taken(unsaid, ImageKind.PROFILE) if is_portrait] == ["unsaid"]
