from __future__ import annotations

from pathlib import Path

from robot_action.model.plan import Artifact


def test_an_artefacts_name_is_its_files() -> None:
    assert Artifact(Path("/tmp/dist/x-1.tar.gz"), "0" * 64, 3).name == "x-1.tar.gz"
