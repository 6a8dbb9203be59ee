"""Routes that only tests have, each of which shows one thing that the frame does; and a server of them that can be killed.

`python -m tests.webapp.trial PORT` serves until it is terminated. A request with `X-Die-At: n` kills the process that answers it
before its n-th step (a statement, the commit, the answer), and the next request finds another one.
"""

import os
import signal
import socket
import sys
from typing import Any
from uuid import UUID

from flask import Flask, g, request
from flask.views import MethodView
from marshmallow import Schema, fields
from sqlalchemy import event
from werkzeug.serving import make_server

from db import session as db
from models.accounts import Role, User
from webapp import api as webapi
from webapp.api import Blueprint
from webapp.app import create_app
from webapp.errors import Conflict, NotFound
from webapp.frame import current_user, match, optional_user, request_session, tag
from webapp.idempotency import Done, note_outcome
from webapp.schemas import Body

blp = Blueprint("Trial", __name__, description="Routes that only tests have")


class BioSchema(Body):
    """One's own biography."""

    id = fields.UUID()
    bio = fields.String(allow_none=True)
    version = fields.Integer()


class BioEdit(Schema):
    """A biography."""

    bio = fields.String(required=True)


def own(user_id: UUID) -> User:
    """The user of a path."""
    user = request_session().get(User, user_id)
    if user is None:
        raise NotFound("User not found")
    return user


@blp.route("/trial/<id:user_id>")
class Trial(MethodView):
    @blp.login_optional
    @blp.response(200)
    def get(self, user_id: UUID) -> dict[str, Any]:
        """Tell who asks"""
        viewer = optional_user()
        return {"viewer": viewer and str(viewer.id)}

    @blp.login_required
    @blp.limited("admin")
    @blp.arguments(BioEdit)
    @blp.response(200, BioSchema)
    @blp.repeatable(lambda _done, user_id: own(user_id))
    def post(self, body: dict[str, Any], user_id: UUID) -> User:
        """Change a biography, and count that"""
        user = own(user_id)
        user.bio = body["bio"]
        user.version += 1
        request_session().flush()
        if body["bio"] == "refused":
            raise Conflict("Not this one")
        return user

    @blp.login_required
    @blp.if_match
    @blp.arguments(BioEdit)
    @blp.response(200, BioSchema)
    def patch(self, body: dict[str, Any], user_id: UUID) -> User:
        """Change the version of a biography that is known"""
        user = own(user_id)
        match(user.version)
        user.bio = body["bio"]
        user.version += 1
        tag(user.version)
        return user

    @blp.requires(Role.MODERATOR)
    @blp.response(200)
    def delete(self, user_id: UUID) -> dict[str, Any]:
        """Do what a moderator may"""
        return {"role": current_user().role}


@blp.route("/trial/<id:user_id>/own")
class Own(MethodView):
    @blp.login_required
    @blp.response(200, BioSchema)
    def get(self, user_id: UUID) -> User:
        """Tell a biography with its version"""
        user = own(user_id)
        tag(user.version)
        return user


@blp.route("/trial/toggle")
class Toggle(MethodView):
    @blp.login_required
    @blp.response(200)
    @blp.repeatable(lambda done: toggled(done))
    def post(self) -> dict[str, Any]:
        """Turn something over that its result does not tell"""
        user = own(current_user().id)
        user.display_name = None if user.display_name else "on"
        note_outcome("on" if user.display_name else "off")
        return {"was": "on" if user.display_name else "off"}


def toggled(done: Done) -> dict[str, Any]:
    """The answer of a toggle that was done."""
    return {"was": done.outcome}


def trial_app() -> Flask:
    """The app with these routes more."""
    app = create_app()
    app.extensions["flask-smorest"]["apis"][""]["ext_obj"].register_blueprint(blp, url_prefix=webapi.PREFIX)
    return app


def _serve_and_die(app: Flask, listening: socket.socket) -> None:
    def step(*_: Any) -> None:
        if "die_at" in g:
            g.die_at -= 1
            if g.die_at == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def begin() -> None:
        if "X-Die-At" in request.headers:
            g.die_at = int(request.headers["X-Die-At"])

    app.before_request_funcs[None].insert(0, begin)

    @app.after_request
    def end(response: Any) -> Any:
        step()
        return response

    for engine in (db.engine(), db.system_engine()):
        event.listen(engine, "before_cursor_execute", step)
        event.listen(engine, "commit", step)
    make_server("127.0.0.1", 0, app, threaded=True, fd=listening.fileno()).serve_forever()


def main() -> None:
    """Serve, and begin anew whenever the serving process was killed."""
    app = trial_app()
    serving = 0

    def stop(*_: Any) -> None:
        os.kill(serving, signal.SIGKILL)
        os._exit(0)

    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listening:
        signal.signal(signal.SIGTERM, stop)
        print("ready", flush=True)  # noqa: T201
        while True:
            serving = os.fork()
            if serving == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                _serve_and_die(app, listening)
            os.waitpid(serving, 0)


if __name__ == "__main__":
    main()
