"""An update is written, and kept for the next one where that is wanted."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from robot_action.clients.files import LocalFiles
from robot_action.errors import FailedError
from robot_action.model.kept import KeepWanted, Kept
from robot_action.model.plan import Status
from robot_action.model.report import Outcomes
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import UpdateStep
from robot_action.stages import update
from tests.testbed.git_bed import write_files


def test_an_update_whose_rendering_cannot_be_kept_is_as_good_and_tells_it(tmp_path: Path) -> None:
    project = write_files(tmp_path / "demo", {"gone": "x", "state": "1"})

    def keep(*_: object) -> None:
        raise FailedError("the disk is full")

    step = UpdateStep(
        stage="update",
        title="bring it in",
        details=("files written: 1",),
        destination=project,
        changes={"new": Entry(Mode.FILE, b"n"), "gone": None, "state": Entry(Mode.FILE, b"2")},
        state="state",
        keep=(KeepWanted(project, "digest", "state"), Kept(Tree({}))),
    )
    ports: Any = SimpleNamespace(files=LocalFiles(tmp_path / "locks"), git=SimpleNamespace(keep=keep))
    done = update.apply(cast("Any", ports), step, Outcomes())
    assert done.status is Status.DONE
    assert done.details == ("files written: 1", "the new version's rendering is not kept: the disk is full")
    assert {path.name: path.read_text() for path in project.iterdir()} == {"new": "n", "state": "2"}
