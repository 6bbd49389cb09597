"""create's loop: one project's failure stops neither the others nor the report, and secrets stay out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.commands import create as module
from robot_action.commands import running
from robot_action.commands.create import create
from robot_action.errors import INTERRUPTED, NotPermittedError, TryAgainError
from robot_action.model.facts import Facts
from robot_action.model.plan import Status, Step
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.parsing.answers_data import MASK
from robot_action.ports import Ports
from tests.planning.values import MANIFEST, NOTHING, OWN_STAGES, RENDERING, REQUEST


@dataclass
class Stages:
    """Stages that find a project to be made, and do what a test wants of them."""

    facts: Facts = NOTHING
    deeds: dict[str, Callable[[], None]] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
            del ports, request, facts
            self.looked.append(name)
            return self.facts

        def apply(ports: Ports, step: Step, outcomes: Outcomes) -> Outcome:
            del ports, outcomes
            self.applied.append(name)
            self.deeds.get(name, lambda: None)()
            return Outcome(step.stage, Status.DONE, "done")

        return SimpleNamespace(inspect=inspect, apply=apply)


@dataclass
class Bed:
    """The ports that the loop itself uses."""

    hidden: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    ended: list[Outcome] = field(default_factory=list)
    is_locked: bool = False
    seconds: Callable[[], float] = lambda: 1.0

    def begin_project(self, name: str, number: int, total: int) -> None:
        self.begun.append(f"{number}/{total} {name}")

    def begin(self, stage: str, title: str) -> None:
        del stage, title

    def end(self, outcome: Outcome) -> None:
        self.ended.append(outcome)

    def hide(self, secrets: Any) -> None:
        self.hidden.extend(secrets)

    @contextmanager
    def lock(self, key: str, what: str) -> Iterator[None]:
        del key
        if self.is_locked:
            raise TryAgainError(f"another run is working on {what}")
        yield

    @property
    def ports(self) -> Ports:
        return cast("Ports", Double(files=self, progress=self, clock=self, scope=None))


@dataclass(frozen=True)
class Double:
    files: Any
    progress: Any
    clock: Any
    scope: Any


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Stages:
    stages = Stages()
    monkeypatch.setattr(module, "TABLE", stages)
    monkeypatch.setattr(running, "TABLE", stages)
    return stages


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def named(name: str, **changes: Any) -> CreateRequest:
    return replace(REQUEST, manifest=replace(MANIFEST, name=name, repository=replace(MANIFEST.repository, name=f"acme/{name}")), **changes)


def test_every_stage_looks_and_then_acts_in_order(stages: Stages) -> None:
    report = create(Bed().ports, [REQUEST])
    assert stages.applied == list(OWN_STAGES)
    assert stages.looked == ["prepare", "commit", "unpack", "repository", "fetch", "render", "publish"]
    assert report.exit_code == 0


def test_a_dry_run_only_looks_and_takes_no_lock(stages: Stages) -> None:
    report = create(Bed(is_locked=True).ports, [REQUEST], dry_run=True)
    assert not stages.applied
    assert report.dry_run
    assert report.projects[0].plan is not None


def test_a_failed_step_ends_its_project_with_the_errors_own_code(stages: Stages) -> None:
    stages.deeds["push"] = raising(NotPermittedError("refused"))
    report = create(Bed().ports, [REQUEST])
    assert stages.applied[-1] == "push"
    assert report.exit_code == 77
    assert report.projects[0].outcomes.items[-1].problems[0].message == "refused"


def test_one_projects_failure_does_not_stop_the_others(stages: Stages) -> None:
    failures = iter([NotPermittedError("refused"), None])

    def sometimes() -> None:
        if error := next(failures):
            raise error

    stages.deeds["commit"] = sometimes
    bed = Bed()
    report = create(bed.ports, [named("one"), named("two")])
    assert [project.exit_code for project in report.projects] == [77, 0]
    assert bed.begun == ["1/2 acme/one", "2/2 acme/two"]


def test_a_lock_that_another_run_holds_is_told(stages: Stages) -> None:
    report = create(Bed(is_locked=True).ports, [REQUEST])
    assert report.exit_code == 75
    assert not stages.applied


def test_an_interruption_finishes_the_report_and_begins_nothing_else(stages: Stages) -> None:
    stages.deeds["install"] = raising(KeyboardInterrupt())
    report = create(Bed().ports, [named("one"), named("two")])
    assert [project.exit_code for project in report.projects] == [INTERRUPTED, INTERRUPTED]
    assert "interrupted" in report.projects[0].outcomes.items[-1].problems[0].message
    assert "not begun" in report.projects[1].problems[0].message


def test_an_interruption_while_looking_has_changed_nothing(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "plan_create", lambda *_: raising(KeyboardInterrupt())())
    report = create(Bed().ports, [REQUEST])
    assert "before anything was changed" in report.projects[0].problems[0].message
    assert not stages.applied


SECRET = replace(RENDERING, answers={"colour": "red", "password": "correct-horse"}, secret=("password",))
RESUME = ("robot-action", "create", "m.yml", "--data", "colour=blue", "--data", "password=correct-horse")


def test_secret_answers_are_masked_in_manifest_and_command_and_hidden_from_progress(stages: Stages) -> None:
    stages.facts = replace(NOTHING, rendering=SECRET)
    request = replace(REQUEST, manifest=replace(MANIFEST, data={"colour": "blue", "password": "correct-horse"}), resume=RESUME)
    bed = Bed()
    project = create(bed.ports, [request]).projects[0]
    assert "correct-horse" not in repr(project)
    assert "colour=blue" in project.resume
    assert f"password={MASK}" in project.resume.replace("'", "")
    assert project.masked == ("password",)
    assert bed.hidden == ["correct-horse"]


def test_while_the_template_is_unknown_every_answer_may_be_a_secret(stages: Stages) -> None:
    del stages
    wanted = replace(MANIFEST, data={"colour": "blue", "password": "correct-horse"})
    request = replace(REQUEST, manifest=wanted, resume=(*RESUME, "--env", "password=x", "--trust"))
    project = create(Bed(is_locked=True).ports, [request]).projects[0]
    assert "correct-horse" not in repr(project)
    assert project.resume == "robot-action create m.yml --env password=x --trust"
    assert project.masked == ("colour", "password")


def test_skipped_steps_are_told_with_their_reason(stages: Stages) -> None:
    bed = Bed()
    create(bed.ports, [replace(REQUEST, stages=("prepare",))])
    assert stages.applied == ["prepare"]
    assert {outcome.status for outcome in bed.ended} == {Status.DONE, Status.SKIPPED}


def closing(error: BaseException, stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let install leave something open whose closing fails."""
    original = stages.__class__.__getitem__

    def getitem(self: Stages, name: str) -> Any:
        stage = original(self, name)
        if name != "install":
            return stage

        def apply(ports: Any, step: Step, outcomes: Outcomes) -> Outcome:
            ports.scope.callback(raising(error))
            outcome: Outcome = stage.apply(ports, step, outcomes)
            return outcome

        return SimpleNamespace(inspect=stage.inspect, apply=apply)

    monkeypatch.setattr(Stages, "__getitem__", getitem)


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), INTERRUPTED), (NotPermittedError("stuck"), 77)])
def test_what_goes_wrong_after_the_last_step_hides_no_outcome(
    stages: Stages, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    closing(error, stages, monkeypatch)
    project = create(Bed().ports, [REQUEST]).projects[0]
    assert project.exit_code == code
    assert [outcome.stage for outcome in project.outcomes.items] == list(OWN_STAGES)
    assert project.problems


def test_a_bug_in_one_project_loses_no_other(stages: Stages) -> None:
    bugs = iter([None, RuntimeError("oops"), None])

    def sometimes() -> None:
        if bug := next(bugs):
            raise bug

    stages.deeds["commit"] = sometimes
    report = create(Bed().ports, [named("one"), named("two"), named("three")])
    assert [project.exit_code for project in report.projects] == [0, 70, 0]
    assert report.exit_code == 70
    assert isinstance(report.bug, RuntimeError)


def test_an_interruption_outweighs_other_failures(stages: Stages) -> None:
    failures = iter([NotPermittedError("refused"), KeyboardInterrupt()])

    def differently() -> None:
        raise next(failures)

    stages.deeds["commit"] = differently
    assert create(Bed().ports, [named("one"), named("two")]).exit_code == INTERRUPTED
