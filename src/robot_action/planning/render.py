"""render's plan: a pure function of the request and the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from robot_action.model.facts import DestinationKind, Facts
from robot_action.model.plan import Plan, Step
from robot_action.model.request import CreateRequest
from robot_action.parsing.links import tool_of
from robot_action.planning.permission import is_trusted
from robot_action.planning.project_steps import occupied, plan_fetch, render_step
from robot_action.planning.situation import Situation
from robot_action.planning.steps import destination_of, message_of, rendered
from robot_action.planning.task_steps import TITLE, may_have_tasks, plan_before, plan_tasks, tasks_step

_NO_VERSION = "the template is taken as it stands, in no version: updates cannot go on from there; --ref takes a tag, branch or commit"


def plan_render(request: CreateRequest, facts: Facts) -> Plan:
    """Return the steps that write a rendering, and run its tasks.

    Raises:
        NotPermittedError: when something stands at the destination that would be replaced, and nobody said that it may be.
    """
    trusted = is_trusted(request.manifest.template, request.trust)
    situation = Situation(request, facts, committed=False, again=False, placement=None, exists=False, untouched=True, trusted=trusted)
    if destination_of(situation).kind is DestinationKind.FOREIGN and not request.overwrite:
        raise occupied(situation)
    steps = (*plan_fetch(situation), *_plan_work(situation))
    return Plan(project=request.manifest.project, steps=steps, message=message_of(situation))


def _writing(situation: Situation) -> Step:
    """Return the writing, with a word on what is read from a repository without a version: its state file is of no use to updates."""
    step = render_step(situation)
    is_linked = any(tool_of(path) for path in step.tree)
    return replace(step, details=(_NO_VERSION,)) if situation.facts.as_it_stands and is_linked else step


def _plan_work(situation: Situation) -> Iterator[Step]:
    """Yield the writing and the tasks.

    A new project whose tasks run as a second user, on a copy anyhow, is written when they have succeeded: it appears whole or
    not at all. In place they need the project's own folder, which a failure removes.
    """
    is_new = destination_of(situation).kind is DestinationKind.NEW
    rendering, _ = rendered(situation)
    if is_new and may_have_tasks(situation) and situation.is_isolated:
        yield tasks_step(situation, TITLE, rendering.tasks, apart=True)
        yield _writing(situation)
        return
    yield from plan_before(situation)
    yield _writing(situation)
    yield from plan_tasks(situation, removes=is_new)
