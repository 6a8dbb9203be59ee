"""The one for whom something is done: known by a token that was checked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.accounts import Role

_RANKS = (Role.USER, Role.MODERATOR, Role.ADMIN)


@dataclass(frozen=True)
class Viewer:
    """A user as they act at this moment."""

    id: UUID
    role: Role
    session_id: UUID | None
    """The session of the built-in issuer; none where the token came from elsewhere."""
    expires_at: datetime
    """When the token ends, and with it what was begun with it, such as a subscription."""
    scopes: frozenset[str] = frozenset()
    issued_at: datetime | None = None
    """When the token was made, if it says so."""

    def may(self, *roles: Role) -> bool:
        """Whether this viewer may do what one of these roles may. A service may do only what names it."""
        if self.role is Role.SERVICE:
            return Role.SERVICE in roles
        return any(role in _RANKS and _RANKS.index(self.role) >= _RANKS.index(role) for role in roles)
