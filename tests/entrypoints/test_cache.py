"""cache: where it is, and how it goes."""

from pathlib import Path

import pytest

from robot_action.clients.compiled_cache import CompiledCache
from robot_action.entrypoints.boundary import run


def test_the_path_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "path"], {"ROBOT_ACTION_HOME": str(tmp_path)}) == 0
    assert capsys.readouterr().out == f"{tmp_path}/cache\n"


def test_cleaning_removes_it_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cache/store").mkdir(parents=True)
    CompiledCache(tmp_path / "cache/compiled").save("key", b"pack")
    (tmp_path / "logs").mkdir()
    for expected in ("removed", "nothing to remove"):
        assert run(["cache", "clean"], {"ROBOT_ACTION_HOME": str(tmp_path)}) == 0
        assert expected in capsys.readouterr().out
    assert not (tmp_path / "cache").exists()
    assert (tmp_path / "logs").exists()


def test_what_cannot_be_removed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cache").write_text("a file")
    assert run(["cache", "clean"], {"ROBOT_ACTION_HOME": str(tmp_path)}) == 1
    assert "cannot be removed" in capsys.readouterr().err
