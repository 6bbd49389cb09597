"""Runs of the program that need not load it first: each is a process of its own, forked from one that has loaded it and only waits."""

from __future__ import annotations

import atexit
import gc
import json
import marshal
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from coverage import Coverage

from tests.testbed.forked_workers import Popen

_TOP = Path(__file__).parents[2]
_LIMIT = 120.0  # seconds that one run may take
REAL_WORKERS = False
"""Whether runs start their workers as users' runs do; see `tests.testbed.forked_workers`."""
_LOADED_LATE = (  # by the program: of other libraries, what only some runs need
    "difflib",
    "filelock",
    "git",
    "github",
    "html",
    "jwt",
    "packaging.specifiers",
    "ruamel.yaml",
    "shutil",
    "stamina",
    "tempfile",
    "tomlkit",
    "twine.package",
    "twine.repository",
)


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], *, code: str = "") -> tuple[int, bytes, bytes]:
    """Run the program in a folder; return its exit code, and what it wrote to standard output and standard error.

    Args:
        arguments: its own.
        folder: where it runs.
        environment: all of it, as far as the program looks; what the kernel tells others of the process is the test's own.
        code: Python that runs instead of the program, and starts it.
    """
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        wanted = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": dict(environment),
            "out": out.name,
            "err": err.name,
            "code": code,
            "real workers": REAL_WORKERS,
        }
        return _nursery().run(wanted), out.read(), err.read()


class _Nursery:
    """The waiting process, and the socket by which it hears what to run."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.testbed.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=_TOP,  # to which coverage writes its paths, wherever the first test that wants a run may be
            )
        self._socket.settimeout(_LIMIT)
        self._channel = self._socket.makefile("rw", encoding="utf-8")
        atexit.register(self.close)

    def run(self, wanted: Mapping[str, Any]) -> int:
        """Have one run made, and wait until it ends."""
        try:
            _send(self._channel, wanted)
            return int(json.loads(self._channel.readline()))
        except BaseException:  # it takes too long, or the tests are interrupted: the next run begins anew
            _nursery.cache_clear()
            os.killpg(self._process.pid, signal.SIGKILL)
            self.close()
            raise

    def close(self) -> None:
        """End the process, which writes down what its runs covered."""
        self._channel.close()
        self._socket.close()
        self._process.wait(_LIMIT)


@lru_cache(maxsize=1)
def _nursery() -> _Nursery:
    return _Nursery()


def end() -> None:
    """End the waiting process, if there is one, so that it writes down what its runs covered."""
    if _nursery.cache_info().currsize:
        _nursery().close()
        _nursery.cache_clear()


def _send(channel: IO[str], value: object) -> None:
    channel.write(f"{json.dumps(value)}\n")
    channel.flush()


def _serve(number: int) -> None:
    """Load the program, and fork a process for every run, until nobody asks any more."""
    _load()
    covered = _Covered()
    gc.collect()
    gc.freeze()  # what is loaded stays, and is shared by all
    with socket.socket(fileno=number) as connection, connection.makefile("rw", encoding="utf-8") as channel:
        while line := channel.readline():
            child = os.fork()
            if not child:
                os.close(connection.detach())
                covered.hand_over()
                _become(json.loads(line))
            ended = os.waitpid(child, 0)[1]
            covered.take()
            _send(channel, os.waitstatus_to_exitcode(ended))
    covered.save()


class _Covered:
    """What the runs cover, where that is measured: each hands it over when it ends, and it is written down once.

    Left to coverage, every run would make a database on the disk, with all files of the program in it, which takes as long as a short run.
    """

    def __init__(self) -> None:
        self._coverage = Coverage.current()
        self._file = os.memfd_create("covered")
        self._arcs: dict[str, set[tuple[int, int]]] = {}
        if self._coverage:
            self._coverage.save()  # what loading covered: none of the runs need tell it

    def hand_over(self) -> None:
        """In a run: see that it hands over what it covers."""
        if self._coverage:
            atexit.unregister(self._coverage._atexit)
            atexit.register(self._hand_over, self._coverage)

    def _hand_over(self, measured: Coverage) -> None:
        measured.stop()
        collector = measured._collector
        assert collector is not None
        collector.covdata = self  # type: ignore[assignment]  # as far as it is used then
        collector.flush_data()

    def add_arcs(self, arcs: Mapping[str, Iterable[tuple[int, int]]]) -> None:
        """Be what coverage's collector gives its data to, in a run."""
        with os.fdopen(os.dup(self._file), "wb") as file:
            marshal.dump({name: list(pairs) for name, pairs in arcs.items()}, file)

    def add_file_tracers(self, tracers: Mapping[str, str]) -> None:
        """Be the same; no plugin is used."""

    def take(self) -> None:
        """Take what a run has handed over; nothing of one that was killed."""
        with os.fdopen(os.dup(self._file), "rb") as file, suppress(EOFError, ValueError, TypeError):
            file.seek(0)
            for name, pairs in marshal.load(file).items():
                self._arcs.setdefault(name, set()).update(pairs)
        os.truncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)

    def save(self) -> None:
        """Write everything down."""
        if self._coverage:
            self._coverage.get_data().add_arcs(self._arcs)


def _load() -> None:
    import robot_action

    for module in pkgutil.walk_packages(robot_action.__path__, "robot_action."):
        import_module(module.name)
    for name in _LOADED_LATE:
        import_module(name)


def _become(wanted: Mapping[str, Any]) -> None:
    """Become a run of the program, and end with it."""
    from robot_action.__main__ import main

    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    os.chdir(wanted["folder"])
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(wanted[name], os.O_WRONLY)
        os.dup2(file, number)
        os.close(file)
    if not wanted["real workers"]:
        subprocess.Popen = Popen  # type: ignore[assignment,misc]
    sys.argv = ["robot-action", *wanted["arguments"]]
    if wanted["code"]:
        exec(compile(wanted["code"], "<test>", "exec"), {"__name__": "__main__"})
    else:
        main()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
