"""Requests over curl-cffi: an adapter that `requests` sends through, with one curl session per thread.

curl knows nothing of redirects, cookies or caching here; `requests` and requests-cache above it do all that. Answers
are buffered whole (up to a cap) and handed up as urllib3 responses.
"""

import threading
import weakref
from collections.abc import Mapping
from email.message import Message
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import requests
from curl_cffi import CurlError, CurlOpt
from curl_cffi import requests as curl
from curl_cffi.const import CurlECode
from curl_cffi.requests import exceptions as curl_errors
from requests.adapters import BaseAdapter
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPHeaderDict, HTTPResponse

OURS = {"accept-encoding", "connection", "content-length"}
"""Request headers that curl writes itself."""
DECODED = {"content-encoding", "content-length", "transfer-encoding"}
"""Answer headers that describe bytes which curl has already decoded."""
HTTP_VERSIONS = {1: 10, 2: 11, 3: 20, 4: 20, 30: 30, 31: 30}

ERRORS: tuple[tuple[type[Exception], type[requests.RequestException]], ...] = (
    (curl_errors.Timeout, requests.exceptions.ReadTimeout),
    (curl_errors.SSLError, requests.exceptions.SSLError),
    (curl_errors.ProxyError, requests.exceptions.ProxyError),
    (curl_errors.ConnectionError, requests.exceptions.ConnectionError),
    (curl_errors.InvalidURL, requests.exceptions.InvalidURL),
    (curl_errors.InvalidSchema, requests.exceptions.InvalidSchema),
    (curl_errors.HTTPError, requests.exceptions.ChunkedEncodingError),
)
"""curl's exceptions and what `requests` calls them, special ones first; all else is a RequestException."""


class CurlAdapter(BaseAdapter):
    """Sends each request through the calling thread's own curl session."""

    def __init__(self, *, max_bytes: int, impersonate: str | None = None) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        self._impersonate = impersonate
        self._local = threading.local()
        self._sessions: weakref.WeakSet[curl.Session] = weakref.WeakSet()
        self._lock = threading.Lock()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request and buffer its answer; `stream` is accepted, the body is simply there already.

        Raises:
            requests.RequestException: of the kind that `requests` would raise; the text names host and cause only.
        """
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() not in OURS}
        if self._impersonate:
            headers.pop("User-Agent", None)
        try:
            answer = self._session().request(
                method=request.method,  # type: ignore[arg-type]
                url=request.url or "",
                data=request.body,  # type: ignore[arg-type]
                headers=headers,
                timeout=_seconds(timeout),
                verify=verify,  # type: ignore[arg-type]
                cert=cert,
                proxies=dict(proxies) if proxies else None,  # type: ignore[arg-type]
                allow_redirects=False,
                discard_cookies=True,
                quote=False,
            )
        except CurlError as error:
            raise _translated(error, request) from None
        return self._response(request, answer)

    def close(self) -> None:
        """Close the sessions of all threads."""
        with self._lock:
            for session in list(self._sessions):
                session.close()
            self._local = threading.local()

    def _session(self) -> curl.Session:
        session: curl.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = curl.Session(
                impersonate=self._impersonate,
                trust_env=False,  # `requests` has looked at the environment already
                curl_options={CurlOpt.MAXFILESIZE_LARGE: self._max_bytes},
            )
            self._local.session = session
            with self._lock:
                self._sessions.add(session)
        return session

    def _response(self, request: requests.PreparedRequest, answer: curl.Response) -> requests.Response:
        headers, message = HTTPHeaderDict(), Message()
        for name, value in answer.headers.multi_items():
            message[name] = value or ""
            if name.lower() not in DECODED:
                headers.add(name, value or "")
        response = requests.Response()
        response.status_code = answer.status_code
        response.reason = answer.reason
        response.headers = CaseInsensitiveDict(headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw = HTTPResponse(
            body=BytesIO(answer.content),
            headers=headers,
            status=answer.status_code,
            version=HTTP_VERSIONS.get(answer.http_version, 11),
            reason=answer.reason,
            preload_content=False,
            decode_content=False,
            original_response=SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None),  # type: ignore[arg-type]
            request_url=request.url,
        )
        response.url = request.url or ""
        response.request = request
        response.connection = self  # type: ignore[assignment]
        extract_cookies_to_jar(response.cookies, request, response.raw)
        return response


def _seconds(timeout: float | tuple[float | None, float | None] | None) -> float | None:
    """One number for the whole exchange: curl reads a pair differently from `requests`."""
    if isinstance(timeout, tuple):
        return sum(part for part in timeout if part is not None) or None
    return timeout


def _translated(error: CurlError, request: requests.PreparedRequest) -> requests.RequestException:
    kind = next((ours for theirs, ours in ERRORS if isinstance(error, theirs)), requests.exceptions.RequestException)
    try:
        cause = CurlECode(error.code).name.lower().replace("_", " ")
    except ValueError:
        cause = f"curl error {error.code}"
    host = urlsplit(request.url or "").hostname
    return kind(f"{cause} talking to {host}", request=request)
