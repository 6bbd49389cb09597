"""What an update brings, with the commits of the template that lead there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robot_action.model.source import SourceKind
from robot_action.model.update import Rendered, UpdateFacts
from robot_action.model.update_summary import UpdateSummary
from robot_action.planning.summary import summarised
from robot_action.ports import Ports

COMMITS_SHOWN = 50


def summarise(ports: Ports, facts: UpdateFacts, *, branch: str, revision: str) -> UpdateSummary | None:
    """Return what an update brings; None: nothing.

    Args:
        ports: to ask the template's repository for its commits.
        facts: what was found.
        branch: the branch that is proposed.
        revision: what marks the pull request.

    Raises:
        RobotActionError: when the template's repository does not answer.
    """
    if facts.base is None or facts.theirs is None:
        return None
    return _with_commits(ports, facts, summarised(facts, facts.base, facts.theirs, branch, revision), (facts.base, facts.theirs))


def _with_commits(ports: Ports, facts: UpdateFacts, summary: UpdateSummary, sides: tuple[Rendered, Rendered]) -> UpdateSummary:
    old, new = (side.template.commit for side in sides)
    if not old or not new or old == new:
        return summary
    where = Path(facts.source.location) if facts.source.kind is SourceKind.DIRECTORY else facts.source.location
    found = ports.git.history(where, (old, new), COMMITS_SHOWN)
    if found.total > COMMITS_SHOWN:
        notes = (*summary.notes, f"of the template's {found.total:,} commits the newest {COMMITS_SHOWN} are listed")
        return replace(summary, commits=found.commits, notes=notes)
    return replace(summary, commits=found.commits)
