"""What can go wrong with an upstream, told without its secrets."""


class UpstreamError(Exception):
    """An upstream did not give what was asked for.

    `source` is the upstream's name, `url` the address without credentials, `status` the HTTP status (None when there
    was no answer at all) and `snippet` the beginning of what came instead.
    """

    def __init__(self, source: str, url: str, problem: str, *, status: int | None = None, snippet: str = "") -> None:
        super().__init__(f"{source}: {problem} ({url})" + (f": {snippet}" if snippet else ""))
        self.source = source
        self.url = url
        self.problem = problem
        self.status = status
        self.snippet = snippet


class NotFound(UpstreamError):
    """The upstream says that this does not exist."""


class Unauthorized(UpstreamError):
    """Our credentials were not accepted; `variable` names the setting to put right."""

    def __init__(
        self, source: str, url: str, variable: str | None, *, status: int | None = None, snippet: str = ""
    ) -> None:
        problem = f"the credentials in {variable} were refused" if variable else "access was refused"
        super().__init__(source, url, problem, status=status, snippet=snippet)
        self.variable = variable


class RateLimited(UpstreamError):
    """The upstream kept answering 429 until we gave up."""


class Unavailable(UpstreamError):
    """No connection, no answer in time, or 5xx until we gave up."""


class MalformedAnswer(UpstreamError):
    """The answer is not what this upstream answers; `field` is the path inside it, where that is known."""

    def __init__(
        self,
        source: str,
        url: str,
        problem: str,
        *,
        status: int | None = None,
        snippet: str = "",
        field: str | None = None,
    ) -> None:
        super().__init__(source, url, problem, status=status, snippet=snippet)
        self.field = field


class Challenge(MalformedAnswer):
    """A wall instead of an answer: 202, an empty body, or a page where data was due. Nothing here solves one."""


class Incomplete(UpstreamError):
    """A part of a paged answer is missing, so the whole must not be taken for complete."""


class NotThisPage(MalformedAnswer):
    """A page came, but not of the kind that was asked for: another kind, a challenge, or one that was redesigned."""
