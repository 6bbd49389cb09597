"""The step that runs what a foreign template makes run, and what it finds out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from robot_action.model.plan import Step
from robot_action.model.tasks import Task
from robot_action.model.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksStep(Step):
    """Run what a trusted template of another format makes run: Copier's tasks, Cookiecutter's hooks.

    Attributes:
        tree: the files of a project that is written only when they have run, in a folder apart; None: they run in the
            project's folder. Tasks that run before the files are written see an empty folder.
        template: the template's files, for tasks that name the folder where they are; or None.
        removes: whether a failure removes the project's folder, which this run has made.
        environment: names of variables that template code may see besides the allow-list.
        earlier: files that were there before the project, which template code does not get to see.
    """

    destination: Path
    tasks: tuple[Task, ...]
    tree: Tree | None = None
    template: Tree | None = None
    removes: bool = False
    environment: tuple[str, ...] = ()
    earlier: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Worked:
    """A project's files as tasks left them, before they are written."""

    tree: Tree
