"""What create and render share: trust in folders, and files of answers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.entrypoints.create import CreateOptions
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.projects import DATA_LIMIT, moment, patterns, read_answers, read_data, run_reported
from robot_action.errors import InputError, UsageError
from robot_action.model.report import ProjectReport, Report


def shell(folder: Path, epoch: int | None = None) -> Any:
    return cast("Any", SimpleNamespace(files=LocalFiles(folder), settings=SimpleNamespace(epoch=epoch)))


def test_a_folder_is_trusted_by_its_whole_path_with_what_lies_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert list(patterns(["./link", "https://h/*"])) == [f"{tmp_path}/real", f"{tmp_path}/real/*", "https://h/*"]


def test_flags_come_before_the_mapping_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "d.yml").write_text("a: 1\nb: 1\nc: 1\n")
    options = CreateOptions(data_file=tmp_path / "d.yml", data='{"b": 2, "c": 2}', pairs=("c=3",))
    assert read_data(shell(tmp_path), options).values == {"a": 1, "b": 2, "c": "3"}


def test_a_file_of_answers_is_there_and_no_larger_than_it_may_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        read_answers(shell(tmp_path), tmp_path / "missing", "hint")
    (tmp_path / "big").write_bytes(b" " * (DATA_LIMIT + 1))
    with pytest.raises(InputError, match="larger"):
        read_answers(shell(tmp_path), tmp_path / "big", "hint")


def test_now_is_what_the_operator_says(tmp_path: Path) -> None:
    assert moment(shell(tmp_path, 0)) == 0
    assert moment(shell(tmp_path)) > 1_700_000_000


def test_a_bug_that_a_report_tells_about_is_raised_when_it_was_told(tmp_path: Path) -> None:
    bug = KeyError("ours")
    report = Report((ProjectReport("demo", bug=bug),))
    with pytest.raises(KeyError) as raised:
        run_reported({"ROBOT_ACTION_HOME": str(tmp_path)}, LogOptions(), lambda _shell: report)
    assert raised.value is bug
