"""update's plan: a pure function of the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from robot_action.errors import ConflictError, FailedError, InputError, Problem
from robot_action.model.merge import Clash, Conflict, Policy
from robot_action.model.plan import Plan, Step
from robot_action.model.tree import Entry
from robot_action.model.update import Obstacles, Rendered, Updated, UpdateFacts, UpdateRequest, UpdateStep
from robot_action.model.update_summary import FileOutcome, UpdateSummary
from robot_action.parsing.wording import listed

_LINES = 30  # of a changelog; a pull request and the JSON report have all of it


def plan_update(
    request: UpdateRequest,
    facts: UpdateFacts,
    summary: UpdateSummary | None,
    changes: Mapping[str, Entry | None],
    obstacles: Obstacles,
) -> Plan:
    """Return the steps that bring the template's changes into the work tree.

    Args:
        request: what is asked for.
        facts: what was found.
        summary: what is brought; None: nothing.
        changes: as they stand in a work tree.
        obstacles: what in the work tree forbids that.

    Raises:
        FailedError: when the work tree has something that would be lost.
        ConflictError: when there are conflicts, and the policy is to fail then.
    """
    name = facts.link.project or request.project.name
    if summary is None or not (changes or facts.merged.conflicts):
        return Plan(name, (_idle_step(request, facts, summary, obstacles),))
    _check_work_tree(request, obstacles)
    conflicts = facts.merged.conflicts
    check_policy(request.policy, conflicts)
    step = UpdateStep(
        stage="update",
        title=title_of(summary),
        details=(*_unknown_to_git(summary, facts.ignored), *told(summary)),
        destination=request.project,
        changes=changes,
        moved=summary.moved,
        state=facts.link.file,
        there=facts.staying,
        conflicts=conflicts,
        keep=facts.kept.keep,
    )
    return Plan(name, (step,))


def _idle_step(request: UpdateRequest, facts: UpdateFacts, summary: UpdateSummary | None, obstacles: Obstacles) -> Step:
    """Return the step where there is nothing to bring in; with conflicts of an earlier update it ends as that did."""
    why = "; ".join(_idle(request, facts, summary, obstacles))
    left = tuple(Conflict(path, Clash.CONTENTS, marked=True) for path in obstacles.marked)
    known = Updated(request.project, left) if left else None
    return Step(stage="update", title="bring in the template's changes", skip=why, known=known)


def _idle(request: UpdateRequest, facts: UpdateFacts, summary: UpdateSummary | None, obstacles: Obstacles) -> Iterator[str]:
    """Yield why there is nothing to do, and what is to be known all the same."""
    yield _up_to_date(request, facts) if summary is None else "the project has all that comes of it already"
    yield from facts.dropped
    if obstacles.marked:
        yield f"conflict markers of an earlier update are left in {listed(obstacles.marked)}"


def title_of(summary: UpdateSummary) -> str:
    """Return which versions an update is about, for people."""
    if summary.has_same_version:
        return f"other answers, or another source; the version stays {summary.after}"
    return f"from {summary.before} to {summary.after}"


def check_policy(policy: Policy, conflicts: tuple[Conflict, ...]) -> None:
    """See that there are no conflicts where the policy is to fail then.

    Raises:
        ConflictError: naming each.
    """
    if conflicts and policy is Policy.FAIL:
        raise ConflictError(
            "project and template changed the same, and with --conflict fail nothing is written then",
            hint="Say what comes of it: --conflict markers (the default), --conflict project or --conflict template.",
            problems=tuple(Problem(f"{conflict.path}: {conflict.clash}") for conflict in conflicts),
        )


def _check_work_tree(request: UpdateRequest, obstacles: Obstacles) -> None:
    """See that nothing of the work tree would be lost, nor anything of the changes when they are committed; see `plan_update`."""
    project = request.project
    if obstacles.dirty:
        hint = "Commit them, or put them away with git stash --include-untracked, so that none of them is lost among the template's."
        raise FailedError(f"{project} has changes that are not committed: {listed(obstacles.dirty)}", hint=hint)
    if obstacles.in_the_way:
        hint = "The template has files in these places now, which would replace them. Move them away first."
        raise FailedError(f"{project} has files that git ignores, which nobody could bring back: {listed(obstacles.in_the_way)}", hint=hint)
    if obstacles.left_out:
        hint = (
            "Take them in with git sparse-checkout disable, or git sparse-checkout add; or have the changes proposed, with --pull-request, "
            "which needs no work tree."
        )
        raise FailedError(f"the sparse checkout of {project} leaves out what the template changes: {listed(obstacles.left_out)}", hint=hint)


def check_known(theirs: Rendered, other: Rendered, changes: Mapping[str, Entry | None]) -> None:
    """See that nothing comes into the project which is made of what stands for secret answers.

    Args:
        theirs: the template as the project shall have it, with secret answers that nobody tells; other: with others for these.
        changes: of the project.

    Raises:
        InputError: when something would.
    """
    if paths := made_of(theirs, other, changes):
        count = "an answer is missing" if len(theirs.unknown) == 1 else "answers are missing"
        raise InputError(
            f"{count}: {', '.join(theirs.unknown)}",
            position=next(one.position for one in theirs.template.specification.questions if one.name in theirs.unknown),
            hint=f"No state file keeps secret answers, and they belong into what the template changes: {listed(paths)}\n"
            "Answer with -d NAME=VALUE.",
        )


def made_of(theirs: Rendered, other: Rendered, changes: Mapping[str, Entry | None]) -> list[str]:
    """Return the changed paths in which anything is made of secret answers: what another rendering, with other ones, has otherwise."""
    made = _parts(theirs.rendering.tree) - _parts(other.rendering.tree)
    return [path for path, entry in changes.items() if entry is not None and not made.isdisjoint(_parts({path: entry}))]


def _parts(files: Mapping[str, Entry]) -> set[bytes]:
    """Return paths and lines."""
    return {part for path, entry in files.items() for part in (path.encode(), *entry.content.splitlines())}


def _up_to_date(request: UpdateRequest, facts: UpdateFacts) -> str:
    """Return why there is nothing to bring in."""
    if not facts.has:
        return "the template is as it was"
    if request.ref:  # which need not be the newest
        return f"the project has {facts.has} already"
    if facts.newest in {"", facts.has}:
        return f"the project has the newest version, {facts.has}"
    return f"the project has {facts.has}, and never goes back to {facts.newest} unless that is asked for"


def _unknown_to_git(summary: UpdateSummary, ignored: tuple[str, ...]) -> Iterator[str]:
    if ignored:
        yield f"new files that the new .gitignore leaves out: {listed(ignored)}; only git add --force takes them"
    if added := len(summary.files.get(FileOutcome.ADDED, ())) + len(summary.moved):
        yield f"files that are new, or have moved: {added}; git knows them once they are added (git add --all)"


def told(summary: UpdateSummary) -> Iterator[str]:
    """Yield what an update brings, for people."""
    gone = len(summary.files.get(FileOutcome.REMOVED, ()))
    written = sum(len(summary.files.get(outcome, ())) for outcome in (FileOutcome.ADDED, FileOutcome.CHANGED))
    yield f"files written: {written}; {f'moved: {len(summary.moved)}; ' if summary.moved else ''}removed: {gone}"
    yield from (f"conflict in {conflict.path}: {conflict.clash}; {conflict.note}" for conflict in summary.conflicts)
    yield from summary.notes
    yield from summary.dropped
    yield from (f"answer {one.name}: {one.after} instead of {one.before}" for one in summary.answers)
    for question in summary.questions:
        how = "answered" if question.given else "the default was taken"
        yield f"new question {question.name}: {how}" + (f", {question.value}" if question.value else "")
    if summary.changelog:
        lines = list(filter(str.strip, summary.changelog.splitlines()))
        yield "the template's changelog:"
        yield from lines[:_LINES]
        if len(lines) > _LINES:
            yield f"… and {len(lines) - _LINES} more lines"
