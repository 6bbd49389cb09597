from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from robot_action.clients.isolation import smoke_test
from robot_action.clients.isolation.smoke_test import run_smoke_test
from robot_action.clients.processes.process import Program, Running, spawn
from robot_action.errors import FailedError, InputError, Position, RobotActionError
from robot_action.model.template import Command, Readiness, ReadinessKind, Start
from tests.clients.children import PATH, PYTHON, is_alive, wait_until

SERVE = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == '/health' else 404)
        self.end_headers()
print('pid', os.getpid(), flush=True)
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
"""
LISTEN_IPV6 = """
import socket, sys, time
server = socket.socket(socket.AF_INET6)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
server.bind(('::1', int(sys.argv[1])))
server.listen()
time.sleep(60)
"""


@dataclass
class Machine:
    """Starts programs as the sandbox does, and remembers what was started and said."""

    cwd: Path
    started: list[list[str]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __call__(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> AbstractContextManager[Running]:
        def both(line: str) -> None:
            self.log.append(line)
            on_line(line)

        self.started.append(list(arguments))
        return spawn(Program(arguments, PATH, self.cwd), both)

    def ports(self) -> list[str]:
        return [arguments[-1] for arguments in self.started]

    def pids(self) -> list[int]:
        return [int(line.removeprefix("pid ")) for line in self.log if line.startswith("pid ")]


def answers(url: str, seconds: float) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def start(code: str, kind: ReadinessKind, value: str = "", *, timeout: float = 20, restarts: int = 0) -> Start:
    command = Command((PYTHON, "-I", "-S", "-c", code, "{port}"), Position("template.yml", 7))
    return Start(command, Readiness(kind, value), timeout, restarts)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    found = Machine(tmp_path)
    yield found
    assert not any(map(is_alive, found.pids())), "something was left running"


class TestReadiness:
    def test_a_port_that_answers(self, machine: Machine) -> None:
        seen = run_smoke_test(start(SERVE, ReadinessKind.PORT), machine, answers)
        assert seen == f"port {machine.ports()[0]} answered"
        assert len(machine.pids()) == 1

    def test_a_port_of_ipv6_alone(self, machine: Machine) -> None:
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError as error:
            pytest.skip(f"this machine has no IPv6: {error}")
        assert "answered" in run_smoke_test(start(LISTEN_IPV6, ReadinessKind.PORT), machine, answers)

    def test_a_url_that_answers(self, machine: Machine) -> None:
        seen = run_smoke_test(start(SERVE, ReadinessKind.URL, "http://127.0.0.1:{port}/health"), machine, answers)
        assert seen == f"http://127.0.0.1:{machine.ports()[0]}/health answered"

    def test_a_url_that_answers_with_an_error_is_not_ready(self, machine: Machine) -> None:
        with pytest.raises(FailedError, match=r"was not ready within 1 seconds: .*/other did not answer"):
            run_smoke_test(start(SERVE, ReadinessKind.URL, "http://127.0.0.1:{port}/other", timeout=1), machine, answers)

    def test_a_line_of_the_log(self, machine: Machine) -> None:
        code = "import time; print('starting'); print('Listening on 80', flush=True); time.sleep(60)"
        seen = run_smoke_test(start(code, ReadinessKind.LOG, r"(?i)^listening on \d+$"), machine, answers)
        assert "matched" in seen
        assert machine.log == ["starting", "Listening on 80"]

    def test_a_program_may_end_well_after_its_line(self, machine: Machine) -> None:
        assert "matched" in run_smoke_test(start("print('all good')", ReadinessKind.LOG, "good"), machine, answers)

    def test_a_program_that_fails_right_after_its_line_has_failed(self, machine: Machine) -> None:
        @contextmanager
        def launch_and_look_late(arguments: Sequence[str], on_line: Callable[[str], None]) -> Iterator[Running]:
            with machine(arguments, on_line) as running:
                wait_until(lambda: not running.is_running)
                yield running

        code = "import os; os.write(1, b'all good'); os._exit(3)"
        with pytest.raises(FailedError, match="ended before it was ready: exit code 3"):
            run_smoke_test(start(code, ReadinessKind.LOG, "good"), launch_and_look_late, answers)
        assert machine.log == ["all good"]

    def test_a_program_that_ends_well_without_a_sign_has_failed(self, machine: Machine) -> None:
        with pytest.raises(FailedError, match="ended before it was ready: exit code 0"):
            run_smoke_test(start("pass", ReadinessKind.PORT), machine, answers)

    def test_a_hostile_pattern_does_not_hang_us(self, machine: Machine) -> None:
        code = "import time; print('a' * 8000 + 'b', flush=True); print('ready', flush=True); time.sleep(60)"
        began = time.monotonic()
        run_smoke_test(start(code, ReadinessKind.LOG, "(a|a)*(a|aa)+$|ready"), machine, answers)
        assert time.monotonic() - began < 30


class TestFailure:
    def test_the_end_of_the_log_is_shown_with_the_commands_place(self, machine: Machine) -> None:
        code = "import sys\nfor n in range(100): print('line', n)\nsys.exit('no database')"
        with pytest.raises(FailedError) as caught:
            run_smoke_test(start(code, ReadinessKind.PORT), machine, answers)
        assert str(caught.value).startswith("template.yml:7: ")
        assert "no database" in str(caught.value)
        assert "line 99" in str(caught.value)
        assert "line 10\n" not in str(caught.value)

    def test_a_program_that_says_nothing_is_said_to(self, machine: Machine) -> None:
        with pytest.raises(FailedError, match="It wrote no log"):
            run_smoke_test(start("raise SystemExit(1)", ReadinessKind.PORT), machine, answers)

    def test_a_program_that_was_killed_is_told_with_what_may_have_done_it(self, machine: Machine) -> None:
        with pytest.raises(FailedError, match=r"signal 9 \(SIGKILL\)\n  It was killed from outside"):
            run_smoke_test(start("import os; os.kill(os.getpid(), 9)", ReadinessKind.PORT), machine, answers)

    def test_a_program_that_never_gets_ready_is_stopped(self, machine: Machine) -> None:
        code = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)"
        with pytest.raises(FailedError, match=r"was not ready within 0.5 seconds: port \d+ did not answer"):
            run_smoke_test(start(code, ReadinessKind.PORT, timeout=0.5), machine, answers)

    def test_a_program_that_will_not_stop_is_killed(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("robot_action.clients.processes.process.GRACE", 0.2)
        code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); print('pid', os.getpid(), '\\nup', flush=True); time.sleep(60)"
        run_smoke_test(start(code, ReadinessKind.LOG, "^up$"), machine, answers)
        (pid,) = machine.pids()
        wait_until(lambda: not is_alive(pid))


class TestRestarts:
    CRASH_TWICE = (
        "import pathlib, sys, time\np = pathlib.Path('count'); n = int(p.read_text()) if p.exists() else 0; p.write_text(str(n + 1))\n"
        "if n < 2: sys.exit('crashed')\nprint('up', flush=True); time.sleep(60)"
    )

    def test_an_early_crash_is_tried_again_up_to_the_limit(self, machine: Machine) -> None:
        run_smoke_test(start(self.CRASH_TWICE, ReadinessKind.LOG, "up", restarts=2), machine, answers)
        assert len(machine.started) == 3

    def test_and_no_more_often(self, machine: Machine) -> None:
        with pytest.raises(FailedError, match="exit code 1"):
            run_smoke_test(start(self.CRASH_TWICE, ReadinessKind.LOG, "up", restarts=1), machine, answers)
        assert len(machine.started) == 2

    def test_a_port_that_somebody_else_took_is_exchanged_and_does_not_count(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        free = smoke_test._free_port
        with socket.create_server(("127.0.0.1", 0)) as taken:
            ports = iter([taken.getsockname()[1], free()])
            monkeypatch.setattr(smoke_test, "_free_port", lambda: next(ports))
            seen = run_smoke_test(
                start(SERVE, ReadinessKind.URL, "http://127.0.0.1:{port}/health"), machine, never_of(taken.getsockname()[1])
            )
        assert seen.endswith(f"{machine.ports()[1]}/health answered")
        assert len(machine.started) == 2

    def test_ports_are_exchanged_a_few_times_only(self, machine: Machine) -> None:
        with pytest.raises(FailedError, match="Address already in use"):
            run_smoke_test(start("raise SystemExit('OSError: [Errno 98] Address already in use')", ReadinessKind.PORT), machine, answers)
        assert len(machine.started) == 4
        assert len(set(machine.ports())) > 1

    def test_without_a_port_in_the_command_there_is_none_to_exchange(self, machine: Machine) -> None:
        command = Command((PYTHON, "-c", "raise SystemExit('EADDRINUSE')"))
        with pytest.raises(FailedError):
            run_smoke_test(Start(command, Readiness(ReadinessKind.LOG, "up")), machine, answers)
        assert len(machine.started) == 1


def never_of(port: int) -> Callable[[str, float], bool]:
    return lambda url, seconds: f":{port}/" not in url and answers(url, seconds)


class TestSenselessReadiness:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.org:{port}/",
            "http://127.0.0.1.example.org/",
            "http://127.0.0.1@example.org/",
            "http://user@127.0.0.1:{port}/",
            "http://169.254.169.254/latest/meta-data",
            "http://2130706433/",
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "http://[::1/",
            "",
        ],
    )
    def test_a_url_that_leads_elsewhere_is_refused_before_anything_starts(self, machine: Machine, url: str) -> None:
        with pytest.raises(InputError, match="does not lead to this machine"):
            run_smoke_test(start(SERVE, ReadinessKind.URL, url), machine, answers)
        assert machine.started == []

    @pytest.mark.parametrize("pattern", ["(", "(?=lookahead)", r"\1", "a{1000}{1000}{1000}"])
    def test_a_pattern_that_is_none_is_refused_before_anything_starts(
        self, machine: Machine, pattern: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(InputError, match=re.escape(f"{pattern!r}")):
            run_smoke_test(start(SERVE, ReadinessKind.LOG, pattern), machine, answers)
        assert machine.started == []
        assert capfd.readouterr().err == ""

    def test_a_port_that_the_command_does_not_name_is_refused(self, machine: Machine) -> None:
        with pytest.raises(InputError, match="does not say"):
            run_smoke_test(Start(Command(("make", "run")), Readiness(ReadinessKind.PORT)), machine, answers)

    def test_a_program_that_is_not_there_is_an_error_of_ours(self, machine: Machine) -> None:
        with pytest.raises(RobotActionError, match="missing"):
            run_smoke_test(Start(Command(("no-such-program", "{port}"))), machine, answers)
