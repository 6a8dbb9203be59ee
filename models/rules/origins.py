"""Origins: scheme, host and port of an address, written one way so that they can be compared."""

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """The origin of an address: `https://image.tmdb.org`, `http://127.0.0.1:8123`; default ports are left out.

    Raises:
        ValueError: it is not an http or https address, or it carries a user or password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("an address is malformed; an example of a good one is https://image.tmdb.org") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address must not carry a user or a password")
    host = parts.hostname.rstrip(".").lower()
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")
