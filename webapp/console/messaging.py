"""Pages and forms of direct messages: the inbox, and one conversation, which is live as a thread is (`discussions.py`)."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from models.rules.messages import BODY, REACTIONS, TITLE, Folder, MemberRole
from models.rules.rooms import Room
from webapp import limits
from webapp.console import access
from webapp.console.discussions import wanted
from webapp.console.forms import acts, done, same_version
from webapp.console.frame import asked, blp, filled
from webapp.console.live import live
from webapp.conversations import groups, reading, service
from webapp.conversations.schemas import ConversationEdit, GroupCreate, GroupEdit, MessageMark, MessageSettingsEdit
from webapp.frame import current_user, in_transaction, request_session, system_session
from webapp.messages import images
from webapp.messages import reading as messages
from webapp.messages import service as writing
from webapp.messages.schemas import MessageCreate, MessageEdit, MessageReact, SearchQuery
from webapp.moderation.schemas import REASONS
from webapp.schemas import Page
from webapp.users import service as users

CONVERSATIONS = 50
MESSAGES = 50
FOUND = 50
Row = dict[str, Any]


class InboxPage(Schema):
    """Which conversations."""

    folder = fields.String(load_default=Folder.INBOX, validate=OneOf(list(Folder)))
    cursor = Page().fields["cursor"]


class MessagesPage(Schema):
    """Which messages: without a cursor the newest."""

    cursor = Page().fields["cursor"]


class Named(Schema):
    """Somebody by their name."""

    username = fields.String(required=True, validate=Length(1, 100))


@blp.get("/messages")
@in_transaction
def inbox() -> str:
    """The reader's conversations, and messages that hold some words."""
    viewer, session = access.signed_in(), request_session()
    query = asked(InboxPage)
    following = live(Room.user(viewer.id))
    found, more = reading.page(session, viewer, limit=CONVERSATIONS, **query)
    q = asked(SearchQuery)["q"] if request.args.get("q", "").strip() else ""
    return render_template(
        "console/inbox.html",
        conversations=found,
        more=more,
        folder=query["folder"],
        folders=list(Folder),
        asking=len(reading.page(session, viewer, limit=CONVERSATIONS, folder=Folder.REQUESTS)[0]),
        settings=reading.settings(session, viewer),
        q=q,
        hits=messages.search(session, viewer, q=q, limit=FOUND)[0] if q else [],
        live=following,
        longest=TITLE,
    )


@blp.get("/messages/<id:conversation_id>")
@in_transaction
def conversation(conversation_id: UUID) -> str:
    """A conversation: its newest messages, the last one below, or older ones."""
    viewer, session = access.signed_in(), request_session()
    cursor = asked(MessagesPage)["cursor"]
    head = reading.one(session, conversation_id, viewer)
    following = live(Room.conversation(conversation_id))
    found = messages.page(session, conversation_id, viewer, limit=MESSAGES, cursor=cursor)
    return render_template(
        "console/conversation.html",
        conversation=reading.one(session, conversation_id, viewer) if found.rows else head,
        messages=found.rows[::-1],
        older=found.following,
        is_newest=cursor is None,
        live=following,
        **_choices(),
    )


@blp.get("/messages/<id:conversation_id>/news")
@in_transaction
def message_news(conversation_id: UUID) -> str:
    """A conversation's head and some of its messages, as they are now."""
    viewer, session = access.signed_in(), request_session()
    head = reading.one(session, conversation_id, viewer)
    found = [messages.one(session, id_, viewer) for id_ in wanted()["entry"]]
    shown = sorted((one for one in found if one["conversation_id"] == conversation_id), key=lambda one: one["seq"])
    return render_template("console/message_news.html", conversation=head, messages=shown, **_choices())


@blp.post("/messages")
@acts("conversation")
def open_conversation() -> Any:
    """Open the conversation with somebody whom one names."""
    opened = service.open_direct(request_session(), current_user(), _named(filled(Named)["username"]))
    return done(_at(opened))


@blp.post("/messages/groups")
@acts("conversation")
def open_group() -> Any:
    """Make a group of people whom one names."""
    names = request.form.get("usernames", "").replace(",", " ").split()
    made = filled(GroupCreate, user_ids=[str(_named(name)) for name in names])
    return done(_at(groups.create(system_session(), current_user(), **made)))


@blp.post("/messages/settings")
@acts("personal")
def keep_message_settings() -> Any:
    """Say what others may know of one's reading, and whether strangers may write."""
    given = {name: name in request.form for name in ("shows_receipts", "takes_requests")}
    service.change_settings(request_session(), current_user(), **filled(MessageSettingsEdit, **given))
    return done(url_for("console.inbox", _anchor="settings"))


@blp.post("/messages/<id:conversation_id>/messages")
@acts("message")
def send_message(conversation_id: UUID) -> Any:
    """Send a message, perhaps in answer to another one, perhaps with an image."""
    session, viewer, image = request_session(), current_user(), request.files.get("image")
    words = filled(MessageCreate)
    if image:  # a field in which none was chosen is sent, too, without a name
        limits.spend("image", str(viewer.id))
        words["attachment_ids"] = [images.put(session, viewer.id, image.read())["id"]]
    return done(_at(conversation_id), message_id=writing.send(session, conversation_id, viewer, **words))


@blp.post("/messages/<id:conversation_id>/accept")
@acts("personal")
def accept_conversation(conversation_id: UUID) -> Any:
    """Accept what somebody asks."""
    service.accept(request_session(), conversation_id, current_user())
    return done(_at(conversation_id))


@blp.post("/messages/<id:conversation_id>/decline")
@acts("personal")
def decline_conversation(conversation_id: UUID) -> Any:
    """Decline it."""
    groups.decline(system_session(), conversation_id, current_user())
    return done(url_for("console.inbox"))


@blp.post("/messages/<id:conversation_id>/keep")
@acts("personal")
def keep_conversation(conversation_id: UUID) -> Any:
    """Mute or archive a conversation, or undo that."""
    service.keep(request_session(), conversation_id, current_user(), **filled(ConversationEdit))
    return done(_at(conversation_id))


@blp.post("/messages/<id:conversation_id>/read")
@acts("receipt")
def read_conversation(conversation_id: UUID) -> Any:
    """Remember how far one has read."""
    seen = filled(MessageMark)["last_read_message_id"]
    service.mark_read(request_session(), conversation_id, current_user(), seen)
    return done(_at(conversation_id))


@blp.post("/messages/<id:conversation_id>/title")
@acts("group")
def rename_group(conversation_id: UUID) -> Any:
    """Give a group another title."""
    groups.rename(system_session(), conversation_id, current_user(), **filled(GroupEdit))
    return done(_at(conversation_id))


@blp.post("/messages/<id:conversation_id>/members")
@acts("group")
def add_member(conversation_id: UUID) -> Any:
    """Add somebody whom one names to a group."""
    groups.add(system_session(), conversation_id, current_user(), _named(filled(Named)["username"]))
    return done(_at(conversation_id))


@blp.post("/messages/<id:conversation_id>/members/<id:user_id>")
@acts("group")
def change_member(conversation_id: UUID, user_id: UUID) -> Any:
    """Give a member another role, or take them out of the group; or leave it."""
    role = request.form.get("role")
    if role in list(MemberRole):
        groups.set_role(system_session(), conversation_id, current_user(), user_id, role=role)
        return done(_at(conversation_id))
    groups.remove(system_session(), conversation_id, current_user(), user_id)
    return done(url_for("console.inbox") if user_id == current_user().id else _at(conversation_id))


@blp.post("/message/<id:message_id>/edit")
@acts("message")
def edit_message(message_id: UUID) -> Any:
    """Change the words of a message of one's own."""
    writing.edit(request_session(), message_id, current_user(), check=same_version, **filled(MessageEdit))
    return done(message_id=message_id)


@blp.post("/message/<id:message_id>/delete")
@acts("message")
def delete_message(message_id: UUID) -> Any:
    """Take a message of one's own back."""
    writing.delete(request_session(), message_id, current_user())
    return done(message_id=message_id)


@blp.post("/message/<id:message_id>/reactions")
@acts("reaction")
def react_to_message(message_id: UUID) -> Any:
    """React to a message, or take that back."""
    writing.react(request_session(), message_id, current_user(), filled(MessageReact)["reaction"])
    return done(message_id=message_id)


def _named(username: str) -> UUID:
    found: UUID = users.profile_by_name(username.removeprefix("@"))["id"]
    return found


def _at(conversation_id: UUID) -> str:
    return url_for("console.conversation", conversation_id=conversation_id)


def _choices() -> Row:
    return {"reactions": REACTIONS, "reasons": REASONS, "longest": BODY, "longest_title": TITLE}
