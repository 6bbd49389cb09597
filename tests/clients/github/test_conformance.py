"""The same client against two GitHubs that know nothing of each other: ours, and the independent emulator.

What the emulator lacks stands in `LACKS`, with what it does instead.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.github.api import GitHubApi
from robot_action.clients.github.branches import GitHubBranches
from robot_action.clients.github.host import GitHubHost
from robot_action.clients.github.pulls import GitHubPulls
from robot_action.errors import FailedError, NotPermittedError, TryAgainError
from robot_action.exchange import DeliveryWanted
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from robot_action.model.pull_request import BranchHead, CheckState, CommitStatus, PullRequestFacts, PullRequestState, PullRequestWanted
from robot_action.parsing.pull_request import Mark
from robot_action.planning.repositories import differences
from tests.clients.github.proposing import BRANCH, PEOPLE, runner_for, signed
from tests.clients.github.proposing import MESSAGE as UPDATE
from tests.clients.github.support import Waiting, found
from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_fake import RefusedError
from tests.testbed.github_objects import run
from tests.testbed.programs import Emulator

MESSAGE = "Create it\n\nRobot-Action-Project: x"
LACKS = {
    "test_a_wrong_token_is_refused": "it takes every token for its first user's",
    "test_collaborators_are_invited_once": "it lists no invitations",
    "test_a_branch_is_rewritten_with_a_lease": "it has no updateRefs",
    "test_a_draft_becomes_ready": "it has no mutations",
    "test_a_pull_request_is_opened_once": "it opens a second one for the same branch",
    "test_a_status_is_set_once": "it has no statuses",
    "test_people_are_assigned": "it assigns nobody to a pull request",
    "test_a_branch_that_nobody_pushed_does_not_become_the_default_one": "it makes any name the default branch",
}


@dataclass(frozen=True)
class Target:
    """One GitHub.

    Attributes:
        stranger: has a token that nobody knows.
        fetch: brings a commit of a repository to a folder.
        write: commits a file to main: repository, path, text.
        suffix: makes names unique, for the emulator lives as long as the session.
    """

    host: GitHubHost
    stranger: GitHubHost
    pulls: GitHubPulls
    branches: GitHubBranches
    fetch: Callable[[str, str, Path], None]
    write: Callable[[str, str, str], None]
    suffix: str

    def wanted(self, owner: str = "acme") -> RepositoryWanted:
        """Return a repository that nobody has yet."""
        return RepositoryWanted(f"{owner}/demo-{self.suffix}")


def write_by_api(api: GitHubApi) -> Callable[[str, str, str], None]:
    """Return what commits a file to main through the API, for the emulator has no git."""

    def write(name: str, path: str, text: str) -> None:
        body = {"message": MESSAGE, "content": base64.b64encode(text.encode()).decode(), "branch": "main"}
        assert api.send("PUT", f"/repos/{name}/contents/{path}", body=body).status == 201

    return write


@pytest.fixture(params=["ours", "emulate"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    lacking = LACKS.get(request.node.originalname)
    if request.param == "emulate" and lacking:
        pytest.skip(f"emulate: {lacking}")
    bed: GitHubBed | None = request.getfixturevalue("github") if request.param == "ours" else None
    server: GitHubBed | Emulator = bed or request.getfixturevalue("emulate_server")
    signing = bed.app_token if bed else "ghs_anybody"  # what GitHub does not sign is pushed, and the emulator has no git
    apis = [
        GitHubApi(server.api_url, Credentials({host_of(server.api_url): Credential("x", text)}))
        for text in (server.token, "wrong-token", signing)
    ]
    host, stranger = (GitHubHost(api, server.server_url, Waiting().patience) for api in apis[:2])
    write, fetch = write_by_api(apis[0]), rebuild_by_api(apis[0])
    if bed is not None:
        git = bed.git

        def write(name: str, path: str, text: str) -> None:
            git.commit(name, {path: text}, message=MESSAGE)

        def fetch(name: str, commit: str, folder: Path) -> None:
            run(folder, "fetch", "--quiet", str(git.path_of(name)), commit)

    patience = Waiting().patience
    pulls, branches = GitHubPulls(apis[2], patience), GitHubBranches(apis[2], runner_for(), patience)
    yield Target(host, stranger, pulls, branches, fetch, write, secrets.token_hex(4))
    for api in apis:
        api.close()


@pytest.mark.parametrize("owner", ["acme", "robot"])
def test_a_repository_is_missing_then_created_then_found_empty(target: Target, owner: str) -> None:
    wanted = target.wanted(owner)
    assert target.host.find(wanted) is None
    created = target.host.create(wanted)
    assert created.is_empty
    assert created.name == wanted.name
    assert found(target.host, wanted).is_empty


@pytest.mark.parametrize("visibility", ["private", "public"])
@pytest.mark.parametrize("owner", ["acme", "robot"])
def test_visibility_is_as_wanted(target: Target, owner: str, visibility: str) -> None:
    wanted = replace(target.wanted(owner), visibility=visibility)
    assert target.host.create(wanted).visibility == visibility
    assert found(target.host, wanted).visibility == visibility


def test_all_settings_are_as_wanted_once_created_and_settled(target: Target) -> None:
    merge = MergeSettings(squash=True, merge_commit=False, rebase=False, auto_merge=True, delete_branch=True)
    wanted = replace(target.wanted(), description="Takes payments", homepage="https://demo.example", merge=merge)
    target.host.create(wanted)
    target.host.settle(wanted)
    assert differences(wanted, found(target.host, wanted)) == ()


def test_a_second_creation_is_refused(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    with pytest.raises(TryAgainError, match="somebody else made"):
        target.host.create(wanted)


def test_settings_are_changed_once(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    better = replace(
        wanted, description="Better", homepage="https://better.example", topics=("service",), merge=MergeSettings(rebase=False)
    )
    assert target.host.settle(better) != ()
    assert differences(better, found(target.host, better)) == ()
    assert target.host.settle(better) == ()


def test_an_unknown_organisation_is_refused(target: Target) -> None:
    with pytest.raises(NotPermittedError):
        target.host.create(replace(target.wanted(), name=f"nobody-{target.suffix}/demo"))


def test_a_wrong_token_is_refused(target: Target) -> None:
    with pytest.raises(NotPermittedError, match="does not accept the token"):
        target.stranger.create(target.wanted())


def test_collaborators_are_invited_once(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    with_mona = replace(wanted, collaborators={"mona": "push"})
    assert target.host.settle(with_mona) == ("gave mona the role push",)
    assert target.host.settle(with_mona) == ()


def test_a_team_that_does_not_exist_is_refused(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    with pytest.raises(NotPermittedError, match="nobody"):
        target.host.settle(replace(wanted, teams={"nobody": "push"}))


def test_commits_branches_and_the_state_file_are_found(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    target.write(wanted.name, ".robot-action.yml", f"schema: 1\nproject: {wanted.name}\ntemplates:\n- source: https://git.example/t\n")
    there = found(target.host, wanted)
    assert list(there.heads) == ["main"]
    assert there.state is not None
    assert there.state.project == wanted.name
    assert "Robot-Action-Project: x" in there.head_message


def test_a_branch_that_nobody_pushed_does_not_become_the_default_one(target: Target) -> None:
    wanted = replace(target.wanted(), default_branch="trunk")
    target.host.create(wanted)
    target.write(wanted.name, "README.md", "text")
    with pytest.raises(FailedError, match="trunk"):
        target.host.set_default_branch(wanted)


# Pull requests


@dataclass(frozen=True)
class Project:
    """A repository with one commit, and a folder that has the same one.

    Attributes:
        name: the repository's; ``start``: its commit.
    """

    target: Target
    name: str
    folder: Path
    start: str

    def deliver(self, text: str, seen: str = "", parent: str = "") -> str:
        """Bring a commit with two files to the branch."""
        variables = {"GIT_INDEX_FILE": str(self.folder / "index")}
        run(self.folder, "read-tree", self.start, variables=variables)
        for path in ("run.sh", "new/run.sh"):
            blob = run(self.folder, "hash-object", "-w", "--stdin", stdin=text.encode())
            run(self.folder, "update-index", "--add", "--cacheinfo", f"100755,{blob},{path}", variables=variables)
        tree = run(self.folder, "write-tree", variables=variables)
        commit = run(self.folder, "commit-tree", tree, "-p", parent or self.start, stdin=signed(UPDATE, tree).encode(), variables=PEOPLE)
        done = self.target.branches.deliver(DeliveryWanted(self.folder, self.name, "", BRANCH, commit, seen)).commit
        self.target.fetch(self.name, done, self.folder)
        return done

    def head(self, branch: str = BRANCH) -> BranchHead:
        """Return a branch's newest commit."""
        found = self.target.branches.head(self.name, branch)
        assert found is not None
        return found

    @property
    def wanted(self) -> PullRequestWanted:
        """The usual pull request."""
        return PullRequestWanted(self.name, "main", BRANCH, "Update to v2", f"Text\n\n{Mark('v2')}\n")

    @property
    def facts(self) -> PullRequestFacts:
        """The branch's pull requests."""
        return self.target.pulls.find(self.name, BRANCH, "main")


@pytest.fixture
def project(target: Target, tmp_path: Path) -> Project:
    wanted = target.wanted()
    target.host.create(wanted)
    target.write(wanted.name, "a.txt", "one\n")
    head = target.branches.head(wanted.name, "main")
    assert head is not None
    run(tmp_path, "init", "--quiet", "--initial-branch=main")
    target.fetch(wanted.name, head.commit, tmp_path)
    return Project(target, wanted.name, tmp_path, head.commit)


def has(folder: Path, name: str) -> bool:
    """Tell whether a folder's repository has an object."""
    try:
        run(folder, "cat-file", "-e", name)
    except RefusedError:
        return False
    return True


def rebuild_by_api(api: GitHubApi) -> Callable[[str, str, Path], None]:
    """Return what makes a commit of one level again from what the API says of it: git's ids prove that it is the same."""

    def get(path: str) -> Any:
        return api.send("GET", path).data

    def fetch(name: str, commit: str, folder: Path) -> None:
        found = get(f"/repos/{name}/git/commits/{commit}")
        if not has(folder, found["tree"]["sha"]):
            listed = get(f"/repos/{name}/git/trees/{found['tree']['sha']}")["tree"]
            for entry in listed:
                blob = base64.b64decode(get(f"/repos/{name}/git/blobs/{entry['sha']}")["content"])
                assert run(folder, "hash-object", "-w", "--stdin", stdin=blob) == entry["sha"]
            lines = "".join(f"{entry['mode']} {entry['type']} {entry['sha']}\t{entry['path']}\n" for entry in listed)
            assert run(folder, "mktree", stdin=lines.encode()) == found["tree"]["sha"]
        people = [(role, found[role], int(datetime.fromisoformat(found[role]["date"]).timestamp())) for role in ("author", "committer")]
        head = [f"tree {found['tree']['sha']}", *(f"parent {one['sha']}" for one in found["parents"])]
        head += [f"{role} {one['name']} <{one['email']}> {date} +0000" for role, one, date in people]
        raw = "\n".join([*head, "", found["message"].removesuffix("\n"), ""])
        assert run(folder, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode()) == commit

    return fetch


def test_a_delivered_commit_has_the_wanted_tree_and_parent(project: Project) -> None:
    assert project.target.branches.head(project.name, BRANCH) is None
    done = project.deliver("two\n")
    head = project.head()
    assert (head.commit, head.parents, head.message.strip()) == (done, (project.start,), signed(UPDATE, head.tree).strip())
    assert run(project.folder, "rev-parse", f"{done}^{{tree}}") == head.tree


def test_a_branch_goes_on_and_what_is_there_already_is_not_sent_again(project: Project) -> None:
    first = project.deliver("two\n")
    assert project.deliver("two\n", seen=first) == first
    second = project.deliver("three\n", seen=first, parent=first)
    assert project.head().parents == (first,)
    assert project.head().commit == second


def test_a_branch_that_somebody_moved_is_left_alone(project: Project) -> None:
    first = project.deliver("two\n")
    for seen in ("", project.start):
        with pytest.raises(TryAgainError, match="somebody else changed"):
            project.deliver("three\n", seen=seen)
    assert project.head().commit == first


def test_a_branch_is_rewritten_with_a_lease(project: Project) -> None:
    first = project.deliver("two\n")
    second = project.deliver("three\n", seen=first)
    assert project.head().commit == second
    assert project.head().parents == (project.start,)


def test_commits_since_the_base_are_ours(project: Project) -> None:
    done = [project.deliver("two\n")]
    done.append(project.deliver("three\n", seen=done[0], parent=done[0]))
    found = project.target.branches.commits(project.name, "main", BRANCH)
    assert [(one.commit, one.is_ours) for one in found] == [(commit, True) for commit in done]


def test_a_pull_request_is_opened_found_updated_and_closed(project: Project) -> None:
    pulls, wanted = project.target.pulls, project.wanted
    project.deliver("two\n")
    made = pulls.create(wanted)
    assert project.facts == PullRequestFacts(made)
    assert (made.state, made.head, made.revision) == (PullRequestState.OPEN, project.head().commit, "v2")
    better = replace(wanted, title="Update to v3", body=str(Mark("v3")))
    assert pulls.update(made, better).title == "Update to v3"
    closed = pulls.close(project.facts.open or made)
    assert (closed.state, closed.revision, closed.withdrawn) == (PullRequestState.CLOSED, "v3", True)
    assert project.facts == PullRequestFacts()


def test_a_pull_request_is_opened_once(project: Project) -> None:
    project.deliver("two\n")
    first = project.target.pulls.create(project.wanted)
    assert project.target.pulls.create(project.wanted).number == first.number


def test_labels_and_reviewers_are_added(project: Project) -> None:
    project.deliver("two\n")
    wanted = replace(project.wanted, labels=("template",), reviewers=("mona",))
    assert project.target.pulls.assign(project.target.pulls.create(wanted), wanted).notes == ()
    found = project.facts.open
    assert found is not None
    assert (found.labels, found.reviewers) == (("template",), ("mona",))


def test_people_are_assigned(project: Project) -> None:
    project.deliver("two\n")
    wanted = replace(project.wanted, assignees=("robot",))
    assert project.target.pulls.assign(project.target.pulls.create(wanted), wanted).notes == ()
    found = project.facts.open
    assert found is not None
    assert found.assignees == ("robot",)


def test_a_draft_becomes_ready(project: Project) -> None:
    project.deliver("two\n")
    made = project.target.pulls.create(replace(project.wanted, draft=True))
    assert made.draft
    project.target.pulls.set_draft(made, draft=False)
    assert project.facts.open == replace(made, draft=False)


def test_a_status_is_set_once(project: Project) -> None:
    done, status = project.deliver("two\n"), CommitStatus(CheckState.ERROR, "conflicts", "text")
    assert [project.target.branches.set_status(project.name, done, status) for _ in range(2)] == [True, False]


def test_a_new_branch_has_no_rules(project: Project) -> None:
    assert project.target.branches.rules(project.name, BRANCH) == ()
