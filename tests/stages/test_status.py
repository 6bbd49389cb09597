"""What is said beside a commit is no reason to fail."""

from __future__ import annotations

from typing import cast

import pytest

from robot_action.model.delivery import StatusStep
from robot_action.model.manifest import HostKind
from robot_action.model.plan import Status
from robot_action.model.pull_request import CheckState, CommitStatus
from robot_action.ports import Ports
from robot_action.stages import status
from tests.stages.test_pull import DELIVERED, Host


@pytest.mark.parametrize(("refused", "expected"), [((), Status.DONE), (("set_status",), Status.SKIPPED)])
def test_a_status_that_is_refused_is_only_told(refused: tuple[str, ...], expected: Status) -> None:
    step = StatusStep(
        stage="status",
        title="",
        host=HostKind.GITHUB,
        repository="acme/demo",
        commit="",
        status=CommitStatus(CheckState.ERROR, "c", "text"),
    )
    assert status.apply(cast("Ports", Host(*refused)), step, DELIVERED).status is expected
