from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.processes import process
from robot_action.clients.processes.limits import Limits
from robot_action.clients.processes.process import Completed, Program, exchange, find_program, spawn, stream
from robot_action.errors import InputError, UnavailableError
from tests.clients.children import PATH, is_alive, python, wait_until

FORK = "import os, time\npid = os.fork()\nif pid == 0:\n    {child}time.sleep(60)\nprint(pid, flush=True)\n"


def run(code: str, *arguments: object, stdin: bytes = b"", timeout: float = 60, output_limit: int = 2**20) -> Completed:
    return exchange(python(code, *arguments), environment=PATH, cwd=Path("/"), stdin=stdin, timeout=timeout, output_limit=output_limit)


def run_shell(script: str, timeout: float) -> Completed:
    """Run what must have begun when its time is over: a shell is there at once, also on a busy machine."""
    return exchange(["sh", "-c", script], environment=PATH, cwd=Path("/"), timeout=timeout)


def program(code: str) -> Program:
    return Program(python(code), PATH, Path("/"))


class TestExchange:
    def test_input_goes_in_and_both_outputs_come_out(self) -> None:
        done = run("import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('seen')", stdin=b"abc")
        assert done == Completed(0, b"ABC", b"seen")

    def test_much_input_and_output_pass_without_a_deadlock(self) -> None:
        data = bytes(range(256)) * 20_000
        done = exchange(["cat"], environment=PATH, cwd=Path("/"), stdin=data, timeout=60)
        assert done.stdout == data

    def test_input_that_nobody_reads_is_no_error(self) -> None:
        assert run("pass", stdin=b"x" * 10**6).code == 0

    def test_an_exit_code_is_returned_and_never_raises(self) -> None:
        assert run("raise SystemExit(3)").code == 3

    def test_a_signal_is_a_negative_code(self) -> None:
        assert run("import os; os.kill(os.getpid(), 9)").code == -signal.SIGKILL

    def test_the_environment_is_exactly_the_given_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", "a-secret")
        done = exchange(["env"], environment={**PATH, "A": "\u00e4"}, cwd=Path("/"), timeout=60)
        assert sorted(done.stdout.decode().split()) == ["A=\u00e4", f"PATH={os.defpath}"]

    def test_there_is_no_shell(self) -> None:
        assert run("import sys; print(sys.argv[1:])", "$HOME; echo", "*").stdout == b"['$HOME; echo', '*']\n"

    def test_standard_input_is_empty_and_there_is_no_terminal(self) -> None:
        done = run(
            "import os, sys\nprint(len(sys.stdin.read()))\ntry: os.open('/dev/tty', os.O_RDWR)\nexcept OSError: print('no terminal')"
        )
        assert done.stdout == b"0\nno terminal\n"

    def test_no_file_of_ours_is_open_in_the_child(self, tmp_path: Path) -> None:
        (tmp_path / "secret").touch()
        descriptor = os.open(tmp_path / "secret", os.O_RDONLY)
        os.set_inheritable(descriptor, True)
        try:
            done = run("import os, sys\ntry: os.fstat(int(sys.argv[1]))\nexcept OSError: print('closed')", descriptor)
        finally:
            os.close(descriptor)
        assert done.stdout == b"closed\n"

    def test_the_child_has_a_session_of_its_own(self) -> None:
        done = run("import os; print(os.getsid(0) == os.getpid() == os.getpgid(0))")
        assert done.stdout == b"True\n"

    def test_too_long_is_ended_and_said_so(self) -> None:
        began = time.monotonic()
        done = run_shell("echo begun; exec sleep 60", timeout=1)
        assert (done.timed_out, done.stdout) == (True, b"begun\n")
        assert done.code == -signal.SIGTERM
        assert time.monotonic() - began < 30

    def test_what_ignores_the_polite_signal_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(process, "GRACE", 0.2)
        done = run_shell("trap '' TERM; exec sleep 60", timeout=1)
        assert (done.timed_out, done.code) == (True, -signal.SIGKILL)

    def test_a_program_may_clean_up_when_it_is_ended(self) -> None:
        assert run_shell("trap 'echo cleaned; exit' TERM; echo up; sleep 60 & wait", timeout=1).stdout == b"up\ncleaned\n"

    def test_too_much_output_is_ended_and_said_so(self) -> None:
        done = run("while True: print('x' * 1000)", output_limit=5000)
        assert (done.truncated, done.timed_out, len(done.stdout)) == (True, False, 5000)

    def test_too_much_of_a_program_that_has_ended_before_anyone_looks_is_said_as_well(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Ended(subprocess.Popen[bytes]):
            def __init__(self, *arguments: Any, **options: Any) -> None:
                super().__init__(*arguments, **options)
                self.wait()

        monkeypatch.setattr(process.subprocess, "Popen", Ended)
        done = run("print('x' * 1000)", output_limit=500)
        assert (done.code, done.truncated, done.timed_out, len(done.stdout)) == (0, True, False, 500)

    def test_too_much_on_standard_error_as_well(self) -> None:
        done = run("import sys\nwhile True: sys.stderr.write('x' * 1000)", output_limit=5000)
        assert (done.truncated, len(done.stderr)) == (True, 5000)

    @pytest.mark.parametrize("child", ["", "import signal; signal.signal(15, signal.SIG_IGN); signal.signal(1, signal.SIG_IGN); "])
    def test_nothing_of_its_group_is_left_running(self, child: str) -> None:
        pid = int(run(FORK.format(child=child)).stdout)
        wait_until(lambda: not is_alive(pid))

    def test_a_grandchild_that_left_the_group_and_holds_the_pipes_does_not_block_us(self) -> None:
        began = time.monotonic()
        done = run(FORK.format(child="os.setsid(); "))
        assert time.monotonic() - began < 30
        os.kill(int(done.stdout), signal.SIGKILL)

    def test_a_program_that_closed_its_outputs_is_still_waited_for(self) -> None:
        assert run("import os, time; os.close(1); os.close(2); time.sleep(0.2); os._exit(5)").code == 5

    def test_the_end_of_the_output_is_not_lost(self) -> None:
        for _ in range(20):
            assert run("import os; os.write(1, b'x' * 60000); os._exit(0)").stdout == b"x" * 60000

    def test_an_interruption_of_ours_ends_the_child(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def interrupt(_: object, data: bytes) -> None:
            if data:
                (tmp_path / "pid").write_bytes(data)
                raise KeyboardInterrupt

        monkeypatch.setattr(process.Bounded, "feed", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
        assert not is_alive(int((tmp_path / "pid").read_bytes()))


class TestFindingPrograms:
    def test_an_unknown_program_is_an_error_of_ours(self) -> None:
        with pytest.raises(UnavailableError, match="'no-such-program' is missing") as caught:
            exchange(["no-such-program"], environment=PATH, cwd=Path("/"), timeout=5)
        assert os.defpath in str(caught.value)

    def test_the_childs_path_counts_and_not_ours(self, tmp_path: Path) -> None:
        with pytest.raises(UnavailableError):
            find_program("env", {"PATH": str(tmp_path)}, Path("/"))

    def test_a_relative_program_starts_at_the_childs_folder(self, tmp_path: Path) -> None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/tool").symlink_to("/bin/true")
        assert find_program("bin/tool", PATH, tmp_path) == str(tmp_path / "bin/tool")
        with pytest.raises(UnavailableError, match="missing") as caught:
            find_program("bin/other", PATH, tmp_path)
        assert str(tmp_path) in str(caught.value)

    def test_a_file_that_may_not_be_executed_is_no_program(self, tmp_path: Path) -> None:
        (tmp_path / "tool").write_text("#!/bin/true\n")
        with pytest.raises(UnavailableError):
            find_program("./tool", PATH, tmp_path)

    def test_a_program_that_the_kernel_refuses_is_an_error_of_ours(self, tmp_path: Path) -> None:
        (tmp_path / "tool").write_text("#!/no/such/interpreter\n")
        (tmp_path / "tool").chmod(0o755)
        with pytest.raises(UnavailableError, match="cannot be started"):
            exchange(["./tool"], environment=PATH, cwd=tmp_path, timeout=5)

    def test_a_missing_folder_is_an_error_of_ours(self, tmp_path: Path) -> None:
        with pytest.raises(UnavailableError, match="cannot be started in"):
            exchange(["true"], environment=PATH, cwd=tmp_path / "gone", timeout=5)

    def test_an_argument_with_a_nul_is_an_error_of_ours(self) -> None:
        with pytest.raises(InputError, match="NUL"):
            exchange(["true", "a\0b"], environment=PATH, cwd=Path("/"), timeout=5)


class TestStream:
    def test_both_outputs_come_line_by_line_in_order(self) -> None:
        shown: list[str] = []
        done = stream(
            program("import sys\nfor n in range(3): print(n, flush=True); print('e', n, file=sys.stderr, flush=True)"),
            shown.append,
            timeout=60,
        )
        assert shown == ["0", "e 0", "1", "e 1", "2", "e 2"]
        assert (done.code, done.tail, done.timed_out) == (0, tuple(shown), False)

    def test_lines_come_while_the_program_still_runs(self, tmp_path: Path) -> None:
        heard = tmp_path / "heard"
        waiting = f"import os, time\nprint('here', flush=True)\nwhile not os.path.exists({str(heard)!r}): time.sleep(0.01)"

        done = stream(program(waiting), lambda _: heard.touch(), timeout=60)

        assert (done.code, done.timed_out, done.tail) == (0, False, ("here",))

    def test_garbage_and_endless_lines_are_shown_bounded(self) -> None:
        shown: list[str] = []
        stream(program("import sys; sys.stdout.buffer.write(b'\\xff\\x00\\n' + b'x' * 10**6)"), shown.append, timeout=60)
        assert shown[0] == "\ufffd\0"
        assert len(shown[1]) < 10_000

    def test_too_long_is_ended_and_said_so(self) -> None:
        done = stream(Program(["sh", "-c", "echo last words; exec sleep 60"], PATH, Path("/")), lambda _: None, timeout=1)
        assert (done.timed_out, done.tail, done.code) == (True, ("last words",), -signal.SIGTERM)

    def test_limits_and_umask_reach_the_child(self) -> None:
        shown: list[str] = []
        wanted = Program(
            python("import os, resource as r; print(oct(os.umask(0)), r.getrlimit(r.RLIMIT_NOFILE)[0])"),
            PATH,
            Path("/"),
            limits=Limits(open_files=77),
            umask=0o027,
        )
        stream(wanted, shown.append, timeout=60)
        assert shown == ["0o27 77"]


class TestSpawn:
    def test_a_program_runs_until_it_is_stopped(self) -> None:
        with spawn(program("import time; print('up', flush=True); time.sleep(60)"), lambda _: None) as running:
            running.pump_while(lambda: not running.tail, 20)
            assert running.is_running
            assert running.stop() == -signal.SIGTERM
            assert not running.is_running
        assert running.tail == ("up",)

    def test_leaving_ends_it(self) -> None:
        shown: list[str] = []
        with spawn(program("import os, time; print(os.getpid(), flush=True); time.sleep(60)"), shown.append) as running:
            running.pump_while(lambda: not shown, 20)
            pid = int(shown[0])
            assert is_alive(pid)
        assert not is_alive(pid)

    def test_pumping_ends_when_the_time_is_over(self) -> None:
        with spawn(program("import os, time; os.close(1); os.close(2); time.sleep(60)"), lambda _: None) as running:
            began = time.monotonic()
            running.pump_while(lambda: True, 0.3)
            assert 0.2 < time.monotonic() - began < 30
