"""`python -m tests.realtime.program`: the web app, with rooms that tests can make rights for.

A conversation's members are those that it has, or identities whose issuer is the conversation; surveys mask for a viewer
called `behind`. Two types of events are rendered: `told` by visibility, `whispered` for each viewer.
"""

import sys

if "--gevent" in sys.argv:  # what the program itself does, but before the imports that tests need
    from gevent import monkey

    monkey.patch_all()

from sqlalchemy import text

from db.session import as_system
from models.rules.rooms import RoomKind
from webapp.__main__ import main
from webapp.conversations import events as of_conversations  # before its check is replaced below
from webapp.realtime.access import Visibility, may_listen
from webapp.realtime.events import ID, NUMBER, TEXT, declare, nullable
from webapp.realtime.rendering import fills, renders

declare("tick", "A test's event.", "discussions", "surveys", "dms", "notifications", n=NUMBER)
declare("told", "A test's event that can spoil.", "surveys", id=ID, body=nullable(TEXT))
declare("whispered", "A test's event with a body for each viewer.", "dms", id=ID, viewer=ID)


@may_listen(RoomKind.CONVERSATION)
def _member(session, viewer, conversation_id):
    with as_system() as system:
        found = system.execute(
            text("select from accounts.identities where issuer = :issuer and user_id = :user"),
            {"issuer": str(conversation_id), "user": viewer.id},
        ).first()
    if found is None:
        return of_conversations.member(session, viewer, conversation_id)
    return Visibility.FULL


@may_listen(RoomKind.SURVEY)
def _by_name(session, viewer, _survey_id):
    name = (
        viewer
        and session.execute(
            text("select display_name from accounts.users where id = :id"), {"id": viewer.id}
        ).scalar_one()
    )
    return Visibility.MASKED if name == "behind" else Visibility.FULL


@renders("told")
def _told(_session, events, visibility):
    body = "she wins" if visibility is Visibility.FULL else None
    return [{"id": event.payload["id"], "body": body} for event in events]


@fills("whispered")
def _whispered(_session, events, viewers):
    return [{viewer: {**event.payload, "viewer": str(viewer)} for viewer in viewers} for event in events]


if __name__ == "__main__":
    raise SystemExit(main())
