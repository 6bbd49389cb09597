"""HTTP by requests: the only module that speaks it.

Proxies and certificate bundles come from the environment, as requests reads them; a ``.netrc`` is never used, for
tokens go only to hosts that the operator named.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from robot_action.clients.http.answer import Answer, Headers, NoAnswerError, check_clear, pause_before_retry
from robot_action.clients.http.reasons import reason_of
from robot_action.clients.processes.process import exchange
from robot_action.errors import FailedError, RobotActionError
from robot_action.model.credentials import Credential, host_of

if TYPE_CHECKING:
    import requests

Result = TypeVar("Result")

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
GET_SECONDS = 120.0
"""How long one GET may take altogether, its redirects included."""
POST_SECONDS = 3600.0
"""The same for the upload of one file."""
MAX_REDIRECTS = 5
MAX_MESSAGE_BYTES = 2**16
"""How much of the answer to an upload is read."""
ATTEMPTS = 4
_REDIRECTS = {301, 302, 303, 307, 308}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PIP_VARIABLES = re.compile(
    r"(?:PIP_.+|PATH|HOME|LANG|LC_.+|XDG_CONFIG_.+|VIRTUAL_ENV|SSL_CERT_.+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:HTTPS?|ALL|NO)_PROXY)",
    re.IGNORECASE,
)


class HttpClient:
    """`robot_action.ports.Http`.

    Args:
        environment: the process's environment; pip's settings, proxies and certificates are taken from it.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {name: value for name, value in environment.items() if _PIP_VARIABLES.fullmatch(name)}

    def newest_version(self, project: str, timeout: float) -> str | None:
        """Return the newest released version of a project on the index that pip is configured for; see `robot_action.ports.Http`."""
        command = [sys.executable, "-I", "-m", "pip", "--no-input", "--disable-pip-version-check", "index", "versions", project]
        try:
            done = exchange(command, environment=self._environment, cwd=Path(gettempdir()), timeout=timeout, output_limit=2**20)
        except RobotActionError:
            return None
        found = re.match(rf"{re.escape(project)} \(([^\s()]+)\)", done.stdout.decode("utf-8", "replace"), re.IGNORECASE)
        return _version(found[1]) if found and done.code == 0 and not done.timed_out else None

    def answers(self, url: str, timeout: float) -> bool:
        """Tell whether a program on this machine answers a GET with success; see `robot_action.ports.Http`."""
        if not _is_loopback(url):
            return False

        def ask() -> bool:
            with _session() as session, _explained(url):
                session.trust_env = False  # neither proxies nor .netrc
                return session.get(url, timeout=timeout, stream=True, allow_redirects=False).ok

        try:
            return _bounded(ask, timeout, url)
        except RobotActionError:
            return False


def _version(text: str) -> str | None:
    from packaging.version import Version

    try:
        return str(Version(text))
    except ValueError:  # a number of thousands of digits, too
        return None


def get(url: str, *, limit: int, accept: str = "*/*", credential: Credential | None = None) -> Answer:
    """GET a URL with retries; redirects are followed, but the credential stays with the first host.

    Args:
        url: http or https.
        limit: how many bytes the body may have.
        accept: the types that are understood.
        credential: shown to the URL's own host, or None.

    Raises:
        UnavailableError: no answer, or "later", after several tries.
        FailedError: an answer that is too large, or redirects that lead astray.
    """
    import stamina

    @stamina.retry(on=pause_before_retry, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=10)
    def ask() -> Answer:
        return _bounded(lambda: _follow(url, limit, accept, credential), GET_SECONDS, url)

    return ask()


def post(url: str, *, body: object, headers: Headers, credential: Credential) -> Answer:
    """POST once; whatever the answer is, it is returned, but for those that leave it open what has happened.

    Args:
        url: http or https; redirects are not followed.
        body: what requests takes as data, a stream for instance.
        headers: to send.
        credential: shown to the URL's host.

    Raises:
        NoAnswerError: nobody knows whether the server took it.
    """

    def send() -> Answer:
        with _session() as session, _explained(url):
            response = session.post(
                url,
                data=body,  # type: ignore[arg-type]
                headers=dict(headers),
                auth=_Authorisation(credential),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            return check_clear(_read(response, MAX_MESSAGE_BYTES, cut=True))

    return _bounded(send, POST_SECONDS, url)


def may_carry_secrets(url: str) -> bool:
    """Tell whether a credential may go to this address at all: over https, or to this machine."""
    return url.lower().startswith("https:") or _is_loopback(url)


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


class _Authorisation:
    """Sets the header for one credential, or none at all: without it requests would look into ``.netrc``."""

    def __init__(self, credential: Credential | None) -> None:
        self._credential = credential

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._credential:
            pair = f"{self._credential.username}:{self._credential.password}".encode()
            request.headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        return request


@contextmanager
def _session() -> Iterator[requests.Session]:
    import requests

    with requests.Session() as session:
        session.headers["User-Agent"] = "robot-action"
        # Even where it does not follow a redirect, requests prepares to, and reads the whole body meanwhile.
        session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]  # noqa: ARG005
        yield session


def _follow(url: str, limit: int, accept: str, credential: Credential | None) -> Answer:
    with _session() as session:
        for _ in range(MAX_REDIRECTS + 1):
            with _explained(url):
                response = session.get(
                    url,
                    headers={"Accept": accept, "Cache-Control": "max-age=0"},
                    auth=_Authorisation(credential),
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    allow_redirects=False,
                    stream=True,
                )
                answer = check_clear(_read(response, limit))
            if answer.status_code not in _REDIRECTS:
                return answer
            following = _target_of(answer)
            credential = credential if _origin(following) == _origin(url) else None
            url = following
    raise FailedError(f"{url} redirects again and again")


def _target_of(answer: Answer) -> str:
    try:
        following = urljoin(answer.url, answer.headers.get("location", ""))
        scheme, host, _ = urlsplit(following).scheme, urlsplit(following).hostname, urlsplit(following).port
    except ValueError:
        scheme, host, following = "", None, ""
    if not host or scheme not in {"http", "https"} or (scheme == "http" and answer.url.startswith("https:")):
        raise FailedError(f"{answer.url} redirects to {following[:200]!r}, which is not followed")
    return following


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, host_of(url)


def _read(response: requests.Response, limit: int, *, cut: bool = False) -> Answer:
    """Read a body up to a limit; what is longer is cut, or refused."""
    body = bytearray()
    with response:
        for chunk in response.iter_content(2**16):
            body += chunk
            if len(body) > limit:
                break
    url = response.url or ""
    if len(body) > limit and not cut:
        raise FailedError(f"{url} answers with more than {limit} bytes")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, response.reason or "", url, headers, bytes(body[:limit]))


@contextmanager
def _explained(url: str) -> Iterator[None]:
    import requests

    try:
        yield
    except ValueError as error:  # requests' own kinds of a wrong address are such
        raise FailedError(f"{url[:200]!r} is no address that can be asked") from error
    except (requests.RequestException, OSError) as error:
        raise NoAnswerError(
            f"{host_of(url)} cannot be reached: {reason_of(error)}", hint="Look at the address, the network and the proxy."
        ) from error


def _bounded(call: Callable[[], Result], seconds: float, url: str) -> Result:
    """Return what ``call`` returns, but wait no longer than this: requests' own timeouts start again with every byte."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            errors.append(error)

    start = time.monotonic()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise NoAnswerError(f"{url[:200]} does not answer: nothing whole within {time.monotonic() - start:.0f} seconds")
    return results[0]
