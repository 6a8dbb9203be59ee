"""Wikis of shows, and what a person decides about pages."""

import json
import subprocess
import sys
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session

from db.bulk import write
from db.commands.wiki_pages import Taken, confirm_page, link_relations, list_pages, reject_page
from db.commands.wikis import NotThere, add_wiki, list_wikis, put_wikis, remove_wiki, wikis_of
from models.entities import Kind
from models.wikis import PageStatus, PageText, Relation, WikiPage
from tests.conftest import ROOT
from tests.db import rows as make

SALT_LAKE = "The Real Housewives of Salt Lake City"
FIRST, SECOND = "real-housewives.fandom.com", "realitytv-girl.fandom.com"


def page(session: Session, person: UUID, title: str = "Nemo Fictus", status: str = "candidate", **columns: Any) -> UUID:
    """A page of an invented wiki."""
    wiki = "fictional.fandom.com"
    row = {
        "id": uuid4(), "entity_id": person, "show_id": None, "wiki": wiki, "title": title, "status": status,
        "url": f"https://{wiki}/wiki/{title}", "licence": "CC BY-SA", "reason": "made up", **columns,
    }  # fmt: skip
    write(session, WikiPage, [row])
    return row["id"]


def of(session: Session, show: UUID) -> list[str]:
    return wikis_of(session, [show]).active.get(show, [])


def test_a_show_without_wikis_gets_the_first_list_and_what_wikidata_names(session):
    show, other = make.show(session, SALT_LAKE), make.show(session, "Nobody's Show")
    make.fact(session, show, "wikidata", fandom_article=["real-housewives:RHOSLC", "rhoslc:Main_Page", "nonsense"])
    make.fact(session, other, "wikidata", fandom_article="no list")
    wikis = wikis_of(session, [show, other])
    assert wikis.active == {show: [FIRST, SECOND, "rhoslc.fandom.com"]}
    assert put_wikis(session, wikis.fresh).inserted == 3
    assert wikis_of(session, [show, other]).fresh == []
    assert of(session, show) == [FIRST, SECOND, "rhoslc.fandom.com"]
    assert [row[-1] for row in list_wikis(session)] == ["seed", "seed", "wikidata"]


def test_what_an_editor_says_of_wikis_stays(session):
    show = make.show(session, SALT_LAKE)
    make.external_id(session, Kind.SHOW, show, "imdb", "tt11363282")
    add_wiki(session, "tt11363282", "rhoslc")
    assert of(session, show) == [FIRST, SECOND, "rhoslc.fandom.com"]
    remove_wiki(session, str(show), SECOND)
    remove_wiki(session, str(show), "rhoslc.fandom.com")
    make.fact(session, show, "wikidata", fandom_article=["rhoslc:Main_Page"])
    assert put_wikis(session, wikis_of(session, [show]).fresh).changed == 0
    assert of(session, show) == [FIRST]
    add_wiki(session, str(show), SECOND, position=-1)
    assert of(session, show) == [SECOND, FIRST]
    for wiki in (FIRST, SECOND):
        remove_wiki(session, str(show), wiki)
    assert of(session, show) == []  # and the first list does not come back
    for call in (lambda: add_wiki(session, "tt1", "x"), lambda: add_wiki(session, str(show), "a b")):
        with pytest.raises(NotThere):
            call()
    with pytest.raises(NotThere, match="is no wiki of that show"):
        remove_wiki(session, str(show), "another")


def test_a_page_is_one_persons_and_a_rejected_one_tells_nothing_any_more(session):
    nemo, ann = make.person(session, "Nemo Fictus"), make.person(session, "Ann Example")
    for person in (nemo, ann):
        make.fact(session, person, "fandom", name="As the wiki says", residence="Utopia")
    first, second = page(session, nemo, status="confirmed"), page(session, ann)
    write(session, PageText, [
        {"page_id": first, "kind": "trivia", "position": 0, "entity_id": nemo, "body": "Cannot swim."}
    ])  # fmt: skip
    with pytest.raises(Taken, match="Nemo Fictus"):
        confirm_page(session, second, "maria")
    reject_page(session, first, "maria")
    confirm_page(session, second, "maria")
    told = {row.person: (row.status, row.decided_by) for row in list_pages(session)}
    assert told == {"Nemo Fictus": ("rejected", "maria"), "Ann Example": ("confirmed", "maria")}
    assert [row.id for row in list_pages(session, PageStatus.REJECTED)] == [first]
    assert session.execute(text("select count(*) from core.page_texts")).scalar_one() == 0
    assert session.execute(text("select entity_id from core.facts where source = 'fandom'")).scalars().all() == [ann]
    with pytest.raises(NotThere):
        confirm_page(session, uuid4(), "maria")


def test_what_another_page_told_stays_when_one_is_rejected(session):
    nemo = make.person(session)
    make.fact(session, nemo, "fandom", residence="Utopia")
    page(session, nemo, "Nemo", status="confirmed")
    reject_page(session, page(session, nemo, "Nemo Minor", status="confirmed"), "maria")
    assert session.execute(text("select count(*) from core.facts")).scalar_one() == 1


def test_relations_lead_to_people_by_page_or_by_a_name_that_is_alone(session):
    show = make.show(session)
    people = {name: make.person(session, name) for name in ("Nemo", "Ann Example", "Bo Example", "Cy Example")}
    twin = make.person(session, "Cy Example")
    for place, person in enumerate([*people.values(), twin]):
        session.execute(
            text(
                "insert into core.credits (show_id, person_id, source, source_id, category)"
                " values (:show, :person, 'tmdb', :id, 'cast')"
            ),
            {"show": show, "person": person, "id": str(place)},
        )
    session.execute(text("update core.people set sort_name = lower(name)"))
    mine = page(session, people["Nemo"], "Nemo", status="confirmed", show_id=show)
    page(session, people["Ann Example"], "Ann Maria Example", status="confirmed")
    named = {"Ann": "Ann Maria Example", "Bo Example": None, "Cy Example": None, "Di": None, "Nemo": None}
    write(session, Relation, [
        {"page_id": mine, "kind": "friend", "name": name, "person_id": people["Nemo"], "note": None, "title": title}
        for name, title in named.items()
    ])  # fmt: skip
    assert link_relations(session, ["fictional.fandom.com"]) == 2
    found = dict(session.execute(text("select name, other_id from core.relations")).tuples().all())
    assert found == {
        "Ann": people["Ann Example"], "Bo Example": people["Bo Example"], "Cy Example": None, "Di": None, "Nemo": None,
    }  # fmt: skip
    assert link_relations(session, ["fictional.fandom.com"]) == 0


def test_the_commands_say_what_they_did_and_what_there_is_not(database):
    from db.session import engine

    with Session(engine()) as session:
        show, person = make.show(session, SALT_LAKE), make.person(session)
        waiting = page(session, person, show_id=show)
        session.commit()

    def run(*arguments: str) -> tuple[int, str]:
        """Run the commands in one process of their own each would take a second, so all of them run in this one."""
        code = (
            "import sys, json; from db import __main__ as program\n"
            "for line in json.loads(sys.argv[1]):\n"
            "    sys.argv = ['db', *line]; print('exit', program.main())"
        )
        given = json.dumps([argument.split(" ") for argument in arguments])
        done = subprocess.run(
            [sys.executable, "-c", code, given], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    status, told = run(
        f"wikis add {show} rhoslc", f"wikis remove {show} realitytv-girl", "wikis list", f"wikis list {show}",
        "wikis list tt1", "pages list", f"pages confirm {waiting} --by maria", "pages list --status confirmed",
        f"pages reject {uuid4()}",
    )  # fmt: skip
    assert status == 0, told
    assert told.count("exit 0") == 7 and told.count("exit 1") == 2
    assert told.count("2 rhoslc.fandom.com (editor)\n") == 2
    assert "1 realitytv-girl.fandom.com (editor), switched off" in told
    assert "there is no show tt1" in told and "there is no page" in told
    assert f"{waiting}  Nemo Fictus, {SALT_LAKE}: https://fictional.fandom.com/wiki/Nemo Fictus" in told
    assert "made up (confirmed by maria)" in told
