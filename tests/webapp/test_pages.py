"""Wikis' pages about people."""

from models.entities import Entity
from tests.webapp import factories as make


def test_a_person_has_confirmed_pages_with_all_they_tell(client):
    with make.catalogue() as session:
        show = make.show(session)
        nemo, ann, gone = (make.person(session, name) for name in ("Nemo Fictus", "Ann Example", "Gone Person"))
        session.get_one(Entity, gone.id).merged_into = ann.id
        page = make.wiki_page(session, nemo.id, "Nemo Fictus", show_id=show.id, revision_id=41)
        make.page_text(session, page, "biography", 1, "He dives.")
        make.page_text(session, page, "biography", 0, "Nemo is nobody.")
        make.page_text(session, page, "trivia", 0, "Cannot swim.")
        make.page_text(session, page, "tagline", 0, "I dive.", season_number=2, season_order="1/6")
        make.relation(session, page, "friend", "Ann Example", note="neighbour", other_id=ann.id)
        make.relation(session, page, "enemy", "Gone Person", other_id=gone.id)
        make.reunion_seat(session, page, 2, side="Left", seat="1/3", show_id=show.id)
        make.wiki_page(session, nemo.id, "Nemo", status="candidate")
        make.wiki_page(session, nemo.id, "Nemo Minor", status="rejected")
        make.wiki_page(session, ann.id, "Ann Example")
    assert client.get(f"/api/v1/people/{nemo.id}/pages").json == [
        {
            "id": str(page.id),
            "wiki": "fictional.fandom.com",
            "title": "Nemo Fictus",
            "url": "https://fictional.fandom.com/wiki/Nemo_Fictus",
            "revision_id": 41,
            "licence": "CC BY-SA 3.0",
            "show_id": str(show.id),
            "biography": ["Nemo is nobody.", "He dives."],
            "taglines": [{"season_number": 2, "season_order": "1/6", "text": "I dive."}],
            "trivia": ["Cannot swim."],
            "relations": [
                {"kind": "enemy", "name": "Gone Person", "note": None, "person_id": None},
                {"kind": "friend", "name": "Ann Example", "note": "neighbour", "person_id": str(ann.id)},
            ],
            "reunion_seats": [{"season_number": 2, "show_id": str(show.id), "side": "Left", "seat": "1/3"}],
        }
    ]
    with make.catalogue() as session:
        nobody = make.person(session, "Without Pages")
    assert client.get(f"/api/v1/people/{nobody.id}/pages").json == []
