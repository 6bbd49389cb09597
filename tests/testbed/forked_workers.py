"""Workers of the runs that the nursery forks: forked as well, from a program that has loaded what they load.

Python starts, and loads Jinja, as often as templates are rendered otherwise; that is a third of a short run. What a worker does then
is what it does anywhere. Tests of what a hostile template can reach start real ones: see `tests.testbed.nursery.REAL_WORKERS`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from coverage import Coverage

_BOOT = [sys.executable, "-I", "-S", "-X", "utf8", "-c"]
"""How the program starts a worker; what follows is Python, and its arguments."""
_POLL = 0.002  # seconds
_DESCRIPTORS = 4096


class Popen(subprocess.Popen[Any]):
    """Starts programs as ever, and forks workers."""

    def __new__(cls, args: Sequence[str], **options: Any) -> Any:
        """Return what stands for the process."""
        return _Forked(args[len(_BOOT) :], **options) if list(args[: len(_BOOT)]) == _BOOT else super().__new__(cls)


class _Forked:
    """What the program uses of a `subprocess.Popen`."""

    stdin: IO[bytes] | None = None
    stderr: IO[bytes] | None = None
    returncode: int | None = None

    def __init__(self, arguments: Sequence[str], *, stdin: int, stderr: int, cwd: Path, env: Mapping[str, str], **_as_ever: object) -> None:
        theirs = []
        if stdin == subprocess.PIPE:
            stdin, writing = os.pipe()
            self.stdin = os.fdopen(writing, "wb", 0)
            theirs.append(stdin)
        elif stdin == subprocess.DEVNULL:
            stdin = os.open(os.devnull, os.O_RDONLY)
            theirs.append(stdin)
        reading, output = os.pipe()
        self.stdout = os.fdopen(reading, "rb", 0)
        errors = output
        if stderr == subprocess.PIPE:
            reading, errors = os.pipe()
            self.stderr = os.fdopen(reading, "rb", 0)
        self.pid = os.fork()
        if not self.pid:
            _become(arguments, (stdin, output, errors), cwd, env)
        for descriptor in {*theirs, output, errors}:
            os.close(descriptor)

    def poll(self) -> int | None:
        """Return how it ended, or None."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, when it has."""
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("worker", timeout or 0)
            time.sleep(_POLL)
        assert self.returncode is not None
        return self.returncode


def _become(arguments: Sequence[str], streams: Sequence[int], cwd: Path, env: Mapping[str, str]) -> NoReturn:
    """Become a worker, as a new process would be one."""
    try:
        if measured := Coverage.current():
            measured.stop()
        os.setsid()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_DFL)
        for number, stream in enumerate([os.dup(stream) for stream in streams]):  # one of them may have the number of another one
            os.dup2(stream, number)
        os.closerange(3, _DESCRIPTORS)
        sys.stdin, sys.stdout, sys.stderr = (open(number, mode, closefd=False) for number, mode in enumerate("rww"))  # noqa: SIM115
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        sys.argv = ["-c", *arguments[1:]]
        exec(compile(arguments[0], "<worker>", "exec"), {"__name__": "__main__"})
    except BaseException:  # noqa: BLE001 - nothing of a worker goes back to the program
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)
