"""The request frame: what stands around every view, and around every event that a socket sends.

A view says what it demands by the decorators of `webapp.api.Blueprint`; here it is held to that, always in this order: is the
JSON well-formed (422), who is it (401), may they (403), not too often (429); then come the ids of the path and the fields (422),
and the view itself finds out what exists (404).

A view has one transaction, `request_session()`. It acts for the user, is begun when it is first asked for, ends before the
answer is sent, and undoes everything when the view fails.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app, g, request
from flask.globals import request_ctx
from sqlmodel import Session

from db.session import acting_as, as_system
from models.accounts import Role
from webapp import idempotency, limits
from webapp.access.tokens import authenticate
from webapp.access.viewer import Viewer
from webapp.bodies import json_body
from webapp.client_address import hashed_address
from webapp.errors import Forbidden, Stale, Unauthenticated, Unconditional

T = TypeVar("T")
BODIES = ("POST", "PUT", "PATCH", "DELETE")


class Login(Enum):
    """Whether a view knows who asks."""

    IGNORED = "ignored"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class Demands:
    """What a view demands of a request before it runs."""

    login: Login = Login.IGNORED
    roles: tuple[Role, ...] = ()
    action: str | None = None
    conditional: bool = False
    repeatable: bool = False
    hiding: bool = False
    """Whether `?spoilers=hide` makes its answer one for a certain user."""


def demand(view: Callable[..., Any], **demands: Any) -> None:
    """Note what a view demands. Decorators around it keep the note."""
    view.demands = replace(demands_of(view), **demands)  # type: ignore[attr-defined]


def demands_of(view: Callable[..., Any] | None) -> Demands:
    """What a view demands."""
    found: Demands = getattr(view, "demands", Demands())
    return found


def in_transaction(view: Callable[..., T]) -> Callable[..., T]:
    """The view with its transaction around it."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> T:
        with ExitStack() as g.transaction:
            return view(*args, **kwargs)

    return run


def request_session() -> Session:
    """The transaction of this request. It sees and changes what belongs to the user who asks, and no other private row."""
    if "session" not in g:
        viewer = optional_user()
        g.session = g.transaction.enter_context(acting_as(viewer.id if viewer else None))
    session: Session = g.session
    return session


def system_session() -> Session:
    """A transaction of this request as the system, for what crosses users. Whoever uses it has looked at the viewer's role."""
    if "system_session" not in g:
        viewer = optional_user()
        g.system_session = g.transaction.enter_context(as_system(viewer.id if viewer else None))
    session: Session = g.system_session
    return session


def current_user() -> Viewer:
    """Who asks, in a view that demands to know."""
    viewer: Viewer = g.viewer
    return viewer


def optional_user() -> Viewer | None:
    """Who asks, if that is known."""
    viewer: Viewer | None = g.get("viewer")
    return viewer


def perform(viewer: Viewer | None, action: str | None, work: Callable[[Session], T]) -> T:
    """Do for a viewer what is no request, such as an event of a socket: within the action's limit, in one transaction.

    Raises:
        TooMany: the action was done too often.
    """
    if action is not None and viewer is not None:
        limits.spend(action, str(viewer.id))
    with acting_as(viewer.id if viewer else None) as session:
        return work(session)


def once(
    work: Callable[[], Any],
    again: Callable[[idempotency.Done], Any],
    transaction: Callable[[], Session] = request_session,
) -> Any:
    """Do what this request asks for, unless its `Idempotency-Key` says that it was done: then render the answer again.

    Args:
        work: does it, in the transaction.
        again: renders the answer of what was done.
        transaction: gives the transaction of the work, to which the key belongs.
    """
    viewer = optional_user()
    wanted = idempotency.given(viewer.id) if viewer else None
    if wanted is None:
        return work()
    session = transaction()
    done = idempotency.claim(session, wanted)
    if done is not None:
        return again(done[0]), done[1], {"Idempotency-Replayed": "true"}
    result = work()
    answer, status = result[:2] if isinstance(result, tuple) else (result, 200)
    idempotency.keep(session, wanted, status, answer)
    return result


def match(version: int) -> None:
    """Make sure that the client edits the version that is there.

    Raises:
        Stale: it says that it knows another one.
    """
    if "If-Match" in request.headers and not request.if_match.contains(str(version)):
        raise Stale(version)


def tag(version: int) -> None:
    """Send the version of the one thing that is answered, for `If-None-Match` and `If-Match`."""
    g.version = version


def bearer() -> str | None:
    """The token of the request; None where `Authorization` holds anything else than `Bearer` and one word."""
    scheme, *rest = request.headers.get("Authorization", "").split()[:3] or [""]
    return rest[0] if scheme.lower() == "bearer" and len(rest) == 1 else None


def init_app(app: Flask) -> None:
    """Hold requests to what their views demand. It has to be registered before whatever looks at the path's ids."""
    app.before_request(_check)
    app.after_request(_finish)


def _check() -> None:
    asked = request_ctx.request  # itself: each look through the proxy takes longer than what is looked at
    view = _view(asked)
    if view is None:
        return
    method = asked.method
    if method in BODIES:
        json_body()
    g.demands = demands = demands_of(view)
    if demands.login is not Login.IGNORED:
        _know(demands)
    elif demands.hiding and "spoilers" in asked.args and asked.args["spoilers"] == "hide":
        _know(replace(demands, login=Login.REQUIRED))
    if demands.action is not None:
        limits.spend(demands.action, _subject())
    elif demands.login is Login.IGNORED and method in ("GET", "HEAD") and asked.path.startswith("/api/"):
        limits.spend_read(_subject())
    if demands.conditional and "If-Match" not in asked.headers:
        raise Unconditional
    if method == "POST" and not demands.repeatable:
        idempotency.refuse_key()


def _view(asked: Request) -> Callable[..., Any] | None:
    """What answers a request, where it is one of our views."""
    if asked.endpoint is None:
        return None
    view = current_app.view_functions[asked.endpoint]
    resource = getattr(view, "view_class", None)
    if resource is None:
        return view if hasattr(view, "demands") else None
    return getattr(resource, "get" if asked.method == "HEAD" else asked.method.lower(), None)


def _know(demands: Demands) -> None:
    token = bearer()
    if token is not None:
        g.viewer = authenticate(token)
    elif demands.login is Login.REQUIRED:
        raise Unauthenticated
    if demands.roles and not current_user().may(*demands.roles):
        raise Forbidden(f"This needs the role {_either(demands.roles)}")


def _either(roles: Iterable[Role]) -> str:
    return " or ".join(role.value for role in roles)


def _subject() -> str:
    viewer = optional_user()
    return str(viewer.id) if viewer else hashed_address()


def _finish(response: Response) -> Response:
    demands: Demands | None = g.get("demands")
    if demands is not None and demands.login is not Login.IGNORED:
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.add("Authorization")
    for name, value in g.get("limit_headers", {}).items():
        response.headers.setdefault(name, value)
    if "version" in g and response.status_code < 300:
        response.set_etag(str(g.version))
        if request.method in ("GET", "HEAD"):
            conditional(response)
    return response


def conditional(response: Response) -> None:
    """Make of the answer to a read a 304 or 412 where the request's conditions have it so.

    `If-Match: *` holds wherever there is something (RFC 9110, 13.1.1); werkzeug would compare the asterisk with the tag.
    """
    environ = request.environ
    if request.if_match.star_tag:
        environ = {name: value for name, value in environ.items() if name != "HTTP_IF_MATCH"}
    response.make_conditional(environ)
