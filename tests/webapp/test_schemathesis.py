"""Schemathesis asks every operation of our own OpenAPI document, as it says and as it forbids, and holds each answer to it.

`TRR_PROVE=1` makes ten thousand requests of five hundred.
"""

import os
from collections import Counter
from collections.abc import Callable
from itertools import count
from math import ceil
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from sqlalchemy import text

from db.session import as_system
from models.accounts import Role
from tests.webapp import factories as make
from tests.webapp.talk import open_thread, say
from tests.webapp.test_every_route import one_of_each
from webapp import limits

CASES = 10_000 if "TRR_PROVE" in os.environ else 500

REFUSED = {
    "query.cursor": "a cursor is what `Link` says, and no pattern tells one from other text",
    "query.q": "prose is trimmed before it is judged",
    "query.offset": "not together with `cursor`, which OpenAPI cannot say of two parameters",
    "query.before": "the same",
    "json.username": "some are reserved",
    "json.password": "characters are counted once normalized (NFKC), and the commonest are refused",
    "json.new_password": "the same",
    **{f"json.{name}": "prose is trimmed before it is judged" for name in ("title", "body", "reason", "note", "words")},
    "header.Idempotency-Key": "a key that was used for another request is refused",
    "json.seen_through": "only an episode of the show",
    "json.spoils_id": "only an episode of the show",
    "json.time_zone": "there are hundreds",
    "json.url": "which addresses a webhook may have, no pattern can say",
    "json.other_user_id": "nobody writes to themselves",
    "json.attachment_ids": "only images that one has uploaded can be sent",
    "json": "an action or a kind is named twice, which JSON Schema cannot forbid",
    "json.set": "which fields there are hangs on the kind of the entity",
}
"""Where something may be wrong (422) though the document allows it."""

UNSAYABLE = {
    "Holds a character that is none.": "no text may hold NUL",
    "Not a valid integer.": "JSON Schema calls 1.0 an integer",
    "Neither a number of TMDb nor a UUID.": "the same",
}
"""What may be wrong anywhere though the document allows it."""

SENSELESS = {
    "POST /api/v1/auth/verify": "nobody was given this token",
    "POST /api/v1/auth/password/reset": "nobody was given this token",
    "POST /api/v1/shows/{entity_id}/threads": "only an episode has a live thread; the three share a schema",
    "POST /api/v1/seasons/{entity_id}/threads": "only an episode has a live thread; the three share a schema",
}
"""Operations that answer 400 to what is well-formed."""


def is_explained(failure: Failure, case: Case, response: Response) -> bool:
    """Whether a finding is none of ours, for a reason that stands in this module."""
    refused = type(failure).__name__ == "RejectedPositiveData"
    if refused and response.status_code == 422:
        errors = response.json()["errors"]
        return all(error["msg"] in UNSAYABLE or ".".join(error["loc"][:2]) in REFUSED for error in errors)
    if refused and response.status_code == 400:
        return case.operation.label in SENSELESS
    if refused and response.status_code == 412:
        return True  # which version is the present one, no document can say
    if response.status_code == 503:
        return case.operation.path.startswith("/api/v1/jobs") or case.operation.path.endswith("/refresh")  # no Prefect
    return False


def raise_limits() -> None:
    """Let one address and one user do everything as often as they like."""
    with as_system() as system:
        for action in limits.DEFAULTS:
            system.execute(
                text(
                    "insert into ops.action_limits (action, allowed, seconds) values (:action, 1000000, 1)"
                    " on conflict (action) do update set allowed = excluded.allowed, seconds = excluded.seconds"
                ),
                {"action": action},
            )
    limits.forget()


def asking(
    operation: "APIOperation[Any, Any, Any, Any]",
    known: dict[str, str],
    users: dict[Role | None, str],
    note: Callable[..., None],
) -> Callable[[], None]:
    """A test of one operation: by somebody of each role, about what there is and what there is not."""

    @given(
        st.one_of([operation.as_strategy(mode) for mode in GenerationMode]),
        st.sampled_from([Role.ADMIN, Role.ADMIN, *users]),
        st.booleans(),
    )
    def ask(case: Case, role: Role | None, there_is: bool) -> None:
        headers = {"Authorization": f"Bearer {users[role]}"} if role else {}
        if there_is and case.meta and case.meta.generation.mode.is_positive:
            for name in set(case.path_parameters) & set(known):
                case.path_parameters[name] = known[name]
            for about in ("season", "episode"):
                if operation.path.startswith(f"/api/v1/{about}s/{{entity_id}}"):
                    case.path_parameters["entity_id"] = known[f"{about}_id"]
            if "If-Match" in case.headers:
                case.headers["If-Match"] = "*"
        response = case.call(headers=headers)
        found: list[Any] = []
        try:
            case.validate_response(response, headers=headers)
        except FailureGroup as group:
            found = [failure for failure in group.exceptions if not is_explained(failure, case, response)]
        note(case, response, found)

    return ask


@pytest.fixture
def known(client, as_user) -> dict[str, str]:
    """Something that is there for each parameter of a path, and that a friend said."""
    with make.catalogue() as catalogue:
        known = {name.strip("{}"): value for name, value in one_of_each(catalogue, make.full_show(catalogue)).items()}
    friend = as_user("friend")
    return known | {"user_id": str(friend.user_id), "username": "friend"}


def said(known: dict[str, str], friend: FlaskClient) -> dict[str, str]:
    """A thread and a post that nobody has deleted yet."""
    thread = open_thread(friend, UUID(known["season_id"]), of="seasons")
    return known | {"thread_id": thread["id"], "post_id": say(friend, thread, "Here I am")["id"]}


def test_every_answer_is_as_the_document_says(app: Flask, client, tokens, as_user, known, private_bucket):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    schema.config.generation.with_security_parameters = False  # who asks is told below
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    answers: Counter[int] = Counter()
    findings: dict[str, str] = {}

    def note(case: Case, response: Response, failures: list[Failure]) -> None:
        answers[response.status_code] += 1
        for failure in failures:
            name = f"{case.operation.label} {response.status_code} {type(failure).__name__}"
            findings.setdefault(name, f"{name}\n{failure}\n{case.as_curl_command()}\n{response.text[:500]}")

    for number in count():  # an operation that can be asked in few ways is asked again in another order
        if answers.total() >= CASES:
            break
        each = ceil((CASES - answers.total()) / len(operations))
        for operation in operations:
            raise_limits()  # one of them sets limits
            users = {role: tokens.of(tokens.user(role.value, role)) for role in Role}  # some end their own account
            if "_id}" in operation.path and operation.path.startswith(("/api/v1/threads", "/api/v1/posts")):
                known = said(known, as_user("author"))
            test = asking(operation, known, users | {None: ""}, note)
            settings(
                max_examples=each, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
            )(seed(number)(test))()
    assert findings == {}, "\n\n".join(findings.values())
    assert {200, 401, 403, 404, 422} <= set(answers)
