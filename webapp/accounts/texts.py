"""What our mails say. Plain text, and nothing that a stranger chose but a username, which is letters, digits, `_` and `.`."""

from typing import NamedTuple

from webapp.settings import account_settings


class Text(NamedTuple):
    """A mail's subject and body."""

    subject: str
    body: str


def confirm(username: str, token: str) -> Text:
    """To an address that somebody registered with."""
    return Text(
        "Confirm your e-mail address",
        f"""\
Somebody, hopefully you, wants to join The Reality Report with this e-mail address, as "{username}".

To confirm it, {_way("verify", token)}

It is good for two days and can be used once. If it was not you, do nothing: no account is made, and you hear no more of it.
""",
    )


def already_a_member() -> Text:
    """To an address that has an account, when somebody registers with it again."""
    return Text(
        "You have an account already",
        """\
Somebody, hopefully you, tried to join The Reality Report with this e-mail address. It has an account already, so nothing
was changed.

If you do not remember its password, ask for a new one in the app. If it was not you, you need do nothing.
""",
    )


def reset(token: str) -> Text:
    """To the owner of an account who wants a new password."""
    return Text(
        "Set a new password",
        f"""\
Somebody, hopefully you, asked for a new password of your account at The Reality Report.

To set one, {_way("reset", token)}

It is good for one hour and can be used once; all your devices are signed out then. If it was not you, do nothing: your
password stays as it is.
""",
    )


def password_changed() -> Text:
    """To the owner of an account whose password has changed."""
    return Text(
        "Your password was changed",
        """\
The password of your account at The Reality Report was changed just now, and your other devices were signed out.

If it was not you, ask for a new password in the app at once.
""",
    )


def export_ready(days: int) -> Text:
    """To a user who asked for a copy of their data."""
    return Text(
        "The copy of your data is ready",
        f"""\
The copy of your data at The Reality Report that you asked for is ready. You can download it in the app for {days} days;
then it is removed.
""",
    )


def deleted() -> Text:
    """To a user who deleted their account."""
    return Text(
        "Your account was deleted",
        """\
Your account at The Reality Report was deleted, as you wished. Your profile is empty, your username is free, and what
was only yours is being removed. This is the last mail to this address.
""",
    )


def _way(step: str, token: str) -> str:
    page = account_settings().mail_link_url
    if page is None:
        return f"enter this in the app:\n\n    {token}"
    return f"open this page:\n\n    {page}#{step}={token}"
