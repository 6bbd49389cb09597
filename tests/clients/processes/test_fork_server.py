"""A program that forks a child for each exchange: each is as any other program, and none outlives its exchange."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from robot_action.clients.processes import fork_server as module
from robot_action.clients.processes.fork_server import ForkServer, fork_server
from robot_action.clients.processes.process import Completed, Program
from tests.clients.children import PATH, is_alive, python, wait_until

LIMIT = 2**20
# The other side of the protocol, as small as it can be: a message is the code that the child runs.
FORKING = """
import os, socket, sys, time
control, child, loaded = socket.socket(fileno=0), 0, []
while True:
    code, streams, _, _ = socket.recv_fds(control, 9999, 3)
    if child:
        os.waitpid(child, 0)
    if not code:
        sys.exit(0)
    child = os.fork()
    if not child:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        exec(code)
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(0)
    for stream in streams:
        os.close(stream)
    os.setpgid(child, child)
    control.send(b"%d" % child)
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    control.send(b"%d" % (ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status))
"""


@pytest.fixture
def server() -> Iterator[ForkServer]:
    with fork_server(Program(python(FORKING), PATH, Path("/"))) as found:
        yield found


def ask(server: ForkServer, code: str, stdin: bytes = b"", *, timeout: float = 60, limit: int = LIMIT) -> Completed:
    return server.exchange(code.encode(), stdin, timeout=timeout, output_limit=limit)


def started(server: ForkServer) -> int:
    """Return the number of the program that forks."""
    return int(ask(server, "print(os.getppid())").stdout)


class TestExchange:
    def test_input_goes_in_and_both_outputs_come_out(self, server: ForkServer) -> None:
        for text in (b"abc", b"", b"d"):
            done = ask(server, "sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('seen')", text)
            assert done == Completed(0, text.upper(), b"seen")

    def test_much_passes_both_ways(self, server: ForkServer) -> None:
        data = bytes(range(256)) * 5000
        done = ask(server, "while data := sys.stdin.buffer.read(99999): sys.stdout.buffer.write(data)", data, limit=len(data))
        assert done == Completed(0, data, b"")

    def test_input_that_nobody_reads_is_no_error(self, server: ForkServer) -> None:
        assert ask(server, "pass", b"x" * 10**6) == Completed(0, b"", b"")

    def test_each_child_is_a_new_one_with_what_the_program_had(self, server: ForkServer) -> None:
        code = "while os.getpgid(0) != os.getpid(): time.sleep(0.001)\n"  # a child may be there before its group
        code += "loaded.append(1); print(len(loaded), os.getppid())"
        first, second = (ask(server, code).stdout.split() for _ in range(2))
        assert first == second == [b"1", b"%d" % started(server)]

    def test_a_child_has_its_streams_alone(self, server: ForkServer) -> None:
        assert ask(server, "print(*sorted(os.listdir('/proc/self/fd')))").stdout == b"0 1 2 3\n"  # the last one is the folder's

    def test_exit_codes_and_signals_are_told(self, server: ForkServer) -> None:
        assert ask(server, "os._exit(3)").code == 3
        assert ask(server, "os.kill(os.getpid(), 9)").code == -signal.SIGKILL
        assert server.is_ready


class TestEnds:
    @pytest.mark.parametrize("code", ["time.sleep(60)", "os.close(0); os.close(1); os.close(2); time.sleep(60)"])
    def test_a_child_that_takes_too_long_is_killed_and_the_next_one_has_its_time(self, server: ForkServer, code: str) -> None:
        before = time.monotonic()
        done = ask(server, code, timeout=0.3)
        assert (done.timed_out, done.code) == (True, -signal.SIGKILL)
        assert time.monotonic() - before < 30
        assert ask(server, "print(1)").stdout == b"1\n"

    def test_so_is_one_that_writes_too_much(self, server: ForkServer) -> None:
        done = ask(server, "while True: os.write(2, b'x' * 9999)", limit=20_000)
        assert (done.truncated, done.timed_out, len(done.stderr)) == (True, False, 20_000)
        assert ask(server, "print(1)").stdout == b"1\n"

    def test_one_that_has_left_its_group_is_killed_all_the_same(self, server: ForkServer) -> None:
        code = "os.setpgid(0, os.getpgid(os.getppid())); print(os.getpid(), flush=True); time.sleep(60)"
        done = ask(server, code, timeout=0.5)
        assert done.timed_out
        assert not is_alive(int(done.stdout))
        assert ask(server, "print(1)").stdout == b"1\n"

    def test_what_it_leaves_in_its_group_is_killed(self, server: ForkServer) -> None:
        child = "os.close(1); os.close(2); time.sleep(60)"
        pid = int(ask(server, f"pid = os.fork()\nif not pid: {child}\nprint(pid, flush=True)").stdout)
        wait_until(lambda: not is_alive(pid))

    def test_an_interrupt_kills_it(self, server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
        killed: list[int] = []

        def interrupt(_streams: object, _deadline: float) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(module._Streams, "carry", interrupt)
        monkeypatch.setattr(module.os, "kill", lambda pid, _signal: killed.append(pid))
        with pytest.raises(KeyboardInterrupt):
            ask(server, "time.sleep(60)")
        assert len(killed) == 1
        wait_until(lambda: not is_alive(killed[0]))
        assert not server.is_ready


class TestTheProgram:
    @pytest.fixture
    def numbers(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The children that were killed."""
        found: list[int] = []
        kill = module._kill

        def note(number: int) -> None:
            found.append(number)
            kill(number)

        monkeypatch.setattr(module, "_kill", note)
        return found

    def test_one_that_cannot_begin_is_told_by_its_own_words(self) -> None:
        with fork_server(Program(python("raise SystemExit('no')"), PATH, Path("/"))) as server:
            for _ in range(2):
                assert ask(server, "pass", b"x" * 10**6) == Completed(1, b"", b"no\n")
                assert not server.is_ready

    def test_one_that_says_nothing_is_late(self) -> None:
        with fork_server(Program(python("import time; time.sleep(60)"), PATH, Path("/"))) as server:
            assert ask(server, "pass", timeout=0.2) == Completed(-signal.SIGTERM, b"", b"", timed_out=True)

    def test_a_child_that_ends_it_does_not_live_on(self, server: ForkServer, numbers: list[int]) -> None:
        done = ask(server, "os.close(1); os.close(2); os.kill(os.getppid(), 9); time.sleep(60)")
        assert (done.code, done.timed_out, server.is_ready) == (-signal.SIGKILL, False, False)
        wait_until(lambda: not is_alive(numbers[0]))

    def test_a_child_that_stops_it_does_not_live_on(self, server: ForkServer, numbers: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_ENDING", 0.2)
        done = ask(server, f"os.kill(os.getppid(), {int(signal.SIGSTOP)}); time.sleep(60)", timeout=0.3)
        assert (done.timed_out, server.is_ready) == (True, False)
        wait_until(lambda: not is_alive(numbers[0]))

    def test_leaving_ends_it(self) -> None:
        with fork_server(Program(python(FORKING), PATH, Path("/"))) as server:
            pid = started(server)
            assert is_alive(pid)
        assert not is_alive(pid)
