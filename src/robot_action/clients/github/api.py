"""GitHub's REST API, one request at a time: the only module that knows PyGithub, which it loads when it is needed.

PyGithub carries the requests. Its own retries are off, because they repeat creations (``GithubRetry`` retries POST), and
so are its pauses; `robot_action.clients.github.calls` does both as GitHub asks for. None of its exceptions leaves here.
Proxies and certificates are those that the environment names, as Requests reads them (``HTTPS_PROXY``, ``REQUESTS_CA_BUNDLE``).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from robot_action.errors import ConfigurationError, UnavailableError
from robot_action.model.credentials import Credential

if TYPE_CHECKING:
    from github import Github

_API_VERSION = "2022-11-28"
_USER_AGENT = "robot-action"
_FIRST_ERROR = 400
_TOKEN_HINT = "Set ROBOT_ACTION_REPOSITORY_TOKEN to the token of a GitHub App, or to a personal one."  # noqa: S105 - a hint
_TIMEOUT = 30  # seconds for a connection, and between two parts of an answer


@dataclass(frozen=True, slots=True)
class Reply:
    """What GitHub answered.

    Attributes:
        headers: names in lower case.
        data: the parsed body: hostile; None where an error came with something else than JSON.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None


class ConnectionLostError(Exception):
    """There was no answer, so that nobody knows what was done; the text says why."""


class GitHubApi:
    """A connection to GitHub's API, kept open between requests.

    Args:
        url: the API's address, such as ``https://api.github.com``.
        credential: its password is the token.
    """

    def __init__(self, url: str, credential: Credential | None) -> None:
        self.url = url
        self._credential = credential
        self._client: Github | None = None

    def send(self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Mapping[str, object] | None = None) -> Reply:
        """Send one request, once; an answer of any status is returned.

        Raises:
            ConnectionLostError: when there was no whole answer.
            ConfigurationError: when there is no token.
            UnavailableError: when what answers is not GitHub's API.
        """
        requester = self._connect().requester
        from requests import RequestException

        try:
            status, headers, text = requester.requestJson(method, path, dict(query or {}), input=body)
        except RequestException as error:
            raise ConnectionLostError(_reason(error)) from None
        except (RuntimeError, ValueError) as error:  # it led to another host, or its headers make no sense
            raise self._no_api(str(error)) from None
        try:
            return Reply(status, headers, json.loads(text) if text else None)
        except (ValueError, RecursionError):
            if status < _FIRST_ERROR:
                raise self._no_api("it answered with something that is no JSON") from None
            return Reply(status, headers)

    def _no_api(self, reason: str) -> UnavailableError:
        hint = "GITHUB_API_URL is the address of GitHub's API."
        return UnavailableError(f"what answers at {self.url} is not GitHub's API: {reason}", hint=hint)

    def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            self._client.close()

    def _connect(self) -> Github:
        if self._client is None:
            token = self._token()
            from github import Auth, Github

            _silence()
            self._client = Github(
                base_url=self.url,
                auth=Auth.Token(token),
                timeout=_TIMEOUT,
                user_agent=_USER_AGENT,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                api_version=_API_VERSION,
            )
        return self._client

    def _token(self) -> str:
        token = self._credential.password if self._credential else ""
        if not token:
            raise ConfigurationError(f"there is no token for GitHub ({self.url})", hint=_TOKEN_HINT)
        if not re.fullmatch("[!-~]+", token):  # else the HTTP library would show it in its own error
            raise ConfigurationError("the token for GitHub holds a character that no token has, such as a space", hint=_TOKEN_HINT)
        return token


def _silence() -> None:
    """Take away the handler by which PyGithub prints its log, past ours that hides secrets."""
    log = logging.getLogger("github")
    log.handlers.clear()
    log.setLevel(logging.NOTSET)


def _reason(error: Exception) -> str:
    """Return why a request failed, without the addresses of objects that the libraries put in there."""
    innermost: BaseException = error
    while innermost.args and isinstance(innermost.args[0], BaseException):
        innermost = innermost.args[0]
    reason = getattr(innermost, "reason", innermost)
    return f"{type(reason).__name__}: {reason}".partition(" object at 0x")[0]
