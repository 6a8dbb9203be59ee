"""What stands around every form of the console that changes something, as the frame stands around a route of the API.

    @blp.post("/threads/<id:thread_id>/posts")
    @acts("post")
    def say(thread_id): ...

Who sends it is signed in and has a role, does it not too often (the limits are the API's), and the view runs in one
transaction: `request_session()`, `current_user()`. A browser is led on to a page; a script of a live page gets JSON.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect, request

from models.accounts import Role
from webapp import limits
from webapp.console import access
from webapp.console.frame import by_script
from webapp.errors import Stale
from webapp.frame import in_transaction

View = Callable[..., Any]


def acts(action: str, *roles: Role) -> Callable[[View], View]:
    """The view of a form.

    Args:
        action: what is limited (`webapp/limits.py`).
        roles: of which its sender has to be one at least; without any, every user will do.
    """

    def decorate(view: View) -> View:
        working = in_transaction(view)

        @wraps(view)
        def run(**path: Any) -> Any:
            viewer = access.signed_in(*roles)
            limits.spend(action, str(viewer.id))
            return working(**path)

        return run

    return decorate


def done(address: str | None = None, **told: Any) -> Any:
    """What follows a form that was taken: the page of `address`, or the one that it was sent from; for a script, `told`."""
    if by_script():
        return {name: str(value) for name, value in told.items()}
    return redirect(address or access.safe_path(request.referrer), 303)


def same_version(version: int) -> None:
    """Make sure that the form was made for the version that is there.

    Raises:
        Stale: somebody changed the thing since.
    """
    if request.form.get("version", type=int) != version:
        raise Stale(version)
