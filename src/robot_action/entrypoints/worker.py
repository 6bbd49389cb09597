"""The process that renders: it gives up every power first, and only then reads the request and runs other people's Jinja.

Started by `robot_action.clients.isolation.renderer` with its settings as JSON in its one argument, or forked by
`robot_action.entrypoints.fork_server`. It reads one frame from standard input, writes one to standard output, and ends with one
of the codes below, or with a traceback: a bug. Why it is built like this stands in
docs/decisions/0002-the-worker-drops-its-own-privileges.md. Where a trusted template has extensions of its own, files can
still be read and programs be started, as the user that the worker has become.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import BinaryIO

from robot_action.errors import InputError, MissingAnswersError, Position, Problem
from robot_action.model.template import RenderRequest, Specification
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.engine import render
from robot_action.rendering.faults import place_of
from robot_action.rendering.request import decode_request
from robot_action.rendering.response import encode_problems, encode_rendering
from robot_action.rendering.zones import load_zones

DONE = 0
"""A rendering or the template's problems are on standard output."""
UNCONFINED = 78
"""The powers could not be given up; why is on standard error."""

_PR_SET_NO_NEW_PRIVS = 38
_FILES, _PROCESSES = 64, 64  # open at once, for extensions and the programs that they start
_CLOCK = re.compile(r"(?<!\S)/(faketime_(?:sem|shm)_\d+)(?!\S)")
_AGAIN = 0.2  # seconds; an exception that lands in a finaliser is swallowed by Python
_LATE_MODULES = ("encodings.utf_8_sig", "jinja2.debug", "html", "pprint", "traceback", "unicodedata")
# What loads modules only when it is first done: an escape in a text, a macro, patterns, an error's traceback.
_WARM_UP = ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m('\\u00e9') }}", "{{ nothing }}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the renderer wants of its worker.

    Attributes:
        seconds: until the rendering is given up.
        memory: bytes that may be allocated after everything is loaded.
        user: the user and group to become, or None to stay.
        modules: what to load besides.
        zones: the time zones to read the data of, or None where nothing knows any.
        paths: where a trusted template's extensions are looked for once the user is given up; None: it has none, and needs no
            file, process or network.
        folder: where the worker is while it renders.
    """

    seconds: float
    memory: int
    user: int | None
    modules: tuple[str, ...]
    zones: tuple[str, ...] | None = None
    paths: tuple[str, ...] | None = None
    folder: str = "/"


class OutOfTimeError(BaseException):
    """The time is over; no `Exception`, so that no handler of Jinja's takes it for the template's."""


def main(arguments: list[str]) -> int:
    """Render the request on standard input; return the exit code."""
    settings = Settings(**json.loads(arguments[0]))
    preload(settings.modules)
    return work(settings)


def work(settings: Settings) -> int:
    """Give up every power, then render the request on standard input; return the exit code."""
    output = sys.stdout.buffer if settings.paths is None else _own_output()
    if settings.zones is not None:
        load_zones(settings.zones)
    try:
        if settings.user is not None and settings.paths is not None:
            hand_over_clock(settings.user, os.environ.get("FAKETIME_SHARED", ""))
        confine(settings)
        os.chdir(settings.folder)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        return UNCONFINED
    request = decode_request(sys.stdin.buffer)
    output.write(answer(request, settings))
    output.flush()
    return DONE


def _own_output() -> BinaryIO:
    """Keep standard output for the answer alone: what extensions and their programs print goes where errors go."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def preload(modules: Sequence[str]) -> None:
    """Load whatever rendering may need; afterwards no file can be opened."""
    for name in (*_LATE_MODULES, *modules):
        importlib.import_module(name)
    ignore = ("y",) if "pathspec" in modules else ()
    for text in _WARM_UP:
        specification = Specification("warm-up", ignore=ignore)
        request = RenderRequest(specification, Tree({"template/x.jinja": Entry(Mode.FILE, text.encode())}), {}, {}, "", 2000, "")
        with contextlib.suppress(InputError):
            render(request)


def hand_over_clock(user: int, shared: str) -> None:
    """Let programs that extensions start have the clock of Debian's faketime, where the operator stopped it.

    Its library shares a semaphore and memory among processes, which belong to the user who began; one who may not open them makes
    others, which is writing a file.

    Args:
        user: whom the worker becomes.
        shared: the names of both, as the library's variable has them.
    """
    for name in _CLOCK.findall(shared):
        for file in (f"/dev/shm/sem.{name}", f"/dev/shm/{name}"):  # noqa: S108 - where Linux has them: shm_overview(7)
            with contextlib.suppress(FileNotFoundError):
                os.chown(file, user, user, follow_symlinks=False)


def confine(settings: Settings) -> None:
    """Give up every power that rendering does not need; it cannot be had back.

    Raises:
        OSError: when the kernel does not let us.
        ValueError: when a limit lies above what we may set.
    """
    os.chdir("/")
    mapped = _address_space()  # as long as files can be opened, and Python's own ones be found: they may lie in a private home
    if settings.user is not None:
        os.setgroups([])
        os.setresgid(settings.user, settings.user, settings.user)
        os.setresuid(settings.user, settings.user, settings.user)
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs cannot be set")
    is_closed = settings.paths is None
    limits = {
        resource.RLIMIT_CPU: int(settings.seconds) + 2,
        resource.RLIMIT_AS: mapped + settings.memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0 if is_closed else _processes(settings),
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 0 if is_closed else _FILES,  # 0: the streams stay open, and nothing can be opened in their place
    }
    for number, wanted in limits.items():
        if wanted is not None:
            hard = resource.getrlimit(number)[1]
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(number, (value, value))
    sys.dont_write_bytecode = True
    sys.path += settings.paths or ()


def _processes(settings: Settings) -> int | None:
    """Return how many processes the user may have; where it is the one who started us, its others count, too, and are not ours."""
    return _PROCESSES if settings.user is not None else None


def _address_space() -> int:
    """Return the bytes that are mapped already."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - pathlib would be loaded for it
        return int(file.read().split()[0]) * resource.getpagesize()


def answer(request: RenderRequest, settings: Settings) -> bytes:
    """Render, and return the frame for the outcome."""
    gc.disable()  # a pass over the syntax trees of all templates frees next to nothing; the process ends soon
    try:
        with _time_limit(settings.seconds):
            return encode_rendering(render(request), request)
    except InputError as error:
        return encode_problems(error.problems, error.names if isinstance(error, MissingAnswersError) else ())
    except (MemoryError, OutOfTimeError) as error:
        gc.enable()
        return encode_problems([_exhausted(error, request, settings)])


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise OutOfTimeError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _exhausted(error: BaseException, request: RenderRequest, settings: Settings) -> Problem:
    place = place_of(error)
    prefix = request.file.removesuffix(request.specification.file)
    is_file = place is not None and place[0] in request.tree
    position = Position(f"{prefix}{place[0]}", place[1]) if place and is_file else Position(request.file)
    if isinstance(error, MemoryError):
        return Problem(
            f"the template needs more than {settings.memory // 2**20} MiB of memory", position, "Look for a loop that grows a text."
        )
    return Problem(f"the template did not finish in {settings.seconds:g} s", position, "Look for a loop that does not end.")
