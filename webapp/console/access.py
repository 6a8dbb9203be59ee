"""Who uses the console: a token of theirs in a cookie that only the console gets, and a secret in every form.

No script reads the cookie (HttpOnly), no other site makes the browser send it (SameSite=Strict), and no address but the console's
gets it (Path): to the API it means nothing. A form counts only with the secret that its own cookie holds, so no other page can
have one sent. A live page's own script asks for the token with that secret, because a socket wants to be told who listens.
"""

import hmac
import secrets
from datetime import UTC, datetime

from flask import Response, abort, g, redirect, request, url_for

from models.accounts import Role
from webapp import limits
from webapp.access.tokens import authenticate
from webapp.access.viewer import Viewer
from webapp.client_address import hashed_address
from webapp.console.frame import PATH, blp, by_script
from webapp.errors import Forbidden, Unauthenticated
from webapp.frame import optional_user
from webapp.users.pictures import MOST_BYTES

TOKEN = "console_token"
FORM = "console_form"
WITH_IMAGES = (f"{blp.name}.send_message",)
"""Forms with which whoever is signed in may send an image."""

BESIDES = 64 * 1024
"""Bytes of such a form besides the image."""

LONGEST_TOKEN = 3800
"""Characters that a browser keeps in one cookie for certain, with its attributes."""


@blp.before_request
def know() -> None:
    """Find out who asks, and refuse a form that is none of ours."""
    if request.endpoint == f"{blp.name}.static":
        return
    limits.spend_read(hashed_address())
    token = request.cookies.get(TOKEN)
    if token:
        try:
            g.viewer = authenticate(token)
        except (Unauthenticated, Forbidden):
            g.signed_out = True
    if request.method == "POST":
        if "viewer" in g and request.endpoint in WITH_IMAGES:
            request.max_content_length = MOST_BYTES + BESIDES
        _check_form()


def _check_form() -> None:
    kept, given = request.cookies.get(FORM, ""), request.form.get("secret", "")
    foreign = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    if foreign or not kept or not hmac.compare_digest(kept.encode(), given.encode()):
        raise Forbidden("This form is too old, or none of ours; open the page anew")


def form_secret() -> str:
    """What a form has to bring along."""
    if "form_secret" not in g:
        g.form_secret = request.cookies.get(FORM) or secrets.token_urlsafe(32)
    secret: str = g.form_secret
    return secret


def viewer() -> Viewer | None:
    """Who asks, if they are signed in."""
    return optional_user()


def decides() -> bool:
    """Whether the one who asks may decide what waits for a person."""
    known = optional_user()
    return known is not None and known.may(Role.ADMIN)


def moderates() -> bool:
    """Whether the one who asks may keep talk in order."""
    known = optional_user()
    return known is not None and known.may(Role.MODERATOR)


def has_webhooks() -> bool:
    """Whether the one who asks may have programs told of events."""
    known = optional_user()
    return known is not None and known.may(Role.ADMIN, Role.SERVICE)


def signed_in(*roles: Role) -> Viewer:
    """Who asks; whoever is not signed in is led to where one can.

    Args:
        roles: of which they have to be one at least; without any, every user will do.

    Raises:
        Unauthenticated: a script asks, which cannot be led anywhere.
        Forbidden: they may not do what one of these roles may.
    """
    known = optional_user()
    if known is None:
        if by_script():
            raise Unauthenticated
        here = request.full_path.rstrip("?") if request.method == "GET" else request.referrer
        abort(redirect(url_for("console.sign_in", next=safe_path(here)), 303))
    if roles and not known.may(*roles):
        wanted = " or ".join(f"{'an' if role is Role.ADMIN else 'a'} {role}" for role in roles)
        raise Forbidden(f"Only {wanted} may do this")
    return known


def safe_path(address: str | None) -> str:
    """An address of the console's own to go on to; its first page for any other."""
    path = (address or "").removeprefix(request.host_url.rstrip("/"))
    ours = path.startswith(f"{PATH}/") and path.isprintable() and "\\" not in path and "//" not in path
    return path if ours else url_for("console.home")


def let_in(response: Response, token: str, expires_at: datetime) -> None:
    """Keep a token that was checked; forms get a new secret."""
    g.form_secret = secrets.token_urlsafe(32)
    seconds = max(0, int((expires_at - datetime.now(UTC)).total_seconds()))
    _set(response, TOKEN, token, max_age=seconds)


def let_out(response: Response) -> None:
    """Forget the token."""
    response.delete_cookie(TOKEN, path=PATH)


@blp.after_request
def keep(response: Response) -> Response:
    """Send the cookies that a page made or lost."""
    if g.get("form_secret", request.cookies.get(FORM)) != request.cookies.get(FORM):
        _set(response, FORM, g.form_secret)
    if g.get("signed_out"):
        let_out(response)
    return response


def _set(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path=PATH, httponly=True, samesite="Strict", secure=request.is_secure
    )
