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
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from robot_action.clients.http.reasons import reason_of
from robot_action.errors import ConfigurationError, UnavailableError
from robot_action.model.credentials import Use
from robot_action.ports import Keys
from robot_action.reporting.redact import without_credentials

if TYPE_CHECKING:
    from github import Github

GRAPHQL = "/graphql"
"""The path of the API that answers queries; GitHub Enterprise Server has it elsewhere, which is seen to here."""

_API_VERSION = "2022-11-28"
_USER_AGENT = "robot-action"
_TOKEN_HINT = "Set ROBOT_ACTION_REPOSITORY_TOKEN to the token of a GitHub App, or to a personal one."  # noqa: S105 - a hint
_REPOSITORY = re.compile(r"(?:/orgs/[^/]+/teams/[^/]+)?/repos/([^/]+/[^/]+)(?:/.*)?")
_OWNER = re.compile(r"/(?:orgs|users)/([^/]+)(?:/.*)?")
_CREATIONS = re.compile(r"/user/repos|/orgs/[^/]+/repos")
_SECRET = re.compile(r'("token"\s*:\s*)"[^"]*"')
_TIMEOUT = 30


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
        keyring: asked for a token at each request, by what it is about.
        timeout: seconds for a connection, and between two parts of an answer.
    """

    def __init__(self, url: str, keyring: Keys, *, timeout: int = _TIMEOUT) -> None:
        self.url, self.keyring = url, keyring
        self._timeout = timeout
        self._client: Github | None = None

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        owner: str = "",
    ) -> Reply:
        """Send one request, once; an answer of any status is returned.

        Args:
            method: of HTTP.
            path: below the API's address.
            query: parameters.
            body: becomes JSON.
            owner: whom the request is about (an owner, or ``owner/name``) where its path does not say it.

        Raises:
            ConnectionLostError: when there was no whole answer.
            ConfigurationError: when there is no token for what is more than a look.
            NotPermittedError: when no token is granted.
            UnavailableError: when what answers is not GitHub's API.
        """
        from requests import RequestException

        shown, requester = self._authorization(_use(method, path), _about(path) or owner), self._connect().requester
        try:
            where = requester.graphql_url if path == GRAPHQL else path
            status, headers, text = requester.requestJson(method, where, dict(query or {}), headers=dict(shown), input=body)
        except RequestException as error:
            raise ConnectionLostError(reason_of(error)) from None
        except (RuntimeError, ValueError) as error:  # it led to another host, or its headers make no sense
            raise self._no_api(str(error)) from None
        try:
            return Reply(status, headers, json.loads(text) if text else None)
        except (ValueError, RecursionError):
            if status < HTTPStatus.BAD_REQUEST:
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
            from github import Github

            _silence()
            self._client = Github(
                base_url=self.url,
                timeout=self._timeout,
                user_agent=_USER_AGENT,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                api_version=_API_VERSION,
            )
        return self._client

    def _authorization(self, use: Use, about: str) -> Mapping[str, str]:
        """Return the header that shows the token; what is public can be looked at without one."""
        credential = self.keyring.find(self.url, use, about)
        token = credential.password if credential else ""
        if not token and use is Use.LOOK:
            return {}
        if not token:
            raise ConfigurationError(f"there is no token for GitHub ({self.url})", hint=_TOKEN_HINT)
        if not re.fullmatch("[!-~]+", token):  # else the HTTP library would show it in its own error
            raise ConfigurationError("the token for GitHub holds a character that no token has, such as a space", hint=_TOKEN_HINT)
        return {"Authorization": f"Bearer {token}"}


def _use(method: str, path: str) -> Use:
    if method == "GET":
        return Use.LOOK
    return Use.CREATE if _CREATIONS.fullmatch(path) else Use.WRITE


def _about(path: str) -> str:
    """Return the ``owner/name`` that a path names, or else the owner."""
    match = _REPOSITORY.fullmatch(path) or _OWNER.fullmatch(path)
    return "/".join(map(unquote, match[1].split("/"))) if match else ""


def _silence() -> None:
    """Take away the handler by which PyGithub prints its log, past ours that hides secrets, and the tokens in what it logs."""
    log = logging.getLogger("github")
    log.handlers.clear()
    log.setLevel(logging.NOTSET)
    requester = logging.getLogger("github.Requester")
    if _without_tokens not in requester.filters:
        requester.addFilter(_without_tokens)


def _without_tokens(record: logging.LogRecord) -> bool:
    """Take a token out of a logged answer: what GitHub has just minted, nobody else could know to hide."""
    record.msg, record.args = _SECRET.sub(r'\1"***"', without_credentials(record.getMessage())), None
    return True
