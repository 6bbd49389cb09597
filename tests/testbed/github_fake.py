"""A stateful GitHub over the bare repositories of a `GitServer`: its REST API as far as robot-action uses it.

Every request and every answer is held to GitHub's OpenAPI description; what departs from it is in ``violations``,
and the fixture fails the test. Faults can be put in the way of chosen requests.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.testbed.contract import Call, Contract
from tests.testbed.git_server import GitServer
from tests.testbed.github_state import Account, Record, Shapes, Token
from tests.testbed.web import Handler, Httpd, Served

ADMINISTRATION = {"X-Accepted-GitHub-Permissions": "administration=write"}
UNICORN = "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head></html>"
_LIMIT = 5000


@dataclass(frozen=True)
class Answer:
    """What a request gets: JSON, or text as it is."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A request that GitHub answers with an error."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None, **more: object) -> None:
        super().__init__(message)
        body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status), **more}
        self.answer = Answer(status, body, headers or {})


@dataclass(frozen=True)
class Request:
    """One request, with the token that it showed."""

    method: str
    target: str
    body: Any
    token: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(urlsplit(self.target).path)

    def query(self, name: str, default: str) -> str:
        """Return a query parameter."""
        return parse_qs(urlsplit(self.target).query).get(name, [default])[0]


@dataclass
class Fault:
    """Something that goes wrong.

    Attributes:
        pattern: of ``METHOD /path``.
        answer: what comes instead, or None: the connection ends without an answer.
        after: what was asked for is carried out all the same; only its answer is lost.
        times: how often.
    """

    pattern: str
    answer: Answer | None
    after: bool = False
    times: int = 1

    def strikes(self, request: Request) -> bool:
        """Tell whether it is the turn of this fault, and count it."""
        if self.times < 1 or not re.fullmatch(self.pattern, f"{request.method} {request.path}"):
            return False
        self.times -= 1
        return True


UNSIGNED = re.compile("/(?:orgs|users)/[^/]+/installation|/app/.*")
"""Paths for which a request shows no token, but a statement that an App signed."""

Route = tuple[str, str, Callable[..., Answer]]
"""A method, a pattern of paths, and the function that gets the server, the request, its token and the pattern's groups."""


class _Handler(Handler):
    server: Httpd[GitHubFake]

    def _handle(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "").partition(" ")[2]
        request = Request(self.command, self.path, json.loads(raw) if raw else None, token, dict(self.headers))
        answer = self.server.owner.answer(request)
        if answer is None:
            self.drop()
            return
        text = answer.body if isinstance(answer.body, str) else "" if answer.body is None else json.dumps(answer.body)
        self.send_response_only(answer.status)
        self.send_header("Date", self.date_time_string(self.server.owner.now()))
        self.send_header("Content-Type", "text/html" if isinstance(answer.body, str) else "application/json; charset=utf-8")
        for key, value in answer.headers.items():
            self.send_header(key, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - named by the base class


class GitHubFake(Served):
    """The server and everything that it knows.

    Attributes:
        accounts: by login in lower case; ``repositories``: by ``owner/name`` in lower case.
        renamed: former names in lower case, and the records that they lead to.
        tokens: what each token may do.
        unreadable: how many requests a new repository answers with 404.
        apps: GitHub Apps by client id.
        now: the server's clock, in seconds since 1970.
        used: requests of the present hour, for the rate limit's headers.
    """

    handler = _Handler

    def __init__(self, git: GitServer, contract: Contract, routes: Sequence[Route]) -> None:
        super().__init__()
        self.git, self.contract, self.routes = git, contract, routes
        self.shapes = Shapes(self.url, git.url)
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Record] = {}
        self.renamed: dict[str, Record] = {}
        self.tokens: dict[str, Token] = {}
        self.apps: dict[str, Any] = {}
        self.now: Callable[[], float] = time.time
        git.allows = self._git_allows
        git.may_write_workflows = self._git_may_write_workflows
        self.unreadable = 0
        self.used = 0
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()

    # For tests

    def add_account(self, login: str, **settings: Any) -> Account:
        """Add a user or an organisation."""
        account = Account(login, 100 + len(self.accounts), **settings)
        self.accounts[login.lower()] = account
        return account

    def add_token(self, token: str, scope: Token | None = None, **settings: Any) -> str:
        """Add a token, for the git server as well; return it."""
        self.tokens[token] = scope or Token(**settings)
        self.git.tokens[token] = "write"
        return token

    def add_repository(self, name: str, visibility: str = "private") -> Record:
        """Make a repository, past the API."""
        owner, _, short = name.partition("/")
        with self.lock:
            number = 1000 + len(self.repositories) + len(self.renamed)
            record = Record(number, self.accounts[owner.lower()], short, visibility)
            self.repositories[name.lower()] = record
            self.git.create(record.full_name)
        return record

    def rename(self, old: str, new: str) -> None:
        """Rename a repository; its former name leads to it."""
        with self.lock:
            record = self.repositories.pop(old.lower())
            before = self.git.path_of(record.full_name)
            record.name = new.partition("/")[2]
            before.rename(self.git.path_of(record.full_name))
            self.repositories[new.lower()] = record
            self.renamed[old.lower()] = record
            self.git.redirects[f"/{old}.git"] = self.git.url_of(new)

    def fail(self, pattern: str, status: int, body: Any = UNICORN, *, headers: Mapping[str, str] | None = None, **when: Any) -> None:
        """Answer requests that match a pattern with an error; see `Fault`."""
        self.faults.append(Fault(pattern, Answer(status, body, headers or {}), **when))

    def drop(self, pattern: str, **when: Any) -> None:
        """End the connection of requests that match a pattern without an answer; see `Fault`."""
        self.faults.append(Fault(pattern, None, **when))

    def limit(self, pattern: str, seconds: int, *, status: int = 403, **when: Any) -> None:
        """Refuse requests as GitHub's secondary rate limit does."""
        message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        self.fail(pattern, status, RefusedError(status, message).answer.body, headers={"Retry-After": str(seconds)}, **when)

    def calls(self, method: str) -> list[str]:
        """Return the paths of all requests of a method."""
        return [request.path for request in self.requests if request.method == method]

    # For the handler

    def answer(self, request: Request) -> Answer | None:
        """Carry a request out, or not, as the faults say."""
        with self.lock:
            self.requests.append(request)
            fault = next((fault for fault in self.faults if fault.strikes(request)), None)
            if fault is not None and not fault.after:
                return fault.answer and self._with_limits(fault.answer)
            answer = self._with_scopes(request, self._carry_out(request))
            call = Call(request.method, request.target, answer.status, request.body, answer.body)
            self.violations += self.contract.check(call)
            return fault.answer if fault is not None else self._with_limits(answer)

    def _carry_out(self, request: Request) -> Answer:
        try:
            token = None if UNSIGNED.fullmatch(request.path) else self._token_of(request)
            for method, pattern, function in self.routes:
                match = re.fullmatch(pattern, request.path)
                if match and method == request.method:
                    return function(self, request, token, **match.groupdict())
        except RefusedError as error:
            return error.answer
        return RefusedError(404, "Not Found").answer

    def _token_of(self, request: Request) -> Token:
        if not request.token and request.method == "GET" and request.path.startswith("/repos/"):
            return Token("", administers=False, reach=frozenset())  # what is public is for everybody
        if not request.token:
            raise RefusedError(401, "Requires authentication")
        token = self.tokens.get(request.token)
        if token is None or token.dies <= self.now():
            raise RefusedError(401, "Bad credentials")
        return token

    def _git_may_write_workflows(self, shown: str) -> bool:
        token = self.tokens.get(shown)
        return token is None or token.may("workflows", "write")

    def _git_allows(self, shown: str, name: str, *, push: bool) -> bool:
        """Tell whether a token serves a repository's git data."""
        token = self.tokens.get(shown)
        if token is None or token.dies <= self.now():
            return False
        record = self.repositories.get(name.lower())
        public = record is not None and record.visibility == "public" and not push
        return public or (token.reaches(name) and token.may("contents", "write" if push else "read"))

    def _with_scopes(self, request: Request, answer: Answer) -> Answer:
        token = self.tokens.get(request.token)
        return Answer(answer.status, answer.body, {**answer.headers, "X-OAuth-Scopes": token.scopes}) if token and token.scopes else answer

    def _with_limits(self, answer: Answer) -> Answer:
        self.used += 1
        limits = {
            "X-RateLimit-Limit": str(_LIMIT),
            "X-RateLimit-Remaining": str(_LIMIT - self.used),
            "X-RateLimit-Reset": str(int(time.time()) + 3600),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Resource": "core",
        }
        return Answer(answer.status, answer.body, {**limits, **answer.headers})
