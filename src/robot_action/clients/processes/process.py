"""Child processes: the only module that knows `subprocess`.

Every child gets a session and process group of its own, exactly the environment that it is given, no file descriptor of
ours besides its three streams, no terminal and no shell. When a function here returns or raises, whatever is left of
the child's process group has been killed. Processes that left the group are the business of
`robot_action.clients.isolation.second_user`, which can tell them by their user.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.processes.limits import NO_LIMITS, Limits, with_limits
from robot_action.clients.processes.pipes import Bounded, Lines, Pipes, Sink
from robot_action.errors import InputError, UnavailableError

TEMPLATE_UID = 64198
"""User and group id of template code, the first of a small range; they belong to nobody."""
GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL."""

_TICK = 0.05  # seconds after which an exit is noticed though a stray grandchild holds the pipes
_DRAIN = 0.5  # seconds for what is still in the pipes when the group is dead


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended, and what it wrote.

    Attributes:
        code: the exit code; negative: the signal that ended it.
        timed_out: it was ended because it took too long.
        truncated: it was ended because it wrote too much; the beginning is here.
    """

    code: int
    stdout: bytes
    stderr: bytes
    timed_out: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Streamed:
    """How a program ended whose output was shown while it ran.

    Attributes:
        code: the exit code; negative: the signal that ended it.
        tail: the last lines that it wrote.
        timed_out: it was ended because it took too long.
    """

    code: int
    tail: tuple[str, ...]
    timed_out: bool = False


def find_program(name: str, environment: Mapping[str, str], cwd: Path) -> str:
    """Return the path of a program; a bare name is looked for in the child's own ``PATH``.

    Raises:
        UnavailableError: when there is no such program, or it may not be executed.
    """
    path = environment.get("PATH", os.defpath)
    found = shutil.which(str(cwd / name)) if "/" in name else shutil.which(name, path=path)
    if found is None:
        raise UnavailableError(
            f"the program {name!r} is missing, or may not be executed",
            hint=f"it was looked for in {cwd if '/' in name else path}",
        )
    return found


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run.

    Attributes:
        arguments: the program's name or path, and its arguments.
        environment: all of the child's environment.
        stdin: what it reads, or an open descriptor; nothing means ``/dev/null``.
        umask: the child's file mode creation mask; -1 leaves ours.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    cwd: Path
    stdin: bytes | int = b""
    limits: Limits = NO_LIMITS
    umask: int = -1


class Child:
    """A running child with its streams."""

    def __init__(self, popen: subprocess.Popen[bytes], pipes: Pipes) -> None:
        self._popen = popen
        self._pipes = pipes
        self._is_dead = False

    @property
    def is_running(self) -> bool:
        """Whether the child itself still runs."""
        return self._popen.poll() is None

    def pump_while(self, condition: Callable[[], bool], seconds: float) -> None:
        """Carry data to and fro as long as a condition holds, for at most some seconds."""
        deadline = time.monotonic() + seconds
        while condition() and (left := deadline - time.monotonic()) > 0:
            if self._pipes.is_open:
                self._pipes.carry(min(left, _TICK))
            else:
                with suppress(subprocess.TimeoutExpired):
                    self._popen.wait(min(left, _TICK))

    def end(self) -> int:
        """Terminate the process group, wait, kill it, take its last output; return the child's code. Once is enough."""
        if self._is_dead:
            return self._popen.returncode
        if self.is_running:
            self._signal(signal.SIGTERM)
            self.pump_while(lambda: self.is_running, GRACE)
        self.kill()
        self.pump_while(lambda: self._pipes.is_readable, _DRAIN)
        return self._popen.returncode

    def kill(self) -> None:
        """Kill whatever is left of the group, once: later its number may belong to others."""
        if not self._is_dead:
            self._signal(signal.SIGKILL)
            self._popen.wait()
            self._is_dead = True

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, number)


@contextmanager
def launch(program: Program, *sinks: Sink) -> Iterator[Child]:
    """Start a program; one sink takes both of its outputs, two take one each. Leaving the context ends it.

    Raises:
        UnavailableError: when the program does not exist or cannot be executed.
    """
    given = program.stdin
    found = find_program(program.arguments[0], program.environment, program.cwd)
    try:
        popen = subprocess.Popen(
            with_limits([found, *program.arguments[1:]], program.limits),
            stdin=given if isinstance(given, int) else subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if len(sinks) > 1 else subprocess.STDOUT,
            bufsize=0,
            env=dict(program.environment),
            cwd=program.cwd,
            umask=program.umask,
            start_new_session=True,
        )
    except OSError as error:
        raise UnavailableError(f"{program.arguments[0]!r} cannot be started in {program.cwd}: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{program.arguments[0]!r} cannot be started: an argument or variable holds a NUL character") from error
    pipes = Pipes()
    for stream, sink in zip(filter(None, (popen.stdout, popen.stderr)), sinks, strict=True):
        pipes.read(stream, sink)
    if popen.stdin is not None and isinstance(given, bytes):
        pipes.write(popen.stdin, given)
    child = Child(popen, pipes)
    try:
        yield child
    finally:
        try:
            child.end()
        finally:
            child.kill()
            pipes.close()


def exchange(  # noqa: PLR0913 - the whole of a call, all but one by keyword
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    stdin: bytes = b"",
    timeout: float,
    limits: Limits = NO_LIMITS,
    output_limit: int = 64 * 2**20,
) -> Completed:
    """Give a program its input, and return its whole output.

    Args:
        arguments: the program's name or path, and its arguments.
        environment: all of the child's environment.
        cwd: the child's working directory.
        stdin: what it reads; nothing means ``/dev/null``.
        timeout: seconds; afterwards the program is terminated.
        limits: what it may use.
        output_limit: bytes of either output; a program that writes more is terminated.

    Raises:
        UnavailableError: when the program does not exist or cannot be executed. Its exit code never raises.
    """
    stdout, stderr = Bounded(output_limit), Bounded(output_limit)
    program = Program(arguments, environment, cwd, stdin, limits)
    with launch(program, stdout.feed, stderr.feed) as child:
        child.pump_while(lambda: child.is_running and not (stdout.is_over or stderr.is_over), timeout)
        timed_out = child.is_running and not (stdout.is_over or stderr.is_over)
        code = child.end()  # which takes what is left in the pipes, and may be too much
    return Completed(code, bytes(stdout.data), bytes(stderr.data), timed_out, stdout.is_over or stderr.is_over)


class Running:
    """A program that runs, its output shown line by line."""

    def __init__(self, child: Child, lines: Lines) -> None:
        self._child = child
        self._lines = lines

    @property
    def is_running(self) -> bool:
        """Whether the program itself still runs."""
        return self._child.is_running

    @property
    def tail(self) -> tuple[str, ...]:
        """The last lines of its output, of both streams."""
        return tuple(self._lines.tail)

    def pump_while(self, condition: Callable[[], bool], seconds: float) -> None:
        """Show what it writes as long as a condition holds, for at most some seconds."""
        self._child.pump_while(condition, seconds)

    def stop(self) -> int:
        """Terminate the process group, wait, kill it; return the program's code (negative: a signal)."""
        return self._child.end()


@contextmanager
def spawn(program: Program, on_line: Callable[[str], None]) -> Iterator[Running]:
    """Start a program; leaving the context ends it.

    Raises:
        UnavailableError: when the program does not exist or cannot be executed.
    """
    lines = Lines(on_line)
    with launch(program, lines.feed) as child:
        yield Running(child, lines)


def stream(program: Program, on_line: Callable[[str], None], *, timeout: float) -> Streamed:
    """Run a program and show its output as it comes.

    Args:
        program: what to run.
        on_line: called with each line of either stream; hostile text.
        timeout: seconds; afterwards the program is terminated.

    Raises:
        UnavailableError: when the program does not exist or cannot be executed. Its exit code never raises.
    """
    with spawn(program, on_line) as running:
        running.pump_while(lambda: running.is_running, timeout)
        timed_out = running.is_running
        code = running.stop()
        return Streamed(code, running.tail, timed_out)
