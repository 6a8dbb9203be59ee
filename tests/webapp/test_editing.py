"""Admins mend the catalogue: fields, pictures, questions of identity, pages of wikis, wikis of a show, merges."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db.derive import derive
from db.session import read_as_system
from models.accounts import Role
from models.entities import Kind
from models.ops import MatchCase
from tests.webapp import factories as make
from webapp.settings import prefect_settings


@pytest.fixture
def admin(as_user):
    return as_user("ada", Role.ADMIN)


@pytest.fixture
def show(client):
    """A show that TMDb calls by a wrong name."""
    with make.catalogue() as session:
        id_ = make.entity(session, Kind.SHOW)
        make.fact(session, id_, "tmdb", name="Vila Nulla", tagline="Wrong", runtimes=[42])
        derive(session, Kind.SHOW, [id_])
    return str(id_)


def log():
    with read_as_system() as connection:
        rows = connection.execute(text("select action, target_id, details from ops.audit_log order by id"))
        return [tuple(row) for row in rows]


def again(admin, address, body=None):
    """Send what was sent with the key `k-1` once more; answers what came of it."""
    answer = admin.post(address, json=body, headers={"Idempotency-Key": "k-1"})
    assert answer.headers.get("Idempotency-Replayed") == "true", answer.json
    return answer.json


def edit(admin, entity, *, match="*", **body):
    return admin.patch(f"/api/v1/admin/entities/{entity}", json=body, headers={"If-Match": match})


def field(answer, name):
    return next(row for row in answer.json["fields"] if row["field"] == name)


def test_an_editor_says_what_a_field_is_that_it_is_empty_and_no_longer(client, admin, show):
    before = admin.get(f"/api/v1/admin/entities/{show}")
    assert (field(before, "name")["value"], field(before, "name")["source"]) == ("Vila Nulla", "tmdb")
    assert before.headers["ETag"] == f'"{before.json["version"]}"'
    answer = edit(admin, show, match=before.headers["ETag"], set={"name": "Villa Nulla", "tagline": None})
    assert answer.status_code == 200, answer.json
    told = field(answer, "name")
    assert (told["value"], told["source"], told["others"][0]["value"]) == ("Villa Nulla", "editor", "Vila Nulla")
    assert (field(answer, "tagline")["value"], field(answer, "tagline")["source"]) == (None, "editor")
    shown = client.get(f"/api/v1/shows/{show}").json
    assert (shown["name"], shown["slug"], shown["tagline"]) == ("Villa Nulla", "villa-nulla", None)
    assert client.get("/api/v1/search?q=villa+nulla").json[0]["id"] == show
    stale = edit(admin, show, match=before.headers["ETag"], set={"name": "Late"})
    assert stale.status_code == 412
    answer = edit(admin, show, match=answer.headers["ETag"], unset=["name", "tagline"])
    assert (field(answer, "name")["value"], field(answer, "tagline")["source"]) == ("Vila Nulla", "tmdb")
    assert [(action, target) for action, target, _ in log()] == [("entity.edit", show)] * 2
    assert log()[1][2]["before"] == {"name": "Villa Nulla", "tagline": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None), ("name", ""), ("name", 7), ("name", "a\0b"), ("runtimes", "42"), ("runtimes", [1.5]),
        ("imdb_vote_count", 2**31), ("imdb_vote_count", True), ("tmdb_vote_average", 1000), ("in_production", "yes"),
        ("premiere_date", "2021-02-30"), ("premiere_date", "2021"), ("poster_image_id", str(UUID(int=1))),
        ("next_episode", {}), ("id", str(UUID(int=2))), ("genres", ["Reality"]), ("nonsense", 1),
    ],
)  # fmt: skip
def test_a_value_that_a_field_cannot_have_is_422_and_changes_nothing(admin, show, name, value):
    answer = edit(admin, show, set={name: value})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["loc"] == ["json", "set", name]
    assert log() == []


def test_a_picture_is_chosen_by_its_id_and_may_be_none(client, admin, show):
    with make.catalogue() as session:
        best, other = (make.image(session, show, "poster", n, vote_count=v) for n, v in (("best", 9), ("other", 1)))
    address = f"/api/v1/shows/{show}"
    assert client.get(address).json["poster_url"] == best.url
    assert edit(admin, show, set={"poster_image_id": str(other.id)}).status_code == 200
    assert client.get(address).json["poster_url"] == other.url
    edit(admin, show, set={"poster_image_id": None})
    assert client.get(address).json["poster_url"] is None
    edit(admin, show, unset=["poster_image_id"])
    assert client.get(address).json["poster_url"] == best.url


def test_only_admins_mend_and_an_edit_names_its_version(client, as_user, admin, show):
    address = f"/api/v1/admin/entities/{show}"
    assert client.get(address).status_code == 401
    assert as_user("mo", Role.MODERATOR).get(address).status_code == 403
    assert admin.patch(address, json={"set": {"name": "X"}}).status_code == 428
    assert edit(admin, show).status_code == 422
    assert edit(admin, show, set={"name": "X"}, unset=["name"]).status_code == 422
    assert edit(admin, uuid4(), set={"name": "X"}).status_code == 404


def test_two_entities_become_one_and_two_again(client, admin, show):
    with make.catalogue() as session:
        other = str(make.show(session, "Other").id)
    body = {"kind": "show", "winner_id": show, "loser_id": other, "reason": "the same"}
    made = admin.post("/api/v1/admin/merges", json=body, headers={"Idempotency-Key": "k-1"})
    assert again(admin, "/api/v1/admin/merges", body) == made.json
    assert made.status_code == 200, made.json
    assert client.get(f"/api/v1/shows/{other}").status_code == 301
    assert admin.post("/api/v1/admin/merges", json=body | {"winner_id": str(uuid4())}).status_code == 409
    assert edit(admin, other, set={"name": "X"}).status_code == 409
    [listed] = admin.get("/api/v1/admin/merges").json
    assert listed == made.json and listed["merged_by"] == f"user {admin.user_id}" and listed["undone_at"] is None
    undone = admin.post(f"/api/v1/admin/merges/{listed['id']}/undo")
    assert undone.status_code == 200 and undone.json["undone_at"]
    assert admin.post(f"/api/v1/admin/merges/{listed['id']}/undo").status_code == 409
    assert admin.post(f"/api/v1/admin/merges/{uuid4()}/undo").status_code == 404
    assert client.get(f"/api/v1/shows/{other}").status_code == 200
    assert [action for action, *_ in log()] == ["entity.merge", "entity.unmerge"], "what was refused is not noted"


def test_questions_of_identity_are_listed_answered_and_dismissed(admin, show):
    hit = {"source": "tmdb", "value": "7", "name": "Villa"}
    with make.catalogue() as session:
        cases = [
            MatchCase(id=uuid4(), kind="show", entity_id=show, source="tmdb", reason=reason, candidates=[hit])
            for reason in ("uncertain-hit", "answers-as-another")
        ]
        session.add_all(cases)
        first, second = (str(case.id) for case in cases)
    address = "/api/v1/admin/cases"
    assert {row["id"] for row in admin.get(address).json} == {first, second}
    assert admin.post(f"{address}/{first}/choose", json={"source": "tmdb", "value": "8"}).status_code == 409
    right = {"source": "tmdb", "value": "7"}
    chosen = admin.post(f"{address}/{first}/choose", json=right, headers={"Idempotency-Key": "k-1"})
    assert again(admin, f"{address}/{first}/choose", right) == chosen.json
    assert (chosen.status_code, chosen.json["status"]) == (200, "resolved")
    assert admin.get("/api/v1/lookup/tmdb/7").json[0]["id"] == show
    assert admin.post(f"{address}/{second}/dismiss").json["status"] == "dismissed"
    assert admin.post(f"{address}/{second}/dismiss").status_code == 409
    assert admin.post(f"{address}/{uuid4()}/dismiss").status_code == 404
    assert admin.get(address).json == [] and len(admin.get(f"{address}?status=resolved").json) == 1


def test_pages_of_wikis_are_listed_confirmed_and_rejected(admin, show):
    with make.catalogue() as session:
        person = make.person(session)
        page = str(make.wiki_page(session, person.id, status="candidate", show_id=show).id)
    address = "/api/v1/admin/wiki-pages"
    [listed] = admin.get(address).json
    assert (listed["id"], listed["entity_id"], listed["show_id"]) == (page, str(person.id), show)
    for verdict, status in (("confirm", "confirmed"), ("reject", "rejected")):
        named = {"Idempotency-Key": verdict}
        answer, lost = (admin.post(f"{address}/{page}/{verdict}", headers=named) for _ in range(2))
        assert (lost.json, lost.headers["Idempotency-Replayed"]) == (answer.json, "true")
        assert (answer.json["status"], answer.json["decided_by"]) == (status, f"user {admin.user_id}")
    assert admin.post(f"{address}/{uuid4()}/confirm").status_code == 404
    assert [row["id"] for row in admin.get(f"{address}?status=rejected").json] == [page]


def test_the_wikis_of_a_show_are_kept_by_admins(admin, show):
    address = f"/api/v1/admin/shows/{show}/wikis"
    assert admin.get(address).json == []
    first = admin.put(f"{address}/fictional.fandom.com", json={})
    assert first.status_code == 200 and first.json[0]["is_active"] is True
    admin.put(f"{address}/imaginary", json={"position": 0})
    assert {row["wiki"] for row in admin.get(address).json} == {"fictional.fandom.com", "imaginary.fandom.com"}
    gone = admin.delete(f"{address}/imaginary").json
    assert {row["wiki"]: row["is_active"] for row in gone} == {
        "fictional.fandom.com": True, "imaginary.fandom.com": False,
    }  # fmt: skip
    assert admin.delete(f"{address}/never").status_code == 404
    assert admin.get(f"/api/v1/admin/shows/{uuid4()}/wikis").status_code == 404


def test_refreshing_needs_a_show_and_jobs(admin, show, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)  # which a server of the session may have set
    prefect_settings.cache_clear()
    answer = admin.post(f"/api/v1/admin/shows/{show}/refresh")
    assert (answer.status_code, answer.json["detail"]) == (503, "Jobs are not set up here: PREFECT_API_URL is not set")
    assert admin.post(f"/api/v1/admin/shows/{uuid4()}/refresh").status_code == 404
