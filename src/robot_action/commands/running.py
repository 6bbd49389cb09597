"""One project's way, whatever was asked for: look, plan, apply, report; no failure leaves it without a report."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path

from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, NotPermittedError, Problem, RobotActionError
from robot_action.model.facts import Facts
from robot_action.model.manifest import Manifest
from robot_action.model.plan import Plan, Status, Step
from robot_action.model.report import Outcome, Outcomes, ProjectReport
from robot_action.model.request import CreateRequest
from robot_action.model.values import leaves
from robot_action.parsing.answers_data import MASK
from robot_action.planning.given_answers import hiding
from robot_action.planning.permission import check_forbidden
from robot_action.planning.resolution import resolve
from robot_action.ports import Ports
from robot_action.stages.table import TABLE

Look = Callable[[Ports, CreateRequest], Facts]
"""How a command finds out what there is."""
MakePlan = Callable[[CreateRequest, Facts], Plan]
"""How it plans."""


def blank(request: CreateRequest) -> ProjectReport:
    """Return the report of a project of which nothing is known yet: any answer may be a secret."""
    return _public(ProjectReport(request.manifest.project), request, request.manifest, tuple(request.manifest.data), mask=None)


def timed(ports: Ports, work: Callable[[], ProjectReport]) -> ProjectReport:
    """Do all the work on a project; tell how long it took: most of it may be looking, of which no stage tells."""
    began = ports.clock.seconds()
    report = work()
    return replace(report, seconds=ports.clock.seconds() - began)


def run(ports: Ports, request: CreateRequest, look: Look, plan_for: MakePlan) -> ProjectReport:
    """Look, plan and, unless it is a dry run, apply the plan; one run at a time works on a destination."""
    return timed(ports, lambda: _run(ports, request, look, plan_for))


def _run(ports: Ports, request: CreateRequest, look: Look, plan_for: MakePlan) -> ProjectReport:
    report = blank(request)
    try:
        with nullcontext() if request.dry_run else _lock(ports, request.manifest.destination):
            facts = look(ports, request)
            report = _reveal(ports, report, request, facts)
            plan = plan_for(request, facts)
            report = replace(report, plan=plan)
            if request.dry_run:
                return replace(report, problems=plan.objections, exit_code=NotPermittedError.exit_code if plan.objections else 0)
            check_forbidden(plan, facts)
            return apply_all(ports, report)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again when every project has been told about
        return failed(report, error)


def failed(report: ProjectReport, error: Exception | KeyboardInterrupt) -> ProjectReport:
    """Return the report of a project of which nothing was changed, and why."""
    match error:
        case RobotActionError():
            return replace(report, problems=error.problems, exit_code=error.exit_code)
        case KeyboardInterrupt():
            return replace(report, problems=(Problem("the run was interrupted before anything was changed"),), exit_code=INTERRUPTED)
        case _:
            problem = Problem(f"a bug: {type(error).__name__}: {error}")
            return replace(report, problems=(problem,), exit_code=BUG_EXIT_CODE, bug=error)


def _lock(ports: Ports, destination: Path) -> AbstractContextManager[None]:
    return ports.files.lock(f"destination {destination}", str(destination))


def apply_all(ports: Ports, report: ProjectReport) -> ProjectReport:
    """Carry out a plan up to its first failure; every step sees the outcomes of those before it.

    What interrupts or fails between steps, such as the closing of a workspace, ends the project with all outcomes told.
    """
    outcomes, code, problems = Outcomes(), 0, tuple[Problem, ...]()
    try:
        with ExitStack() as scope:
            ports = replace(ports, scope=scope)
            for step in report.plan.steps if report.plan else ():
                outcome, code = _apply(ports, step, outcomes)
                outcomes = outcomes.plus(outcome)
                if code:
                    break
    except RobotActionError as error:
        code, problems = code or error.exit_code, error.problems
    except KeyboardInterrupt:
        code, problems = INTERRUPTED, (Problem("interrupted"),)
    return replace(report, outcomes=outcomes, problems=problems, exit_code=code)


def _apply(ports: Ports, step: Step, outcomes: Outcomes) -> tuple[Outcome, int]:
    """Carry out one step; return its outcome, and the exit code, which is 0 unless it failed."""
    if step.skip is not None:
        outcome = Outcome(step.stage, Status.SKIPPED, step.skip, result=step.known)
        ports.progress.end(outcome)
        return outcome, 0
    began, code = ports.clock.seconds(), 0
    ports.progress.begin(step.stage, step.title)
    try:
        outcome = TABLE[step.stage].apply(ports, step, outcomes)
    except RobotActionError as error:
        outcome, code = Outcome(step.stage, Status.FAILED, step.title, problems=error.problems), error.exit_code
    except KeyboardInterrupt:
        outcome, code = Outcome(step.stage, Status.FAILED, "interrupted", problems=(Problem(f"interrupted: {step.title}"),)), INTERRUPTED
    outcome = replace(outcome, seconds=ports.clock.seconds() - began)
    ports.progress.end(outcome)
    return outcome, code


def _reveal(ports: Ports, report: ProjectReport, request: CreateRequest, facts: Facts) -> ProjectReport:
    """Return the report with the answers that the template does not call secret, and hide those that it does."""
    manifest, rendering = resolve(request, facts), facts.rendering
    if rendering is None:
        return _public(report, request, manifest, tuple(manifest.data), mask=None)
    ports.progress.hide(text for name in rendering.secret for text in leaves(rendering.answers[name]))
    return _public(report, request, manifest, rendering.secret)


def _public(
    report: ProjectReport, request: CreateRequest, manifest: Manifest, hidden: Collection[str], *, mask: str | None = MASK
) -> ProjectReport:
    """Return the report with a manifest and the request's command line, in which the named answers are hidden.

    Args:
        report: what is known otherwise.
        request: whose command line it is.
        manifest: what is shown of it, resolved as far as is known.
        hidden: the names of answers that are secret, or may be.
        mask: what stands for them in the command line; None leaves them out.
    """
    data = {name: MASK if name in hidden else value for name, value in manifest.data.items()}
    resume, masked = hiding(request.resume, hidden, mask)
    return replace(report, manifest=replace(manifest, data=data), resume=request.again or resume, masked=() if request.again else masked)
