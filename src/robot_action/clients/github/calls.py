"""Requests to GitHub that are repeated where that is safe, and that wait when GitHub asks for it.

What can be repeated (all but POST) is repeated after lost connections and server errors. A request that a rate limit
refused was not carried out, so that every kind is repeated then: after ``Retry-After``, or when the limit is lifted
(https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api). Writes keep a pause between them,
and those that people are notified of a longer one, for GitHub refuses them long before its published limits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from robot_action.clients.github.api import ConnectionLostError, GitHubApi, Reply
from robot_action.clients.github.errors import PROPOSAL_HINT, explain, message_of
from robot_action.errors import TryAgainError, UnavailableError

_TRIES = 5
_FIRST_PAUSE = 0.5  # seconds, doubled each time
_PAGE_SIZE = 100
_PAGES = 50
_DAY = 86400.0
_SLOWEST = 60.0  # seconds between two requests, however often they were refused
_UNKNOWN_LIMIT = 60.0  # seconds to wait when a limit does not say for how long


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, and how.

    Attributes:
        longest: seconds that one request may wait for rate limits in all.
        between_writes: seconds from one write to the next, as GitHub asks for.
        at_once: how many writes may go ahead of that pace, which is for fleets: one project takes fewer.
        between_contents: seconds from one pull request or comment to the next; each refusal doubles them.
        contents_at_once: how many of those may go ahead of that pace.
        sleep: waits for some seconds.
        now: seconds since 1970.
        say: tells people why they wait.
    """

    longest: float = 180.0
    between_writes: float = 1.0
    at_once: int = 10
    between_contents: float = 6.0
    contents_at_once: int = 3
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    say: Callable[[str], None] = lambda _text: None


class Pace:
    """How fast requests of one kind may follow each other.

    Args:
        interval: seconds from one to the next.
        ahead: how many may go ahead of that.
    """

    def __init__(self, interval: float, ahead: int) -> None:
        self.interval = interval
        self._ahead = ahead
        self._next = float("-inf")  # when the pace would have the next one

    def step(self, now: float) -> float:
        """Take one; return the seconds to wait before it."""
        due = max(self._next, now)
        self._next = due + self.interval
        return min(due - now - self.interval * self._ahead, self.interval)

    def slow_down(self) -> None:
        """Halve the pace, and let nothing go ahead of it any more; there is an end to it."""
        self.interval = min(2 * self.interval, _SLOWEST)
        self._ahead = 0


class UnclearError(Exception):
    """A creation got no answer that says whether it was carried out; the text says what came instead."""


class GitHubCalls:
    """GitHub's API with patience."""

    def __init__(self, api: GitHubApi, patience: Patience) -> None:
        self.api, self.patience = api, patience
        self._writes = Pace(patience.between_writes, patience.at_once)
        self._contents = Pace(patience.between_contents, patience.contents_at_once)

    def get(self, path: str, query: Mapping[str, str] | None = None, *, owner: str = "") -> Reply:
        """Read; errors of the kind 4xx are returned; ``owner`` as `GitHubApi.send` has it."""
        return self._repeat("GET", partial(self.api.send, "GET", path, query=query, owner=owner))

    def pages(self, path: str, doing: str, query: Mapping[str, str] | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield the items of a list, page by page.

        Raises:
            RobotActionError: when GitHub refuses it.
        """
        for page in range(1, _PAGES + 1):
            reply = expect(self.get(path, {**(query or {}), "per_page": str(_PAGE_SIZE), "page": str(page)}), doing)
            items = reply.data if isinstance(reply.data, Sequence) and not isinstance(reply.data, str) else []
            yield from (item for item in items if isinstance(item, Mapping))
            if 'rel="next"' not in reply.headers.get("link", ""):
                return
        self.patience.say(f"GitHub lists more than {_PAGES * _PAGE_SIZE} entries at {path}; the rest is left out")

    def change(self, method: str, path: str, body: Mapping[str, object] | None = None, *, owner: str = "") -> Reply:
        """Change something by a request that can be repeated, for twice is as once; errors of the kind 4xx are returned."""
        return self._repeat(method, partial(self.api.send, method, path, body=body, owner=owner))

    def post(self, path: str, body: Mapping[str, object], *, owner: str = "", notifies: bool = False) -> Reply:
        """Create something, once; errors of the kind 4xx are returned.

        Args:
            path: below the API's address.
            body: becomes JSON.
            owner: as `GitHubApi.send` has it.
            notifies: whether people are told of it, as of a pull request: of such GitHub takes few.

        Raises:
            UnclearError: when nobody knows whether it was carried out.
        """
        try:
            paces = (self._writes, self._contents) if notifies else (self._writes,)
            reply = self._send_within_limits(paces, partial(self.api.send, "POST", path, body=body, owner=owner))
        except ConnectionLostError as error:
            raise UnclearError(str(error)) from None
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnclearError(f"GitHub answered with status {reply.status}")
        return reply

    def pauses(self) -> Iterator[None]:
        """Yield at once, and then after growing pauses, a few times."""
        yield
        for number in range(_TRIES - 1):
            self.patience.sleep(_FIRST_PAUSE * 2**number)
            yield

    def _repeat(self, method: str, send: Callable[[], Reply]) -> Reply:
        reason = ""
        for _ in self.pauses():
            try:
                reply = self._send_within_limits(() if method == "GET" else (self._writes,), send)
            except ConnectionLostError as error:
                reason = f"cannot be reached: {error}"
                continue
            if reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return reply
            reason = f"answers with status {reply.status}"
        raise UnavailableError(f"GitHub ({self.api.url}) {reason}", hint="Run the same command again later.")

    def _send_within_limits(self, paces: Sequence[Pace], send: Callable[[], Reply]) -> Reply:
        """Send once; wait and send again as long as a rate limit refuses it."""
        waited = 0.0
        while True:
            for pace in paces:
                if (due := pace.step(self.patience.now())) > 0:
                    self.patience.sleep(due)
            reply = send()
            wait = self._limit_of(reply)
            if wait is None:
                return reply
            for pace in paces[1:]:
                pace.slow_down()
            if waited + wait > self.patience.longest:
                when = datetime.fromtimestamp(self.patience.now() + wait, UTC)
                raise TryAgainError(
                    f"GitHub's rate limit is reached: {message_of(reply)}",
                    hint=f"It is lifted at {when:%Y-%m-%d %H:%M:%S} UTC. Run the same command again then.",
                )
            self.patience.say(f"GitHub's rate limit is reached; going on in {wait:.0f} s")
            self.patience.sleep(wait)
            waited += wait

    def _limit_of(self, reply: Reply) -> float | None:
        """Return the seconds that a rate limit asks to wait, or None where there is no limit."""
        if reply.status not in {403, 429}:
            return None
        headers = reply.headers
        if (after := headers.get("retry-after", "")).isdecimal():
            return _within_a_day(float(after))
        if reply.status == HTTPStatus.FORBIDDEN and "rate limit" not in message_of(reply).lower():
            return None
        if headers.get("x-ratelimit-remaining") == "0" and (reset := headers.get("x-ratelimit-reset", "")).isdecimal():
            return _within_a_day(float(reset) - self.patience.now() + 1)
        return _UNKNOWN_LIMIT


def _within_a_day(seconds: float) -> float:
    return min(max(1.0, seconds), _DAY)


def expect(reply: Reply, doing: str) -> Reply:
    """Return an answer that grants what was asked for; ``doing`` is that, for the error of any other."""
    if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise explain(reply, doing)
    return reply


def expect_proposal(reply: Reply, doing: str) -> Reply:
    """Return an answer that grants what was asked for about a pull request or its branch; see `expect`."""
    if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise explain(reply, doing, PROPOSAL_HINT)
    return reply
