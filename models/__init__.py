"""What the data is: one module of SQLModel tables per subject, and the pure rules about them."""

from models import (
    access,
    accounts,
    companies,
    entities,
    images,
    lists,
    logins,
    ops,
    outbox,
    people,
    realtime,
    search,
    shows,
    social,
    uploads,
    wikis,
)

__all__ = [
    "access",
    "accounts",
    "companies",
    "entities",
    "images",
    "lists",
    "logins",
    "ops",
    "outbox",
    "people",
    "realtime",
    "search",
    "shows",
    "social",
    "uploads",
    "wikis",
]
