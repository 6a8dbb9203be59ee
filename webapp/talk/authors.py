"""Who wrote or did something, as talk shows them."""

from typing import Any

from db.object_store import private_store

PERSON = """
    (select json_build_object('id', author.id, 'username', author.username, 'display_name', author.display_name,
                              'role', author.role, 'is_deleted', author.status = 'deleted', 'avatar', picture.key)
     from accounts.users author left join accounts.uploads picture on picture.id = author.avatar_id
     where author.id = {who})"""
"""A JSON object about the user whose id `{who}` is; null for nobody."""

AUTHOR = f"{PERSON} as author"
"""The same as a column."""


def with_picture(author: dict[str, Any] | None) -> dict[str, Any] | None:
    """An author with the address of their picture in place of its key."""
    if author is None:
        return None
    key = author.pop("avatar")
    return author | {"avatar_url": private_store().url(key) if key else None}
