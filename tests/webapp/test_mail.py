"""Mails over a real SMTP server: as they are composed, encrypted where they can be, and refused in the right way."""

import logging
import smtplib

import pytest

from db.settings import ConfigurationError
from tests.sources.authority import Authority
from tests.webapp.post import post_office
from webapp import mail
from webapp.settings import mail_settings


@pytest.fixture
def configured(monkeypatch):
    """Set the variables of mails."""

    def configure(url, sender="The Report <no-reply@report.example>"):
        monkeypatch.setenv("MAIL_URL", url)
        monkeypatch.setenv("MAIL_FROM", sender)
        mail_settings.cache_clear()

    yield configure
    mail_settings.cache_clear()


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """A certificate authority that this process believes."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def test_a_mail_arrives_as_it_was_written(configured):
    with post_office() as post:
        configured(f"smtp://127.0.0.1:{post.port}")
        mail.send("ann@example.org", "Grüße", "Schöne Zeilen,\neine lange " + "x" * 1200 + "\n")
    (arrived,) = post.mails
    assert (arrived["From"], arrived["To"]) == ("The Report <no-reply@report.example>", "ann@example.org")
    assert arrived["Subject"] == "Grüße"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Message-ID"].endswith("@report.example>") and arrived["Date"]
    assert arrived.get_content().replace("\r\n", "\n") == "Schöne Zeilen,\neine lange " + "x" * 1200 + "\n"


def test_an_address_beyond_ascii_is_reached(configured):
    with post_office() as post:
        configured(f"smtp://127.0.0.1:{post.port}")
        mail.send("jörg@example.org", "s", "b")
    assert post.mails[0]["To"] == "jörg@example.org"


@pytest.mark.parametrize("at_once", [False, True])
def test_the_connection_is_encrypted_before_the_password_goes_over_it(configured, authority, at_once):
    with post_office(certificate=authority.issue("127.0.0.1"), at_once=at_once) as post:
        configured(f"smtp{'s' if at_once else ''}://us%40er:p%2Fw%3A1@127.0.0.1:{post.port}")
        mail.send("ann@example.org", "s", "b")
    assert post.was_encrypted == [True]
    assert post.logins == [("us@er", "p/w:1")]


def test_a_server_with_the_certificate_of_another_gets_no_mail(configured, authority):
    with post_office(certificate=authority.issue("localhost"), at_once=True) as post:
        configured(f"smtps://127.0.0.1:{post.port}")
        with pytest.raises(OSError, match="certificate"):
            mail.send("ann@example.org", "s", "b")
    assert post.mails == []


def test_a_password_does_not_leave_the_machine_in_the_clear(configured):
    with post_office("127.0.0.2") as post:
        configured(f"smtp://ann:pass@127.0.0.2:{post.port}")
        with pytest.raises(ConfigurationError, match=r"^MAIL_URL: the server offers no TLS"):
            mail.send("ann@example.org", "s", "b")
    assert post.logins == []


def test_what_is_refused_for_good_is_told_apart_from_what_may_be_tried_again(configured):
    with post_office() as post:
        configured(f"smtp://127.0.0.1:{post.port}")
        post.answers = {"gone@example.org": "550 no such user", "full@example.org": "452 mailbox full"}
        with pytest.raises(mail.Undeliverable, match="550 no such user"):
            mail.send("gone@example.org", "s", "b")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mail.send("full@example.org", "s", "b")
        configured(f"smtp://ann:wrong@127.0.0.1:{post.port}")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            mail.send("ann@example.org", "s", "b")
    with pytest.raises(OSError, match="refused"):
        mail.send("ann@example.org", "s", "b")
    assert post.mails == []


def test_a_machine_without_mail_prints_it(configured, caplog):
    configured("print:")
    with caplog.at_level(logging.INFO):
        mail.send("ann@example.org", "A subject", "The token is 123")
    assert "ann@example.org" in caplog.text and "A subject" in caplog.text and "The token is 123" in caplog.text


def test_without_a_server_the_variable_is_named(configured):
    configured("")
    with pytest.raises(ConfigurationError, match=r"^MAIL_URL: is not set"):
        mail.send("ann@example.org", "s", "b")


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://a b@c", "print"])
def test_a_malformed_address_of_a_server_is_refused_without_telling_it(configured, url):
    configured(url)
    with pytest.raises(
        ConfigurationError, match=r"^MAIL_URL: must be smtp://user:password@host:587, smtps://…, or print:$"
    ):
        mail_settings()


def test_a_sender_that_is_no_address_is_refused(configured):
    configured("print:", "The Reality Report")
    with pytest.raises(ConfigurationError, match=r"^MAIL_FROM: must be like"):
        mail_settings()
