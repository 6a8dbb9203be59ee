"""Talk: its kinds, its bounds, and how text that could spoil is marked.

Thread types and reactions are those of the platform's first API, which clients know.
"""

import re
from enum import StrEnum

TITLE = 200
"""Characters of a thread's title at most."""

BODY = 10_000
"""Characters of a post at most."""

DEPTH = 8
"""How deep replies may go; a post that answers no other has depth 0."""

MENTIONS = 20
"""How many users one post tells that it names them."""


class ThreadLevel(StrEnum):
    """What a thread is about."""

    SHOW = "show"
    SEASON = "season"
    EPISODE = "episode"


class ThreadType(StrEnum):
    """What a thread is for."""

    EPISODE_LIVE = "episode_live"
    POST_EPISODE = "post_episode"
    SPOILERS = "spoilers"
    GENERAL = "general"


class ReactionType(StrEnum):
    """How somebody takes a post."""

    UPVOTE = "upvote"
    DOWNVOTE = "downvote"
    LOL = "lol"
    SHADE = "shade"
    FIRE = "fire"
    HEART = "heart"


OPPOSITE = {ReactionType.UPVOTE: ReactionType.DOWNVOTE, ReactionType.DOWNVOTE: ReactionType.UPVOTE}
"""A vote takes back its opposite."""


class PostOrder(StrEnum):
    """In which order posts come."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TOP = "top"
    CONTROVERSIAL = "controversial"


_MENTION = re.compile(r"(?<![\w@.])@([a-z0-9_.]{3,30})(?!\w)", re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_SPOILER = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)
HIDDEN = "▒▒▒"
"""What stands where a marked part is masked."""


def mentions(body: str) -> list[str]:
    """The usernames that a post names with `@`, in small letters, each once, at most `MENTIONS`; not those within code."""
    found = (name.rstrip(".").lower() for name in _MENTION.findall(_CODE.sub(" ", body)))
    return list(dict.fromkeys(name for name in found if len(name) >= 3))[:MENTIONS]


def masked(body: str) -> str:
    """A post with every part between `||` and `||` masked, whatever its length was."""
    return _SPOILER.sub(HIDDEN, body)


def parts(body: str) -> list[tuple[str, bool]]:
    """A post in pieces, and whether each stands between marks."""
    return [(piece, place % 2 == 1) for place, piece in enumerate(_SPOILER.split(body)) if piece]


def has_marks(body: str) -> bool:
    """Whether parts of a post are marked as spoilers."""
    return _SPOILER.search(body) is not None
