"""Starting a program, seeing that it is ready, and stopping it."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from robot_action.clients.processes.ends import describe_code, describe_end
from robot_action.clients.processes.process import Running
from robot_action.errors import FailedError, InputError
from robot_action.model.template import ReadinessKind, Start

PORT = "{port}"
"""Stands for the free port in a start command and in a readiness URL."""
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
SHOWN_LINES = 20
"""Lines of a failed program's log that its error shows."""

_PROBE_EVERY = 0.1
_PROBE_SECONDS = 2.0
_OTHER_PORTS = 3  # times that a port may turn out to be taken in the moment between choosing and using it
_IN_USE = re.compile(r"address (?:is )?already in use|EADDRINUSE|port \d+ is (?:already )?(?:in use|allocated)", re.IGNORECASE)
_PATTERN_LIMIT = 1000


Launch = Callable[[Sequence[str], Callable[[str], None]], AbstractContextManager[Running]]
"""Starts a program whose every line of output is handed on; leaving the context ends it."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """A program that ended before it was ready."""

    code: int
    tail: tuple[str, ...]

    @property
    def lost_its_port(self) -> bool:
        return any(_IN_USE.search(line) for line in self.tail)


def run_smoke_test(start: Start, launch: Launch, answers: Callable[[str, float], bool]) -> str:
    """Start a program, wait until it is ready, stop it.

    A program that ends early is started again up to its limit; where another program took the free port in the meantime,
    that does not count.

    Args:
        start: what to start, and what shows that it is ready.
        launch: starts it.
        answers: tells whether a URL on this machine answers within some seconds.

    Returns:
        How it was seen to be ready, for people.

    Raises:
        FailedError: with the end of its log, when it never was.
        InputError: when the readiness makes no sense.
    """
    _check(start)
    deadline = time.monotonic() + start.timeout
    restarts, other_ports = start.restarts, _OTHER_PORTS
    while True:
        seen = _attempt(start, launch, answers, deadline)
        if isinstance(seen, str):
            return seen
        if other_ports and seen.lost_its_port and _uses_port(start):
            other_ports -= 1
        elif restarts:
            restarts -= 1
        else:
            tries = f", {start.restarts + 1} times" if start.restarts else ""
            raise _failure(start, f"ended before it was ready{tries}: {describe_code(seen.code)}", seen.tail, seen.code)


def _attempt(start: Start, launch: Launch, answers: Callable[[str, float], bool], deadline: float) -> str | _Ended:
    """Start it once; return how it was ready, or how it ended."""
    port = _free_port()
    watch = _watch(start, port, answers)
    arguments = [argument.replace(PORT, str(port)) for argument in start.command.arguments]
    with launch(arguments, watch.hear) as running:
        while running.is_running and not watch.is_heard:
            left = deadline - time.monotonic()
            if left < 0:
                running.stop()
                raise _failure(start, f"was not ready within {start.timeout:g} seconds: {watch.missing}", running.tail)
            if watch.probe(min(_PROBE_SECONDS, left)) and running.is_running:
                return watch.found
            running.pump_while(lambda: running.is_running and not watch.is_heard, _PROBE_EVERY)
        ended_alone = not running.is_running
        code = running.stop()  # takes its last lines as well
        if watch.is_heard and (code == 0 or not ended_alone):
            return watch.found
        return _Ended(code, running.tail)


@dataclass(slots=True)
class _Watch:
    """Looks for the sign that a program is ready.

    Attributes:
        found, missing: what is said when the sign was seen, or was not.
        matches: whether a line of the log is the sign.
        probe: whether the program answers.
    """

    found: str
    missing: str
    matches: Callable[[str], object]
    probe: Callable[[float], bool]
    is_heard: bool = False

    def hear(self, line: str) -> None:
        """Look at one line of the log."""
        self.is_heard = self.is_heard or bool(self.matches(line))


def _watch(start: Start, port: int, answers: Callable[[str, float], bool]) -> _Watch:
    value = start.readiness.value
    if start.readiness.kind is ReadinessKind.LOG:
        return _Watch(f"a line of its log matched {value!r}", f"no line of its log matched {value!r}", _matcher(value), lambda _: False)
    if start.readiness.kind is ReadinessKind.URL:
        url = value.replace(PORT, str(port))
        return _Watch(f"{url} answered", f"{url} did not answer", lambda _: False, lambda seconds: answers(url, seconds))
    return _Watch(f"port {port} answered", f"port {port} did not answer", lambda _: False, lambda seconds: _listens(port, seconds))


def _matcher(pattern: str) -> Callable[[str], object]:
    """Return a search for a template's pattern, in time linear in the line whatever the pattern is (RE2)."""
    import re2  # type: ignore[import-untyped]

    options = re2.Options()
    options.log_errors = False
    try:
        search: Callable[[str], object] = re2.compile(pattern[:_PATTERN_LIMIT], options=options).search
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args and isinstance(error.args[0], bytes) else str(error)
        raise InputError(f"the readiness pattern {pattern!r} is no regular expression: {reason}", hint="The syntax is RE2's.") from error
    return search


def _check(start: Start) -> None:
    """Refuse a readiness that could not be looked for, or only on other machines."""
    position, kind, value = start.command.position, start.readiness.kind, start.readiness.value
    if kind is ReadinessKind.PORT and not any(PORT in argument for argument in start.command.arguments):
        raise InputError(f"the start command is ready by its port, but does not say {PORT}", position=position)
    if kind is ReadinessKind.LOG:
        _matcher(value)
    if kind is ReadinessKind.URL and not _is_local(value):
        hint = f"Write a URL such as http://127.0.0.1:{PORT}/."
        raise InputError(f"the readiness URL {value!r} does not lead to this machine", position=position, hint=hint)


def _is_local(url: str) -> bool:
    try:
        parts = urlsplit(url.replace(PORT, "1"))
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.hostname in LOCAL_HOSTS and "@" not in parts.netloc


def _uses_port(start: Start) -> bool:
    return any(PORT in argument for argument in start.command.arguments)


def _free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _listens(port: int, seconds: float) -> bool:
    """Tell whether somebody listens on a port of this machine, by IPv4 or IPv6."""
    for host in ("127.0.0.1", "::1"):
        with suppress(OSError), socket.create_connection((host, port), timeout=max(0.01, seconds)):
            return True
    return False


def _failure(start: Start, what: str, tail: Sequence[str], code: int = 0) -> FailedError:
    log = "\n    ".join(tail[-SHOWN_LINES:])
    return FailedError(
        f"the program {' '.join(start.command.arguments)!r} {what}",
        position=start.command.position,
        hint=describe_end(code, f"The end of its log:\n    {log}" if log else "It wrote no log."),
    )
