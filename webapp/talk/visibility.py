"""Who sees what of talk. These rules are stated here once; every route, event and export asks here.

| words are | for | shown are |
|---|---|---|
| of a deleted post | nobody | that it was there, and its answers |
| hidden by a moderator | moderators, and nobody else | that it was there, and its answers |
| in a thread that a moderator hid | moderators, and nobody else | nothing, not even that it was there |
| of somebody whom the viewer blocks or mutes | not the viewer, unless they ask to `reveal` | that it was there |
| about an episode that the viewer has not seen | not the viewer, unless they ask to `reveal` | that it was there, uncounted |
| between `||` marks | not a viewer who is behind with the show, unless they ask to `reveal` | the words around them |

"Not seen" is: the viewer keeps their progress for the show (`social.progress`), and the episode comes after the last one that
they have seen, by air date, then by number (`social.is_ahead`). A thread about a season, or one of type `spoilers` about
a show, tells of its last aired episode. An author may say that a post tells of a later episode than its thread
(`spoils_id`). Whoever keeps no progress for a show asked for no protection, and anonymous readers have none. The
author of a post sees it.

Of a hidden thread nobody but moderators sees anything, its authors neither. What somebody said there stays theirs to take back:
they may delete it, read what it said before, and have it in their export. The answer then is a tombstone, uncounted.
"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from models.accounts import Role
from models.rules import talk
from webapp.access.viewer import Viewer


class Sight(StrEnum):
    """What a viewer sees of a post's words."""

    FULL = "full"
    MARKS = "marks"
    MASKED = "masked"
    MUTED = "muted"
    HIDDEN = "hidden"
    DELETED = "deleted"


THREAD_IS_AHEAD = """
    (cast(:viewer as uuid) is not null and (thread.level <> 'show' or thread.type = 'spoilers')
     and thread.created_by is distinct from cast(:viewer as uuid)
     and social.is_ahead(cast(:viewer as uuid), thread.entity_id))"""
"""Whether a row of `thread` tells of what the viewer has not seen."""

THREAD = f"""
    thread as materialized (
        select thread.*, {THREAD_IS_AHEAD} as is_ahead,
               cast(:viewer as uuid) is not null
               and social.is_ahead(cast(:viewer as uuid), social.show_of(thread.entity_id)) as is_behind
        from social.threads thread where {{which}})"""
"""A common table of threads, with what they tell that the viewer has not seen: found out once, not for each of their posts."""

SIGHT = """
    case when post.deleted_at is not null then 'deleted'
         when post.hidden_at is not null and not :moderates then 'hidden'
         when :reveal or post.user_id = cast(:viewer as uuid) then 'full'
         when exists (select from social.user_relations relation
                      where relation.user_id = cast(:viewer as uuid) and relation.other_id = post.user_id) then 'muted'
         when thread.is_ahead
              or post.spoils_id is not null and social.is_ahead(cast(:viewer as uuid), post.spoils_id) then 'masked'
         when thread.is_behind then 'marks'
         else 'full' end"""
"""What the viewer sees of a row of `post`, beside its `thread` of that table: a `Sight`."""


def of(viewer: Viewer | None, *, reveal: bool = False) -> dict[str, Any]:
    """The parameters that these rules ask for."""
    return {
        "viewer": viewer.id if viewer else None,
        "moderates": moderates(viewer),
        "reveal": reveal and viewer is not None,
    }


def moderates(viewer: Viewer | None) -> bool:
    """Whether somebody is a moderator; an admin is one."""
    return viewer is not None and viewer.role in (Role.MODERATOR, Role.ADMIN)


def words(body: str | None, sight: str) -> str | None:
    """What a viewer reads of a post."""
    if body is None or sight not in (Sight.FULL, Sight.MARKS):
        return None
    return talk.masked(body) if sight == Sight.MARKS else body


def is_by(author: UUID | None, viewer: Viewer | None) -> bool:
    """Whether somebody wrote it themselves."""
    return viewer is not None and author == viewer.id
