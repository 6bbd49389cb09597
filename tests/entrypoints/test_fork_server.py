"""What forks workers reads nothing of a template, and gives a worker no way to itself or to another one."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from types import SimpleNamespace

import pytest

from robot_action.clients.isolation.renderer import WORKER_UID
from robot_action.clients.processes.fork_server import ForkServer, fork_server
from robot_action.clients.processes.process import Completed, Program
from robot_action.entrypoints import fork_server as fork_server_program
from robot_action.entrypoints import worker
from robot_action.entrypoints.worker import DONE, UNCONFINED, Settings
from robot_action.rendering.request import encode_request
from robot_action.rendering.response import decode_response
from tests.rendering.samples import make_request

IS_ROOT = os.geteuid() == 0
USER = WORKER_UID if IS_ROOT else None
SETTINGS: dict[str, object] = {"seconds": 20, "memory": 2**28, "user": USER, "modules": []}

# A worker that does what hostile code could, in the place of rendering; it keeps its right to open files, which is the point.
PROBE = """
import ctypes, os, resource, stat
from robot_action.entrypoints import fork_server, worker
def attempt(action):
    try:
        return repr(action())
    except OSError as error:
        return type(error).__name__
def probe(settings):
    if settings.user is not None:
        os.setgroups([])
        os.setresgid(settings.user, settings.user, settings.user)
        os.setresuid(settings.user, settings.user, settings.user)
    parent, libc = os.getppid(), ctypes.CDLL(None, use_errno=True)
    found = {
        "dumpable": libc.prctl(3, 0, 0, 0, 0),
        "memory": attempt(lambda: open(f"/proc/{parent}/mem", "rb")),
        "environment": attempt(lambda: open(f"/proc/{parent}/environ").read()),
        "descriptors": attempt(lambda: os.listdir(f"/proc/{parent}/fd")),
        "trace": libc.ptrace(16, parent, 0, 0),
        "sockets": [number for number in range(64) if attempt(lambda: stat.S_ISSOCK(os.fstat(number).st_mode)) == "True"],
        "open": [number for number in range(64) if attempt(lambda: os.fstat(number) and 1) == "1"],
        "kill": attempt(lambda: os.kill(parent, 0)),
        "left": os.environ.get("LEFT"),
    }
    os.environ["LEFT"] = "by an earlier worker"
    print(json.dumps(found), flush=True)
    return 0
import json
fork_server.work = probe
"""


@contextmanager
def serving(prepared: str = "", modules: tuple[str, ...] = ()) -> Iterator[ForkServer]:
    """Run what forks, with something done before in its process."""
    path = [str(Path(worker.__file__).parents[2]), *sys.path]
    code = (
        f"import sys; sys.path = {path!r}\n{prepared}\nfrom robot_action.entrypoints.fork_server import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-I", "-S", "-c", code, json.dumps(modules)]
    with fork_server(Program(command, {}, Path("/"))) as server:
        yield server


def ask(server: ForkServer, stdin: bytes = b"", **settings: object) -> Completed:
    return server.exchange(json.dumps({**SETTINGS, **settings}).encode(), stdin, timeout=60, output_limit=2**20)


def test_renderings_are_made_one_after_the_other() -> None:
    request = make_request({"a.jinja": "{{ year }}"})
    with serving() as server:
        for _ in range(2):
            done = ask(server, encode_request(request))
            assert (done.code, done.stderr) == (DONE, b"")
            assert decode_response(done.stdout, request).tree["a"].content == b"2031"


def test_what_only_a_later_one_needs_is_loaded_in_its_own_process() -> None:
    request = make_request({"a.jinja": "{{ [1]|to_yaml }}", "b": ""}, ignore=("b",))
    needed = ["robot_action.parsing.yaml_text", "pathspec"]
    count = "from robot_action.entrypoints import fork_server, worker\nload = worker.importlib.import_module\n"
    count += "worker.importlib.import_module = lambda name: (sys.stderr.write(name + ' ') if name in sys.modules else 0, load(name))[1]\n"
    with serving(count) as server:
        for _ in range(2):
            done = ask(server, encode_request(request), modules=needed)
            assert decode_response(done.stdout, request).tree["a"].content == b"- 1"
            assert b"pathspec" not in done.stderr, "it was not there before"


def test_a_fault_is_told_with_its_traceback_and_ends_one_worker_alone() -> None:
    with serving() as server:
        for _ in range(2):
            done = ask(server, b"no request")
            assert (done.code, done.stdout) == (1, b"")
            assert b"Traceback" in done.stderr
        assert server.is_ready


def test_powers_that_cannot_be_given_up_are_told() -> None:
    refuse = "import os\ndef refuse(groups): raise PermissionError(1, 'no')\nos.setgroups = refuse"
    with serving(refuse) as server:
        done = ask(server, user=WORKER_UID)
        assert (done.code, done.stdout, done.stderr) == (UNCONFINED, b"", b"[Errno 1] no\n")


class TestHostile:
    @pytest.fixture(params=["as we are", pytest.param("as an ordinary user", marks=pytest.mark.skipif(not IS_ROOT, reason="we are one"))])
    def found(self, request: pytest.FixtureRequest) -> list[dict[str, object]]:
        """What two workers see, one after the other: where we are root, and where we are not."""
        ordinary = request.param == "as an ordinary user"
        # the last line undoes what the kernel does with who was root before
        become = (
            "worker.preload([])\nos.setresgid(4711, 4711, 4711)\nos.setresuid(4711, 4711, 4711)\nctypes.CDLL(None).prctl(4, 1, 0, 0, 0)\n"
            if ordinary
            else ""
        )
        with serving(f"{PROBE}{become}") as server:
            return [json.loads(ask(server, **({"user": None} if ordinary else {})).stdout) for _ in range(2)]

    def test_a_worker_cannot_look_into_what_forked_it(self, found: list[dict[str, object]]) -> None:
        for seen in found:
            assert seen["dumpable"] == 0, "nor another process of its user into it"
            assert (seen["memory"], seen["environment"], seen["descriptors"], seen["trace"]) == (*["PermissionError"] * 3, -1)

    def test_it_has_no_socket_and_no_stream_but_its_own(self, found: list[dict[str, object]]) -> None:
        for seen in found:
            assert (seen["sockets"], seen["open"]) == ([], [0, 1, 2])

    def test_it_leaves_nothing_to_the_next_one(self, found: list[dict[str, object]]) -> None:
        assert [seen["left"] for seen in found] == [None, None]


@pytest.mark.skipif(not IS_ROOT, reason="a worker of our own user can end what forked it, and that is told")
def test_as_root_it_cannot_end_what_forked_it() -> None:
    with serving(PROBE) as server:
        assert json.loads(ask(server).stdout)["kill"] == "PermissionError"


def test_the_number_and_the_end_of_each_worker_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(settings: Settings) -> int:
        os.write(1, b"ended\n")
        if not settings.seconds:
            os.kill(os.getpid(), signal.SIGKILL)
        return int(settings.seconds)

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(fork_server_program, "make_undumpable", lambda: None)  # it is our own process here
    monkeypatch.setattr(fork_server_program, "work", end)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=theirs.detach))
    with ours, TemporaryFile() as output, Path(os.devnull).open("rb") as nothing:
        for seconds in (7, 0):
            streams = [nothing.fileno(), output.fileno(), output.fileno()]
            socket.send_fds(ours, [json.dumps({**SETTINGS, "seconds": seconds}).encode()], streams)
        ours.shutdown(socket.SHUT_WR)  # nobody asks for a third
        assert fork_server_program.main(["[]"]) == DONE
        told = [int(ours.recv(64)) for _ in range(4)]
        output.seek(0)
        assert output.read() == b"ended\nended\n"
    assert (told[1], told[3]) == (7, -signal.SIGKILL)
    for number in (told[0], told[2]):
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_it_ends_when_nobody_is_there_to_ask() -> None:
    with serving() as server:
        ask(server)
        server._control.close()
        server._program.pump_while(lambda: server._program.is_running, 60)
        assert server._program.end() == DONE
