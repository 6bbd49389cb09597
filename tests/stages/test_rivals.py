"""Looking for what else updates a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.model.link import Tool
from robot_action.stages.rivals import look_for_rivals
from tests.testbed.git_bed import write_files


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "locks")


def rivals(files: LocalFiles, top: Path) -> list[str]:
    return [rival.file for rival in look_for_rivals(files, top, Tool.COPIER)]


def test_a_repository_without_any_has_none(files: LocalFiles, tmp_path: Path) -> None:
    top = write_files(tmp_path / "top", {"README.md": "copier update\n"})
    assert rivals(files, top) == []
    assert rivals(files, tmp_path / "nowhere") == []
    write_files(top, {".github/CODEOWNERS": "* @a\n", "package.json": "{}\n", ".github/workflows/notes.txt": "run: copier update\n"})
    assert rivals(files, top) == []


def test_configuration_and_workflows_are_read(files: LocalFiles, tmp_path: Path) -> None:
    top = write_files(tmp_path / "top", {".github/renovate.json5": "{}\n", ".github/workflows/u.yaml": "run: copier update\n"})
    assert rivals(files, top) == [".github/renovate.json5", ".github/workflows/u.yaml"]


def test_what_is_no_plain_file_counts_for_nothing(files: LocalFiles, tmp_path: Path) -> None:
    top = write_files(tmp_path / "top", {"elsewhere.json": "{}\n", ".github/workflows": "a file\n"})
    (top / "renovate.json").symlink_to("elsewhere.json")
    assert rivals(files, top) == []
