"""Pull requests for a project whose template was somewhere else when they were opened: their branches are named after that."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from robot_action.errors import RobotActionError
from robot_action.model.proposal import Proposed
from robot_action.model.pull_request import PullRequest
from robot_action.ports import Ports


def find_former(ports: Ports, proposed: Proposed) -> tuple[PullRequest, ...]:
    """Return the open pull requests for the same project from other branches of ours; where those cannot be seen, none."""
    try:
        return tuple(_former(ports, proposed))
    except RobotActionError:  # it is a remark, and no reason to stop
        return ()


def _former(ports: Ports, proposed: Proposed) -> Iterator[PullRequest]:
    target = proposed.target
    branches, pulls = ports.branches[target.host], ports.pulls[target.host]
    for branch in branches.ours(target.repository):
        # What is behind the template's name is the project's folder and file: in a large repository few branches are asked about.
        if branch == proposed.branch or _project_part(branch) != _project_part(proposed.branch):
            continue
        commits = branches.commits(target.repository, proposed.base, branch)
        if not any(commit.is_ours and commit.project == quote(proposed.key) for commit in commits):
            continue
        found = pulls.find(target.repository, branch, proposed.base).open
        if found is not None and found.base == proposed.base:
            yield found


def _project_part(branch: str) -> str:
    return branch.partition("--")[2]
