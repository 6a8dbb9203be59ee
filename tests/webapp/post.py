"""An SMTP server for tests: it keeps what it takes, and refuses what it is told to."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from deployments.local.ports import Ports
from tests.conftest import SCRATCH


class Post:
    """What a server has taken, in order; `answers` tells what it says to a recipient instead of taking the mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.was_encrypted: list[bool] = []
        self.logins: list[tuple[str, str]] = []
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take a recipient, or say what was told."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.was_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    def sent_to(self, address: str) -> list[EmailMessage]:
        """The mails to an address."""
        return [mail for mail in self.mails if mail["To"] == address]

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Take any login."""
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password != b"wrong", handled=False)


@contextmanager
def post_office(host: str = "127.0.0.1", *, certificate: Path | None = None, at_once: bool = False) -> Iterator[Post]:
    """A running server.

    Args:
        certificate: with it the server speaks TLS: after STARTTLS, or from the first byte when `at_once`.
    """
    post = Post()
    post.port = Ports(SCRATCH / "ports-of-post.json").take("post")  # the controller cannot be asked which port it got
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    controller = Controller(
        post,
        hostname=host,
        port=post.port,
        ssl_context=tls if at_once else None,
        tls_context=None if at_once else tls,
        authenticator=post.authenticate,
        auth_require_tls=False,
        enable_SMTPUTF8=True,
        ready_timeout=60,
    )
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
