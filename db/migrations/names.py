"""The database schemas that are ours, the extensions that they need, and the lock of who changes them."""

SCHEMAS = ("core", "ops", "accounts", "social")
EXTENSIONS = ("unaccent", "pg_trgm")

MIGRATION_LOCK = 7_465_000
"""Key of the advisory lock under which one migration runs at a time, and its grants are made."""

APPEND_ONLY = ("ops.audit_log",)
"""Tables in which the application may only add rows."""

SYSTEM_MADE = (
    "accounts.users",
    "social.sanctions",
    "social.keyword_filters",
    "social.notifications",
    "social.conversations",
    "social.conversation_members",
)
"""Tables in which the application may neither add nor remove rows."""

WITHHELD = {
    "accounts.users": ("id", "role", "status", "created_at", "deleted_at"),
    "social.threads": (
        "id",
        "level",
        "entity_id",
        "show_id",
        "created_by",
        "is_automatic",
        "is_locked",
        "is_pinned",
        "hidden_at",
    ),
    "social.posts": (
        "id",
        "thread_id",
        "seq",
        "parent_post_id",
        "depth",
        "user_id",
        "created_at",
        "hidden_at",
        "hidden_by",
    ),
    "social.notifications": (
        "id",
        "user_id",
        "kind",
        "subject_id",
        "seq",
        "count",
        "actor_id",
        "thread_id",
        "post_id",
        "message_id",
        "in_app",
        "created_at",
        "told_at",
    ),
    "social.conversation_members": ("conversation_id", "user_id", "role", "from_seq", "joined_at"),
    "social.messages": ("id", "conversation_id", "seq", "sender_id", "client_id", "reply_to_id", "created_at"),
}
"""Columns that the application may not change, whoever it acts for: they give rights, or are a moderator's or the system's to
say.
"""
