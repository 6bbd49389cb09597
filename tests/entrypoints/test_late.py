"""What is made late is made once, and only when somebody asks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from robot_action.clients.folders import Folders
from robot_action.entrypoints import late
from robot_action.entrypoints.late import Late, LocalMachine
from robot_action.entrypoints.machine import own_version


def test_a_value_is_made_when_it_is_first_asked_for_and_once() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    values = Late({"a": lambda: make("a"), "b": lambda: make("b")})
    assert list(values) == ["a", "b"]
    assert len(values) == 2
    assert made == []
    assert [values["b"], values["b"]] == ["B", "B"]
    assert made == ["b"]
    with pytest.raises(KeyError):
        values["c"]


class TestMachine:
    @pytest.fixture
    def asked(self) -> list[object]:
        return []

    def machine(self, asked: list[object], folder: Path, *, check: bool) -> LocalMachine:
        def newest_version(*about: object) -> str:
            asked.append(about)
            return "999"

        shell: Any = SimpleNamespace(folders=Folders(folder, folder, "a note"), settings=SimpleNamespace(check_updates=check))
        sandbox: Any = SimpleNamespace(isolated=True, note="as another user")
        return LocalMachine(shell, SimpleNamespace(newest_version=newest_version), sandbox)

    def test_it_tells_what_is_so(self, asked: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(late.os, "geteuid", lambda: 7)
        machine = self.machine(asked, tmp_path, check=True)
        assert (machine.home, machine.cache, machine.home_note) == (tmp_path, tmp_path, "a note")
        assert (machine.isolated, machine.isolation_note, machine.is_root) == (True, "as another user", False)
        assert machine.version == own_version()
        assert machine.python.startswith("3.")

    def test_nobody_is_asked_for_a_newer_version_before_somebody_wants_to_know(self, asked: list[object], tmp_path: Path) -> None:
        machine = self.machine(asked, tmp_path, check=True)
        assert asked == []
        assert machine.newer == "999"
        assert machine.newer == "999"
        assert asked == [("robot-action", late.UPDATE_SECONDS)]

    def test_nor_where_nobody_shall_be_asked(self, asked: list[object], tmp_path: Path) -> None:
        assert self.machine(asked, tmp_path, check=False).newer is None
        assert asked == []
