from __future__ import annotations

import resource
import shutil
import signal
from pathlib import Path

import pytest

from robot_action.clients.processes.limits import Limits, with_limits
from robot_action.clients.processes.process import Completed, exchange
from tests.clients.children import PATH, needs_ordinary_user, python


def run(code: str, limits: Limits, cwd: Path, timeout: float = 60) -> Completed:
    return exchange(python(code), environment=PATH, cwd=cwd, timeout=timeout, limits=limits)


@pytest.fixture(params=["prlimit", "python"])
def setter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to set limits: the tool, and our own where it is missing."""
    if request.param == "python":
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name, **how: None if name == "prlimit" else which(name, **how))
    elif shutil.which("prlimit") is None:
        pytest.skip("prlimit is not installed")
    return str(request.param)


def test_without_limits_a_command_stays_as_it_is() -> None:
    assert with_limits(["make"], Limits()) == ["make"]


@pytest.mark.usefixtures("setter")
def test_every_limit_reaches_the_child_and_no_core_is_dumped(tmp_path: Path) -> None:
    code = "import resource as r\nfor n in 'CPU DATA FSIZE NOFILE CORE'.split(): print(*r.getrlimit(getattr(r, 'RLIMIT_' + n)))"
    limits = Limits(cpu_seconds=7, memory_bytes=2**30, file_bytes=12345, open_files=99)
    done = run(code, limits, tmp_path)
    assert done.stdout.decode().split("\n") == ["7 7", f"{2**30} {2**30}", "12345 12345", "99 99", "0 0", ""]


@pytest.mark.usefixtures("setter")
def test_a_program_behind_limits_ends_with_its_own_code(tmp_path: Path) -> None:
    assert run("raise SystemExit(7)", Limits(open_files=50), tmp_path).code == 7


def test_too_much_memory_is_refused(tmp_path: Path) -> None:
    done = run("bytearray(10**9)", Limits(memory_bytes=2 * 10**8), tmp_path)
    assert b"MemoryError" in done.stderr


def test_too_long_a_computation_is_killed(tmp_path: Path) -> None:
    done = run("while True: pass", Limits(cpu_seconds=1), tmp_path)
    assert done.code in {-signal.SIGKILL, -signal.SIGXCPU}
    assert not done.timed_out


def test_a_file_cannot_grow_past_its_limit(tmp_path: Path) -> None:
    done = run("f = open('big', 'wb', 0)\nwhile True: f.write(bytes(4096))", Limits(file_bytes=100_000), tmp_path)
    assert done.code != 0
    assert (tmp_path / "big").stat().st_size == 100_000


@needs_ordinary_user
def test_processes_are_limited(tmp_path: Path) -> None:
    done = run("import os; os.fork()", Limits(processes=1), tmp_path)
    assert b"BlockingIOError" in done.stderr


def test_a_limit_above_our_own_is_lowered_to_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (10, 500))
    assert ("nofile", resource.RLIMIT_NOFILE, 500) in list(Limits(open_files=10**9).items())
