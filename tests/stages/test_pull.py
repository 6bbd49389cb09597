"""What belongs to a pull request besides its text is tried, and told where it is refused; the mark of what is proposed comes last."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from robot_action.errors import NotPermittedError
from robot_action.exchange import Delivered
from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import PullRequestStep
from robot_action.model.manifest import HostKind
from robot_action.model.plan import Status
from robot_action.model.pull_request import Assigned, PullRequest, PullRequestState, PullRequestWanted
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Ports
from robot_action.stages import pull

WANTED = PullRequestWanted("acme/demo", "main", "robot-action/x", "Title", "Body", labels=("a",), auto_merge=True)
FOUND = PullRequest("acme/demo", 7, "https://x/7", PullRequestState.OPEN, "main", "robot-action/x", "1" * 40, "Title", "Body")
STEP = PullRequestStep(
    stage="pull",
    title="",
    host=HostKind.GITHUB,
    wanted=WANTED,
    known=Delivery(Operation.UPDATED, "robot-action/x"),
    found=FOUND,
    draft=True,
)
DELIVERED = Outcomes((Outcome("branch", Status.DONE, result=Delivered("2" * 40, verified=True)),))


class Host:
    """Remembers what it is asked for, and refuses what it is told to."""

    def __init__(self, *refused: str) -> None:
        self.asked: list[str] = []
        self.refused = refused
        self.pulls = self.branches = {HostKind.GITHUB: self}

    def __getattr__(self, name: str) -> Any:
        def answer(*_: Any, **__: Any) -> Any:
            self.asked.append(name)
            if name in self.refused:
                raise NotPermittedError(f"{name} is refused", hint="Grant it.")
            return {"assign": Assigned(("mona was left out",), is_asked=True), "enable_auto_merge": "", "set_draft": None}.get(name, FOUND)

        return answer


def apply(host: Host, step: PullRequestStep = STEP, outcomes: Outcomes = DELIVERED) -> Outcome:
    return pull.apply(cast("Ports", host), step, outcomes)


def test_the_text_comes_last() -> None:
    host = Host()
    done = apply(host, replace(STEP, rewrites=True))
    assert host.asked == ["set_draft", "assign", "enable_auto_merge", "update"]
    assert done.details == ("mona was left out",)
    assert done.result == Delivery(Operation.UPDATED, "robot-action/x", 7, "https://x/7", "2" * 40, verified=True)


def test_what_is_refused_is_told_and_the_rest_done() -> None:
    host = Host("set_draft", "enable_auto_merge")
    done = apply(host)
    assert host.asked == ["set_draft", "assign", "enable_auto_merge"]
    assert (done.status, done.details[0]) == (Status.DONE, "set_draft is refused\n  Grant it.")


def test_a_new_one_is_opened_first() -> None:
    host = Host()
    apply(host, replace(STEP, found=None, draft=None))
    assert host.asked == ["create", "assign", "enable_auto_merge"]


@pytest.mark.parametrize(("refused", "expected"), [((), Operation.UPDATED), (("assign",), Operation.UNCHANGED)])
def test_one_of_which_somebody_was_asked_for_a_review_is_updated(refused: tuple[str, ...], expected: Operation) -> None:
    wanted = replace(WANTED, labels=(), reviewers=("mona",), auto_merge=False)
    done = apply(Host(*refused), replace(STEP, draft=None, wanted=wanted, known=Delivery(Operation.UNCHANGED, "robot-action/x")))
    assert isinstance(done.result, Delivery)
    assert done.result.operation is expected


@pytest.mark.parametrize(
    ("refused", "expected", "told"),
    [((), Operation.UPDATED, False), (("enable_auto_merge",), Operation.UNCHANGED, True)],
)
def test_one_that_merges_itself_from_now_on_is_updated(refused: tuple[str, ...], expected: Operation, told: bool) -> None:
    only = replace(STEP, draft=None, wanted=replace(WANTED, labels=()), known=Delivery(Operation.UNCHANGED, "robot-action/x"))
    host = Host(*refused)
    done = apply(host, only)
    assert host.asked == ["enable_auto_merge"]
    assert isinstance(done.result, Delivery)
    assert (done.result.operation, bool(done.details)) == (expected, told)


def test_one_that_is_closed_is_only_closed() -> None:
    host = Host()
    done = apply(host, replace(STEP, closes=True), Outcomes())
    assert host.asked == ["close"]
    assert isinstance(done.result, Delivery)
    assert done.result.commit == ""


def test_an_opening_that_is_refused_is_a_failure() -> None:
    with pytest.raises(NotPermittedError):
        apply(Host("create"), replace(STEP, found=None))
