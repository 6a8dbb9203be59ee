"""Credentials that go on the wire and nowhere else.

They are added to a copy of a request below the cache, right before it is sent, and only for the upstream's own
origin: so no cache key, stored answer, log line or exception ever holds one, and a redirect to another host takes
none along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from requests import PreparedRequest

from models.rules.origins import origin_of


@dataclass(frozen=True)
class Credentials:
    """Headers and query parameters that prove who we are to one origin; `variable` is the setting they came from."""

    origin: str
    variable: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)

    def sign(self, request: PreparedRequest) -> None:
        """Add the credentials to a request, if it goes to their origin."""
        if request.url and origin_of(request.url) == self.origin:
            request.headers.update(self.headers)
            if self.params:
                request.prepare_url(request.url, dict(self.params))

    def redact(self, text: str) -> str:
        """A text without any of the secrets, should an upstream have repeated one."""
        for secret in (*self.params.values(), *(value.split()[-1] for value in self.headers.values() if value)):
            text = text.replace(secret, "[secret]") if secret else text
        return text
