"""What every command has around it: .env, the log, and failures that no report tells."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.shell import Shell, open_shell, run_in_shell
from robot_action.errors import NotPermittedError, UsageError


def settings_of(**environ: str) -> dict[str, str]:
    with open_shell(environ, LogOptions()) as shell:
        return dict(shell.environment)


def test_dotenv_is_read_from_robot_actions_home_and_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GITLAB_TOKEN=from-file\nPYPI_TOKEN=from-file\n")
    found = settings_of(ROBOT_ACTION_HOME=str(tmp_path), PYPI_TOKEN="from-environment")
    assert found["GITLAB_TOKEN"] == "from-file"
    assert found["PYPI_TOKEN"] == "from-environment"


def test_without_that_home_it_is_the_users(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GITLAB_TOKEN=from-file\n")
    assert "GITLAB_TOKEN" in settings_of(HOME=str(tmp_path))


def test_a_home_that_is_no_folder_has_none_and_that_is_no_news(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "null").touch()
    assert settings_of(HOME=str(tmp_path / "null")) == {"HOME": str(tmp_path / "null")}
    assert capsys.readouterr().err == ""


def test_it_is_never_read_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work/.env").write_text("GITLAB_TOKEN=planted\n")
    monkeypatch.chdir(tmp_path / "work")
    assert "GITLAB_TOKEN" not in settings_of(ROBOT_ACTION_HOME=str(tmp_path))
    assert "GITLAB_TOKEN" not in settings_of()


def test_in_ci_there_is_none(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GITLAB_TOKEN=from-file\n")
    assert "GITLAB_TOKEN" not in settings_of(ROBOT_ACTION_HOME=str(tmp_path), CI="true")


def test_other_names_in_it_are_left_out_and_told_without_their_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_text("LD_PRELOAD=/tmp/evil.so\n")
    assert "LD_PRELOAD" not in settings_of(ROBOT_ACTION_HOME=str(tmp_path))
    said = capsys.readouterr().err
    assert "LD_PRELOAD" in said
    assert "evil" not in said


def test_a_linked_or_unreadable_dotenv_is_left_out_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "real").write_text("GITLAB_TOKEN=x\n")
    (tmp_path / ".env").symlink_to("real")
    assert "GITLAB_TOKEN" not in settings_of(ROBOT_ACTION_HOME=str(tmp_path))
    assert ".env is a symbolic link" in capsys.readouterr().err


def test_the_log_file_is_private_and_appended_to(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    for line in ("one", "two"):
        with open_shell({"ROBOT_ACTION_HOME": str(tmp_path)}, LogOptions(file=log)) as shell:
            shell.console.line(line)
    assert "one" in log.read_text()
    assert "two" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_log_file_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    options = LogOptions(file=tmp_path / "missing/log.txt")
    with (
        pytest.raises(UsageError, match=r"--log-file.*\n.*in a folder that exists"),
        open_shell({"ROBOT_ACTION_HOME": str(tmp_path)}, options),
    ):
        pass


def test_a_failure_that_no_report_tells_is_shown_and_has_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def work(shell: Shell) -> int:
        raise NotPermittedError(f"nobody may write to {shell.folders.home.name}", hint="Ask.")

    assert run_in_shell({"ROBOT_ACTION_HOME": str(tmp_path / "home")}, LogOptions(), work) == 77
    assert "nobody may write to home" in capsys.readouterr().err


def test_levels_decide_what_the_log_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import logging

    for options, expected in ((LogOptions(), False), (LogOptions(verbose=True), True)):
        with open_shell({"ROBOT_ACTION_HOME": str(tmp_path)}, options):
            logging.getLogger("robot_action.test").info("a small thing")
        assert ("a small thing" in capsys.readouterr().err) is expected


def test_a_dotenv_that_others_may_read_or_change_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_text("GITLAB_TOKEN=from-file\n")
    (tmp_path / ".env").chmod(0o666)
    assert settings_of(HOME=str(tmp_path))["GITLAB_TOKEN"] == "from-file"
    error = capsys.readouterr().err
    assert "open to other users (mode 666)" in error
    assert "chmod 600" in error


def test_a_private_dotenv_is_no_news(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_text("GITLAB_TOKEN=from-file\n")
    (tmp_path / ".env").chmod(0o600)
    settings_of(HOME=str(tmp_path))
    assert capsys.readouterr().err == ""
