"""Networks, production companies and watch providers of generated shows."""

from functools import cache

from deployments.upstream.catalogue.model import COUNTRIES, Organisation
from deployments.upstream.generator.wording import LAST_NAMES

FIRST_NETWORK, FIRST_COMPANY, FIRST_PROVIDER = 930_000_000, 931_000_000, 932_000_000


def numbered(first: int, names: list[str]) -> list[Organisation]:
    """Organisations of several countries; one in nine has no logo."""
    countries = list(COUNTRIES)
    return [
        Organisation(first + place, name, countries[place % len(countries)], place % 9 != 8)
        for place, name in enumerate(names)
    ]


@cache
def networks() -> list[Organisation]:
    return numbered(FIRST_NETWORK, [f"Channel {name}" for name in LAST_NAMES[:40]])


@cache
def companies() -> list[Organisation]:
    return numbered(FIRST_COMPANY, [f"{name} Pictures" for name in LAST_NAMES])


@cache
def providers() -> list[Organisation]:
    return numbered(FIRST_PROVIDER, [f"{name} Play" for name in LAST_NAMES[:24]])


def organisation(kind: str, identity: int) -> Organisation | None:
    """A network (`n`), company (`c`) or provider (`w`) by its id."""
    known = {"n": networks, "c": companies, "w": providers}[kind]()
    place = identity - known[0].id
    return known[place] if 0 <= place < len(known) else None
