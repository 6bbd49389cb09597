from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from robot_action.clients.isolation import second_user as module
from robot_action.clients.isolation.second_user import (
    as_ourselves,
    as_user,
    closed_to,
    find_for,
    kill_all,
    obstacle,
    processes_of,
    second_user,
)
from robot_action.clients.processes.limits import Limits
from robot_action.clients.processes.process import Completed, exchange
from robot_action.errors import ConfigurationError, FailedError, TryAgainError, UnavailableError
from tests.clients.children import PATH, PYTHON, is_alive, needs_ordinary_user, needs_root, python, wait_until

NOBODY = 4711
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    os.close(1)
    os.close(2)
    if os.fork() == 0:
        time.sleep(60)
"""
BOMB = """
import os
if os.fork():
    os._exit(0)
os.setsid()
os.close(1)
os.close(2)
while True:
    try:
        os.fork()
    except OSError:
        pass
"""


def run(uid: int, code: str, timeout: float = 20, limits: Limits | None = None) -> Completed:
    return exchange(as_user(uid, python(code)), environment=PATH, cwd=Path("/"), timeout=timeout, limits=limits or Limits())


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def elsewhere(locks: Path, users: range, number: int = signal.SIGTERM) -> Iterator[int]:
    """Hold a second user with a daemon in another process, which has other locks, and end it by a signal."""
    code = (
        "import sys, time; from pathlib import Path; from robot_action.clients.isolation import second_user as module\n"
        "from tests.clients.isolation.test_second_user import DAEMON, processes_of, run, wait_until\n"
        "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit())\n"
        f"module.UIDS = range({users.start}, {users.stop})\n"
        f"with module.second_user(Path({str(locks)!r})) as uid:\n"
        "    run(uid, DAEMON)\n"
        "    wait_until(lambda: len(processes_of(uid)) == 1)\n"
        "    print(uid, flush=True)\n"
        "    time.sleep(60)"
    )
    environment = {**PATH, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        try:
            yield int(other.stdout.readline())
        finally:
            other.send_signal(number)


@needs_root
@pytest.mark.usefixtures("users")
class TestAsRoot:
    def test_a_second_user_can_be_had(self) -> None:
        assert obstacle() is None

    def test_it_has_no_groups_no_capabilities_and_can_gain_none(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as uid:
            done = run(uid, "import os; print(os.getresuid(), os.getresgid(), os.getgroups()); print(open('/proc/self/status').read())")
        first, *status = done.stdout.decode().splitlines()
        assert first == f"({uid}, {uid}, {uid}) ({uid}, {uid}, {uid}) [{uid}]" or first.endswith(" []")
        capabilities = {line.partition(":")[0]: int(line.split()[1], 16) for line in status if line.startswith("Cap")}
        assert set(capabilities.values()) == {0}
        assert "NoNewPrivs:\t1" in status

    def test_two_runs_at_once_have_different_users(self, tmp_path: Path, users: range) -> None:
        with second_user(tmp_path) as first, second_user(tmp_path) as other:
            assert (first, other) == (users[0], users[1])
        with second_user(tmp_path) as again:
            assert again == first

    def test_when_all_are_taken_a_later_run_can_succeed(self, tmp_path: Path, users: range, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "UIDS", users[:1])
        with second_user(tmp_path), pytest.raises(TryAgainError, match="1 other runs"), second_user(tmp_path):
            pass

    def test_a_daemon_that_left_its_session_is_killed_at_the_end(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as uid:
            run(uid, DAEMON)
            wait_until(lambda: processes_of(uid))
        assert processes_of(uid) == []

    def test_another_runs_processes_are_left_alone(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as mine, second_user(tmp_path) as theirs:
            run(mine, DAEMON)
            run(theirs, DAEMON)
            kill_all(mine)
            assert processes_of(mine) == []
            assert len(processes_of(theirs)) == 1

    def test_a_run_with_other_locks_that_shares_our_processes_has_another_user(self, tmp_path: Path, users: range) -> None:
        with elsewhere(tmp_path / "theirs", users) as theirs, second_user(tmp_path / "ours") as mine:
            assert (theirs, mine) == (users[0], users[1])
            assert len(processes_of(theirs)) == 1
        with second_user(tmp_path / "ours") as again:
            assert again == users[0]

    def test_what_a_killed_run_with_other_locks_has_left_is_killed(self, tmp_path: Path, users: range) -> None:
        with elsewhere(tmp_path / "theirs", users, number=signal.SIGKILL) as theirs:
            pass
        assert len(processes_of(theirs)) == 1
        with second_user(tmp_path / "ours") as mine:
            assert (mine, processes_of(mine)) == (theirs, [])

    def test_what_a_killed_run_has_left_is_killed_at_the_beginning(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as uid:
            pass
        run(uid, DAEMON)
        wait_until(lambda: processes_of(uid))
        with second_user(tmp_path):
            assert processes_of(uid) == []

    def test_a_fork_bomb_is_bounded_and_swept_away(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as uid:
            run(uid, BOMB, limits=Limits(processes=30, cpu_seconds=20))
            wait_until(lambda: len(processes_of(uid)) >= 20)
            assert len(processes_of(uid)) <= 30
            kill_all(uid)
            assert processes_of(uid) == []

    def test_it_can_signal_nobody_else(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as uid:
            done = run(uid, f"import os; os.kill({os.getpid()}, 0)")
        assert b"PermissionError" in done.stderr

    @pytest.mark.parametrize("file", ["environ", "mem", "maps", "cwd", "fd"])
    def test_it_sees_nothing_of_our_process(self, tmp_path: Path, file: str) -> None:
        code = f"import os; p = '/proc/{os.getpid()}/{file}'\nprint(os.listdir(p) if os.path.isdir(p) else open(p).read(1))"
        with second_user(tmp_path) as uid:
            done = run(uid, code)
        assert done.stdout == b""
        assert b"PermissionError" in done.stderr

    def test_it_cannot_read_what_is_private(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("s")
        secret.chmod(0o600)
        with second_user(tmp_path) as uid:
            assert b"PermissionError" in run(uid, f"open({str(secret)!r})").stderr

    def test_a_setuid_program_gives_it_nothing(self, tmp_path: Path, open_folder: Path) -> None:
        shutil.copy("/usr/bin/id", open_folder / "id")
        (open_folder / "id").chmod(0o4755)
        with second_user(tmp_path) as uid:
            done = exchange(as_user(uid, [str(open_folder / "id"), "-u"]), environment=PATH, cwd=Path("/"), timeout=60)
        assert done.stdout.decode().strip() == str(uid)

    def test_what_the_linker_loads_is_loaded_as_the_user_and_never_as_root(self, tmp_path: Path) -> None:
        with second_user(tmp_path) as uid:
            command = as_user(uid, ["/usr/bin/env"], {"LD_LIBRARY_PATH": "/no/such"})
            done = exchange(command, environment=PATH, cwd=Path("/"), timeout=60)
        assert "LD_LIBRARY_PATH=/no/such" in command[command.index("--") :]
        assert "LD_LIBRARY_PATH=/no/such" in done.stdout.decode().splitlines()

    def test_processes_that_do_not_die_are_an_error(self, users: range, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_KILL_SECONDS", 0.05)
        monkeypatch.setattr(module, "processes_of", lambda _: [4711])
        with pytest.raises(FailedError, match="4711"):
            kill_all(users[0])

    def test_a_folder_for_locks_that_cannot_be_made_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ConfigurationError, match="cannot be made"), second_user(tmp_path / "file" / "locks"):
            pass

    def test_without_setpriv_there_is_no_second_user(self, monkeypatch: pytest.MonkeyPatch) -> None:
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name, **how: None if name == "setpriv" else which(name, **how))
        assert "setpriv" in str(obstacle())

    def test_a_setpriv_that_fails_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "as_user", lambda *_: python("import sys; sys.exit('no capability')"))
        assert obstacle() == "setpriv fails: no capability"


@needs_ordinary_user
def test_an_ordinary_user_has_no_second_user() -> None:
    assert "only root" in str(obstacle())


def test_no_second_user_for_others_than_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "only root" in str(obstacle())


def test_a_process_that_ends_while_we_look_belongs_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("17", "self", "18"):
        (tmp_path / name).mkdir()
    (tmp_path / "18/status").write_text("Name:\tx\nState:\tS (sleeping)\nUid:\t1\t7\t1\t1\n")
    monkeypatch.setattr(module, "_PROC", tmp_path)
    assert (processes_of(7), processes_of(8)) == ([18], [])


def test_a_program_runs_as_ourselves_where_setpriv_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert as_ourselves(["make", "all"]) == ("make", "all")


@pytest.mark.parametrize("whom", ["ourselves", pytest.param("user", marks=needs_root)])
def test_a_command_does_not_outlive_a_run_that_is_killed(whom: str) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    command = python("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    arguments = as_ourselves(command) if whom == "ourselves" else as_user(NOBODY, command)
    code = (
        "from pathlib import Path; from robot_action.clients.processes.process import Program, stream\n"
        f"stream(Program({arguments!r}, {PATH!r}, Path('/')), lambda line: print(line, flush=True), timeout=60)"
    )
    environment = {**PATH, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        pid = int(ours.stdout.readline())
        assert is_alive(pid)
        ours.kill()
    wait_until(lambda: not is_alive(pid))


class TestProgramsForOthers:
    @pytest.fixture
    def private(self, tmp_path: Path) -> Path:
        folder = tmp_path / "private/bin"
        folder.mkdir(parents=True)
        (folder / "tool").write_text("#!/bin/true\n")
        (folder / "tool").chmod(0o755)
        folder.parent.chmod(0o700)
        return folder

    def test_a_program_of_the_system_is_found(self) -> None:
        assert closed_to(NOBODY, Path(find_for(NOBODY, "env", PATH, Path("/")))) is None

    def test_a_closed_folder_is_passed_over_where_a_later_one_is_open(self, private: Path) -> None:
        (private / "env").symlink_to(private / "tool")
        path = f"{private}:{os.defpath}"
        assert find_for(NOBODY, "env", {"PATH": path}, Path("/")) == shutil.which("env", path=os.defpath)

    def test_a_closed_folder_is_named_where_there_is_no_other(self, private: Path) -> None:
        with pytest.raises(UnavailableError) as caught:
            find_for(NOBODY, "tool", {"PATH": str(private)}, Path("/"))
        assert f"'tool' is installed as {private}/tool" in str(caught.value)
        assert "chmod o+x" in str(caught.value)

    def test_the_way_that_a_link_leads_counts_as_well(self, private: Path) -> None:
        assert closed_to(NOBODY, private / "tool") == closed_to(NOBODY, private.parent)

    def test_the_owners_permission_counts_for_what_is_the_users_own(self, open_folder: Path) -> None:
        open_folder.chmod(0o700)
        assert closed_to(os.getuid(), open_folder) is None
        open_folder.chmod(0o077)
        assert closed_to(os.getuid(), open_folder) == open_folder

    @needs_root
    def test_the_groups_permission_counts_for_what_is_its_groups(self, open_folder: Path) -> None:
        os.chown(open_folder, 0, NOBODY)
        open_folder.chmod(0o710)
        assert closed_to(NOBODY, open_folder) is None
        assert closed_to(NOBODY + 1, open_folder) == open_folder

    def test_a_file_closed_to_the_user_is_named_itself(self, open_folder: Path) -> None:
        (open_folder / "tool").touch(mode=0o700)
        assert closed_to(NOBODY, open_folder / "tool") == open_folder / "tool"

    @pytest.mark.parametrize("name", ["no-such-program", "./no-such-program"])
    def test_a_program_that_is_not_there_is_said_to_be_missing(self, name: str) -> None:
        with pytest.raises(UnavailableError, match="missing"):
            find_for(NOBODY, name, PATH, Path("/"))

    def test_a_path_names_its_program(self) -> None:
        assert find_for(NOBODY, PYTHON, {}, Path("/")) == PYTHON

    def test_relative_folders_of_the_path_do_not_count(self, private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(private)
        with pytest.raises(UnavailableError, match="missing"):
            find_for(NOBODY, "tool", {"PATH": ".:"}, Path("/"))
