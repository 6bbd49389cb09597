from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.github.api import GitHubApi
from robot_action.clients.github.branches import GitHubBranches
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, UnavailableError
from robot_action.model.credentials import Credentials
from robot_action.model.pull_request import DESCRIPTION_LIMIT, BranchRule, CheckState, CommitStatus
from robot_action.planning.branch_rules import BranchWrite, objections
from tests.clients.github.proposing import BRANCH, MESSAGE, NAME, PEOPLE, Clone, clone, credentials_for, runner_for, signed
from tests.clients.github.support import Hosts
from tests.testbed.bare import git_environment
from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_objects import run
from tests.testbed.github_state import Record, Token

CONFLICTS = CommitStatus(CheckState.ERROR, "robot-action/conflicts", "2 files have conflict markers")


@pytest.fixture
def record(github: GitHubBed) -> Record:
    return github.fake.add_repository(NAME)


@pytest.fixture
def project(github: GitHubBed, record: Record, tmp_path: Path) -> Clone:
    assert record.full_name == NAME
    return clone(github.git, tmp_path / "demo", github.git.url_of(NAME))


@pytest.fixture
def branches(github: GitHubBed, hosts: Hosts, project: Clone) -> GitHubBranches:
    assert project.repository == NAME
    return make(github, hosts)


def make(github: GitHubBed, hosts: Hosts, token: str | None = None) -> GitHubBranches:
    shown = github.token if token is None else token
    return GitHubBranches(hosts.api(shown), runner_for(credentials_for((github.git.url, github.fake.url), shown)), hosts.waiting.patience)


def deliver(branches: GitHubBranches, project: Clone, **how: Any) -> str:
    return branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"}, **how))).commit


# Heads


def test_a_branch_that_is_not_there_has_no_head(branches: GitHubBranches) -> None:
    assert branches.head(NAME, BRANCH) is None
    assert branches.head(NAME, "robot-action/a#b?c d%20é") is None


def test_our_branches_are_those_below_our_prefix(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    assert branches.ours(NAME) == ()
    deliver(branches, project)
    github.git.commit(NAME, {"a": "1"}, branch="robot-actions")
    assert branches.ours(NAME) == (BRANCH,)


def test_a_head_tells_what_it_is_made_of(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    commit = deliver(branches, project)
    found = branches.head(NAME, BRANCH)
    assert found is not None
    assert (found.commit, found.message.strip()) == (commit, signed(MESSAGE, found.tree).strip())
    assert found.tree == github.git.git(NAME, "rev-parse", f"{commit}^{{tree}}")
    assert found.parents == (github.git.heads(NAME)["main"],)


def test_a_repository_that_the_token_may_not_see_is_no_missing_branch(branches: GitHubBranches) -> None:
    with pytest.raises(NotPermittedError, match="look at acme/none: GitHub does not find it"):
        branches.head("acme/none", BRANCH)


@pytest.mark.parametrize("answer", [{}, [], {"object": 1}, {"object": {"sha": "x"}}])
def test_an_answer_that_names_no_commit_is_told(github: GitHubBed, branches: GitHubBranches, answer: object) -> None:
    github.fake.fail("GET .*/git/ref/.*", 200, answer)
    with pytest.raises(UnavailableError, match="names no commit"):
        branches.head(NAME, BRANCH)


# Whose commits


def test_our_commit_is_ours(branches: GitHubBranches, project: Clone) -> None:
    commit = deliver(branches, project)
    (found,) = branches.commits(NAME, "main", BRANCH)
    assert (found.commit, found.is_ours) == (commit, True)
    assert found.parents == (project.bare.heads(NAME)["main"],)


def test_a_commit_of_somebody_is_theirs_and_comes_after_ours(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    deliver(branches, project)
    github.git.commit(
        NAME, {"a.txt": "mine"}, branch=BRANCH, message=f"Better\n\nThey wrote Robot-Action-Updated: x, and not {MESSAGE[:10]}"
    )
    assert [one.is_ours for one in branches.commits(NAME, "main", BRANCH)] == [True, False]


def test_a_commit_of_ours_with_other_files_is_theirs(github: GitHubBed, branches: GitHubBranches, project: Clone) -> None:
    message = signed(MESSAGE, github.git.git(NAME, "rev-parse", "main^{tree}"))
    commit = project.commit({"a.txt": b"two\n"}, message=message)
    branches.deliver(project.wanted(commit))
    assert [one.is_ours for one in branches.commits(NAME, "main", BRANCH)] == [False]


@pytest.mark.parametrize("change", [{"GIT_COMMITTER_NAME": "Mona"}, {"GIT_COMMITTER_DATE": "1700000001 +0000"}])
def test_a_commit_of_ours_that_somebody_amended_is_theirs(
    github: GitHubBed, branches: GitHubBranches, project: Clone, change: Mapping[str, str]
) -> None:
    folder = github.git.path_of(NAME)
    message = signed(MESSAGE, github.git.git(NAME, "rev-parse", "main^{tree}"))
    made = run(
        folder, "commit-tree", "-p", "main", "main^{tree}", stdin=message.encode(), variables={**git_environment(), **PEOPLE, **change}
    )
    github.git.git(NAME, "update-ref", f"refs/heads/{BRANCH}", made)
    assert project.repository == NAME
    assert [one.is_ours for one in branches.commits(NAME, "main", BRANCH)] == [False]


def test_a_branch_that_is_merged_has_no_commits_of_its_own(branches: GitHubBranches) -> None:
    assert branches.commits(NAME, "main", "main") == ()


def test_of_a_branch_that_has_nothing_in_common_with_its_base_all_commits_are_told(github: GitHubBed, branches: GitHubBranches) -> None:
    root = run(
        github.git.path_of(NAME), "commit-tree", "main^{tree}", stdin=b"another beginning", variables={**git_environment(), **PEOPLE}
    )
    github.git.git(NAME, "update-ref", "refs/heads/other", root)
    former = github.git.heads(NAME)["main"]
    assert [(one.commit, one.parents) for one in branches.commits(NAME, "other", "main")] == [(former, ())]
    github.fake.fail("GET .*/commits", 200, [{"sha": "a" * 40}] * 100, times=100)
    with pytest.raises(FailedError, match="more than 1000 commits"):
        branches.commits(NAME, "other", "main")


def test_many_commits_are_listed_page_by_page_and_too_many_refused(github: GitHubBed, branches: GitHubBranches) -> None:
    pages = [{"total_commits": 150, "commits": [{"sha": "a" * 40}] * number} for number in (100, 50)]
    for page in pages:
        github.fake.fail("GET .*/compare/.*", 200, page)
    assert len(branches.commits(NAME, "main", BRANCH)) == 150
    github.fake.fail("GET .*/compare/.*", 200, {"total_commits": 5000, "commits": [{"sha": "a" * 40}]}, times=100)
    with pytest.raises(FailedError, match="more than 10 commits"):
        branches.commits(NAME, "main", BRANCH)


@pytest.mark.parametrize("answer", [{}, [], {"commits": None}, {"commits": [None, 3], "total_commits": "many"}, {"total_commits": 2}])
def test_an_answer_that_does_not_tell_all_commits_is_not_gone_by(github: GitHubBed, branches: GitHubBranches, answer: object) -> None:
    """Commits of people may be among those that it does not tell, and would be overwritten."""
    github.fake.fail("GET .*/compare/.*", 200, answer)
    with pytest.raises(UnavailableError, match="does not tell all commits"):
        branches.commits(NAME, "main", BRANCH)


def test_a_commit_without_people_is_nobodys(github: GitHubBed, branches: GitHubBranches) -> None:
    github.fake.fail("GET .*/compare/.*", 200, {"total_commits": 1, "commits": [{"sha": "a" * 40, "commit": {"message": "x"}}]})
    assert [one.is_ours for one in branches.commits(NAME, "main", BRANCH)] == [False]


# Rules


def rule(kind: str, number: int = 7, **parameters: object) -> dict[str, Any]:
    found = {"type": kind, "ruleset_id": number, "ruleset_source": "acme", "ruleset_source_type": "Organization"}
    return {**found, **({"parameters": parameters} if parameters else {})}


def test_rules_are_found_for_a_branch_that_does_not_exist(branches: GitHubBranches, record: Record) -> None:
    assert branches.rules(NAME, BRANCH) == ()
    record.proposals.rules = [rule("creation"), rule("deletion", 8), rule("branch_name_pattern", operator="starts_with", pattern="bot/")]
    record.proposals.bypass = {7: "never"}
    named = {"operator": "starts_with", "pattern": "bot/"}
    assert branches.rules(NAME, BRANCH) == (
        BranchRule("creation", "acme"),
        BranchRule("deletion", "acme"),
        BranchRule("branch_name_pattern", "acme", named),
    )


@pytest.mark.parametrize(("bypass", "holds"), [("always", False), ("exempt", False), ("pull_requests_only", True), ("never", True)])
def test_a_rule_that_the_token_passes_by_forbids_nothing(
    github: GitHubBed, branches: GitHubBranches, record: Record, bypass: str, holds: bool
) -> None:
    record.proposals.rules = [rule("creation"), rule("required_signatures")]
    record.proposals.bypass = {7: bypass}
    found = branches.rules(NAME, BRANCH)
    assert bool(objections(found, BranchWrite(BRANCH, MESSAGE, creates=True))) is holds
    assert len([path for path in github.fake.calls("GET") if "/rulesets/" in path]) == 1, "each ruleset is looked at once"


def test_a_ruleset_that_cannot_be_seen_holds(branches: GitHubBranches, record: Record) -> None:
    record.proposals.rules = [rule("creation")]
    assert [one.bypassed for one in branches.rules(NAME, BRANCH)] == [False]


def test_a_plan_or_a_server_without_rules_has_none(github: GitHubBed, branches: GitHubBranches, record: Record) -> None:
    record.proposals.knows_rules = False
    assert branches.rules(NAME, BRANCH) == ()
    github.fake.fail("GET .*/rules/branches/.*", 404, {"message": "Not Found"})
    assert branches.rules(NAME, BRANCH) == ()


def test_a_token_that_may_not_see_them_is_refused(github: GitHubBed, branches: GitHubBranches) -> None:
    github.fake.fail("GET .*/rules/branches/.*", 403, {"message": "Nope"}, times=2)
    with pytest.raises(NotPermittedError, match="look up the rules of acme/demo"):
        branches.rules(NAME, BRANCH)


# Statuses


def test_a_status_is_set_once_and_cleared(github: GitHubBed, branches: GitHubBranches, project: Clone, record: Record) -> None:
    commit = deliver(branches, project)
    assert branches.set_status(NAME, commit, CONFLICTS)
    assert not branches.set_status(NAME, commit, CONFLICTS)
    clear = CommitStatus(CheckState.SUCCESS, CONFLICTS.context, "No conflict markers are left")
    assert branches.set_status(NAME, commit, clear)
    assert [status["state"] for status in record.proposals.statuses[commit]] == ["success", "error"]
    assert len([path for path in github.fake.calls("POST") if "/statuses/" in path]) == 2


def test_a_long_description_is_cut(branches: GitHubBranches, project: Clone, record: Record) -> None:
    commit = deliver(branches, project)
    long = CommitStatus(CheckState.ERROR, "x", "é" * 200)
    assert branches.set_status(NAME, commit, long)
    assert not branches.set_status(NAME, commit, long)
    assert len(record.proposals.statuses[commit][0]["description"]) == DESCRIPTION_LIMIT


def test_a_token_without_the_right_to_set_one_is_told_which(
    github: GitHubBed, hosts: Hosts, branches: GitHubBranches, project: Clone
) -> None:
    commit = deliver(branches, project)
    github.fake.add_token("ghs_less", Token("robot", permissions={"contents": "write", "metadata": "read", "statuses": "read"}))
    with pytest.raises(NotPermittedError, match="set the status robot-action/conflicts") as caught:
        make(github, hosts, "ghs_less").set_status(NAME, commit, CONFLICTS)
    assert "statuses=write" in (caught.value.problems[0].hint or "")


# Whether it can be tried


@pytest.mark.parametrize("workflows", [False, True])
def test_a_token_that_may_is_let_through(branches: GitHubBranches, workflows: bool) -> None:
    branches.authorise(NAME, workflows=workflows)


def test_without_a_token_nothing_is_tried(hosts: Hosts, branches: GitHubBranches) -> None:
    assert branches.head(NAME, BRANCH) is None
    api = GitHubApi(hosts.api_url, Credentials())
    nobody = GitHubBranches(api, runner_for(), hosts.waiting.patience)
    with pytest.raises(NotPermittedError, match="there is no token that may open pull requests in acme/demo") as caught:
        nobody.authorise(NAME, workflows=False)
    assert "Pull requests: write" in (caught.value.problems[0].hint or "")
    assert not nobody.signs(NAME)
    api.close()


def test_an_archived_repository_takes_nothing(branches: GitHubBranches, record: Record) -> None:
    record.archived = True
    with pytest.raises(NotPermittedError, match="is archived"):
        branches.authorise(NAME, workflows=False)


def refused(branches: GitHubBranches, *, workflows: bool) -> RobotActionError:
    with pytest.raises(NotPermittedError) as caught:
        branches.authorise(NAME, workflows=workflows)
    return caught.value


def test_a_person_who_may_only_read_is_refused(github: GitHubBed, branches: GitHubBranches) -> None:
    github.fake.fail(f"GET /repos/{NAME}", 200, {"permissions": {"push": False}})
    assert "may not push to acme/demo" in str(refused(branches, workflows=False))


@pytest.mark.parametrize(("scopes", "may"), [("repo, workflow", True), ("repo", False), ("", True)])
def test_a_classic_token_tells_whether_it_may_write_workflows(github: GitHubBed, branches: GitHubBranches, scopes: str, may: bool) -> None:
    headers = {"X-OAuth-Scopes": scopes}
    github.fake.fail(f"GET /repos/{NAME}", 200, {"permissions": {"push": True}}, headers=headers, times=2)
    branches.authorise(NAME, workflows=False)
    if may:
        branches.authorise(NAME, workflows=True)
    else:
        assert "the scope workflow" in str(refused(branches, workflows=True))


def test_a_workflows_own_token_never_may(github: GitHubBed, hosts: Hosts, branches: GitHubBranches) -> None:
    github.fake.add_token("ghs_own", login="github-actions", is_installation=True)
    own = make(github, hosts, "ghs_own")
    own.authorise(NAME, workflows=False)
    assert "GITHUB_TOKEN) never may" in str(refused(own, workflows=True))
    github.fake.add_token("ghs_app", login="acme-robot", is_installation=True)
    make(github, hosts, "ghs_app").authorise(NAME, workflows=True)
    assert branches.head(NAME, BRANCH) is None
