"""The steps that run a foreign template's tasks and hooks."""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.errors import Problem
from robot_action.model.facts import DestinationKind
from robot_action.model.plan import Step
from robot_action.model.task_step import TasksStep
from robot_action.model.tasks import Task
from robot_action.model.tree import Tree
from robot_action.planning.command_steps import no_commands
from robot_action.planning.foreign_code import task_lines, untrusted
from robot_action.planning.situation import Situation
from robot_action.planning.steps import as_whom, destination_of, earlier_of, rendered, skipped

TITLE = "run the template's tasks"
_BEFORE = "run what the template wants before its files are written"


def has_tasks(situation: Situation) -> bool:
    """Tell whether the template, as far as it was looked at, wants to run anything in the project."""
    return situation.facts.rendering is not None and bool(situation.facts.rendering.tasks)


def plan_tasks(situation: Situation, *, removes: bool = False) -> Iterator[Step]:
    """Yield the tasks that run in the project's folder; nothing for a template that has none.

    Args:
        situation: the project's.
        removes: whether a failure removes the folder.
    """
    if not has_tasks(situation):
        return
    rendering, _ = rendered(situation)
    tasks = tuple(task for task in rendering.tasks if not task.before)
    if reason := no_commands(situation):
        yield skipped("tasks", TITLE, reason)
    elif tasks:
        yield tasks_step(situation, TITLE, tasks, removes=removes)


def plan_before(situation: Situation) -> Iterator[Step]:
    """Yield the tasks that run before the project is written, in a folder apart, where they are asked for."""
    if not may_have_tasks(situation):
        return
    rendering, _ = rendered(situation)
    tasks = tuple(task for task in rendering.tasks if task.before)
    if tasks:
        yield tasks_step(situation, _BEFORE, tasks, apart=True)


def may_have_tasks(situation: Situation) -> bool:
    """Tell whether this run is to run tasks of the template."""
    return has_tasks(situation) and "tasks" in situation.request.stages and not situation.request.skip_tasks


def is_to_be_written_again(situation: Situation) -> bool:
    """Tell whether an earlier run may have been broken off in the middle of tasks, which then need the files as rendered.

    Tasks delete and move files: hardly one can run twice on what it left.
    """
    local = situation.facts.local
    written = destination_of(situation).kind is DestinationKind.OURS and not (local and local.head)
    return written and not situation.exists and may_have_tasks(situation)


def tasks_step(situation: Situation, title: str, tasks: tuple[Task, ...], *, apart: bool = False, removes: bool = False) -> TasksStep:
    """Return the step that runs tasks.

    Args:
        situation: the project's.
        title: what the step is called.
        tasks: what it runs.
        apart: whether they run on a project that is written afterwards.
        removes: whether a failure removes the project's folder.
    """
    _, template = rendered(situation)
    return TasksStep(
        stage="tasks",
        title=title,
        details=(as_whom(situation),),
        destination=situation.request.manifest.destination,
        tasks=tasks,
        tree=(situation.facts.wanted or Tree()) if apart else None,
        template=template.tree if any(task.names_template for task in tasks) else None,
        removes=removes,
        environment=situation.request.environment,
        earlier=frozenset() if apart or situation.request.render else earlier_of(situation),
        objections=_objections(situation),
    )


def _objections(situation: Situation) -> tuple[Problem, ...]:
    """Return the refusal of tasks and hooks whose source is not trusted, which is the same for every step."""
    rendering, _ = rendered(situation)
    return () if situation.trusted else untrusted(situation.request.manifest, task_lines(rendering.tasks))
