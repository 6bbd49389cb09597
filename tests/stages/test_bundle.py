"""A bundle and its result are written for another job, or neither of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.errors import InputError
from robot_action.model.delivery import BundleStep
from robot_action.model.report import Outcomes
from robot_action.stages import bundle
from tests.planning.test_proposal import PROPOSED

CONTENT = b"# v2 git bundle\n"


def write(folder: Path, *, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "RESULT_LIMIT", limit)
    git = SimpleNamespace(drafts=SimpleNamespace(pack=lambda *_: CONTENT))
    ports: Any = SimpleNamespace(files=LocalFiles(folder / "locks"), git=git)
    step = BundleStep(stage="bundle", title="", proposed=PROPOSED, place=folder / "place", file=folder / "out/x.bundle", is_idle=False)
    bundle.apply(cast("Any", ports), step, Outcomes())


def test_both_lie_beside_each_other_in_a_folder_that_is_made_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, limit=bundle.RESULT_LIMIT, monkeypatch=monkeypatch)
    assert (tmp_path / "out/x.bundle").read_bytes() == CONTENT
    assert b"robot-action/x" in (tmp_path / "out/x.bundle.json").read_bytes()


def test_a_result_that_no_job_would_read_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="too much for one result: more than 20 bytes"):
        write(tmp_path, limit=20, monkeypatch=monkeypatch)
    assert not (tmp_path / "out").exists()
