"""create's plan: a pure function of the request and the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from robot_action.model.facts import Facts
from robot_action.model.plan import Plan, Step
from robot_action.model.request import STAGES, CreateRequest
from robot_action.planning.command_steps import plan_install, plan_start
from robot_action.planning.pack_steps import plan_pack, plan_unpack
from robot_action.planning.project_steps import (
    check_written,
    known_commit,
    known_folder,
    plan_commit,
    plan_fetch,
    plan_prepare,
    plan_render,
)
from robot_action.planning.remote_steps import known_repository, plan_publish, plan_push, plan_repository
from robot_action.planning.situation import Situation, assess, existing_differences
from robot_action.planning.steps import message_of, skipped
from robot_action.planning.task_steps import has_tasks, plan_tasks

PLANNERS: Mapping[str, Callable[[Situation], Iterator[Step]]] = {
    "prepare": plan_prepare,
    "fetch": plan_fetch,
    "render": plan_render,
    "tasks": plan_tasks,
    "install": plan_install,
    "start": plan_start,
    "commit": plan_commit,
    "repository": plan_repository,
    "push": plan_push,
    "publish": plan_publish,
}

KNOWN: Mapping[str, Callable[[Situation], object]] = {"render": known_folder, "commit": known_commit, "repository": known_repository}
"""What a stage did before, for those that come after it."""


def plan_create(request: CreateRequest, facts: Facts) -> Plan:
    """Return the steps that make the project, or finish it, or leave it as it is.

    Raises:
        NotPermittedError: when the destination or the repository is somebody else's.
    """
    situation = assess(request, facts)
    check_written(situation)
    look, *work = STAGES
    steps = (
        *_plan_stage(look, situation),
        *plan_unpack(situation),
        *(step for stage in work for step in _plan_stage(stage, situation)),
        *plan_pack(situation),
    )
    return Plan(
        project=request.manifest.project,
        steps=steps,
        exists=situation.exists,
        differences=existing_differences(situation),
        message=message_of(situation),
    )


def _plan_stage(stage: str, situation: Situation) -> Iterator[Step]:
    """Yield a stage's steps; of one that was not asked for, only what it did before counts."""
    if stage in situation.request.stages:
        yield from PLANNERS[stage](situation)
    elif stage != "tasks" or has_tasks(situation):
        known = KNOWN[stage](situation) if stage in KNOWN else None
        yield skipped(stage, stage, "not asked for (--stages, --skip-stages)", known)
