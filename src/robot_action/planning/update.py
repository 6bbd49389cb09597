"""update's plan: a pure function of the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from robot_action.errors import ConflictError, FailedError, Problem
from robot_action.model.copier import CopierSettings
from robot_action.model.merge import Policy
from robot_action.model.plan import Plan, Step
from robot_action.model.template import Template
from robot_action.model.tree import Entry
from robot_action.model.update import UpdateFacts, UpdateRequest, UpdateStep

_SHOWN = 10


def plan_update(request: UpdateRequest, facts: UpdateFacts, changes: Mapping[str, Entry | None], dirty: tuple[str, ...]) -> Plan:
    """Return the steps that bring the template's changes into the work tree.

    Args:
        request: what is asked for.
        facts: what was found.
        changes: as they stand in a work tree.
        dirty: what in the work tree is neither committed nor what an earlier, broken run of this update wrote.

    Raises:
        FailedError: when the work tree has changes that are not committed.
        ConflictError: when there are conflicts, and the policy is to fail then.
    """
    name = facts.link.project or request.project.name
    if facts.theirs is None or facts.base is None:
        return Plan(name, (Step(stage="update", title="bring in the template's changes", skip="the project has the newest version"),))
    if dirty:
        more = f" and {len(dirty) - _SHOWN} more" if len(dirty) > _SHOWN else ""
        raise FailedError(
            f"{request.project} has changes that are not committed: {', '.join(dirty[:_SHOWN])}{more}",
            hint="Commit them, or put them away with git stash, so that none of them is lost among the template's.",
        )
    conflicts = facts.merged.conflicts
    if conflicts and request.policy is Policy.FAIL:
        raise ConflictError(problems=tuple(Problem(f"{conflict.path}: {conflict.clash}") for conflict in conflicts))
    old, new = facts.base.template, facts.theirs.template
    step = UpdateStep(
        stage="update",
        title=f"from {described(old)} to {described(new)}",
        details=tuple(_details(facts)),
        destination=request.project,
        changes=changes,
        state=facts.link.file,
        conflicts=conflicts,
    )
    return Plan(name, (step,))


def described(template: Template) -> str:
    """Return which version of a template it is, for people."""
    return template.version or template.described or template.commit[:12] or "the template as it stands"


def _details(facts: UpdateFacts) -> Iterator[str]:
    gone = sum(entry is None for entry in facts.merged.changes.values())
    yield f"files written: {len(facts.merged.changes) - gone}; removed: {gone}"
    if facts.exact is False:
        yield "the version that the project was made from does not render to what it did then; its changes are merged all the same"
    yield from (f"conflict in {conflict.path}: {conflict.clash}; {conflict.note}" for conflict in facts.merged.conflicts)
    yield from facts.merged.notes
    settings = facts.theirs.template.specification.settings if facts.theirs else None
    if isinstance(settings, CopierSettings) and settings.migrations:
        yield f"the template has migrations ({len(settings.migrations)}), which are not run: see what they do, or run copier update instead"
    yield from facts.dropped
    if facts.theirs and facts.base:
        asked = {question.name for question in facts.base.template.specification.questions}
        new = [name for name in facts.theirs.rendering.defaulted if name not in asked and name not in facts.theirs.rendering.secret]
        yield from (f"new question {name}: the default was taken, {facts.theirs.rendering.answers.get(name)!r}" for name in new)
