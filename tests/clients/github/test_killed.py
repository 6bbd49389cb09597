"""A whole proposal that is cut off behind any of its requests, with its answer lost, and then run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.github.branches import GitHubBranches
from robot_action.clients.github.pulls import GitHubPulls
from robot_action.model.pull_request import CheckState, CommitStatus, PullRequest, PullRequestWanted
from robot_action.parsing.pull_request import Mark
from tests.clients.github.proposing import BINARY, BRANCH, NAME, Clone, clone, credentials_for, runner_for
from tests.clients.github.support import Hosts
from tests.testbed.fixtures import GitHubBed

TOKEN = "ghs_the_apps_token"
STATUS = CommitStatus(CheckState.ERROR, "robot-action/conflicts", "2 files have conflict markers")
PEOPLE = {"labels": ("template",), "reviewers": ("mona",), "teams": ("platform",), "assignees": ("mona",)}
REQUESTS = 16


class KilledError(BaseException):
    """The end of a run that nobody catches."""


class Run:
    """Everything that an update does with its host."""

    def __init__(self, github: GitHubBed, hosts: Hosts, project: Clone) -> None:
        self.github, self.project = github, project
        runner, patience = runner_for(credentials_for((github.git.url, github.fake.url), TOKEN)), hosts.waiting.patience
        api = hosts.api(TOKEN)
        self.pulls, self.branches = GitHubPulls(api, patience), GitHubBranches(api, runner, patience)

    def propose(self, content: bytes, version: str) -> PullRequest:
        """Bring a version to the branch and its pull request."""
        wanted = PullRequestWanted(NAME, "main", BRANCH, f"Update to {version}", f"{Mark(version)}\n", draft=True, **PEOPLE)
        head = self.branches.head(NAME, BRANCH)
        commit = self.project.commit({"tool.bin": content})
        done = self.branches.deliver(self.project.wanted(commit, head.commit if head else ""))
        self.branches.set_status(NAME, done.commit, STATUS)
        there = self.pulls.find(NAME, BRANCH, "main").open
        pull = self.pulls.update(there, wanted) if there else self.pulls.create(wanted)
        assert self.pulls.assign(pull, wanted).notes == ()
        self.pulls.set_draft(pull, draft=True)
        return pull


@pytest.fixture
def run(github: GitHubBed, hosts: Hosts, tmp_path: Path) -> Run:
    github.fake.add_token(TOKEN, login="acme-robot", is_installation=True)
    github.fake.add_repository(NAME)
    return Run(github, hosts, clone(github.git, tmp_path / "demo", github.git.url_of(NAME)))


def kill(run: Run, monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], None]:
    """End the run behind its ``number``-th request, counted from 0; return what ends that."""
    send, count = run.pulls._calls.api.send, iter(range(number + 1))

    def killing(*arguments: Any, **how: Any) -> Any:
        reply = send(*arguments, **how)
        if next(count, None) == number:
            raise KilledError
        return reply

    monkeypatch.setattr(run.pulls._calls.api, "send", killing)
    return monkeypatch.undo


@pytest.mark.parametrize("number", range(REQUESTS))
def test_one_branch_and_one_pull_request_come_of_it(github: GitHubBed, run: Run, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    revive = kill(run, monkeypatch, number)
    with pytest.raises(KilledError):
        run.propose(BINARY, "v2")
    revive()
    run.propose(BINARY, "v2")
    proposals = github.fake.repositories[NAME].proposals
    (pull,) = proposals.pulls
    assert set(github.git.refs(NAME, "refs/")) == {"heads/main", f"heads/{BRANCH}"}
    assert github.git.git(NAME, "rev-list", "--count", f"main..{BRANCH}") == "1"
    assert github.git.blob(NAME, f"{BRANCH}:tool.bin") == BINARY
    assert (pull.labels, pull.reviewers, pull.teams, pull.assignees, pull.draft) == (["template"], ["mona"], ["platform"], ["mona"], True)
    head = github.git.heads(NAME)[BRANCH]
    assert [status["state"] for status in proposals.statuses[head]] == ["error"]
    count = len(github.fake.requests)
    run.propose(BINARY, "v2")
    assert [request.path for request in github.fake.requests[count:] if request.method != "GET"] == []


def test_the_requests_of_one_run_are_as_many_as_are_tried(github: GitHubBed, run: Run) -> None:
    run.propose(BINARY, "v2")
    assert len(github.fake.requests) == REQUESTS


def test_the_next_version_goes_to_the_same_pull_request(github: GitHubBed, run: Run) -> None:
    run.propose(BINARY, "v2")
    pull = run.propose(BINARY[::-1], "v3")
    assert (pull.number, pull.revision) == (1, "v3")
    assert github.git.git(NAME, "rev-list", "--count", f"main..{BRANCH}") == "1"
    assert len(github.fake.repositories[NAME].proposals.pulls) == 1
