"""Mails: how they leave. What they say stands in `webapp/tasks/mail.py`, and when, in the outbox.

`MAIL_URL` says how: `smtp://user:password@host:587` (TLS by STARTTLS where the server offers it), `smtps://…:465` (TLS from
the first byte), or `print:`, which writes them to the log, for a machine without mail.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from db.settings import ConfigurationError
from webapp.settings import MailSettings, mail_settings

log = logging.getLogger(__name__)

SECONDS = 20
"""How long a server may be silent."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Undeliverable(Exception):
    """The server refused this mail for good; sending it again would not help."""


def send(to: str, subject: str, body: str) -> None:
    """Send one mail, and come back when the server has taken it.

    Raises:
        Undeliverable: the address or the mail was refused for good.
        OSError, smtplib.SMTPException: the server did not answer, or refuses for now; try again later.
        ConfigurationError: `MAIL_URL` is not set, or would send a password in the clear.
    """
    settings = mail_settings()
    message = composed(settings, to, subject, body)
    if settings.mail_url is None:
        raise ConfigurationError("MAIL_URL", f"is not set ({MailSettings.model_fields['mail_url'].description})")
    address = settings.mail_url.get_secret_value()
    if address == "print:":
        log.info("a mail to %s, which MAIL_URL=print: writes here:\n%s\n\n%s", to, subject, body)
        return
    with _connected(address) as server:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            if 500 <= code < 600:
                raise Undeliverable(f"{code} {reason.decode('utf-8', 'replace')}") from None
            raise
        except smtplib.SMTPNotSupportedError as error:
            raise Undeliverable(str(error)) from None


def composed(settings: MailSettings, to: str, subject: str, body: str) -> EmailMessage:
    """The mail as it is sent. It says that a program wrote it, so that no absence note answers (RFC 3834)."""
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=parseaddr(settings.mail_from)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


@contextmanager
def _connected(address: str) -> Iterator[smtplib.SMTP]:
    url = urlsplit(address)
    host = url.hostname or ""
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=SECONDS)
    with server:
        secret = url.scheme == "smtps"
        if not secret and server.ehlo()[0] == 250 and server.has_extn("starttls"):
            server.starttls(context=context)
            secret = True
        if url.username:
            if not secret and host not in LOOPBACK:
                raise ConfigurationError("MAIL_URL", "the server offers no TLS, and the password would be readable")
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
