"""A program that is loaded once and forks a child for each exchange.

What goes to and fro on its standard input, a socket of packets: a message for the child with three descriptors, which become
the child's streams; back come the child's number, which is also its process group's, and how it ended. The program takes its
child's number out of the world only with the next message, or at its own end: until then it is nobody else's.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

from robot_action.clients.processes.pipes import Bounded, Pipes
from robot_action.clients.processes.process import Child, Completed, Program, launch

_ERRORS = 1 << 16  # bytes of what the program itself says
_ENDING = 5.0  # seconds in which a killed child is gone
_PACKET = 64


class _LostError(Exception):
    """The program itself ended, or does not answer."""


class ForkServer:
    """Such a program, as it runs.

    Attributes:
        is_ready: whether it can be asked again.
    """

    def __init__(self, program: Child, control: socket.socket, errors: Bounded) -> None:
        self._program = program
        self._control = control
        self._errors = errors
        self.is_ready = True

    def exchange(self, message: bytes, stdin: bytes, *, timeout: float, output_limit: int) -> Completed:
        """Give a new child a message and its input, and return its whole output; when this returns or raises, the child is dead.

        Args:
            message: what the program gives the child, before that reads its input.
            stdin: what the child reads.
            timeout: seconds; afterwards the child is killed.
            output_limit: bytes of either output; a child that writes more is killed.

        Returns:
            How the child ended, or, where the program ended before it could tell, how that did, and what it said.
        """
        self.is_ready = False
        streams, deadline = _Streams(stdin, output_limit), time.monotonic() + timeout
        try:
            done = self._exchange(message, streams, deadline)
        except _LostError:
            timed_out = time.monotonic() >= deadline
            return Completed(self._program.end(), b"", bytes(self._errors.data), timed_out)
        finally:
            streams.close()
        self.is_ready = True
        return done

    def _exchange(self, message: bytes, streams: _Streams, deadline: float) -> Completed:
        streams.send(message, self._control)
        number = self._hear(deadline)
        if number is None:
            raise _LostError
        try:
            streams.carry(deadline)
            code = None if streams.is_over else self._hear(deadline)
        finally:
            _kill(number)
        if code is not None:
            return streams.completed(code)
        killed = self._hear(time.monotonic() + _ENDING)
        if killed is None:
            raise _LostError
        return replace(streams.completed(killed), timed_out=not streams.is_over)

    def _hear(self, deadline: float) -> int | None:
        """Return the next number that the program says; None when the time is over.

        Raises:
            _LostError: when it says nothing any more.
        """
        self._control.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            packet = self._control.recv(_PACKET)
        except TimeoutError:
            return None
        except ConnectionResetError:
            packet = b""
        if not packet:
            raise _LostError
        return int(packet)


class _Streams:
    """A child's three streams."""

    def __init__(self, stdin: bytes, output_limit: int) -> None:
        self._stdin = stdin
        self._stdout, self._stderr = Bounded(output_limit), Bounded(output_limit)
        self._pipes = Pipes()

    @property
    def is_over(self) -> bool:
        """Whether there was too much output."""
        return self._stdout.is_over or self._stderr.is_over

    def send(self, message: bytes, control: socket.socket) -> None:
        """Send a message with the child's ends.

        Raises:
            _LostError: when nobody takes it.
        """
        theirs = []
        reading, writing = os.pipe()
        theirs.append(reading)
        self._pipes.write(os.fdopen(writing, "wb", 0), self._stdin)
        for sink in (self._stdout.feed, self._stderr.feed):
            reading, writing = os.pipe()
            theirs.append(writing)
            self._pipes.read(os.fdopen(reading, "rb", 0), sink)
        try:
            socket.send_fds(control, [message], theirs)
        except (BrokenPipeError, ConnectionResetError):
            raise _LostError from None
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def carry(self, deadline: float) -> None:
        """Carry data until the child has closed its streams, there is too much of it, or the time is over."""
        while self._pipes.is_open and not self.is_over and (left := deadline - time.monotonic()) > 0:
            self._pipes.carry(left)

    def completed(self, code: int) -> Completed:
        """Return how a child ended that has written all this."""
        return Completed(code, bytes(self._stdout.data), bytes(self._stderr.data), truncated=self.is_over)

    def close(self) -> None:
        """Close our ends."""
        self._pipes.close()


def _kill(number: int) -> None:
    """Kill a child, and what is left of its group; it may have left that for another one."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(number, signal.SIGKILL)


@contextmanager
def fork_server(program: Program) -> Iterator[ForkServer]:
    """Start a program that forks; leaving the context ends it.

    Raises:
        UnavailableError: when the program does not exist or cannot be executed.
    """
    errors = Bounded(_ERRORS)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ExitStack() as scope:
        scope.enter_context(ours)
        with theirs:
            running = scope.enter_context(launch(replace(program, stdin=theirs.fileno()), errors.feed))
        yield ForkServer(running, ours, errors)
