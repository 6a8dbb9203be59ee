"""What the worker does about accounts: mails with tokens, copies of data, leaving."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlmodel import select

from db.commands import users
from db.commands.outbox import enqueue
from db.commands.personal import forget_object
from db.object_store import prepared_private_store, private_store
from db.session import as_system
from models.accounts import User
from models.logins import LoginFailure, LoginSession, MailToken, Password, RefreshToken, Registration
from models.outbox import OutboxItem
from models.uploads import Export, Purpose, Upload
from webapp.accounts.secret import digest
from webapp.settings import account_settings
from webapp.tasks.mail import MOST
from webapp.tasks.registry import HANDLERS
from webapp.tasks.sweeps import SWEEPS, schedule
from webapp.worker.handling import drain

ANN = "ann@example.org"
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def ask_for(work):
    """Have a mail queued and sent."""

    def ask(kind, email=ANN):
        with as_system() as session:
            enqueue(session, "mail", {"kind": kind, "email": email})
        work()

    return ask


def registered(session, email=ANN, **values):
    session.add(Registration(**{"email": email, "username": "ann", "hash": "h", "expires_at": LATER} | values))


def member(session, email=ANN):
    user = users.make(session, "ann")
    session.add(Password(user_id=user.id, email=email, hash="h"))
    session.flush()
    return user.id


def token_in(mail, step):
    _, _, rest = mail.get_content().partition(f"https://app.example.org/account#{step}=")
    return rest.split()[0]


def test_a_registration_is_confirmed_with_a_token_that_only_the_mail_holds(database, post, ask_for):
    with as_system() as session:
        registered(session, created_at=datetime.now(UTC) - timedelta(hours=1), username="older")
        registered(session)
    ask_for("registration", "ANN@example.org")
    (mail,) = post.mails
    assert '"ann"' in mail.get_content()
    with as_system() as session:
        kept = session.exec(select(Registration).where(Registration.username == "ann")).one()
        assert kept.token == digest(token_in(mail, "verify"))
        assert session.exec(select(OutboxItem)).one().payload == {}


def test_without_a_page_of_the_app_the_mail_tells_the_token_itself(database, post, monkeypatch, ask_for):
    monkeypatch.delenv("MAIL_LINK_URL")
    account_settings.cache_clear()
    with as_system() as session:
        registered(session)
    ask_for("registration")
    with as_system() as session:
        kept = session.exec(select(Registration.token)).one()
    assert kept in [digest(word) for word in post.mails[0].get_content().split()]


def test_an_address_that_has_an_account_is_told_so_and_gets_no_token(database, post, ask_for):
    with as_system() as session:
        member(session)
        registered(session)
    ask_for("registration")
    assert "has an account already" in post.mails[0].get_content()
    with as_system() as session:
        assert session.exec(select(Registration.token)).one() is None


def test_nobody_is_flooded_with_mails(database, post, ask_for):
    with as_system() as session:
        registered(session)
        registered(session)
        user_id = member(session, "bob@example.org")
    for _ in range(MOST + 2):
        ask_for("registration")
        ask_for("reset", "bob@example.org")
    assert len(post.sent_to(ANN)) == len(post.sent_to("bob@example.org")) == MOST
    with as_system() as session:
        assert len(session.exec(select(MailToken).where(MailToken.user_id == user_id)).all()) == MOST


@pytest.mark.parametrize("kind", ["registration", "reset"])
def test_a_stranger_gets_no_mail(database, post, kind, ask_for):
    with as_system() as session:
        registered(session, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    ask_for(kind)
    ask_for(kind, "stranger@example.org")
    assert post.mails == []


def test_a_reset_is_mailed_to_active_users_alone(database, post, ask_for):
    with as_system() as session:
        user_id = member(session)
    ask_for("reset")
    with as_system() as session:
        assert session.exec(select(MailToken.token)).one() == digest(token_in(post.mails[0], "reset"))
        session.get_one(User, user_id).status = "suspended"
    ask_for("reset")
    assert len(post.mails) == 1


def test_a_mail_that_is_refused_leaves_no_token_and_is_given_up_only_when_it_is_refused_for_good(
    database, post, ask_for
):
    post.answers = {ANN: "452 full"}
    with as_system() as session:
        registered(session)
        enqueue(session, "mail", {"kind": "registration", "email": ANN})
        enqueue(session, "mail", {"kind": "nonsense", "email": ANN})
    assert drain(HANDLERS, attempts=5) == 2
    with as_system() as session:
        first, nonsense = session.exec(select(OutboxItem).order_by("id")).all()
        assert first.dead_at is None and first.payload["email"] == ANN
        assert nonsense.dead_at is not None
        assert session.exec(select(Registration.token)).one() is None
    post.answers = {ANN: "550 no such user"}
    ask_for("registration")
    with as_system() as session:
        assert str(session.exec(select(OutboxItem).order_by("id")).all()[-1].last_error).endswith("550 no such user")
    assert post.mails == []


def test_a_copy_of_the_data_holds_what_is_the_users_own_and_nothing_of_anybody_else(
    database, private_bucket, post, work
):
    with as_system() as session:
        user_id = member(session)
        other = users.make(session, "bob")
        for owner, device in ((user_id, "my phone"), (other.id, "his phone")):
            session.add(LoginSession(user_id=owner, device=device, expires_at=LATER))
            key = f"avatars/{owner}/{device}.webp"
            prepared_private_store().put_bytes(key, device.encode(), "image/webp")
            session.add(
                Upload(
                    user_id=owner,
                    purpose=Purpose.AVATAR,
                    key=key,
                    content_type="image/webp",
                    bytes=8,
                    width=1,
                    height=1,
                )
            )
        export = Export(user_id=user_id)
        session.add(export)
        session.flush()
        enqueue(session, "export", {"export_id": str(export.id)})
    assert work() == 2
    with as_system() as session:
        export = session.exec(select(Export)).one()
        session.expunge_all()
    assert export.key and export.expires_at and export.finished_at
    assert export.expires_at - export.finished_at == timedelta(days=7)
    address = private_store().url(export.key)
    assert requests.get(address.split("?")[0], timeout=60).status_code == 403
    with zipfile.ZipFile(io.BytesIO(requests.get(address, timeout=60).content)) as archive:
        told = {name: archive.read(name) for name in archive.namelist()}
    assert export.bytes == int(requests.get(address, timeout=60).headers["Content-Length"])
    assert json.loads(told["accounts.users.json"])[0]["username"] == "ann"
    assert json.loads(told["accounts.passwords.json"])[0].keys() == {"email", "changed_at"}
    assert [row["device"] for row in json.loads(told["accounts.sessions.json"])] == ["my phone"]
    assert json.loads(told["accounts.identities.json"]) == []
    assert [name for name in told if name.startswith("uploads/")] == ["uploads/my phone.webp"]
    assert b"UTC" in told["README.txt"] and b"bob" not in b"".join(told.values())
    assert "for 7 days" in post.mails[0].get_content()


def test_who_leaves_takes_their_files_along_and_objects_without_a_row_go(database, private_bucket, work):
    store = prepared_private_store()
    with as_system() as session:
        leaving, staying = users.make(session, "ann").id, users.make(session, "bob").id
        for owner in (leaving, staying):
            for table, key in (("u", f"avatars/{owner}/a.webp"), ("e", f"exports/{owner}/e.zip")):
                store.put_bytes(key, b"x", "image/webp")
                if table == "e":
                    session.add(Export(user_id=owner, key=key, finished_at=datetime.now(UTC)))
                else:
                    session.add(
                        Upload(user_id=owner, purpose="avatar", key=key, content_type="c", bytes=1, width=1, height=1)
                    )
        users.bury(session, session.get_one(User, leaving))
        for step in ("belongings", "belongings", "identities"):
            enqueue(session, "delete_account", {"user_id": str(leaving), "step": step})
        store.put_bytes("avatars/nobody.webp", b"x", "image/webp")
        forget_object(session, "avatars/nobody.webp")
        forget_object(session, f"avatars/{staying}/a.webp")
    work()
    assert store.keys() == [f"avatars/{staying}/a.webp", f"exports/{staying}/e.zip"]
    with as_system() as session:
        assert session.exec(select(Upload.user_id)).all() == session.exec(select(Export.user_id)).all() == [staying]


def test_sweeps_drop_what_is_over(database, private_bucket, work):
    now = datetime.now(UTC)
    old = now - timedelta(days=60)
    prepared_private_store().put_bytes("exports/old.zip", b"x", "application/zip")
    with as_system() as session:
        user_id = member(session)
        for name, moment in (("old", old), ("young", now + timedelta(hours=1))):
            registered(session, username=name, expires_at=moment)
            session.add(MailToken(token=name, user_id=user_id, expires_at=moment))
            session.add(LoginFailure(address=name, failures=1, failed_at=moment))
            begun = LoginSession(user_id=user_id, device=name, expires_at=moment)
            ended = LoginSession(user_id=user_id, device=f"ended {name}", expires_at=LATER, ended_at=moment)
            session.add_all([begun, ended])
            session.flush()
            session.add(RefreshToken(token=f"of {name}", session_id=begun.id))
            session.add(Export(user_id=user_id, key=f"exports/{name}.zip", expires_at=moment))
        lasting = session.exec(select(LoginSession).where(LoginSession.device == "young")).one()
        session.add(RefreshToken(token="used", session_id=lasting.id, used_at=old))
        schedule(session, SWEEPS, now)
    work()
    with as_system() as session:
        assert session.exec(select(Registration.username)).all() == ["young"]
        assert session.exec(select(MailToken.token)).all() == ["young"]
        assert session.exec(select(LoginFailure.address)).all() == ["young"]
        assert sorted(map(str, session.exec(select(LoginSession.device)))) == ["ended young", "young"]
        assert session.exec(select(RefreshToken.token)).all() == ["of young"]
        assert session.exec(select(Export.key)).all() == ["exports/young.zip"]
    assert prepared_private_store().keys() == []
