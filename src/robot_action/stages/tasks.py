"""Tasks: what a trusted template of another format makes run, Copier's tasks and Cookiecutter's hooks."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from robot_action.errors import FailedError, Position
from robot_action.isolation import Workspace
from robot_action.model.facts import Facts
from robot_action.model.folders import Folders
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.task_step import TasksStep, Worked
from robot_action.model.tasks import PYTHON_SUFFIX, TEMPLATE_FOLDER, Task
from robot_action.model.template import Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.ports import Ports
from robot_action.reporting.words import count
from robot_action.stages.install import placed

TASK_SECONDS = 3600.0
"""How long one task may take; the peers set no limit, and some of their templates compile programs."""

_TEMPLATE = "template"
_WHO = ("-c", "user.name=robot-action", "-c", "user.email=robot-action@localhost")
_COMMITTING = (
    ("git", "init", "--quiet", "--template="),
    ("git", "add", "--all", "--force"),
    ("git", *_WHO, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "project"),
)
_NO_CONFIGURATION = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Return the facts as they are: what tasks do is seen by running them."""
    del ports, request
    return facts


def apply(ports: Ports, step: TasksStep, outcomes: Outcomes) -> Outcome:
    """Run the tasks where the project is, or, when it is written afterwards, in a folder apart.

    Raises:
        FailedError: when one fails or takes too long; the others are not run then, and a folder that this run made is removed.
    """
    del outcomes
    done = f"ran {count(len(step.tasks), 'task')}"
    details = tuple(task.title for task in step.tasks)
    if step.tree is None:
        with _undone(ports, step):
            _run_all(_Work(ports, step, step.destination), step.tasks)
        return Outcome(step.stage, Status.DONE, done, details)
    with ports.files.scratch("tasks") as scratch:
        tree = work_apart(ports, step, scratch / step.destination.name)
    return Outcome(step.stage, Status.DONE, done, details, Worked(tree))


def work_apart(ports: Ports, step: TasksStep, folder: Path) -> Tree:
    """Run tasks on a project that is not written yet, those first that come before its files."""
    work = _Work(ports, step, folder)
    ports.files.write_new(Tree(), folder)
    _run_all(work, [task for task in step.tasks if task.before])
    ports.files.write_into(step.tree or Tree(), folder)
    _run_all(work, [task for task in step.tasks if not task.before])
    return ports.files.read_tree(folder)


def work_on(ports: Ports, step: TasksStep, folder: Path) -> Tree:
    """Run tasks on a copy of a project that is a git repository of its own, with everything in it committed."""
    ports.files.write_new(step.tree or Tree(), folder)
    _run_all(_Work(ports, step, folder), step.tasks, _COMMITTING)
    return ports.files.read_tree(folder)


@contextmanager
def _undone(ports: Ports, step: TasksStep) -> Iterator[None]:
    """Remove the project's folder when its tasks fail, where this run has made it."""
    try:
        yield
    except BaseException:
        if step.removes:
            ports.files.discard(step.destination)
        raise


@dataclass(frozen=True, slots=True)
class _Work:
    """Where tasks of a step run."""

    ports: Ports
    step: TasksStep
    folder: Path


def _run_all(work: _Work, tasks: Sequence[Task], first: Sequence[Sequence[str]] = ()) -> None:
    """Run tasks one after the other in a workspace of their own, and bring back what they made.

    Args:
        work: where.
        tasks: what.
        first: commands of ours before them.
    """
    if not tasks:
        return
    with work.ports.sandbox.open(work.folder, work.step.earlier, whole=True) as workspace:
        template = str(workspace.place(work.step.template, _TEMPLATE)) if work.step.template is not None else TEMPLATE_FOLDER
        for arguments in first:
            workspace.run(arguments, timeout=TASK_SECONDS, environment={**work.ports.sandbox.environment(()), **_NO_CONFIGURATION})
        for number, task in enumerate(tasks):
            work.ports.progress.line(f"$ {task.title}")
            with placed(task.position):
                _run(work, workspace, task.located(template), number)
        workspace.collect()


def _run(work: _Work, workspace: Workspace, task: Task, number: int) -> None:
    """Run one task, as its peer does: a text by the shell, a script as a file of its own."""
    folder = workspace.folder / task.folder
    if not folder.is_dir():
        raise FailedError(f"a task would run in the folder {task.folder!r}, which the project does not have")
    workspace.run(
        _arguments(task, workspace, number),
        timeout=TASK_SECONDS,
        environment={**work.ports.sandbox.environment(work.step.environment), **task.environment},
        cwd=folder,
    )


def _arguments(task: Task, workspace: Workspace, number: int) -> Sequence[str]:
    if task.script is None:
        return task.arguments
    suffix, content = task.script
    name = f"script{suffix}"
    file = workspace.place(Tree({name: Entry(Mode.EXECUTABLE, content)}), f"script-{number}") / name
    return (*_starting(file, content), *task.command)


def _starting(file: Path, content: bytes) -> Sequence[str]:
    """Return what starts a script: Python for its own, else the file itself, which says by what.

    Raises:
        FailedError: when it does not; a shell would be guessed at, which its peer does not do either.
    """
    if file.suffix == PYTHON_SUFFIX:
        return sys.executable, str(file)
    if not content.startswith(b"#!"):
        raise FailedError(f"{file.name} has no first line that says what runs it", hint="It begins like this: #!/bin/sh")
    return (str(file),)


def run_pre_prompt(ports: Ports, template: Template, hooks: Sequence[str], environment: Sequence[str]) -> Tree:
    """Run Cookiecutter's pre_prompt hooks in a copy of a trusted template, and return what it is afterwards.

    Args:
        ports: the doors to the world.
        template: where the hooks stand; they are not rendered.
        hooks: their paths.
        environment: names of variables that they may see besides the allow-list.

    Raises:
        FailedError: when one fails.
    """
    with ports.files.scratch("template") as scratch:
        folder = scratch / _TEMPLATE
        folders = Folders(template.tree)
        runnable = {path: Entry(Mode.EXECUTABLE, template.tree[folders.follow(path)].content) for path in hooks}
        ports.files.write_new(template.tree.with_entries(runnable), folder)
        with ports.sandbox.open(folder, whole=True) as workspace:
            for path in hooks:
                ports.progress.line(f"$ {path}")
                with placed(Position(f"{template.source.text}: {path}")):
                    workspace.run(
                        _starting(workspace.folder / path, runnable[path].content),
                        timeout=TASK_SECONDS,
                        environment=ports.sandbox.environment(environment),
                        cwd=workspace.folder / template.specification.directory,
                    )
            workspace.collect()
        return ports.files.read_tree(folder)
