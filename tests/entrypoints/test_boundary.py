"""The exception boundary: no traceback for anybody, and an exit code that says what kind of failure it was."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.entrypoints import boundary, cli
from robot_action.errors import NotPermittedError


@pytest.fixture(autouse=True)
def _keep_signals() -> object:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


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
