"""Is a newer robot-action out? Asked once a day."""

import time
from pathlib import Path

import pytest

from robot_action.clients.updates import SECONDS, newer_version


def test_a_newer_version_is_told_and_asked_for_once_a_day(tmp_path: Path) -> None:
    answers = iter(["2.0", "3.0"])
    day = time.time()

    def look(seconds: float) -> str | None:
        return newer_version("1.0", tmp_path, lambda: next(answers), lambda: day + seconds)

    assert [look(1), look(SECONDS / 2), look(SECONDS + 60)] == ["2.0", "2.0", "3.0"]


@pytest.mark.parametrize("newest", ["1.0", "0.9", None, "", "nonsense", "größer"])
def test_nothing_newer_is_nothing_to_tell(tmp_path: Path, newest: str | None) -> None:
    assert newer_version("1.0", tmp_path, lambda: newest) is None


def test_no_answer_counts_for_a_day_too(tmp_path: Path) -> None:
    newer_version("1.0", tmp_path, lambda: None)
    assert newer_version("1.0", tmp_path, lambda: pytest.fail("asked again")) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    assert newer_version("1.0", tmp_path / "missing", lambda: "2.0") == "2.0"


def test_a_file_from_the_future_does_not_count(tmp_path: Path) -> None:
    newer_version("1.0", tmp_path, lambda: "2.0")
    assert newer_version("1.0", tmp_path, lambda: "3.0", lambda: time.time() - SECONDS) == "3.0"
