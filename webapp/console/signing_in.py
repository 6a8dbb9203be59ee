"""Signing in to the console and out of it: with a token that one has."""

from typing import Any

from flask import make_response, redirect, render_template, request

from webapp.access.tokens import authenticate
from webapp.console import access
from webapp.console.frame import blp
from webapp.errors import Forbidden, InvalidToken, Unauthenticated


@blp.get("/sign-in")
def sign_in() -> str:
    """The forms."""
    return _form()


@blp.post("/sign-in")
def signed_in() -> Any:
    """Check what was given, and keep the token."""
    token = request.form.get("token", "").strip()
    try:
        if len(token) > access.LONGEST_TOKEN:
            raise InvalidToken("it is too long for a cookie")
        known = authenticate(token)
    except (Unauthenticated, Forbidden) as error:
        return make_response(_form(str(error)), 403 if isinstance(error, Forbidden) else 401)
    response: Any = redirect(access.safe_path(request.form.get("next")), 303)
    access.let_in(response, token, known.expires_at)
    return response


@blp.post("/sign-out")
def sign_out() -> Any:
    """Forget the token."""
    response: Any = redirect(access.safe_path(None), 303)
    access.let_out(response)
    return response


def _form(why: str = "") -> str:
    return render_template("console/sign_in.html", why=why, next=access.safe_path(request.values.get("next")))
