"""Migrations of a trusted Copier template: they work on a copy of the project, before the merge and on what came of it.

Copier runs them in the work tree, which is left half-way when one fails; here a project has all of an update or nothing.
The copy is a git repository of its own with everything committed, for migrations call ``git mv``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from robot_action.model.link import Link, Tool
from robot_action.model.merge import Merged
from robot_action.model.paths import writable
from robot_action.model.task_step import TasksStep
from robot_action.model.tasks import Task
from robot_action.model.template import Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import Rendered, UpdateFacts, UpdateRequest
from robot_action.parsing.links import parse_links
from robot_action.parsing.wording import listed
from robot_action.planning.migrations import passage_of, unversioned
from robot_action.ports import Ports
from robot_action.reporting.words import count
from robot_action.stages.renderings import Renderings
from robot_action.stages.tasks import work_on

Edits = Mapping[str, Entry | None]
"""What is changed in a tree, by path; None: it goes away."""


class Migrations:
    """The migrations of one update, and what they do to the project.

    Attributes:
        wanted: those that may run, as far as their own conditions let them.
        edits: what those before the merge have changed in the project.

    Args:
        ports: to run them.
        request: the update.
        facts: what was found of the project.
        old: the template as the project has it; new: as it shall have it.
    """

    def __init__(self, ports: Ports, request: UpdateRequest, facts: UpdateFacts, old: Template, new: Template) -> None:
        self._ports = ports
        self._request = request
        self._facts = facts
        self._template = new
        found = passage_of(old, new)
        passed = found.migrations if found else ()
        self._passage = found if passed and not request.skip_tasks else None
        self.wanted = self._passage.migrations if self._passage else ()
        left_out = (
            f"{count(len(passed), 'migration')} of the template left out, as --skip-tasks wants it" if passed and not self.wanted else ""
        )
        self._notes = [note for note in (left_out, unversioned(old, new)) if note]
        self.edits: Edits = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was run, for people."""
        return tuple(self._notes)

    @cached_property
    def _project(self) -> Tree:
        """What the project has committed."""
        return self._ports.git.committed_files(self._facts.top, self._facts.local.head, self._facts.prefix)

    def prepare(self, renderings: Renderings) -> tuple[Rendered, tuple[str, ...]]:
        """Run what comes before the merge; then render the template with the answers that there are now.

        Returns:
            The rendering, and which old answers were dropped, and why.
        """
        if self._passage is None:
            return renderings.updated(self._template)
        self.edits = self._run(renderings.before(self._template, self._passage), {}, "before the merge")
        return renderings.updated(self._template, _with_answers(self._facts.link, self.edits), self._passage)

    def finish(self, theirs: Rendered, merged: Merged) -> Merged:
        """Run what comes after the merge on what came of it, and return all that the project is to become."""
        changes = {**self.edits, **merged.changes}
        return replace(merged, changes=self._run(theirs.rendering.migrations, changes, "after the merge"))

    def _run(self, tasks: Sequence[Task], edits: Edits, when: str) -> Edits:
        """Run migrations on the project with changes of it; return all changes then."""
        if not tasks:
            return _changed(self._project, _edited(self._project, edits)) if self.edits else edits
        whole = _edited(self._project, edits)
        before = writable(whole)
        apart = {path: entry for path, entry in whole.items() if path not in before}  # such as links out of the project
        step = TasksStep(
            stage="tasks",
            title="",
            destination=self._request.project,
            tasks=tuple(tasks),
            tree=before,
            template=self._template.tree if any(task.names_template for task in tasks) else None,
            environment=self._request.environment,
        )
        with self._ports.files.scratch("migrations") as scratch:
            folder = scratch / self._request.project.name
            after = work_on(self._ports, step, folder)
            kept = {*before, *self._ports.git.unignored(folder)}
        note = f"what may not be written elsewhere stays as it is, and no migration saw it: {listed([*apart])}"
        if apart and note not in self._notes:
            self._notes.append(note)
        self._notes += [f"ran the migration {task.title} {when}" for task in tasks]
        files = {path: entry for path, entry in after.items() if path in kept and entry.mode is not Mode.DIRECTORY}
        return _changed(self._project, Tree({**apart, **files}))


def _edited(tree: Tree, edits: Edits) -> Tree:
    """Return a tree with changes made."""
    merged = {**tree, **edits}
    return Tree({path: entry for path, entry in merged.items() if entry is not None})


def _changed(old: Tree, new: Tree) -> Edits:
    """Return what makes one tree of another."""
    return {path: new.get(path) for path in sorted({*old, *new}) if old.get(path) != new.get(path)}


def _with_answers(link: Link, edits: Edits) -> Link:
    """Return a link with the answers that migrations have left in its state file.

    Raises:
        InputError: when the file cannot be read any more.
    """
    entry = edits.get(link.file)
    if entry is None or link.tool is not Tool.COPIER:
        return link
    found = parse_links(entry.content, link.file, link.tool, None)
    return replace(link, answers=found[0].answers) if found else link
