"""Signing in to the console and out of it: with a token that one has, or with the account of the built-in issuer."""

from typing import Any

from flask import make_response, redirect, render_template, request

from db.session import as_system
from webapp import limits
from webapp.access.tokens import authenticate
from webapp.accounts import sessions
from webapp.client_address import hashed_address
from webapp.console import access
from webapp.console.frame import blp
from webapp.errors import Forbidden, InvalidToken, TooMany, Unauthenticated
from webapp.settings import account_settings

STATUSES = {Unauthenticated: 401, Forbidden: 403, TooMany: 429}


@blp.get("/sign-in")
def sign_in() -> str:
    """The forms."""
    return _form()


@blp.post("/sign-in")
def signed_in() -> Any:
    """Check what was given, and keep the token."""
    try:
        token = _token()
        known = authenticate(token)
    except (Unauthenticated, Forbidden, TooMany) as error:
        status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
        return make_response(_form(str(error)), status)
    response: Any = redirect(access.safe_path(request.form.get("next")), 303)
    access.let_in(response, token, known.expires_at)
    return response


@blp.post("/token")
def token() -> Any:
    """The token of whoever asks, for a live page's script, which shows it to the socket."""
    access.signed_in()
    response = make_response({"token": request.cookies[access.TOKEN]})
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.post("/sign-out")
def sign_out() -> Any:
    """Forget the token, and end its session where we began it."""
    known = access.viewer()
    if known is not None and known.session_id is not None:
        with as_system() as session:
            sessions.end(session, [known.session_id])
    response: Any = redirect(access.safe_path(None), 303)
    access.let_out(response)
    return response


def _token() -> str:
    token = request.form.get("token", "").strip()
    if "email" in request.form:
        if not account_settings().auth_builtin:
            raise Unauthenticated("There are no accounts with a password here")
        limits.spend("login", hashed_address())
        email, password = request.form.get("email", "").strip(), request.form.get("password", "")
        token = sessions.log_in(email, password, "console").access_token
    if len(token) > access.LONGEST_TOKEN:
        raise InvalidToken("it is too long for a cookie")
    return token


def _form(why: str = "") -> str:
    goal = access.safe_path(request.values.get("next"))
    return render_template("console/sign_in.html", why=why, next=goal, has_accounts=account_settings().auth_builtin)
