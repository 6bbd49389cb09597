"""Commits by the git data API, against real git objects: what arrives is what was committed, signed, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.github import commits
from robot_action.clients.github.branches import GitHubBranches
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from robot_action.exchange import Delivered
from tests.clients.github.proposing import BINARY, BRANCH, MESSAGE, NAME, Clone, clone, credentials_for, runner_for
from tests.clients.github.support import Hosts
from tests.testbed.bare import git
from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_state import Record, Token

TOKEN = "ghs_the_apps_token"
CHANGES = {"a.txt": b"two\n", "gone.txt": None, "new/deep.txt": "é\r\n".encode(), "run.sh": b"#!/bin/sh\necho\n"}
MOVES = [f"POST /repos/{NAME}/git/refs", f"PATCH /repos/{NAME}/git/refs/.*", "POST /graphql"]


@pytest.fixture
def record(github: GitHubBed) -> Record:
    github.fake.add_token(TOKEN, login="acme-robot", is_installation=True)
    return github.fake.add_repository(NAME)


@pytest.fixture
def project(github: GitHubBed, record: Record, tmp_path: Path) -> Clone:
    assert record.full_name == NAME
    return clone(github.git, tmp_path / "demo", github.git.url_of(NAME))


@pytest.fixture
def branches(github: GitHubBed, hosts: Hosts, record: Record) -> GitHubBranches:
    assert record.full_name == NAME
    return make(github, hosts)


def make(github: GitHubBed, hosts: Hosts, token: str = TOKEN) -> GitHubBranches:
    runner = runner_for(credentials_for((github.git.url, github.fake.url), token))
    return GitHubBranches(hosts.api(token), runner, hosts.waiting.patience)


def head(github: GitHubBed) -> str:
    return github.git.heads(NAME).get(BRANCH, "")


def listing(github: GitHubBed, commit: str) -> str:
    return github.git.git(NAME, "ls-tree", "-r", commit)


def written(github: GitHubBed) -> list[str]:
    return [request.path.rpartition("/git/")[2] for request in github.fake.requests if request.method != "GET"]


# What arrives


def test_few_texts_take_three_requests_and_no_push(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    commit = project.commit(CHANGES)
    done = branches.deliver(project.wanted(commit))
    assert done == Delivered(head(github), verified=True)
    assert written(github) == ["trees", "commits", "refs"]
    assert github.git.pushes == []
    assert listing(github, done.commit) == "\n".join(listing_of(project, commit))
    assert github.git.git(NAME, "show", "--no-patch", "--format=%P", done.commit) == github.git.heads(NAME)["main"]
    assert github.git.git(NAME, "show", "--no-patch", "--format=%B", done.commit).startswith(MESSAGE)


def listing_of(project: Clone, commit: str) -> list[str]:
    return git(project.folder, "ls-tree", "-r", commit).splitlines()


def test_modes_links_and_binaries_arrive_as_they_are(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    (project.folder / "link").symlink_to("a.txt")
    commit = project.commit({"tool.bin": BINARY, "run.sh": b"#!/bin/sh\nls\n", "empty": b"", "d": b"a file where a folder was\n"})
    done = branches.deliver(project.wanted(commit))
    assert listing(github, done.commit).splitlines() == listing_of(project, commit)
    assert github.git.blob(NAME, f"{done.commit}:tool.bin") == BINARY
    modes = {line.split("\t")[1]: line.split()[0] for line in listing(github, done.commit).splitlines()}
    assert (modes["tool.bin"], modes["run.sh"], modes["link"], modes["d"]) == ("100755", "100755", "120000", "100644")


@pytest.mark.parametrize("content", [BINARY, "Straße".encode("latin-1")])
def test_what_is_no_text_travels_by_a_reference_that_goes_away(
    github: GitHubBed, branches: GitHubBranches, project: Clone, content: bytes
) -> None:
    commit = project.commit({"tool.bin": content})
    branches.deliver(project.wanted(commit))
    assert len(github.git.pushes) == 1
    kinds = [path.split("/")[0] for path in written(github)]
    assert kinds == ["trees", "refs", "commits", "refs"], "a tree, the reference deleted, a commit, the branch made"
    assert set(github.git.refs(NAME, "refs/")) == {"heads/main", f"heads/{BRANCH}"}


def test_many_texts_travel_by_a_reference_as_well(
    github: GitHubBed, branches: GitHubBranches, project: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "INLINE_LIMIT", 10)
    done = branches.deliver(project.wanted(project.commit({"a.txt": b"123456", "b.txt": b"7890123"})))
    assert len(github.git.pushes) == 1
    assert github.git.blob(NAME, f"{done.commit}:b.txt") == b"7890123"


@pytest.mark.parametrize("said", ["GH013: Repository rule violations found for refs/robot-action/objects/x", "hook declined"])
def test_where_a_rule_refuses_that_reference_files_are_sent_one_by_one(
    github: GitHubBed, branches: GitHubBranches, project: Clone, said: str
) -> None:
    github.git.refuse_pushes(NAME, said)
    commit = project.commit({"tool.bin": BINARY, **CHANGES})
    done = branches.deliver(project.wanted(commit))
    assert written(github) == ["blobs", "trees", "commits", "refs"]
    assert listing(github, done.commit).splitlines() == listing_of(project, commit)


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        ("GH013: Push protection: cannot contain secrets", FailedError, "found a secret"),
        ("refusing to allow a GitHub App to create or update workflow `x` without `workflows` permission", NotPermittedError, "workflow"),
    ],
)
def test_what_is_wrong_with_the_files_themselves_is_told(
    github: GitHubBed, branches: GitHubBranches, project: Clone, said: str, error: type[RobotActionError], told: str
) -> None:
    github.git.refuse_pushes(NAME, said)
    with pytest.raises(error, match=told):
        branches.deliver(project.wanted(project.commit({"tool.bin": BINARY})))
    assert head(github) == ""


def test_a_repository_that_takes_nothing_is_told(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    wanted = project.wanted(project.commit({"tool.bin": BINARY}))
    with pytest.raises(NotPermittedError):
        branches.deliver(replace(wanted, url=github.git.url_of("acme/none")))


@pytest.mark.parametrize("how", ["refused", "unreachable"])
def test_a_reference_that_stays_is_used_again_by_the_next_run(
    github: GitHubBed, branches: GitHubBranches, project: Clone, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    github.fake.fail("DELETE .*", 403 if how == "refused" else 502, times=5 if how == "unreachable" else 1)
    first = branches.deliver(project.wanted(project.commit({"tool.bin": BINARY})))
    assert "stays" in caplog.text
    assert len(github.git.refs(NAME, "refs/robot-action/")) == 1
    branches.deliver(project.wanted(project.commit({"tool.bin": BINARY[::-1]}, start=f"origin/{BRANCH}"), first.commit))
    assert github.git.refs(NAME, "refs/robot-action/") == {}


# Again


def test_the_same_again_changes_nothing(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    commit = project.commit(CHANGES)
    done = branches.deliver(project.wanted(commit))
    count = len(written(github))
    for seen in (done.commit, ""):
        assert branches.deliver(project.wanted(commit, seen)).commit == done.commit
    assert len(written(github)) == count


@pytest.mark.parametrize("lost", range(4))
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(
    github: GitHubBed, branches: GitHubBranches, project: Clone, lost: int
) -> None:
    commit = project.commit({"tool.bin": BINARY})
    steps = [f"POST /repos/{NAME}/git/trees", "DELETE .*", f"POST /repos/{NAME}/git/commits", f"POST /repos/{NAME}/git/refs"]
    github.fake.fail(steps[lost], 500, times=5)
    try:
        branches.deliver(project.wanted(commit))
    except UnavailableError:
        assert head(github) == ""
    else:
        assert lost == 1
    branches.deliver(project.wanted(commit, head(github)))
    assert listing(github, head(github)).splitlines() == listing_of(project, commit)
    assert github.git.git(NAME, "rev-list", "--count", f"main..{BRANCH}") == "1"


@pytest.mark.parametrize("move", MOVES)
def test_a_lost_answer_to_the_last_step_is_no_failure(github: GitHubBed, branches: GitHubBranches, project: Clone, move: str) -> None:
    seen, start = before(github, branches, project, move)
    github.fake.drop(move, after=True)
    done = branches.deliver(project.wanted(project.commit({"a.txt": b"three\n"}, start=start), seen))
    assert head(github) == done.commit


def before(github: GitHubBed, branches: GitHubBranches, project: Clone, move: str) -> tuple[str, str]:
    """Return what the branch was, and what the next commit stands on, so that the branch is moved in one of the three ways."""
    if move == MOVES[0]:
        return "", "origin/main"
    done = branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"})))
    assert head(github) == done.commit
    return done.commit, f"origin/{BRANCH}" if move == MOVES[1] else "origin/main"


# The lease


@pytest.mark.parametrize("move", MOVES)
def test_the_branch_is_moved(github: GitHubBed, branches: GitHubBranches, project: Clone, move: str) -> None:
    seen, start = before(github, branches, project, move)
    count = len(github.fake.requests)
    done = branches.deliver(project.wanted(project.commit({"a.txt": b"three\n"}, start=start), seen))
    assert head(github) == done.commit
    moves = [f"{request.method} {request.path}" for request in github.fake.requests[count:] if request.method != "GET"]
    assert moves[-1].split(maxsplit=1)[0] == move.split(maxsplit=1)[0]
    assert ("graphql" in moves[-1]) is ("graphql" in move)


@pytest.mark.parametrize("seen", ["", "a" * 40])
def test_a_branch_that_is_not_as_it_was_seen_is_left_alone(github: GitHubBed, branches: GitHubBranches, project: Clone, seen: str) -> None:
    theirs = github.git.commit(NAME, {"theirs": "1"}, branch=BRANCH)
    with pytest.raises(TryAgainError, match="somebody else changed the branch robot-action/python-service of acme/demo"):
        branches.deliver(project.wanted(project.commit(CHANGES), seen))
    assert head(github) == theirs
    assert written(github) == []


@pytest.mark.parametrize("move", MOVES)
def test_a_commit_of_somebody_in_the_last_moment_is_not_overwritten(
    github: GitHubBed, branches: GitHubBranches, project: Clone, move: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, start = before(github, branches, project, move)
    ours = project.commit({"a.txt": b"three\n"}, start=start)
    between(github, monkeypatch, lambda: github.git.commit(NAME, {"theirs": "1"}, branch=BRANCH))
    with pytest.raises(TryAgainError, match="somebody else changed"):
        branches.deliver(project.wanted(ours, seen))
    assert github.git.git(NAME, "ls-tree", "--name-only", BRANCH) == "theirs"


@pytest.mark.parametrize("move", MOVES[1:])
def test_a_branch_that_is_deleted_in_the_last_moment_stays_so(
    github: GitHubBed, branches: GitHubBranches, project: Clone, move: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, start = before(github, branches, project, move)
    ours = project.commit({"a.txt": b"three\n"}, start=start)
    between(github, monkeypatch, lambda: github.git.git(NAME, "update-ref", "-d", f"refs/heads/{BRANCH}"))
    with pytest.raises(TryAgainError, match="somebody else changed"):
        branches.deliver(project.wanted(ours, seen))
    assert head(github) == ""


def between(github: GitHubBed, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen after the commit was made and before the branch is moved."""
    answer = github.fake.answer

    def hooked(request: object) -> object:
        done = answer(request)
        if request.path.endswith("/git/commits"):
            act()
        return done

    monkeypatch.setattr(github.fake, "answer", hooked)


# Refused


@pytest.mark.parametrize("move", MOVES)
def test_a_rule_that_forbids_it_is_explained(
    github: GitHubBed, branches: GitHubBranches, project: Clone, record: Record, move: str
) -> None:
    seen, start = before(github, branches, project, move)
    record.proposals.rules = [{"type": kind, "ruleset_id": 7} for kind in ("creation", "update", "non_fast_forward")]
    with pytest.raises(NotPermittedError, match="rule violations") as caught:
        branches.deliver(project.wanted(project.commit({"a.txt": b"three\n"}, start=start), seen))
    assert "bypass" in (caught.value.problems[0].hint or "")
    assert head(github) == seen


@pytest.mark.parametrize("move", MOVES)
def test_workflow_files_want_a_token_that_may(github: GitHubBed, branches: GitHubBranches, project: Clone, hosts: Hosts, move: str) -> None:
    seen, start = before(github, branches, project, move)
    permissions = {"contents": "write", "metadata": "read", "pull_requests": "write"}
    github.fake.add_token("ghs_less", Token("acme-robot", is_installation=True, permissions=permissions))
    commit = project.commit({".github/workflows/ci.yml": b"on: push\n"}, start=start)
    with pytest.raises(NotPermittedError, match="refusing to allow") as caught:
        make(github, hosts, "ghs_less").deliver(project.wanted(commit, seen))
    assert "Workflows, write" in (caught.value.problems[0].hint or "")
    assert head(github) == seen


def test_a_token_without_the_right_is_told_which(github: GitHubBed, project: Clone, hosts: Hosts) -> None:
    github.fake.add_token("ghs_less", Token("acme-robot", is_installation=True, permissions={"contents": "read", "metadata": "read"}))
    with pytest.raises(NotPermittedError, match="cannot make a tree") as caught:
        make(github, hosts, "ghs_less").deliver(project.wanted(project.commit(CHANGES)))
    assert "contents=write" in (caught.value.problems[0].hint or "")


def test_another_refusal_of_the_last_step_is_told(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    seen, start = before(github, branches, project, MOVES[2])
    github.fake.fail("POST /graphql", 200, {"errors": [{"message": "Something went wrong"}]})
    with pytest.raises(FailedError, match=r"cannot move the branch .*: GitHub says: Something went wrong"):
        branches.deliver(project.wanted(project.commit({"a.txt": b"3"}, start=start), seen))


def test_a_tree_that_is_another_one_is_not_used(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    github.fake.fail("POST .*/git/trees", 201, {"sha": "b" * 40})
    with pytest.raises(FailedError, match="another tree"):
        branches.deliver(project.wanted(project.commit(CHANGES)))
    assert head(github) == ""


@pytest.mark.parametrize("answer", [{}, [], {"sha": "none"}])
def test_an_answer_that_names_nothing_is_told(github: GitHubBed, branches: GitHubBranches, project: Clone, answer: object) -> None:
    github.fake.fail("POST .*/git/commits", 201, answer)
    with pytest.raises(UnavailableError, match="names none"):
        branches.deliver(project.wanted(project.commit(CHANGES)))


# Whose token


@pytest.fixture
def personal(github: GitHubBed, hosts: Hosts, record: Record) -> GitHubBranches:
    """Return branches that are written with a person's token."""
    assert record.full_name == NAME
    return make(github, hosts, github.token)


def test_what_github_would_not_sign_for_a_person_is_pushed_as_it_is(
    github: GitHubBed, branches: GitHubBranches, personal: GitHubBranches, project: Clone
) -> None:
    assert (branches.signs(NAME), personal.signs(NAME)) == (True, False)
    commit = project.commit({"tool.bin": BINARY, **CHANGES})
    assert personal.deliver(project.wanted(commit)) == Delivered(commit)
    assert (head(github), written(github), len(github.git.pushes)) == (commit, [], 1)
    (found,) = personal.commits(NAME, "main", BRANCH)
    assert (found.is_ours, found.author.name) == (True, "Robot")


def test_what_is_pushed_once_more_changes_nothing(github: GitHubBed, personal: GitHubBranches, project: Clone) -> None:
    commit = project.commit(CHANGES)
    for seen in ("", commit, ""):
        assert personal.deliver(project.wanted(commit, seen)) == Delivered(commit)
    assert (head(github), len(github.git.pushes)) == (commit, 1)


def test_a_push_takes_the_place_of_what_was_seen_alone(github: GitHubBed, personal: GitHubBranches, project: Clone) -> None:
    first = project.commit({"a.txt": b"two\n"})
    personal.deliver(project.wanted(first))
    second = project.commit({"a.txt": b"three\n"})
    for seen in ("", "a" * 40):
        with pytest.raises(TryAgainError, match="somebody else changed the branch"):
            personal.deliver(project.wanted(second, seen))
        assert head(github) == first
    personal.deliver(project.wanted(second, first))
    assert head(github) == second


def test_an_empty_commit_needs_no_tree(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    branches.deliver(project.wanted(project.commit({})))
    assert written(github) == ["commits", "refs"]


@pytest.fixture(autouse=True)
def no_token_is_shown(github: GitHubBed) -> Iterator[None]:
    yield
    assert not any(token in request.target for request in [*github.fake.requests, *github.git.requests] for token in (TOKEN, github.token))
