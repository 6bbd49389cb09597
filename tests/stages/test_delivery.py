"""Looking at the host before a proposal is delivered."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.errors import NotPermittedError
from robot_action.model.delivery import Committing
from robot_action.model.manifest import HostKind
from robot_action.model.proposal import Proposed, Wishes
from robot_action.model.pull_request import BranchHead, PullRequestFacts
from robot_action.ports import Ports
from robot_action.stages.delivery import look
from tests.planning.test_proposal import NOTHING, PROPOSED, pull


class Host:
    """Has a base that moved nowhere, no branch, perhaps a pull request; and lets nobody write."""

    def __init__(self, found: PullRequestFacts | None = None) -> None:
        self.found = found or PullRequestFacts()
        self.asked: list[tuple[str, bool]] = []
        self.branches = self.pulls = {HostKind.GITHUB: self}

    def __getattr__(self, name: str) -> Any:
        return lambda *_: ()

    def head(self, _: str, branch: str) -> BranchHead | None:
        return BranchHead("1" * 40, "7" * 40) if branch == "main" else None

    def find(self, *_: str) -> PullRequestFacts:
        return self.found

    def authorise(self, repository: str, *, workflows: bool) -> None:
        self.asked.append((repository, workflows))
        raise NotPermittedError("the token may not write", hint="Grant it.")


@pytest.mark.parametrize("proposed", [PROPOSED, NOTHING], ids=["something", "nothing"])
def test_that_nothing_may_be_written_is_known_beforehand(proposed: Proposed) -> None:
    host = Host(PullRequestFacts(open=None if proposed.commit else pull()))
    facts = look(cast("Ports", host), proposed, Wishes(), Path("/place"), Committing(Path("/project"), 0))
    assert [problem.message for problem in facts.refusals] == ["the token may not write"]
    assert host.asked == [("acme/demo", False)]


def test_where_nothing_is_to_be_written_no_right_is_asked_for() -> None:
    host = Host()
    assert look(cast("Ports", host), NOTHING, Wishes(), Path("/place"), Committing(Path("/project"), 0)).refusals == ()
    assert host.asked == []
