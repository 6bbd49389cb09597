"""What else there is to say of an update: secret answers that nobody tells, tasks that are left out, state files that part ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from robot_action.errors import RobotActionError
from robot_action.model.update import UpdateFacts, UpdateRequest
from robot_action.parsing.wording import listed
from robot_action.planning.update import check_known, made_of
from robot_action.ports import Ports
from robot_action.reporting.words import count
from robot_action.stages.links import find_twin
from robot_action.stages.renderings import Renderings


def remarked(ports: Ports, request: UpdateRequest, renderings: Renderings, facts: UpdateFacts) -> UpdateFacts:
    """Return what was found with what is to be said of it.

    Raises:
        InputError: when something would come into the project that is made of what stands for secret answers.
    """
    theirs = facts.theirs
    if theirs and theirs.unknown:
        check_known(theirs, renderings.other(theirs, theirs.unknown), facts.merged.changes)
    notes = (*facts.merged.notes, *_parted(ports, request, facts), *_left_out(request, facts), *_defaulted(renderings, facts))
    return replace(facts, merged=replace(facts.merged, notes=notes))


def _parted(ports: Ports, request: UpdateRequest, facts: UpdateFacts) -> Iterator[str]:
    """Say where Copier's answers file beside our own state file has another version than that."""
    twin = find_twin(ports, request.project, facts.link)
    has = facts.base.template.described if facts.base else ""
    if twin and has and twin.version != has:
        yield f"{twin.file} has {twin.version}, and {facts.link.file} has {has}: what the template has changed since that is merged"


def _left_out(request: UpdateRequest, facts: UpdateFacts) -> Iterator[str]:
    if request.skip_tasks and facts.theirs and (tasks := facts.theirs.rendering.tasks):
        yield f"{count(len(tasks), 'task')} of the template left out, as --skip-tasks wants it"


def _defaulted(renderings: Renderings, facts: UpdateFacts) -> Iterator[str]:
    """Say where the default of a secret question comes into the project: it was answered once, and no state file has that."""
    theirs = facts.theirs
    names = theirs.secret_defaults if theirs else ()
    if theirs and names and any(facts.merged.changes.values()):
        with suppress(RobotActionError):  # the template does not take every answer
            if paths := made_of(theirs, renderings.other(theirs, names), facts.merged.changes):
                yield f"no state file keeps secret answers, so that the default counts for {listed(names)} in {listed(paths)}"
