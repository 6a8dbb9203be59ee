"""The stage fandom against invented wikis: whose page is whose, what is taken from it, and what stays when a wiki fails."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from db.commands import wiki_pages
from db.commands import wikis as commands
from tests.db import rows as make
from tests.flows.wiki import RIGHTS, WIKI, Wikis, person
from tests.sources.double import Reply

CDN = "https://static.wikia.nocookie.net/fictional/images"
CHALLENGE = Reply(200, b"<html><title>Client Challenge</title>loading-error</html>")


@pytest.fixture
def wikis(empty_catalogue, monkeypatch) -> Iterator[Wikis]:
    """Wikis that the settings point to."""
    served = Wikis()
    for name, value in {"ENABLED": "true", "URL": f"{served.url}/{{wiki}}", "RATE": "1000", "BURST": "1000"}.items():
        monkeypatch.setenv(f"FANDOM_{name}", value)
    monkeypatch.setenv("HTTP_ATTEMPTS", "1")
    served.wiki()
    yield served
    served.close()


@pytest.fixture
def cast(empty_catalogue) -> Any:
    """Makes a show with a wiki and a cast; gives the ids by name."""

    def make_cast(*names: str, show: str = "Villa Ficta", wiki: str | None = WIKI) -> dict[str, UUID]:
        from db.session import engine

        with Session(engine()) as session:
            made = {show: make.show(session, show, sort_name=show.lower())}
            for place, name in enumerate(names):
                id_ = make.person(session, name)
                make.fact(session, id_, "tmdb", name=name)
                session.connection().exec_driver_sql(
                    "insert into core.credits (show_id, person_id, source, source_id, category, billing_order)"
                    " values (%s, %s, 'tmdb', %s, 'cast', %s)",
                    (made[show], id_, f"{show}-{place}", place),
                )
                session.connection().exec_driver_sql(
                    "update core.people set sort_name = lower(name) where id = %s", (id_,)
                )
                made[name if name not in made else f"{name} again"] = id_
            if wiki:
                commands.add_wiki(session, str(made[show]), wiki)
            session.commit()
        return made

    return make_cast


def pages(catalogue: Any) -> dict[str, tuple[str, str]]:
    """Status and reason of every page, by title."""
    return {
        title: (status, why)
        for title, status, why in catalogue.rows("select title, status, reason from core.wiki_pages")
    }


def test_a_page_whose_name_and_show_agree_tells_all_it_has(empty_catalogue, wikis, cast):
    ids = cast("Nemo Fictus", "Ann Example")
    picture = f"{CDN}/a/ab/Nemo_Fictus.jpg/revision/latest"
    wikis.wiki().write(
        "Nemo Fictus",
        f'<a class="image" href="{picture}?cb=1"><img src="{picture}/scale-to-width-down/268?cb=1" width="268"></a>'
        + person(
            "Villa Ficta", Born="May 1990<br />Nowhere", Gender="Male", Hometown="Utopia", Occupation="Diver",
            Full_Name="Nemo Maria Fictus", Friends='<a href="/wiki/Ann_Example">Ann Example</a> (neighbour)',
        )
        + "<h2>Taglines</h2><table><tr><th>Season</th><th>Order</th><th>Tagline</th></tr>"
        "<tr><td>2</td><td>1/6</td><td>“I dive.”</td></tr></table>"
        "<h2>Reunion Seating</h2><table><tr><th>Season</th><th>Host Side</th><th>Seat</th></tr>"
        "<tr><td>2</td><td>Left</td><td>1/3</td></tr></table><h2>Trivia</h2><ul><li>Cannot swim.</li></ul>",
        revision=11,
    )  # fmt: skip
    wikis.wiki().files["Nemo Fictus.jpg"] = (1200, 900)
    report = empty_catalogue.run("fandom")
    assert report.failures == {} and report.ambiguous == 0 and report.done == 1
    (page,) = empty_catalogue.records("select * from core.wiki_pages")
    assert (page["entity_id"], page["show_id"], page["status"]) == (ids["Nemo Fictus"], ids["Villa Ficta"], "confirmed")
    assert (page["url"], page["revision_id"], page["licence"]) == (f"https://{WIKI}/wiki/Nemo_Fictus", 11, RIGHTS)
    assert page["reason"] == "the name agrees; the page names Villa Ficta"
    assert empty_catalogue.rows(
        "select kind, position, season_number, season_order, body from core.page_texts order by kind"
    ) == [
        ("biography", 0, None, None, "Somebody of Villa Ficta."),
        ("tagline", 0, 2, "1/6", "I dive."),
        ("trivia", 0, None, None, "Cannot swim."),
    ]
    assert empty_catalogue.rows("select kind, name, note, title, other_id from core.relations") == [
        ("friend", "Ann Example", "neighbour", "Ann Example", ids["Ann Example"])
    ]
    assert empty_catalogue.rows("select season_number, side, seat, show_id from core.reunion_seats") == [
        (2, "Left", "1/3", ids["Villa Ficta"])
    ]
    assert empty_catalogue.rows(
        "select name, birth_date::text, birth_precision, birth_place, gender, residence, occupations, biography"
        " from core.people where id = :id",
        id=ids["Nemo Fictus"],
    ) == [("Nemo Fictus", "1990-05-01", "month", "Nowhere", "male", "Utopia", ["Diver"], "Somebody of Villa Ficta.")]
    assert empty_catalogue.column("select name from core.aliases") == ["Nemo Maria Fictus"]
    assert empty_catalogue.rows("select kind, source, url, language, width, height from core.images") == [
        ("media", "fandom", f"{picture}?cb=1", None, 1200, 900)
    ]
    assert empty_catalogue.one("select layers->>'birth_date' from core.facts where source = 'fandom'") == "api"


def test_a_second_run_asks_for_nothing_and_writes_nothing_until_a_revision_is_newer(empty_catalogue, wikis, cast):
    cast("Nemo Fictus", "Ann Example", "Bo Example")
    wikis.wiki().write("Nemo Fictus", person("Villa Ficta", Gender="Male"), revision=1)
    wikis.wiki().write("Ann Example", person("Villa Ficta", Gender="Female"), revision=1)
    empty_catalogue.run("fandom")
    assert sorted(wikis.questions()) == [
        "parse Ann Example", "parse Nemo Fictus", "search Bo Example", "titles Ann Example|Bo Example|Nemo Fictus",
    ]  # fmt: skip
    wikis.asked.clear()
    before = empty_catalogue.snapshot("core")
    empty_catalogue.change("update ops.source_records set changed_at = changed_at - interval '5 minutes'")
    assert empty_catalogue.run("fandom").unchanged == 1
    assert wikis.questions() == [] and empty_catalogue.snapshot("core") == before
    due = "update ops.source_records set expires_at = now() where source = 'fandom' and resource = 'title'"
    empty_catalogue.change(due)
    empty_catalogue.run("fandom")
    assert wikis.questions() == ["titles Ann Example|Bo Example|Nemo Fictus"]
    assert empty_catalogue.snapshot("core") == before
    wikis.wiki().write("Ann Example", person("Villa Ficta", Gender="Female", Residence="Utopia"), revision=2)
    empty_catalogue.change(due)
    wikis.asked.clear()
    empty_catalogue.run("fandom")
    assert wikis.questions() == ["titles Ann Example|Bo Example|Nemo Fictus", "parse Ann Example"]
    assert empty_catalogue.column("select residence from core.people where residence is not null") == ["Utopia"]
    assert empty_catalogue.one("select revision_id from core.wiki_pages where title = 'Ann Example'") == 2


def test_what_is_not_sure_waits_for_a_person(empty_catalogue, wikis, cast):
    cast("Nemo Fictus", "Jane Roe", "Jane Roe", "Kaz Example", "Pat Lost", "Di Example")
    wikis.wiki("other.fandom.com")
    wiki = wikis.wiki()
    wiki.write("Nemo Fictus", person("Another Show Entirely", Gender="Male"))
    wiki.write("Jane Roe", person("Villa Ficta", Gender="Female"))
    wiki.write("Nkazana Example", person("Villa Ficta", Gender="Female"))
    wiki.redirects["Kaz Example"] = "Nkazana Example"
    wiki.write("Pat Lost (Season 2)", person("Villa Ficta", Gender="Female"))
    wiki.write("List of divers", "<p>They dive.</p>")
    wiki.redirects["Di Example"] = "List of divers"
    other = cast("Somebody Else", show="Casa Altera")  # so that the wiki is not about one show alone
    report = empty_catalogue.run("fandom")
    found = empty_catalogue.rows("select title, status, reason from core.wiki_pages order by title, reason")
    assert found == [
        ("Jane Roe", "candidate", "2 people of this show go by the name"),
        ("Jane Roe", "candidate", "2 people of this show go by the name"),
        ("List of divers", "candidate", "the page is called List of divers"),
        ("Nemo Fictus", "candidate", "the name agrees, but the page does not name the show"),
        ("Nkazana Example", "confirmed", "the name agrees; the page names Villa Ficta"),
        ("Pat Lost (Season 2)", "candidate", "a search for Pat Lost found it"),
    ]
    assert report.ambiguous == 5 and other
    assert empty_catalogue.one("select count(*) from core.facts where source = 'fandom'") == 1


def test_a_person_confirms_and_rejects_and_that_stands(empty_catalogue, wikis, cast):
    from db.session import engine

    ids = cast("Nemo Fictus", "Ann Example")
    wikis.wiki().write("Nemo Fictus", "<p>Nemo is a diver.</p>")
    wikis.wiki().write("Ann Example", person("Villa Ficta", Gender="Female", Residence="Utopia", Friends="Nemo Fictus"))
    empty_catalogue.run("fandom")
    assert {title: status for title, (status, _) in pages(empty_catalogue).items()} == {
        "Nemo Fictus": "candidate",
        "Ann Example": "confirmed",
    }
    found = dict(empty_catalogue.rows("select title, id from core.wiki_pages"))
    with Session(engine()) as session:
        wiki_pages.confirm_page(session, found["Nemo Fictus"], "maria")
        wiki_pages.reject_page(session, found["Ann Example"], "maria")
        session.commit()
    told = "select residence, gender from core.people where id = :id"
    assert empty_catalogue.rows(told, id=ids["Ann Example"]) == [(None, "unknown")]
    assert empty_catalogue.one("select count(*) from core.relations") == 0
    wikis.asked.clear()
    for force in (False, True):
        empty_catalogue.run("fandom", force=force)
        assert "parse Ann Example" not in wikis.questions()
        assert empty_catalogue.rows("select title, status, decided_by from core.wiki_pages order by title") == [
            ("Ann Example", "rejected", "maria"),
            ("Nemo Fictus", "confirmed", "maria"),
        ]
    assert empty_catalogue.column("select body from core.page_texts") == ["Nemo is a diver."]
    assert empty_catalogue.rows(told, id=ids["Ann Example"]) == [(None, "unknown")]


def test_wikidata_names_the_page_and_the_wiki(empty_catalogue, wikis, cast):
    ids = cast("Nemo Fictus", "Jane Roe", "Jane Roe", wiki=None)
    wikis.wiki().write("Nemo Maximus Fictus", person("Villa Ficta", Gender="Male"))
    wikis.wiki().write("Jane Roe", person("Villa Ficta", Gender="Female"))
    articles = {
        ids["Villa Ficta"]: "fictional:Villa_Ficta",
        ids["Nemo Fictus"]: "fictional:Nemo_Maximus_Fictus",
        ids["Jane Roe again"]: "fictional:Jane_Roe",
    }
    for id_, article in articles.items():
        empty_catalogue.change(
            "insert into core.facts (entity_id, source, fields) values (:id, 'wikidata', cast(:fields as jsonb))",
            id=id_,
            fields=json.dumps({"fandom_article": [article]}),
        )
    empty_catalogue.run("fandom")
    assert empty_catalogue.rows("select show_id, wiki, origin from core.show_wikis") == [
        (ids["Villa Ficta"], WIKI, "wikidata")
    ]
    assert empty_catalogue.rows("select entity_id, title, status from core.wiki_pages order by title, status desc") == [
        (ids["Jane Roe again"], "Jane Roe", "confirmed"),
        (ids["Jane Roe"], "Jane Roe", "candidate"),
        (ids["Nemo Fictus"], "Nemo Maximus Fictus", "confirmed"),
    ]


def test_where_the_api_fails_pages_are_read_and_nothing_is_lost(empty_catalogue, wikis, cast):
    ids = cast("Nemo Fictus", "Ann Example")
    picture = f"{CDN}/a/ab/Nemo_Fictus.jpg"
    gallery = f'<div class="wikia-gallery-item"><a class="image" href="{picture}"><img src="{picture}"></a></div>'
    wiki = wikis.wiki()
    wiki.write("Nemo Fictus", person("Villa Ficta", Gender="Male", Residence="Utopia", Friends="Ann Example"))
    wiki.write("Nemo Fictus/Gallery", gallery)
    wiki.files["Nemo Fictus.jpg"] = (640, 480)
    empty_catalogue.run("fandom")
    wiki.write("Nemo Fictus", person("Villa Ficta", Gender="Male", Occupation="Diver"), revision=2)
    wikis.broken["api"] = CHALLENGE
    empty_catalogue.change("update ops.source_records set expires_at = now() where source = 'fandom'")
    report = empty_catalogue.run("fandom")
    assert not any("Nemo" in problem for problem in report.failures.values())
    assert empty_catalogue.rows(
        "select residence, occupations from core.people where id = :id", id=ids["Nemo Fictus"]
    ) == [("Utopia", ["Diver"])]
    assert empty_catalogue.column("select name from core.relations") == ["Ann Example"]
    assert empty_catalogue.rows("select width, is_listed from core.images") == [(640, True)]
    assert empty_catalogue.rows("select revision_id, licence from core.wiki_pages") == [(2, RIGHTS)]
    assert empty_catalogue.rows("select layer, is_complete from ops.source_records where resource = 'page'") == [
        ("pages", False)
    ]
    layers = empty_catalogue.one("select layers from core.facts where source = 'fandom'")
    assert (layers["residence"], layers["occupations"]) == ("api", "pages")
    wikis.broken.clear()  # healed: the wiki's own word again, whole
    empty_catalogue.change("update ops.source_records set expires_at = now() where source = 'fandom'")
    assert empty_catalogue.run("fandom").failures == {}
    assert empty_catalogue.rows(
        "select residence, occupations from core.people where id = :id", id=ids["Nemo Fictus"]
    ) == [(None, ["Diver"])]
    assert empty_catalogue.column("select name from core.relations") == []


def test_a_wiki_that_answers_by_no_layer_is_told_and_keeps_what_it_told(empty_catalogue, wikis, cast):
    ids = cast("Nemo Fictus")
    wikis.wiki().write("Nemo Fictus", person("Villa Ficta", Gender="Male"))
    empty_catalogue.run("fandom")
    before = empty_catalogue.snapshot("core")
    wikis.broken |= {"api": CHALLENGE, "pages": CHALLENGE}
    empty_catalogue.change("update ops.source_records set expires_at = now() where source = 'fandom'")
    report = empty_catalogue.run("fandom")
    (problem,) = report.failures.values()
    assert report.status == "failed"
    assert "a page where data was due; its page: a challenge page" in problem
    assert empty_catalogue.snapshot("core") == before
    state = "select status, last_success_at is not null from ops.sync_state where entity_id = :id"
    assert empty_catalogue.rows(state, id=ids["Villa Ficta"]) == [("failed", True)]
    assert empty_catalogue.rows(state, id=ids["Nemo Fictus"]) == [("success", True)]


def test_a_page_that_was_moved_stays_the_same_page(empty_catalogue, wikis, cast):
    cast("Nemo Fictus")
    wiki = wikis.wiki()
    wiki.write("Nemo Fictus", person("Villa Ficta", Gender="Male"))
    empty_catalogue.run("fandom")
    ((page, revision),) = empty_catalogue.rows("select id, revision_id from core.wiki_pages")
    wiki.write("Nemo Fictus (diver)", wiki.texts.pop("Nemo Fictus"), revision=revision + 1)
    wiki.redirects["Nemo Fictus"] = "Nemo Fictus (diver)"
    empty_catalogue.change("update ops.source_records set expires_at = now() where resource = 'title'")
    empty_catalogue.run("fandom")
    assert empty_catalogue.rows("select id, title, status from core.wiki_pages") == [
        (page, "Nemo Fictus (diver)", "confirmed")
    ]
    assert empty_catalogue.column("select page_id from core.page_texts") == [page]


def test_a_dry_run_says_what_it_would_do_and_switched_off_it_does_nothing(empty_catalogue, wikis, cast, monkeypatch):
    cast("Nemo Fictus")
    wikis.wiki().write("Nemo Fictus", person("Villa Ficta", Gender="Male"))
    report = empty_catalogue.run("fandom", dry_run=True)
    assert report.tables["core.wiki_pages"].inserted == 1
    assert empty_catalogue.one("select count(*) from core.wiki_pages") == 0
    wikis.asked.clear()
    monkeypatch.setenv("FANDOM_ENABLED", "false")
    report = empty_catalogue.run("fandom")
    assert report.notes == ["no wiki was asked: FANDOM_ENABLED is false"]
    assert wikis.asked == [] and report.selected == 0


def test_of_somebody_in_several_shows_a_page_need_name_only_one(empty_catalogue, wikis, cast):
    from db.session import engine

    ids = cast("Nemo Fictus")
    other = cast(show="Casa Altera")["Casa Altera"]
    with Session(engine()) as session:
        session.connection().exec_driver_sql(
            "insert into core.credits (show_id, person_id, source, source_id, category) values (%s, %s, 'tmdb', 'x', 'cast')",
            (other, ids["Nemo Fictus"]),
        )
        session.commit()
    for named, show in (("Villa Ficta", ids["Villa Ficta"]), ("Casa Altera", other)):
        empty_catalogue.change("delete from core.page_texts")
        empty_catalogue.change("delete from core.wiki_pages")
        wikis.wiki().write("Nemo Fictus", person(named, Gender="Male"))
        empty_catalogue.run("fandom", force=True)
        assert empty_catalogue.rows("select show_id, status, reason from core.wiki_pages") == [
            (show, "confirmed", f"the name agrees; the page names {named}")
        ]
        before = empty_catalogue.snapshot("core")
        empty_catalogue.run("fandom", again=True)
        assert empty_catalogue.snapshot("core") == before
