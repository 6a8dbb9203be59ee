"""Commands and queries about webhooks. Row level security shows everybody their own alone."""

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from db.commands import audit
from db.commands import webhooks as commands
from models.rules.webhooks import TEST
from models.webhooks import Webhook
from webapp.access.viewer import Viewer
from webapp.errors import Conflict, NotFound
from webapp.paging import Key, Order, bound
from webapp.request_id import request_id

Row = dict[str, Any]

MOST = 20
"""Webhooks that one user may have."""

OVERLAP = "24 hours"
"""How long the secret before still signs, beside the new one."""

_COLUMNS = """
    id, url, events, disabled_at is null as is_enabled, failures, failing_since, disabled_at, told_seq,
    case when previous_until > now() then previous_until end as previous_until, version, created_at"""

LATEST = Order("deliveries", (Key("created_at", "timestamptz", descending=True), Key("id", "uuid")))


def all_of(session: Session, viewer: Viewer) -> list[Row]:
    """The viewer's webhooks, the oldest first."""
    rows = session.execute(
        text(f"select {_COLUMNS} from ops.webhooks where user_id = :viewer order by created_at, id"),
        {"viewer": viewer.id},
    )
    return [dict(row) for row in rows.mappings()]


def webhook(session: Session, viewer: Viewer, webhook_id: UUID, *, with_secret: bool = False) -> Row:
    """One of the viewer's webhooks.

    Raises:
        NotFound: they have no such webhook.
    """
    columns = f"{_COLUMNS}, secret" if with_secret else _COLUMNS
    row = (
        session.execute(
            text(f"select {columns} from ops.webhooks where id = :id and user_id = :viewer"),
            {"id": webhook_id, "viewer": viewer.id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("Webhook not found")
    return dict(row)


def register(session: Session, viewer: Viewer, *, url: str, events: list[str]) -> UUID:
    """Have an address told of events from now on; answers the webhook's id.

    Raises:
        Conflict: the viewer has too many.
    """
    if len(all_of(session, viewer)) >= MOST:
        raise Conflict(f"Nobody has more than {MOST} webhooks")
    made = Webhook(
        user_id=viewer.id,
        url=url,
        events=sorted(set(events)),
        secret=_secret(),
        told_seq=commands.newest_change(session),
    )
    session.add(made)
    session.flush()
    _note(session, viewer, "webhook.register", made.id)
    return made.id


def edit(
    session: Session,
    viewer: Viewer,
    webhook_id: UUID,
    *,
    check: Callable[[int], None],
    url: str | None = None,
    events: list[str] | None = None,
    is_enabled: bool | None = None,
) -> None:
    """Change where a webhook is, what it is told, or whether: one that is enabled again is told what it missed. `check` is told
    the version that there is.

    Raises:
        NotFound: the viewer has no such webhook.
    """
    check(_locked(session, viewer, webhook_id).version)
    session.execute(
        text(
            """
            update ops.webhooks set url = coalesce(:url, url), events = coalesce(cast(:events as text[]), events),
                disabled_at = case when cast(:enabled as boolean) then null
                                   when not cast(:enabled as boolean) then coalesce(disabled_at, now())
                                   else disabled_at end,
                failures = case when :enabled then 0 else failures end,
                failing_since = case when :enabled then null else failing_since end, version = version + 1
            where id = :id
            """
        ),
        {"id": webhook_id, "url": url, "events": sorted(set(events)) if events else None, "enabled": is_enabled},
    )
    if is_enabled:
        commands.make_up(session, webhook_id)
    _note(session, viewer, "webhook.edit", webhook_id)


def remove(session: Session, viewer: Viewer, webhook_id: UUID) -> None:
    """Tell an address no more, and forget what it was told. Removing twice is removing."""
    gone = session.execute(
        text("delete from ops.webhooks where id = :id and user_id = :viewer returning 1"),
        {"id": webhook_id, "viewer": viewer.id},
    ).first()
    if gone is not None:
        _note(session, viewer, "webhook.remove", webhook_id)


def rotate(session: Session, viewer: Viewer, webhook_id: UUID) -> UUID:
    """Give a webhook another secret; the present one signs beside it for a day. Answers the webhook's id.

    Raises:
        NotFound: the viewer has no such webhook.
    """
    _locked(session, viewer, webhook_id)
    session.execute(
        text(
            f"update ops.webhooks set previous_secret = secret, previous_until = now() + interval '{OVERLAP}',"
            " secret = :secret, version = version + 1 where id = :id"
        ),
        {"id": webhook_id, "secret": _secret()},
    )
    _note(session, viewer, "webhook.rotate", webhook_id)
    return webhook_id


def test(session: Session, viewer: Viewer, webhook_id: UUID) -> UUID:
    """Have a delivery sent that tells nothing; answers its id.

    Raises:
        NotFound: the viewer has no such webhook.
        Conflict: it is disabled.
    """
    if not webhook(session, viewer, webhook_id)["is_enabled"]:
        raise Conflict("The webhook is disabled")
    return commands.test(session, webhook_id, TEST)


def redeliver(session: Session, viewer: Viewer, webhook_id: UUID, delivery_id: UUID) -> UUID:
    """Have something delivered once more, under the same id and with the same body, however it went before; answers that id.
    What waits already is left as it is.

    Raises:
        NotFound: the viewer has no such webhook, or it has no such delivery.
        Conflict: it is disabled.
    """
    if not webhook(session, viewer, webhook_id)["is_enabled"]:
        raise Conflict("The webhook is disabled")
    delivery(session, webhook_id, delivery_id)
    commands.redeliver(session, delivery_id)
    return delivery_id


def deliveries(
    session: Session,
    viewer: Viewer,
    webhook_id: UUID,
    *,
    limit: int,
    cursor: str | None = None,
    status: str | None = None,
) -> tuple[list[Row], str | None]:
    """What a webhook was told, the latest first; and the cursor of the next page.

    Raises:
        NotFound: the viewer has no such webhook.
    """
    webhook(session, viewer, webhook_id)
    values = LATEST.values(cursor) if cursor else ()
    after = f"and {LATEST.after(values)}" if cursor else ""
    rows = session.execute(
        text(
            f"select *, {LATEST.place()} :: text as place from ops.webhook_deliveries where webhook_id = :webhook"
            f" and (cast(:status as text) is null or status = :status) {after} order by {LATEST.by()} limit :limit"
        ),
        {"webhook": webhook_id, "status": status, "limit": limit + 1} | bound(values),
    )
    found = [dict(row) for row in rows.mappings()]
    following = LATEST.cursor(found[limit - 1]["place"]) if len(found) > limit else None
    return found[:limit], following


def delivery(session: Session, webhook_id: UUID, delivery_id: UUID) -> Row:
    """One delivery of a webhook.

    Raises:
        NotFound: the viewer's webhook has no such delivery.
    """
    row = (
        session.execute(
            text("select * from ops.webhook_deliveries where id = :id and webhook_id = :webhook"),
            {"id": delivery_id, "webhook": webhook_id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("Delivery not found")
    return dict(row)


def _locked(session: Session, viewer: Viewer, webhook_id: UUID) -> Any:
    found = session.execute(
        text("select version from ops.webhooks where id = :id and user_id = :viewer for update"),
        {"id": webhook_id, "viewer": viewer.id},
    ).one_or_none()
    if found is None:
        raise NotFound("Webhook not found")
    return found


def _secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def _note(session: Session, viewer: Viewer, action: str, webhook_id: UUID) -> None:
    audit.record(session, viewer.id, action, ("webhook", webhook_id), request_id=request_id())
