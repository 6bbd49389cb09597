"""The exception boundary: no traceback for anybody, and an exit code that says what kind of failure it was."""

from __future__ import annotations

import errno
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.entrypoints import boundary, cli
from robot_action.errors import InputError, NotPermittedError, Position
from tests.testbed import nursery


def failing(error: BaseException) -> Callable[..., None]:
    def fail(**_: object) -> None:
        raise error

    return fail


def run_failing(monkeypatch: pytest.MonkeyPatch, error: BaseException, **environ: str) -> int:
    monkeypatch.setattr(cli.cli, "main", failing(error))
    return boundary.run([], environ)


def test_an_expected_failure_is_a_message_and_its_own_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_failing(monkeypatch, NotPermittedError("the token may not do that", hint="Ask for another."))
    assert code == 77
    assert capsys.readouterr().err == "robot-action: the token may not do that\n  Ask for another.\n"


def test_a_bug_is_told_in_two_lines_and_its_traceback_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_failing(monkeypatch, ZeroDivisionError("secret-token-1 \x1b[2J"), GITHUB_TOKEN="secret-token-1")
    said = capsys.readouterr().err
    assert code == 70
    assert "this is a bug: ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "secret-token-1" not in said
    assert "\x1b" not in said
    found = re.search(r"The traceback is in (\S+);", said)
    assert found
    log = Path(found[1])
    assert "Traceback" in log.read_text()
    assert "secret-token-1" not in log.read_text()
    log.unlink()


def test_on_a_runner_a_bugs_traceback_is_in_the_log_and_commands_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = RuntimeError("first\n::set-output name=x::y\n##[error]secret-token")
    code = run_failing(monkeypatch, error, GITHUB_ACTIONS="true", GITHUB_TOKEN="secret-token")
    lines = capsys.readouterr().err.splitlines()
    assert code == 70
    assert lines[0] == "Traceback (most recent call last):"
    assert "this is a bug" in "\n".join(lines)
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line or "secret-token" in line]


def test_on_a_runner_an_expected_failure_is_marked_where_it_is_and_commands_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = InputError("no secret-token here\n::add-mask::e", position=Position("/workspace/m.yml", 3, 5))
    code = run_failing(monkeypatch, error, GITHUB_ACTIONS="true", GITHUB_WORKSPACE="/workspace", GITHUB_TOKEN="secret-token")
    lines = capsys.readouterr().err.splitlines()
    assert code == 65
    assert [line.partition("title=")[0] for line in lines if line.lstrip().startswith("::")] == ["::error file=m.yml,line=3,col=5,"]
    assert "secret-token" not in "".join(lines)


def test_an_error_of_the_system_that_nobody_expected_is_a_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_failing(monkeypatch, OSError(errno.EIO, "Input/output error"), GITHUB_ACTIONS="true")
    assert code == 70
    assert "this is a bug: OSError: [Errno 5] Input/output error" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_has_the_shells_code(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    assert run_failing(monkeypatch, error) == 130


@pytest.mark.parametrize("arguments", [["nonsense"], ["create", "--nonsense"], ["validate"], ["create", "--allow-protocol", "ftp", "x"]])
def test_a_command_line_that_makes_no_sense_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert boundary.run(arguments, {}) == 64
    assert "Usage" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["create", "--help"], ["cache", "--help"]])
def test_asking_for_help_is_no_failure(arguments: list[str]) -> None:
    assert boundary.run(arguments, {}) == 0


def test_nothing_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert boundary.run([], {}) in {0, 64}
    shown = capsys.readouterr()
    assert "create" in shown.out + shown.err


def test_sigterm_is_an_interruption() -> None:
    with pytest.raises(KeyboardInterrupt):
        boundary._interrupt(signal.SIGTERM, None)


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def run_program(*lines: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run lines of Python around the boundary in a process of its own."""
    program = "\n".join(["import atexit, os, signal, sys", "from robot_action.entrypoints import boundary, cli", *lines])
    return subprocess.run([sys.executable, "-c", program], text=True, check=False, timeout=60, **{"capture_output": True, **options})


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_after_the_report_does_not_change_the_exit_code(number: signal.Signals) -> None:
    kill = f"os.kill(os.getpid(), {number:d})"
    done = run_program(
        f"class Last:\n    def __del__(self, kill=os.kill, pid=os.getpid()): kill(pid, {number:d})",
        "sys.last = Last()",  # goes when the interpreter has given up its own handlers
        f"atexit.register(lambda: {kill})",
        "sys.exit(boundary.run(['create', '--nonsense'], {}))",
    )
    assert done.returncode == 64, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_while_the_first_is_told_leaves_its_exit_code(number: signal.Signals) -> None:
    done = run_program(
        "def interrupted(**_):\n    raise KeyboardInterrupt",
        f"boundary._say = lambda *_: os.kill(os.getpid(), {number:d})",
        "cli.cli.main = interrupted",
        "sys.exit(boundary.run([], {}))",
    )
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_command_as_an_interruption(number: signal.Signals) -> None:
    done = run_program(
        f"def interrupted(**_):\n    os.kill(os.getpid(), {number:d})",
        "cli.cli.main = interrupted",
        "sys.exit(boundary.run([], {}))",
    )
    assert (done.returncode, done.stderr) == (130, "robot-action: interrupted\n")


def test_what_was_started_to_outlive_its_terminal_does() -> None:
    done = run_program(
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)",
        "def hung_up(**_):\n    os.kill(os.getpid(), signal.SIGHUP)",
        "cli.cli.main = hung_up",
        "sys.exit(boundary.run([], {}))",
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", ["--version", "--help", "schema", "create --help"])
def test_a_full_disk_is_no_bug(arguments: str) -> None:
    code = f"{shlex.quote(sys.executable)} -m robot_action {arguments} >/dev/full"
    done = subprocess.run(["/bin/sh", "-c", code], stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "robot-action: the output cannot be written: No space left on device\n")


def stream_environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "ROBOT_ACTION_HOME": str(folder / "home"), "CI": "true"}


@cache
def run_whole(arguments: tuple[str, ...], folder: Path) -> tuple[int, bytes, bytes]:
    """Return how a command ends that has all its streams; it is the same for every stream that is closed."""
    return nursery.run(arguments, folder, stream_environment(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    (folder / "m.yml").write_text("schema: 1\n")
    return folder


CLOSED = {"standard input": "<&-", "standard output": ">&-", "standard error": "2>&-", "all three": "<&- >&- 2>&-"}
MISSING = {  # without each: something is shown, a manifest is refused, and a command line makes no sense; and every command once at least
    "standard input": [("schema", 0), ("create m.yml", 65), ("create --nonsense", 64)],
    "standard output": [("schema", 0), ("validate --json m.yml", 65), ("create --nonsense", 64)],
    "standard error": [("--version", 0), ("create m.yml", 65), ("create --nonsense", 64)],
    "all three": [("--version", 0), ("validate m.yml", 65), ("create --nonsense", 64)],
}


@pytest.mark.parametrize(
    ("closed", "arguments", "code"), [(closed, arguments, code) for closed, cases in MISSING.items() for arguments, code in cases]
)
def test_without_a_stream_the_rest_is_as_ever(folder: Path, closed: str, arguments: str, code: int) -> None:
    whole_code, whole_out, whole_err = run_whole(tuple(arguments.split()), folder)
    program = [sys.executable, "-m", "robot_action", *arguments.split()]
    shell = ["sh", "-c", f'exec "$@" {CLOSED[closed]}', "sh", *program]
    done = subprocess.run(shell, cwd=folder, env=stream_environment(folder), capture_output=True, check=False)
    assert done.returncode == whole_code == code
    assert done.stdout == (b"" if closed in {"standard output", "all three"} else whole_out)
    assert done.stderr == (b"" if closed in {"standard error", "all three"} else whole_err)


def test_no_file_gets_the_number_of_a_stream_that_was_closed(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    look = (
        f"with open({str(seen)!r}, 'w') as file: print(*(os.readlink(f'/proc/self/fd/{{n}}') for n in range(3)), file.fileno(), file=file)"
    )
    program = f"from robot_action.entrypoints import boundary, cli\nimport os\ndef see(**_):\n    {look}\ncli.cli.main = see\n"
    program += "boundary.run([], {})"
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", program]
    assert subprocess.run(shell, capture_output=True, check=False).returncode == 0
    *streams, number = seen.read_text().split()
    assert streams == [os.devnull] * 3
    assert int(number) > 2


NAMES = ["-x.yml", "-folder", "-folder/-y.yml", "-*.yml", "-folder/*.yml"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["-- {}", "./{}"])
@pytest.mark.parametrize("command", ["validate", "create"])
def test_names_that_begin_with_a_dash_are_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, form: str, name: str
) -> None:
    (tmp_path / "-folder").mkdir()
    for path in ("-x.yml", "-folder/-y.yml"):
        (tmp_path / path).write_text("schema: 1\n")
    monkeypatch.chdir(tmp_path)
    assert boundary.run([command, *form.format(name).split()], {"ROBOT_ACTION_HOME": str(tmp_path / "home"), "CI": "true"}) == 65
    shown = capsys.readouterr()
    assert f"{'-folder/-y.yml' if 'folder' in name else '-x.yml'}:1:1: error" in shown.out + shown.err


def test_a_name_that_begins_with_a_dash_is_never_taken_for_an_option_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert boundary.run(["validate", "-x.yml"], {}) == 64
    assert "No such option" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_no_bug() -> None:
    command = f"{sys.executable} -m robot_action schema | head -c 10"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False, env={**os.environ})
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_a_pipe_that_breaks_under_us_ends_quietly() -> None:
    program = (
        "import sys\n"
        "from robot_action.entrypoints import boundary, cli\n"
        "def fail(**_):\n    raise BrokenPipeError\n"
        "cli.cli.main = fail\n"
        "code = boundary.run([], {})\n"
        "print('to nobody')\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def test_what_nobody_takes_at_the_end_is_a_failure_and_no_bug() -> None:
    program = (
        "import atexit, sys\n"
        "from robot_action.__main__ import main\n"
        "def say():\n    sys.stdout = open('/dev/full', 'w')\n    print('to nobody')\n"
        "atexit.register(say)\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", program, "--version"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"robot-action")


HEAVY = ("github", "git", "pydantic", "twine", "jinja2", "requests", "rich", "yaml")


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_nothing_heavy_is_loaded_before_it_is_needed(argument: str) -> None:
    program = (
        "import sys\n"
        "from robot_action.entrypoints.boundary import run\n"
        f"run([{argument!r}], {{}})\n"
        "print(sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(re.findall(r"'(\w+)'", done.stderr))
    assert "click" in loaded
    assert not loaded & set(HEAVY)


@given(st.binary(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_for_a_manifest_are_validated_without_a_bug(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "m.yml").write_bytes(text)
    code = boundary.run(["validate", str(folder / "m.yml")], {"ROBOT_ACTION_HOME": str(folder / "home"), "CI": "true"})
    assert code in {0, 65}
    assert sorted(path.name for path in folder.iterdir()) == ["home", "m.yml"]
