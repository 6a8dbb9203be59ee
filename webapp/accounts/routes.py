"""Routes of the built-in issuer."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from db.commands import users
from webapp.accounts import service, sessions
from webapp.accounts.schemas import (
    AddressSchema,
    ChangePasswordSchema,
    LoginSchema,
    RefreshSchema,
    RegisterSchema,
    ResetSchema,
    SessionSchema,
    TokensSchema,
    VerifySchema,
)
from webapp.accounts.sessions import Tokens
from webapp.api import Blueprint
from webapp.errors import NotFound
from webapp.frame import current_user, request_session
from webapp.schemas import DoneSchema
from webapp.settings import account_settings

blp = Blueprint("Accounts", __name__, description="Accounts with an e-mail address and a password, and their sessions")

MAILED = {"status": "If this can be done, a mail tells how to go on"}


@blp.before_request
def refuse_where_there_are_none() -> None:
    """Answer 404 where an installation leaves accounts to other issuers."""
    if not account_settings().auth_builtin:
        raise NotFound("There are no accounts with a password here")


def _device(named: str | None) -> str | None:
    return sessions.device_of(named or request.headers.get("User-Agent"))


@blp.route("/auth/register")
class Register(MethodView):
    @blp.limited("register")
    @blp.arguments(RegisterSchema)
    @blp.response(200, DoneSchema)
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Ask for an account; a mail with a token confirms the address"""
        service.register(**body)
        return MAILED


@blp.route("/auth/resend")
class Resend(MethodView):
    @blp.limited("mail")
    @blp.arguments(AddressSchema)
    @blp.response(200, DoneSchema)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Have the mail that confirms an address sent again, with a new token"""
        service.resend(**body)
        return MAILED


@blp.route("/auth/verify")
class Verify(MethodView):
    @blp.limited("login")
    @blp.arguments(VerifySchema)
    @blp.response(200, TokensSchema)
    @blp.alt_response(400, "BAD_REQUEST")
    def post(self, body: dict[str, Any]) -> Tokens:
        """Confirm an address with the token of its mail; makes the account and signs in"""
        return service.verify(body["token"], _device(body["device"]))


@blp.route("/auth/login")
class Login(MethodView):
    @blp.limited("login")
    @blp.arguments(LoginSchema)
    @blp.response(200, TokensSchema)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    def post(self, body: dict[str, Any]) -> Tokens:
        """Sign in; after five failures with an address it is locked for a minute, then longer each time"""
        return sessions.log_in(body["email"], body["password"], _device(body["device"]))


@blp.route("/auth/refresh")
class Refresh(MethodView):
    @blp.limited("refresh")
    @blp.arguments(RefreshSchema)
    @blp.response(200, TokensSchema)
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(403, "FORBIDDEN")
    def post(self, body: dict[str, Any]) -> Tokens:
        """Get new tokens for a refresh token, which is good once; a second time ends its session"""
        return sessions.refresh(body["refresh_token"])


@blp.route("/auth/logout")
class Logout(MethodView):
    @blp.limited("refresh")
    @blp.arguments(RefreshSchema)
    @blp.response(200, DoneSchema)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """End the session of a refresh token"""
        sessions.log_out(body["refresh_token"])
        return {"status": "signed out"}


@blp.route("/auth/logout-everywhere")
class LogoutEverywhere(MethodView):
    @blp.login_required
    @blp.limited("account")
    @blp.response(200, DoneSchema)
    def post(self) -> dict[str, str]:
        """End all of one's sessions, this one too"""
        users.end_sessions(request_session(), current_user().id)
        return {"status": "signed out everywhere"}


@blp.route("/auth/sessions")
class Sessions(MethodView):
    @blp.login_required
    @blp.response(200, SessionSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        """List one's sessions, the one that was used last first"""
        viewer = current_user()
        return sessions.of_user(request_session(), viewer.id, current=viewer.session_id)


@blp.route("/auth/sessions/<id:session_id>")
class OneSession(MethodView):
    @blp.login_required
    @blp.limited("account")
    @blp.response(200, DoneSchema)
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, session_id: UUID) -> dict[str, str]:
        """End one of one's sessions"""
        sessions.end_one(request_session(), current_user().id, session_id)
        return {"status": "ended"}


@blp.route("/auth/password")
class ChangePassword(MethodView):
    @blp.login_required
    @blp.limited("account")
    @blp.arguments(ChangePasswordSchema)
    @blp.response(200, DoneSchema)
    @blp.alt_response(403, "FORBIDDEN")
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Change one's password; ends one's other sessions"""
        viewer = current_user()
        service.change_password(
            request_session(),
            viewer.id,
            body["current_password"],
            body["new_password"],
            current_session=viewer.session_id,
        )
        return {"status": "changed"}


@blp.route("/auth/password/forgot")
class ForgotPassword(MethodView):
    @blp.limited("mail")
    @blp.arguments(AddressSchema)
    @blp.response(200, DoneSchema)
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Have a token for a new password mailed"""
        service.request_reset(**body)
        return MAILED


@blp.route("/auth/password/reset")
class ResetPassword(MethodView):
    @blp.limited("login")
    @blp.arguments(ResetSchema)
    @blp.response(200, DoneSchema)
    @blp.alt_response(400, "BAD_REQUEST")
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Set a new password with the token of a mail; ends all sessions"""
        service.reset(body["token"], body["new_password"])
        return {"status": "changed"}
