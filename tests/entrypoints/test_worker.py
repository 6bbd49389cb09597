"""The worker has given up every power before it reads what a template wants."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from robot_action.clients.isolation.renderer import WORKER_UID, worker_command
from robot_action.entrypoints import worker
from robot_action.entrypoints.worker import UNCONFINED, Settings, answer
from robot_action.errors import InputError
from robot_action.rendering.frames import join_frame
from robot_action.rendering.request import encode_request
from robot_action.rendering.response import decode_response
from tests.rendering.samples import make_request

IS_ROOT = os.geteuid() == 0
USER = WORKER_UID if IS_ROOT else None
AT_HAND = Settings(5.0, 2**28, None, ())

# What template code could do after an escape from the sandbox: whatever Python can, in the confined process.
PROBE = """
import json, sys, os, socket, threading, ctypes
from robot_action.entrypoints.worker import Settings, confine, preload
preload(())
import posix
confine(Settings(5.0, 2**28, json.loads(sys.argv[1]), ()))
def attempt(name, action):
    try:
        result = action()
        found[name] = repr(result)
    except BaseException as error:
        found[name] = type(error).__name__
def start_thread():
    threading.Thread(target=print).start()
found = {}
parent = os.getppid()
attempt("ids", lambda: [os.getresuid(), os.getresgid(), os.getgroups()])
attempt("cwd", os.getcwd)
attempt("environment", lambda: dict(os.environ))
attempt("become root", lambda: os.setuid(0))
attempt("no_new_privs", lambda: ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))
attempt("dumpable", lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
attempt("read a file", lambda: open("/etc/passwd").read())
attempt("read the parent", lambda: open(f"/proc/{parent}/environ").read())
attempt("list a folder", lambda: os.listdir("/"))
attempt("write a file", lambda: open(sys.argv[2], "w").write("x"))
attempt("make a folder", lambda: os.mkdir(sys.argv[2]))
attempt("make a link", lambda: os.symlink("/etc/passwd", sys.argv[2]))
attempt("fork", os.fork)
attempt("start a program", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("start a thread", start_thread)
attempt("open a socket", lambda: socket.socket())
attempt("kill the parent", lambda: os.kill(parent, 0))
def reuse():
    os.close(0)
    return open("/etc/passwd")
attempt("reuse a descriptor", reuse)
def raise_limit():
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
attempt("raise a limit", raise_limit)
sys.stdout.write(json.dumps(found))
"""


@pytest.fixture(autouse=True)
def unchanged_process() -> Iterator[None]:
    """Undo what a worker does to its own process, where it runs in ours."""
    yield
    gc.enable()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


@pytest.fixture
def probed(tmp_path: Path) -> dict[str, str]:
    """What a confined worker can do."""
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    path = [str(Path(worker.__file__).parents[2]), *sys.path]
    code = f"import sys; sys.path = {path!r}\n{PROBE}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, json.dumps(USER), str(closed / "file")],
        capture_output=True,
        check=False,
        env={},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not list(closed.iterdir()) or not IS_ROOT
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_a_confined_worker_can_do_nothing(probed: dict[str, str]) -> None:
    assert probed["cwd"] == "'/'"
    assert probed["no_new_privs"] == "1"
    for attempt in ("read a file", "read the parent", "list a folder", "write a file", "open a socket", "reuse a descriptor"):
        assert probed[attempt] == "OSError", attempt
    assert probed["fork"] == probed["start a program"] == "BlockingIOError"
    assert probed["start a thread"] == "RuntimeError"
    assert probed["raise a limit"] == "ValueError"


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_as_root_it_becomes_somebody_who_owns_nothing(probed: dict[str, str]) -> None:
    assert probed["ids"] == repr([(WORKER_UID,) * 3, (WORKER_UID,) * 3, []])
    assert probed["dumpable"] == "0"
    for attempt in ("become root", "make a folder", "make a link", "kill the parent"):
        assert probed[attempt] == "PermissionError", attempt


def run(arguments: list[str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(arguments, input=stdin, capture_output=True, check=False, env={}, cwd="/", timeout=60)


def test_powers_that_cannot_be_given_up_end_it_before_it_reads() -> None:
    command = worker_command({"seconds": 5, "memory": 2**28, "user": WORKER_UID, "modules": []})
    if IS_ROOT:
        command = ["/usr/bin/setpriv", "--bounding-set=-setuid,-setgid", "--", *command]
    done = run(command, b"not read")
    assert done.returncode == UNCONFINED
    assert done.stdout == b""
    assert b"Operation not permitted" in done.stderr


def test_everything_is_loaded_then_powers_are_given_up_and_only_then_the_request_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request({"a.jinja": "{{ year }}"})
    steps: list[str] = []

    class Stream(io.BytesIO):
        def readinto(self, buffer: Any, /) -> int:
            steps.append("read")
            return super().readinto(buffer)

        def read(self, size: int | None = -1, /) -> bytes:
            steps.append("read")
            return super().read(size)

        def readline(self, size: int | None = -1, /) -> bytes:
            steps.append("read")
            return super().readline(size)

    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(worker, "confine", lambda _settings: steps.append("confine"))
    monkeypatch.setattr(worker.importlib, "import_module", steps.append)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Stream(encode_request(request))))
    monkeypatch.setattr(sys, "stdout", out)
    assert worker.main(['{"seconds": 5, "memory": 1, "user": null, "modules": ["pathspec"]}']) == worker.DONE
    assert steps.index("pathspec") < steps.index("confine") < steps.index("read")
    assert set(steps[steps.index("confine") + 1 :]) == {"read"}
    assert decode_response(out.buffer.getvalue(), request).tree["a"].content == b"2031"


def test_what_the_kernel_does_not_allow_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(_settings: Settings) -> None:
        raise PermissionError(1, "no")

    monkeypatch.setattr(worker, "confine", refuse)
    assert worker.main(['{"seconds": 5, "memory": 1, "user": null, "modules": []}']) == UNCONFINED
    assert capsys.readouterr().err == "[Errno 1] no\n"


@pytest.mark.parametrize("hard", [resource.RLIM_INFINITY, 5])
def test_groups_go_before_the_user_and_limits_come_last(monkeypatch: pytest.MonkeyPatch, hard: int) -> None:
    calls: list[tuple[Any, ...]] = []

    def note(name: str) -> Callable[..., int]:
        def noted(*arguments: object) -> int:
            calls.append((name, *arguments))
            return 0

        return noted

    for name in ("chdir", "setgroups", "setresgid", "setresuid"):
        monkeypatch.setattr(worker.os, name, note(name))
    monkeypatch.setattr(worker, "_address_space", note("open"))
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda *_a, **_k: SimpleNamespace(prctl=note("prctl")))
    monkeypatch.setattr(worker.resource, "getrlimit", lambda _number: (hard, hard))
    monkeypatch.setattr(worker.resource, "setrlimit", note("setrlimit"))
    worker.confine(Settings(60.0, 2**28, 7, ()))
    assert calls[:3] == [("chdir", "/"), ("open",), ("setgroups", [])], "nobody else can open what lies in a private home"
    assert calls[3:6] == [("setresgid", 7, 7, 7), ("setresuid", 7, 7, 7), ("prctl", 38, 1, 0, 0, 0)]
    limits = {number: value for name, number, (value, _) in calls[6:] if name == "setrlimit"}
    assert limits[resource.RLIMIT_CPU] == (62 if hard == resource.RLIM_INFINITY else 5)
    assert [limits[number] for number in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)] == [
        0
    ] * 4
    assert len(limits) == 6


@pytest.mark.parametrize(("user", "most"), [(7, 64), (None, None)])
def test_where_extensions_run_programs_can_be_started_and_others_processes_of_our_user_are_not_counted(
    monkeypatch: pytest.MonkeyPatch, user: int | None, most: int | None
) -> None:
    limits: dict[int, int] = {}
    for name in ("chdir", "setgroups", "setresgid", "setresuid"):
        monkeypatch.setattr(worker.os, name, lambda *_arguments: None)
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda *_a, **_k: SimpleNamespace(prctl=lambda *_arguments: 0))
    monkeypatch.setattr(worker.resource, "getrlimit", lambda _number: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    monkeypatch.setattr(worker.resource, "setrlimit", lambda number, values: limits.update({number: values[0]}))
    monkeypatch.setattr(sys, "path", ["/ours"])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    worker.confine(Settings(60.0, 2**28, user, (), paths=("/theirs",)))
    assert limits.get(resource.RLIMIT_NPROC) == most
    assert limits[resource.RLIMIT_NOFILE] == 64
    assert sys.path == ["/ours", "/theirs"]
    assert sys.dont_write_bytecode


def test_what_extensions_print_is_no_part_of_the_answer(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    request = make_request({"a.jinja": "{{ year }}"})
    steps: list[object] = []
    fdopen = os.fdopen

    def confine(settings: Settings) -> None:
        steps.append((settings.user, settings.paths))
        os.write(1, b"printed")

    monkeypatch.setattr(worker, "load_zones", steps.append)
    monkeypatch.setattr(worker, "hand_over_clock", lambda *arguments: steps.append(arguments))
    monkeypatch.setattr(worker, "confine", confine)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(encode_request(request))))
    monkeypatch.setenv("FAKETIME_SHARED", "/faketime_sem_7")
    monkeypatch.chdir("/")
    wanted = {"seconds": 5, "memory": 1, "user": 9, "modules": [], "zones": ["Europe/Oslo"], "paths": ["/x"], "folder": str(tmp_path)}
    with contextlib.ExitStack() as opened:  # a worker's own streams end with it
        monkeypatch.setattr(worker.os, "fdopen", lambda *arguments: opened.enter_context(fdopen(*arguments)))
        assert worker.main([json.dumps(wanted)]) == worker.DONE
    assert Path.cwd() == tmp_path
    assert steps == [["Europe/Oslo"], (9, "/faketime_sem_7"), (9, ["/x"])]
    sent = capfdbinary.readouterr()
    assert decode_response(sent.out, request).tree["a"].content == b"2031"
    assert sent.err == b"printed"


@pytest.mark.parametrize(
    ("shared", "given"),
    [
        ("/faketime_sem_7 /faketime_shm_7", ["sem.faketime_sem_7", "faketime_sem_7", "sem.faketime_shm_7", "faketime_shm_7"]),
        ("", []),
        ("/../faketime_sem_7 /faketime_sem_7/.. /etc/passwd faketime_sem_7", []),
    ],
)
def test_a_stopped_clock_is_handed_over_and_nothing_else(monkeypatch: pytest.MonkeyPatch, shared: str, given: list[str]) -> None:
    changed: list[tuple[object, ...]] = []

    def chown(file: str, user: int, group: int, *, follow_symlinks: bool) -> None:
        changed.append((file, user, group, follow_symlinks))
        if "sem_" in file:
            raise FileNotFoundError(file)

    monkeypatch.setattr(worker.os, "chown", chown)
    worker.hand_over_clock(9, shared)
    assert changed == [(f"/dev/shm/{name}", 9, 9, False) for name in given]


def test_no_new_privileges_are_a_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.os, "chdir", lambda _path: None)
    monkeypatch.setattr(worker.ctypes, "CDLL", lambda *_a, **_k: SimpleNamespace(prctl=lambda *_arguments: -1))
    with pytest.raises(OSError, match="no_new_privs"):
        worker.confine(AT_HAND)


def test_a_request_that_is_none_is_a_bug_with_a_traceback() -> None:
    done = run(worker_command({"seconds": 5, "memory": 2**28, "user": USER, "modules": []}), join_frame({}, []))
    assert done.returncode == 1
    assert b"Traceback" in done.stderr
    assert done.stdout == b""


class TestAnswer:
    def test_a_rendering_is_sent(self) -> None:
        request = make_request({"a.jinja": "{{ year }}"})
        assert decode_response(answer(request, AT_HAND), request).tree["a"].content == b"2031"

    def test_problems_are_sent(self) -> None:
        request = make_request({"a.jinja": "{{ nope }}"})
        with pytest.raises(InputError, match="'nope' is undefined"):
            decode_response(answer(request, AT_HAND), request)

    def test_a_template_that_does_not_end_is_told_with_its_line(self) -> None:
        loop = "\n{% for a in range(99999) %}{% for b in range(99999) %}\n{{ '' }}{% endfor %}{% endfor %}"
        request = make_request({"a.jinja": loop})
        before = time.monotonic()
        with pytest.raises(InputError, match=r"template/a\.jinja:[23]: the template did not finish in 0\.2 s"):
            decode_response(answer(request, Settings(0.2, 2**28, None, ())), request)
        assert time.monotonic() - before < 30

    def test_the_clock_is_stopped_afterwards(self) -> None:
        answer(make_request({"a.jinja": "{{ year }}"}), AT_HAND)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)

    def test_a_template_that_needs_too_much_memory_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def burst(*_arguments: object) -> None:
            raise MemoryError

        monkeypatch.setattr(worker, "render", burst)
        request = make_request()
        with pytest.raises(InputError, match=r"^gh:acme/t: template\.yml: the template needs more than 256 MiB of memory"):
            decode_response(answer(request, AT_HAND), request)
