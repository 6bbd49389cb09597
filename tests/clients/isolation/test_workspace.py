"""What template code can and cannot do, by real commands that try."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.clients.git.client import GitClient
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.isolation import sandbox as module
from robot_action.clients.isolation.sandbox import LocalSandbox
from robot_action.clients.isolation.second_user import processes_of
from robot_action.clients.isolation.workspace import Doors, OpenWorkspace
from robot_action.clients.processes.limits import Limits
from robot_action.errors import FailedError, InputError, KilledError, UnavailableError
from robot_action.model.state import STATE_FILE
from robot_action.model.template import Command, Readiness, ReadinessKind, Start
from robot_action.model.tree import Entry, Mode, Tree
from tests.clients.children import PYTHON, needs_root, python, wait_until

ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "GITHUB_TOKEN": "a-secret"}


class World:
    """A project, and the sandbox in which its template's code runs."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.lines: list[str] = []
        doors = Doors(LocalFiles(folder / "locks"), GitClient(GitRunner(ENVIRONMENT)).unignored, lambda *_: False, self.lines.append)
        self.sandbox = LocalSandbox(ENVIRONMENT, doors, locks=folder / "users")

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            (self.project / name).write_text(text)

    def files(self) -> dict[str, str]:
        """Return the project's files (with the targets of links)."""
        return {
            str(path.relative_to(self.project)): f"-> {path.readlink()}" if path.is_symlink() else path.read_text()
            for path in sorted(self.project.rglob("*"))
            if path.is_symlink() or path.is_file()
        }

    @contextmanager
    def open(self) -> Iterator[Callable[..., None]]:
        """Open a workspace and give a function that runs Python code in it."""
        with self.sandbox.open(self.project) as workspace:
            yield runner(self.sandbox, workspace)

    def run(self, code: str, *, timeout: float = 60, whole: bool = False) -> None:
        """Run code as an install command, or as a task on the whole project, and bring back what it left."""
        with self.sandbox.open(self.project, whole=whole) as workspace:
            runner(self.sandbox, workspace)(code, timeout=timeout)
            workspace.collect()


def runner(sandbox: LocalSandbox, workspace: OpenWorkspace) -> Callable[..., None]:
    def run(code: str, *, timeout: float = 60, stdin: bytes = b"") -> None:
        workspace.run(python(code), timeout=timeout, environment=sandbox.environment(()), stdin=stdin)

    return run


@pytest.fixture
def isolated(tmp_path: Path, users: range) -> World:
    del users
    world = World(tmp_path)
    world.write({".gitignore": "node_modules/\n", "README": "hello", "src/a.py": "a", STATE_FILE: "schema: 1\n"})
    return world


@pytest.fixture
def in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(module, "obstacle", lambda: "this test wants no second user")
    world = World(tmp_path)
    world.write({"README": "hello"})
    return world


@pytest.fixture(params=["isolated", pytest.param("in_place")])
def either(request: pytest.FixtureRequest) -> World:
    """Both kinds of workspace."""
    if request.param == "isolated" and os.geteuid() != 0:
        pytest.skip("only root can start programs as another user")
    world: World = request.getfixturevalue(request.param)
    return world


DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    os.close(1)
    os.close(2)
    if os.fork() == 0:
        time.sleep(60)
"""


class TestRunning:
    def test_output_is_shown_as_it_comes(self, either: World) -> None:
        either.run("import sys; print('out', flush=True); print('err', file=sys.stderr)")
        assert either.lines == ["out", "err"]

    def test_a_failure_shows_the_code_and_the_end_of_the_output(self, either: World) -> None:
        with pytest.raises(FailedError) as caught:
            either.run("import sys\nfor n in range(100): print('line', n)\nsys.exit(7)")
        assert "failed: exit code 7" in str(caught.value)
        assert "line 99" in str(caught.value)
        assert "line 1\n" not in str(caught.value)

    def test_a_signal_is_passed_on(self, either: World) -> None:
        with pytest.raises(FailedError, match=r"failed: signal 11 \(SIGSEGV\)\n  It wrote nothing"):
            either.run("import os; os.kill(os.getpid(), 11)")

    def test_a_command_that_was_killed_is_told_with_what_may_have_done_it(self, either: World) -> None:
        with pytest.raises(KilledError, match=r"failed: signal 9 \(SIGKILL\)\n  It was killed from outside: .* memory"):
            either.run("import os; os.kill(os.getpid(), 9)")

    def test_too_long_is_ended(self, either: World) -> None:
        with pytest.raises(KilledError, match="took longer than"):
            either.run("import time; time.sleep(60)", timeout=0.5)

    def test_input_reaches_the_program(self, either: World) -> None:
        with either.open() as run:
            run("import sys; print(sys.stdin.read())", stdin="naïve".encode())
        assert either.lines == ["naïve"]

    def test_garbage_and_endless_lines_do_no_harm(self, either: World) -> None:
        either.run("import sys; sys.stdout.buffer.write(b'\\xff\\x1b]0;title\\x07' + b'x' * 10**6)")
        assert len(either.lines[0]) < 10_000

    def test_the_folder_has_the_projects_name_and_is_found_from_above(self, either: World) -> None:
        either.project = either.project.rename(either.project.with_name("demo-1"))
        either.run("import os; os.chdir('..'); print(os.path.exists('demo-1/README'))")
        assert either.lines == ["True"]

    def test_variables_of_the_linker_are_in_the_environment(self, either: World) -> None:
        environment = {**either.sandbox.environment(()), "LD_LIBRARY_PATH": "/no/such", "WANTED": "yes"}
        with either.sandbox.open(either.project) as workspace:
            code = "import os; print(os.environ['LD_LIBRARY_PATH'], os.environ['WANTED'])"
            workspace.run(python(code), timeout=60, environment=environment)
        assert "/no/such yes" in either.lines

    def test_no_secret_is_in_the_environment(self, either: World) -> None:
        either.run("import os; print(os.environ)")
        assert "a-secret" not in either.lines[0]

    def test_a_missing_program_is_an_error_of_ours(self, either: World) -> None:
        with either.sandbox.open(either.project) as workspace, pytest.raises(UnavailableError, match="missing"):
            workspace.run(["no-such-program"], timeout=5, environment=either.sandbox.environment(()))

    def test_another_working_directory_can_be_asked_for(self, either: World) -> None:
        with either.sandbox.open(either.project) as workspace:
            folder = workspace.make_folder("elsewhere")
            workspace.run(python("import os; print(os.getcwd())"), timeout=60, environment=either.sandbox.environment(()), cwd=folder)
        assert either.lines == [str(folder)]

    def test_a_program_is_started_seen_and_stopped(self, either: World) -> None:
        command = Command(tuple(python("import time; print('up', flush=True); time.sleep(60)")))
        with either.sandbox.open(either.project) as workspace:
            seen = workspace.start(Start(command, Readiness(ReadinessKind.LOG, "^up$")), environment=either.sandbox.environment(()))
        assert "matched '^up$'" in seen
        assert either.lines == ["up"]


class TestPlaces:
    def test_a_placed_tree_can_be_read_and_not_written(self, isolated: World) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can start programs as another user")
        with isolated.sandbox.open(isolated.project) as workspace:
            folder = workspace.place(Tree({"hooks/make.py": Entry(Mode.FILE, b"print('made')")}), "template")
            environment = isolated.sandbox.environment(())
            workspace.run([PYTHON, str(folder / "hooks/make.py")], timeout=60, environment=environment)
            assert isolated.lines == ["made"]
            for attack in (f"open('{folder}/hooks/make.py', 'w')", f"open('{folder}/new', 'w')", f"open('{folder.parent}/new', 'w')"):
                with pytest.raises(FailedError, match="PermissionError"):
                    workspace.run(python(attack), timeout=60, environment=environment)

    def test_what_is_made_in_a_folder_beside_can_be_taken(self, either: World, tmp_path: Path) -> None:
        with either.sandbox.open(either.project) as workspace:
            folder = workspace.make_folder("dist")
            code = f"import os; open('{folder}/a.whl', 'w').write('wheel'); os.symlink('/etc/passwd', '{folder}/b.whl')"
            workspace.run(python(code), timeout=60, environment=either.sandbox.environment(()))
            (artifact,) = workspace.take(folder, tmp_path / "copies")
        assert (artifact.name, artifact.path.read_text()) == ("a.whl", "wheel")
        assert any("'b.whl' is a link" in line for line in either.lines)


class TestInPlace:
    def test_code_runs_in_the_project_itself(self, in_place: World) -> None:
        in_place.run("open('made', 'w').write('m'); import os; os.remove('README')")
        assert in_place.files() == {"made": "m"}

    def test_the_users_own_folders_are_kept(self, in_place: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(in_place.sandbox, "_environment", {**ENVIRONMENT, "HOME": "/somewhere"})
        in_place.run("import os; print(os.environ['HOME'])")
        assert in_place.lines == ["/somewhere"]


@needs_root
class TestWhatComesBack:
    def test_new_and_changed_files_links_and_modes(self, isolated: World) -> None:
        isolated.run(
            "import os; os.makedirs('docs/x'); open('docs/x/new', 'w').write('n'); open('README', 'a').write('!'); "
            "os.symlink('../README', 'docs/link'); open('tool', 'w'); os.chmod('tool', 0o777)"
        )
        found = isolated.files()
        assert (found["docs/x/new"], found["README"], found["docs/link"], found["src/a.py"]) == ("n", "hello!", "-> ../README", "a")
        assert (isolated.project / "tool").stat().st_mode & 0o111
        assert {path.stat().st_uid for path in isolated.project.rglob("*")} == {0}

    def test_not_what_git_ignores(self, isolated: World) -> None:
        isolated.run("import os; os.makedirs('node_modules/x'); open('node_modules/x/y', 'w'); open('lock', 'w')")
        assert "lock" in isolated.files()
        assert not (isolated.project / "node_modules").exists()

    def test_files_that_are_not_changed_are_not_written(self, isolated: World) -> None:
        before = (isolated.project / "README").stat().st_ino
        isolated.run("open('other', 'w')")
        assert (isolated.project / "README").stat().st_ino == before

    def test_deleted_files_are_deleted(self, isolated: World) -> None:
        isolated.run("import shutil; shutil.rmtree('src')")
        assert not (isolated.project / "src").exists()
        assert "README" in isolated.files()

    def test_a_file_can_become_a_folder_and_a_folder_a_file(self, isolated: World) -> None:
        isolated.run(
            "import os, shutil; os.remove('README'); os.mkdir('README'); open('README/x', 'w')\n"
            "shutil.rmtree('src'); open('src', 'x').write('s')"
        )
        found = isolated.files()
        assert (found["README/x"], found["src"]) == ("", "s")

    @pytest.mark.parametrize("attack", [f"open('{STATE_FILE}', 'w').write('project: acme/other')", f"import os; os.remove('{STATE_FILE}')"])
    def test_the_state_file_stays_ours(self, isolated: World, attack: str) -> None:
        isolated.run(attack)
        assert isolated.files()[STATE_FILE] == "schema: 1\n"
        assert any(STATE_FILE in line for line in isolated.lines)

    def test_empty_folders_are_there_for_the_code(self, isolated: World) -> None:
        (isolated.project / "data").mkdir()
        isolated.run("import os; print(os.path.isdir('data'))")
        assert isolated.lines == ["True"]

    def test_tasks_make_and_remove_empty_folders(self, isolated: World) -> None:
        for name in ("data", "gone", "filled", "kept/.venv"):
            (isolated.project / name).mkdir(parents=True)
        code = (
            "import os; os.makedirs('logs/deep'); os.rmdir('gone'); open('filled/x', 'w'); os.remove('src/a.py')\n"
            "os.makedirs('node_modules/a/empty'); open('node_modules/a/b', 'w'); os.symlink('data', 'link'); os.makedirs('.git/x')"
        )
        isolated.run(code, whole=True)
        folders = {
            str(path.relative_to(isolated.project)) for path in isolated.project.rglob("*") if path.is_dir() and not path.is_symlink()
        }
        assert folders == {"data", "filled", "kept", "kept/.venv", "logs", "logs/deep", "src"}
        assert isolated.files()["filled/x"] == ""

    def test_a_folder_can_be_too_deep_to_come_back(self, isolated: World) -> None:
        code = "import os\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')"
        with pytest.raises(InputError, match="d/d"):
            isolated.run(code, whole=True)

    def test_nothing_comes_back_of_what_failed(self, isolated: World) -> None:
        before = isolated.files()
        with pytest.raises(FailedError):
            isolated.run("open('half', 'w'); raise SystemExit(1)")
        assert isolated.files() == before

    def test_ignored_and_git_files_of_the_project_are_not_seen(self, isolated: World) -> None:
        isolated.write({"node_modules/private": "s", ".git/config": "s"})
        isolated.run("import os; print(sorted(os.listdir('.')))")
        assert isolated.lines == [f"['.gitignore', '{STATE_FILE}', 'README', 'src']"]


@needs_root
class TestHostileCode:
    def refused(self, world: World, code: str, path: str) -> None:
        before = world.files()
        world.run(code)
        assert world.files() == before
        assert any(line.startswith(f"not brought back: {path!r}") for line in world.lines), world.lines

    def test_links_out_stay_behind(self, isolated: World) -> None:
        self.refused(isolated, "import os; os.symlink('/etc/shadow', 'shadow')", "shadow")

    def test_sockets_stay_behind(self, isolated: World) -> None:
        before = isolated.files()
        isolated.run("import os, socket; socket.socket(socket.AF_UNIX).bind('sock'); os.mkfifo('pipe')")
        assert isolated.files() == before

    def test_setuid_files_stay_behind(self, isolated: World) -> None:
        self.refused(isolated, "import os; open('tool', 'w'); os.chmod('tool', 0o6755)", "tool")

    def test_a_file_replaced_by_a_link_out_stays_as_it_was(self, isolated: World) -> None:
        self.refused(isolated, "import os; os.remove('README'); os.symlink('/etc/passwd', 'README')", "README")

    def test_planted_git_folders_stay_behind(self, isolated: World) -> None:
        before = isolated.files()
        isolated.run(
            "import os; os.makedirs('.git/hooks'); open('.git/hooks/pre-push', 'w'); open('.git/config', 'w').write('[core]\\nfsmonitor=x')"
        )
        assert isolated.files() == before
        assert not (isolated.project / ".git").exists()

    @pytest.mark.parametrize("name", [".GIT", "git~1", ".g\u200cit"])
    def test_git_in_disguise_stays_behind(self, isolated: World, name: str) -> None:
        self.refused(isolated, f"import os; os.makedirs({name!r}); open({name!r} + '/config', 'w')", f"{name}/config")

    def test_paths_that_collide_elsewhere_are_refused_together(self, isolated: World) -> None:
        before = isolated.files()
        with pytest.raises(InputError, match="one file where case"):
            isolated.run("open('readme', 'w')")
        assert isolated.files() == before

    def test_a_link_in_the_project_does_not_lead_our_writing_out(self, isolated: World, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        with isolated.sandbox.open(isolated.project) as workspace:
            (isolated.project / "docs").symlink_to(outside)
            runner(isolated.sandbox, workspace)("import os; os.makedirs('docs'); open('docs/x', 'w')")
            with pytest.raises(FailedError):
                workspace.collect()
        assert list(outside.iterdir()) == []

    def test_a_folder_nested_beyond_reason_is_removed_all_the_same(self, isolated: World) -> None:
        with isolated.sandbox.open(isolated.project) as workspace:
            code = "import os\nos.mkdir('node_modules'); os.chdir('node_modules')\nfor _ in range(3000): os.mkdir('d'); os.chdir('d')"
            runner(isolated.sandbox, workspace)(code)
            workspace.collect()
            folder = workspace.folder
        assert not folder.exists()

    def test_it_sees_neither_us_nor_our_files(self, isolated: World, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("s")
        secret.chmod(0o600)
        with isolated.open() as run:
            for attack in (
                f"open('/proc/{os.getpid()}/environ').read()",
                f"open('{secret}')",
                f"open('{isolated.project}/new', 'w')",
                "open('/etc/evil', 'w')",
                "import os; os.setuid(0)",
                "import os; os.listdir('..')",
                f"import os; os.kill({os.getpid()}, 0)",
                "import os; os.mknod('device', 0o20666, os.makedev(1, 1))",
            ):
                with pytest.raises(FailedError, match="PermissionError"):
                    run(attack)

    def test_it_has_a_fresh_home_and_temporary_folder(self, isolated: World) -> None:
        with isolated.open() as run:
            run("import os, tempfile; print(os.listdir(os.path.expanduser('~'))); print(os.listdir(tempfile.gettempdir()))")
            run("import os, tempfile; open(os.path.expanduser('~/.npmrc'), 'w'); print(tempfile.gettempdir() == os.environ['TMPDIR'])")
        assert isolated.lines == ["[]", "[]", "True"]

    def test_a_daemon_does_not_outlive_its_command(self, isolated: World, users: range) -> None:
        with isolated.open() as run:
            run(DAEMON)
            assert processes_of(users[0]) == []

    def test_a_daemon_does_not_outlive_a_smoke_test(self, isolated: World, users: range) -> None:
        code = "import os, time\nif os.fork() == 0:\n    os.setsid(); print('up', flush=True)\ntime.sleep(60)"
        with isolated.sandbox.open(isolated.project) as workspace:
            start = Start(Command(tuple(python(code))), Readiness(ReadinessKind.LOG, "up"))
            workspace.start(start, environment=isolated.sandbox.environment(()))
            assert processes_of(users[0]) == []

    def test_a_disk_is_not_filled_by_one_file(self, isolated: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("robot_action.clients.isolation.workspace.SECOND_USER_LIMITS", Limits(file_bytes=100_000))
        with pytest.raises(FailedError), isolated.open() as run:
            run("f = open('big', 'wb', 0)\nwhile True: f.write(bytes(65536))")

    def test_two_workspaces_at_once_do_not_touch_each_other(self, isolated: World) -> None:
        with isolated.sandbox.open(isolated.project) as one, isolated.sandbox.open(isolated.project) as other:
            run_one, run_other = runner(isolated.sandbox, one), runner(isolated.sandbox, other)
            run_one("open('mine', 'w')")
            with pytest.raises(FailedError, match="PermissionError"):
                run_other(f"open('{one.folder}/mine')")
            run_other("import os; print(os.path.exists('mine'))")
        assert isolated.lines[-1] == "False"


@needs_root
class TestRealTools:
    def test_make(self, isolated: World) -> None:
        isolated.write({"Makefile": "all:\n\techo made > made.txt\n"})
        with isolated.sandbox.open(isolated.project) as workspace:
            workspace.run(["make"], timeout=60, environment=isolated.sandbox.environment(()))
            workspace.collect()
        assert isolated.files()["made.txt"] == "made\n"

    def test_npm_and_its_scripts(self, isolated: World) -> None:
        if shutil.which("npm", path=os.defpath) is None:
            pytest.skip("npm is not installed for every user")
        isolated.write({"package.json": '{"name": "x", "version": "1.0.0", "scripts": {"postinstall": "id -u > who"}}'})
        with isolated.sandbox.open(isolated.project) as workspace:
            workspace.run(
                ["npm", "install", "--offline", "--no-audit", "--no-fund"], timeout=60, environment=isolated.sandbox.environment(())
            )
            workspace.collect()
        found = isolated.files()
        assert found["who"].strip() != "0"
        assert "package-lock.json" in found

    def test_python_makes_a_virtual_environment(self, isolated: World) -> None:
        isolated.write({".gitignore": ".venv/\n"})
        with isolated.sandbox.open(isolated.project) as workspace:
            environment = isolated.sandbox.environment(())
            workspace.run([PYTHON, "-m", "venv", "--without-pip", ".venv"], timeout=60, environment=environment)
            workspace.run([".venv/bin/python", "-c", "print('hello')"], timeout=60, environment=environment)
        assert isolated.lines[-1] == "hello"


def test_nothing_of_a_workspace_is_left_behind(either: World) -> None:
    with either.sandbox.open(either.project) as workspace:
        beside = workspace.make_folder("x").parent
    wait_until(lambda: not beside.exists(), 1)
