"""Users: their own profile, picture and data, what others see of them, leaving; and what admins do about them."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import jwt
import requests
from PIL import Image
from sqlalchemy import text, update
from sqlmodel import select

from db.object_store import private_store
from db.session import as_system
from models.access import AuditEntry
from models.accounts import Role, User
from models.logins import LoginSession, Password
from models.uploads import Upload
from tests.webapp.conftest import ENVIRONMENT
from tests.webapp.test_every_route import closed, violations
from webapp.accounts import hashing, sessions
from webapp.settings import account_settings
from webapp.token import __main__ as program
from webapp.users import pictures

ME = "/api/v1/me"


def photo(width=1600, height=900, **how):
    """A JPEG with a place in it, lying on its side as cameras store it."""
    image = Image.new("RGB", (width, height), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6  # rows are columns
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"SecretCamera", **how)
    return written.getvalue()


def patch(client, version, **changes):
    return client.patch(ME, json=changes, headers={"If-Match": f'"{version}"'})


def test_one_changes_ones_profile_and_everybody_sees_it(client, as_user):
    ann = as_user("ann")
    read = ann.get(ME)
    assert read.headers["ETag"] == f'"{read.json["version"]}"'
    assert "private" in read.headers["Cache-Control"]
    changed = patch(ann, read.json["version"], display_name="  Ann Lee ", bio="Two\nlines")
    assert (changed.status_code, changed.json["display_name"], changed.json["bio"]) == (200, "Ann Lee", "Two\nlines")
    assert changed.headers["ETag"] == f'"{read.json["version"] + 1}"'
    shown = client.get(f"/api/v1/users/{ann.user_id}").json
    assert shown == client.get("/api/v1/users/by-name/ANN").json
    assert (shown["username"], shown["display_name"], shown["deleted"]) == ("ann", "Ann Lee", False)
    assert not {"email", "version", "status"} & set(shown)
    assert patch(ann, changed.json["version"], bio=" ", display_name=None).json["bio"] is None
    assert client.get(f"/api/v1/users/{ann.user_id}").json["display_name"] is None


def test_answers_are_as_the_document_says(client, as_user, private_bucket):
    document = closed(client.get("/openapi.json").json)
    ada = as_user("ada", Role.ADMIN)
    with as_system() as session:
        begun = sessions.begin(session, ada.user_id, "a phone")
    tokens = client.post("/api/v1/auth/refresh", json={"refresh_token": begun.refresh_token})
    picture = ada.put("/api/v1/me/avatar", data=photo(64, 64))
    ada.patch(f"/api/v1/admin/users/{as_user('ann').user_id}", json={"role": "moderator"})
    answers = {
        ("post", "/api/v1/auth/refresh"): tokens,
        ("put", "/api/v1/me/avatar"): picture,
        ("post", "/api/v1/auth/logout"): client.post("/api/v1/auth/logout", json={"refresh_token": "none"}),
        ("get", "/api/v1/auth/sessions"): ada.get("/api/v1/auth/sessions"),
        ("get", "/api/v1/me"): ada.get(ME),
        ("post", "/api/v1/me/export"): ada.post("/api/v1/me/export"),
        ("get", "/api/v1/users/{user_id}"): client.get(f"/api/v1/users/{ada.user_id}"),
        ("get", "/api/v1/users/by-name/{username}"): client.get("/api/v1/users/by-name/ada"),
        ("get", "/api/v1/admin/users"): ada.get("/api/v1/admin/users"),
        ("get", "/api/v1/admin/audit"): ada.get("/api/v1/admin/audit"),
    }
    for (method, path), answer in answers.items():
        assert answer.status_code == 200 and answer.json, path
        assert violations(document, path, "200", "application/json", answer.json, method) == [], path
    assert violations(document, ME, "200", "application/json", answers["get", ME].json | {"id": 1}) != []


def test_an_edit_of_another_version_is_refused(as_user):
    ann = as_user("ann")
    version = ann.get(ME).json["version"]
    assert patch(ann, version, bio="first").status_code == 200
    stale = patch(ann, version, bio="second")
    assert stale.status_code == 412
    assert ann.patch(ME, json={"bio": "third"}).status_code == 428
    assert ann.get(ME).json["bio"] == "first"


def test_what_a_profile_cannot_hold_is_named(as_user):
    ann = as_user("ann")
    version = ann.get(ME).json["version"]
    for field, value in (
        ("display_name", "x" * 51), ("display_name", "a\nb"), ("bio", "x" * 501), ("bio", "\x07"), ("username", "no!"),
    ):  # fmt: skip
        refused = patch(ann, version, **{field: value})
        assert refused.status_code == 422
        assert refused.json["errors"][0]["loc"] == ["json", field]


def test_a_username_is_one_of_a_kind_and_stays_for_a_while(client, as_user):
    ann = as_user("ann")
    as_user("ben")
    version = ann.get(ME).json["version"]
    taken = patch(ann, version, username="BEN")
    assert (taken.status_code, taken.json["detail"]) == (409, "This username is taken")
    renamed = patch(ann, version, username="Ann.Lee")
    assert renamed.json["username"] == "ann.lee"
    assert renamed.json["rename_at"] > datetime.now(UTC).isoformat()
    assert patch(ann, version + 1, username="ann.lee").status_code == 200
    too_soon = patch(ann, version + 2, username="annie")
    assert too_soon.status_code == 409 and "can be changed again from" in too_soon.json["detail"]
    assert client.get("/api/v1/users/by-name/ann").status_code == 404
    with as_system() as session:
        session.execute(update(User).values(renamed_at=datetime.now(UTC) - timedelta(days=31)))
    assert patch(ann, version + 2, username="annie").json["username"] == "annie"


def test_there_is_nobody_of_an_invented_name(client):
    for name in ("nobody", "%00", "a%00b", "%ff", "x" * 3000):
        assert client.get(f"/api/v1/users/by-name/{name}").status_code == 404


def test_a_picture_is_made_small_upright_and_tells_nothing_besides(client, as_user, private_bucket, work):
    ann, ben = as_user("ann"), as_user("ben")
    put = ann.put("/api/v1/me/avatar", data=photo(), content_type="image/jpeg")
    assert put.status_code == 200
    stored = requests.get(put.json["avatar_url"], timeout=60)
    assert stored.headers["Content-Type"] == "image/webp"
    assert "private" in stored.headers["Cache-Control"]
    with Image.open(io.BytesIO(stored.content)) as image:
        assert image.size == (288, 512)
        assert len(image.getexif()) == 0 and "icc_profile" not in image.info
    assert b"SecretCamera" not in stored.content and b"Exif" not in stored.content
    assert requests.get(put.json["avatar_url"].split("?")[0], timeout=60).status_code == 403
    for who, path in ((client, f"/api/v1/users/{ann.user_id}"), (ben, "/api/v1/users/by-name/ann"), (ann, ME)):
        assert requests.get(who.get(path).json["avatar_url"], timeout=60).content == stored.content

    again = ann.put("/api/v1/me/avatar", data=photo(64, 64), content_type="image/jpeg").json["avatar_url"]
    with as_system() as session:
        (upload,) = session.exec(select(Upload)).all()
        session.execute(text("update ops.outbox set available_at = now()"))  # an hour later
        session.expunge_all()
    work()
    assert private_store().keys() == [upload.key]
    assert requests.get(again, timeout=60).status_code == 200
    assert ann.delete("/api/v1/me/avatar").json == {"avatar_url": None}
    work()
    assert private_store().keys() == []
    assert client.get(f"/api/v1/users/{ann.user_id}").json["avatar_url"] is None


def _written(kind, size=(300, 200), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, 7 if mode == "P" else None).save(out, kind)
    return out.getvalue()


def test_pictures_of_every_kind_are_taken(as_user, private_bucket):
    ann = as_user("ann")
    for kind, mode in (("PNG", "RGBA"), ("PNG", "P"), ("GIF", "P"), ("WEBP", "RGB"), ("AVIF", "RGB"), ("JPEG", "CMYK")):
        put = ann.put("/api/v1/me/avatar", data=_written(kind, mode=mode), content_type="application/octet-stream")
        assert put.status_code == 200, (kind, mode, put.text)
        with Image.open(io.BytesIO(requests.get(put.json["avatar_url"], timeout=60).content)) as image:
            assert (image.format, image.size) == ("WEBP", (300, 200))


def test_what_is_no_harmless_picture_is_refused_and_leaves_nothing(as_user, private_bucket):
    ann = as_user("ann")
    for content, reason in (
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>", "unknown_type"),
        (b"<html><script>alert(1)</script></html>", "web_page"),
        (b"MZ\x90\x00 a program", "unknown_type"),
        (photo()[:-200], "truncated"),
        (photo() + b"PK\x03\x04 an archive", "trailing"),
        (_written("PNG", (6000, 7000), "1"), "too_many_pixels"),
    ):
        refused = ann.put("/api/v1/me/avatar", data=content, content_type="image/jpeg")
        assert refused.status_code == 422, reason
        assert (refused.json["errors"][0]["loc"], refused.json["errors"][0]["type"]) == (["body"], reason)
    with as_system() as session:
        assert session.exec(select(Upload)).all() == []


def test_a_picture_that_is_too_large_is_not_even_read(as_user, private_bucket):
    ann = as_user("ann")
    assert ann.put("/api/v1/me/avatar", data=b"x" * (pictures.MOST_BYTES + 1)).status_code == 413


def test_an_upload_whose_request_died_is_removed_later(as_user, private_bucket, work, monkeypatch):
    ann = as_user("ann")

    def die(*_):
        raise RuntimeError("the process ends here")

    monkeypatch.setattr("webapp.users.avatars._show", die)
    assert ann.put("/api/v1/me/avatar", data=photo(64, 64)).status_code == 500
    assert len(private_store().keys()) == 1
    with as_system() as session:
        assert session.exec(select(Upload)).all() == []
        session.execute(text("update ops.outbox set available_at = now()"))  # an hour later
    work()
    assert private_store().keys() == []


def test_one_gets_a_copy_of_ones_data(as_user, private_bucket, work):
    ann, ben = as_user("ann"), as_user("ben")
    assert ann.get("/api/v1/me/export").status_code == 404
    asked = ann.post("/api/v1/me/export")
    assert (asked.status_code, asked.json["status"], asked.json["url"]) == (200, "pending", None)
    assert ann.post("/api/v1/me/export").json["id"] == asked.json["id"]
    assert ann.get("/api/v1/me/export").json["status"] == "pending"
    work()
    ready = ann.get("/api/v1/me/export").json
    assert (ready["id"], ready["status"]) == (asked.json["id"], "ready")
    with zipfile.ZipFile(io.BytesIO(requests.get(ready["url"], timeout=60).content)) as archive:
        assert json.loads(archive.read("accounts.users.json"))[0]["username"] == "ann"
    assert ben.get("/api/v1/me/export").status_code == 404


def test_one_leaves_with_the_password_and_is_a_tombstone_then(client, as_user, private_bucket, post, work):
    ann = as_user("ann")
    with as_system() as session:
        session.add(Password(user_id=ann.user_id, email="ann@example.org", hash=hashing.hashed("a quiet harbour")))
    ann.put("/api/v1/me/avatar", data=photo(64, 64))
    patch(ann, ann.get(ME).json["version"], bio="here")
    assert ann.delete(ME, json={"password": "a loud harbour"}).status_code == 403
    assert client.get(f"/api/v1/users/{ann.user_id}").json["bio"] == "here"
    assert ann.delete(ME, json={"password": "a quiet harbour"}).json == {"status": "deleted"}
    assert ann.get(ME).status_code == 401
    left = client.get(f"/api/v1/users/{ann.user_id}").json
    assert left.pop("created_at") and left.pop("id") == str(ann.user_id)
    assert left == {
        "username": None, "display_name": None, "bio": None, "avatar_url": None, "role": "user", "deleted": True,
    }  # fmt: skip
    assert client.get("/api/v1/users/by-name/ann").status_code == 404
    work()
    assert private_store().keys() == []
    assert post.sent_to("ann@example.org")[-1]["Subject"] == "Your account was deleted"
    login = {"email": "ann@example.org", "password": "a quiet harbour"}
    assert client.post("/api/v1/auth/login", json=login).status_code == 401
    again = client.post("/api/v1/auth/register", json={**login, "username": "ann"})
    assert again.status_code == 200


def test_without_a_password_a_fresh_sign_in_is_needed(app, as_user, tokens):
    ann = as_user("ann")
    with as_system() as session:
        begun = sessions.begin(session, ann.user_id, "a phone")
    headers = {"Authorization": f"Bearer {begun.access_token}"}
    with as_system() as session:
        session.execute(update(LoginSession).values(created_at=datetime.now(UTC) - timedelta(minutes=11)))
    assert app.test_client().delete(ME, json={}, headers=headers).status_code == 403
    with as_system() as session:
        session.execute(update(LoginSession).values(created_at=datetime.now(UTC) - timedelta(minutes=9)))
    assert app.test_client().delete(ME, json={}, headers=headers).status_code == 200


def test_a_token_of_no_session_is_fresh_for_ten_minutes_after_it_was_made(app, as_user):
    for minutes, status in ((11, 403), (9, 200)):
        ben = as_user("ben")
        claims = jwt.decode(ben.token, options={"verify_signature": False})
        claims["iat"] -= minutes * 60
        older = jwt.encode(claims, ENVIRONMENT["AUTH_SECRET"], "HS256")
        answer = app.test_client().delete(ME, json={}, headers={"Authorization": f"Bearer {older}"})
        assert answer.status_code == status


def test_admins_find_users_and_change_their_rights_on_record(client, as_user):
    ann, ada = as_user("ann"), as_user("ada", Role.ADMIN)
    with as_system() as session:
        session.add(Password(user_id=ann.user_id, email="ann@example.org", hash="h"))
        begun = sessions.begin(session, ann.user_id, "a phone")
    for query in ("q=AN", "q=Ann@Example.org", "role=user", "status=active&role=user"):
        assert [user["id"] for user in ada.get(f"/api/v1/admin/users?{query}").json] == [str(ann.user_id)]
    assert ada.get("/api/v1/admin/users?q=example.org").json == []
    page = ada.get("/api/v1/admin/users?limit=1")
    following = page.headers["Link"].partition("<")[2].partition(">")[0]
    assert {user["username"] for user in page.json + ada.get(following).json} == {"ann", "ada"}

    path = f"/api/v1/admin/users/{ann.user_id}"
    assert ada.patch(path, json={"role": "moderator", "reason": "kind"}).json["role"] == "moderator"
    suspended = ada.patch(path, json={"status": "suspended"}, headers={"X-Request-ID": "the-act"})
    assert (suspended.json["status"], suspended.json["email"]) == ("suspended", "ann@example.org")
    assert ann.get(ME).status_code == 403
    refresh = {"refresh_token": begun.refresh_token}
    assert client.post("/api/v1/auth/refresh", json=refresh).status_code == 401
    assert ada.patch(path, json={"status": "active"}).status_code == 200
    assert ann.get(ME).json["role"] == "moderator"

    acts = ada.get(f"/api/v1/admin/audit?target_id={ann.user_id}").json
    assert [act["action"] for act in acts] == ["user.restore", "user.suspend", "user.role"]
    assert {act["actor_id"] for act in acts} == {str(ada.user_id)}
    assert acts[1]["request_id"] == "the-act"
    assert acts[2]["details"] == {"from": "user", "to": "moderator", "reason": "kind"}
    first = ada.get("/api/v1/admin/audit?limit=2")
    rest = ada.get(first.headers["Link"].partition("<")[2].partition(">")[0])
    assert [act["id"] for act in first.json + rest.json] == [act["id"] for act in acts]
    assert len(ada.get(f"/api/v1/admin/audit?action=user.role&actor_id={ada.user_id}").json) == 1


def test_what_an_admin_cannot_do_leaves_no_act(as_user):
    ada, gone, bot = as_user("ada", Role.ADMIN), as_user("gone"), as_user("bot", Role.SERVICE)
    with as_system() as session:
        session.execute(update(User).where(User.id == gone.user_id).values(status="deleted"))
    admin = "/api/v1/admin/users"
    assert ada.patch(f"{admin}/{ada.user_id}", json={"role": "user"}).status_code == 409
    assert ada.patch(f"{admin}/{gone.user_id}", json={"status": "active"}).status_code == 409
    assert ada.patch(f"{admin}/{bot.user_id}", json={"role": "admin"}).status_code == 409
    assert ada.patch(f"{admin}/00000000-0000-0000-0000-000000000000", json={}).status_code == 404
    for wrong in ({"role": "service"}, {"status": "deleted"}, {"role": "king"}):
        assert ada.patch(f"{admin}/{gone.user_id}", json=wrong).status_code == 422
    with as_system() as session:
        assert session.exec(select(AuditEntry)).all() == []


def test_nobody_but_an_admin_comes_near(client, as_user):
    for role in (Role.USER, Role.MODERATOR, Role.SERVICE):
        user = as_user(f"a_{role}", role)
        for path in ("/api/v1/admin/users", "/api/v1/admin/audit"):
            assert user.get(path).status_code == 403
        assert user.patch(f"/api/v1/admin/users/{user.user_id}", json={"role": "admin"}).status_code == 403
    assert client.get("/api/v1/admin/users").status_code == 401


def test_the_program_prints_a_token_that_works(client, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["webapp.token", *arguments])
        code = program.main()
        return code, capsys.readouterr()

    def me(token):
        return client.get(ME, headers={"Authorization": f"Bearer {token}"})

    code, printed = run("--user", "Ann.Lee", "--role", "admin", "--days", "30")
    assert code == 0
    shown = me(printed.out.strip()).json
    assert (shown["username"], shown["role"]) == ("ann.lee", "admin")
    assert me(run("--user", "ann.lee")[1].out.strip()).json["id"] == shown["id"]
    assert run("--samples") == (0, ("", ""))
    assert me(run("--user", "mia")[1].out.strip()).json["role"] == "moderator"
    code, printed = run("--user", "root")
    assert (code, printed.out) == (1, "") and "Is reserved" in printed.err
    with as_system() as session:
        session.execute(update(User).values(status="suspended"))
    assert run("--user", "mia")[0] == 1
    with as_system() as session:
        acts = session.exec(select(AuditEntry.action)).all()
    assert acts == ["user.make"] * 5
    monkeypatch.setenv("AUTH_BUILTIN", "false")
    account_settings.cache_clear()
    try:
        code, printed = run("--user", "ann.lee")
        assert (code, printed.out) == (1, "") and "AUTH_BUILTIN is off" in printed.err
    finally:
        account_settings.cache_clear()
