from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients import local_pulls
from robot_action.clients.local_branches import LocalBranches
from robot_action.clients.local_pulls import LocalPulls
from robot_action.errors import FailedError, InputError
from robot_action.model.pull_request import PullRequest, PullRequestState, PullRequestWanted
from robot_action.parsing.pull_request import Mark
from robot_action.parsing.pull_request_file import parse_pull_request
from tests.clients.github.proposing import BRANCH, NAME, Clone, clone, runner_for
from tests.testbed.bare import BareRepositories


@pytest.fixture
def project(tmp_path: Path) -> Clone:
    """A project whose repository has a branch with something to propose."""
    forge = BareRepositories(tmp_path / "forge")
    place = str(forge.create(NAME))
    made = clone(forge, tmp_path / "demo", place, place)
    LocalBranches(runner_for()).deliver(made.wanted(made.commit({"a.txt": b"two\n"})))
    return made


@pytest.fixture
def wanted(project: Clone) -> PullRequestWanted:
    return PullRequestWanted(project.repository, "main", BRANCH, 'Update to "v2": é', f"From v1 to v2.\n\n---\n\n{Mark('v2')}\n")


@pytest.fixture
def pulls() -> LocalPulls:
    return LocalPulls(runner_for())


def files(project: Clone) -> list[str]:
    folder = Path(project.repository).with_name("demo.pulls")
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def file_of(project: Clone, number: int = 1) -> Path:
    return Path(project.repository).with_name("demo.pulls") / f"{number}.md"


def found_in(file: Path) -> tuple[str, str]:
    """Return the state and the commit that a header names."""
    found = parse_pull_request(file.read_bytes(), str(file), "", 1)
    return found.state.value, found.head


def found_open(pulls: LocalPulls, project: Clone) -> PullRequest:
    found = pulls.find(project.repository, BRANCH, "main").open
    assert found is not None
    return found


def test_looking_leaves_nothing_behind(pulls: LocalPulls, project: Clone) -> None:
    assert pulls.find(project.repository, BRANCH, "main").open is None
    assert files(project) == []


def test_one_is_opened_as_a_file_that_people_can_read(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    made = pulls.create(replace(wanted, draft=True))
    assert made == found_open(pulls, project)
    assert (made.number, made.title, made.body, made.revision) == (1, wanted.title, wanted.body, "v2")
    assert (made.head, made.draft) == (project.bare.heads(NAME)[BRANCH], True)
    assert made.url == str(file_of(project))
    assert file_of(project).read_text().startswith('---\nstate: "open"\ntitle: "Update to \\"v2\\": é"\nbase: "main"\n')
    assert file_of(project).stat().st_mode & 0o777 == 0o644


def test_a_run_that_was_killed_after_opening_finds_it(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    assert pulls.create(wanted) == pulls.create(wanted)
    assert files(project) == ["1.md"]


def test_of_many_at_once_each_gets_a_number_of_its_own(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    names = [f"robot-action/{number}" for number in range(6)]
    for name in names:
        project.bare.git(NAME, "branch", name, BRANCH)
    runs = [threading.Thread(target=pulls.create, args=(replace(wanted, branch=name),)) for name in names]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert files(project) == [f"{number}.md" for number in range(1, 7)]
    found = {pulls.find(project.repository, name, "main").open for name in names}
    assert len({one.number for one in found if one}) == 6


def test_a_number_that_somebody_takes_meanwhile_is_left_to_them(
    pulls: LocalPulls, project: Clone, wanted: PullRequestWanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulls.create(wanted)
    project.bare.git(NAME, "branch", "robot-action/other", BRANCH)
    monkeypatch.setattr(local_pulls, "files_of", lambda _: {})
    assert pulls.create(replace(wanted, branch="robot-action/other")).number == 2
    assert files(project) == ["1.md", "2.md"]


@pytest.mark.parametrize("missing", ["branch", "base"])
def test_a_branch_that_is_missing_is_told(pulls: LocalPulls, wanted: PullRequestWanted, missing: str) -> None:
    with pytest.raises(FailedError, match="does not have both the branches"):
        pulls.create(replace(wanted, **{missing: "none"}))


def test_what_is_as_wanted_is_not_written(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    made = pulls.create(wanted)
    before = file_of(project).stat()
    assert pulls.update(made, wanted) == made
    assert file_of(project).stat().st_ino == before.st_ino


def test_it_is_updated(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.create(wanted)
    commit = project.bare.commit(NAME, {"a.txt": "mine"}, branch=BRANCH)
    better = replace(wanted, title="Update to v3", body=str(Mark("v3")))
    updated = pulls.update(found_open(pulls, project), better)
    assert updated == found_open(pulls, project)
    assert (updated.title, updated.revision, updated.head) == ("Update to v3", "v3", commit)
    assert files(project) == ["1.md"]


def test_one_that_people_merged_is_merged(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.create(wanted)
    project.bare.git(NAME, "update-ref", "refs/heads/main", BRANCH)
    facts = pulls.find(project.repository, BRANCH, "main")
    assert (facts.open, facts.declined) == (None, ())


@pytest.mark.parametrize("how", ["header", "branch"])
def test_one_that_people_closed_is_declined(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted, how: str) -> None:
    pulls.create(wanted)
    if how == "header":
        file_of(project).write_text(file_of(project).read_text().replace('"open"', "closed"), newline="\r\n")
    else:
        project.bare.git(NAME, "branch", "-D", BRANCH)
    facts = pulls.find(project.repository, BRANCH, "main")
    assert facts.open is None
    assert [(one.revision, one.state) for one in facts.declined] == [("v2", PullRequestState.CLOSED)]


def test_one_that_was_squashed_is_merged_also_when_its_branch_is_gone(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.create(wanted)
    project.bare.commit(NAME, {"a.txt": "two\n"})
    project.bare.git(NAME, "branch", "-D", BRANCH)
    facts = pulls.find(project.repository, BRANCH, "main")
    assert (facts.open, facts.declined) == (None, ())
    assert facts.merged is not None


def test_one_that_was_squashed_is_merged_whatever_the_base_made_of_it_since(
    pulls: LocalPulls, project: Clone, wanted: PullRequestWanted
) -> None:
    made = pulls.create(wanted)
    project.bare.commit(NAME, {"elsewhere.txt": "text\n"})
    assert pulls.find(project.repository, BRANCH, "main").open == made
    for text in ("two\n", "three\n"):
        project.bare.commit(NAME, {"a.txt": text})
    facts = pulls.find(project.repository, BRANCH, "main")
    assert facts.open is None
    assert facts.merged is not None
    assert facts.merged.head == made.head


def test_one_that_proposes_again_what_was_squashed_and_taken_back_is_open_until_the_base_has_it(
    pulls: LocalPulls, project: Clone, wanted: PullRequestWanted
) -> None:
    pulls.create(wanted)
    project.bare.commit(NAME, {"a.txt": "two\n"})
    project.bare.commit(NAME, {"a.txt": "one\n"})
    again = pulls.create(wanted)
    assert again.number == 2
    assert pulls.find(project.repository, BRANCH, "main").open == again
    project.bare.commit(NAME, {"a.txt": "two\n"})
    assert pulls.find(project.repository, BRANCH, "main").open is None


def test_what_became_of_one_is_written_down_before_its_branch_comes_again(
    pulls: LocalPulls, project: Clone, wanted: PullRequestWanted
) -> None:
    made = pulls.create(wanted)
    project.bare.git(NAME, "branch", "-D", BRANCH)
    LocalBranches(runner_for()).deliver(project.wanted(project.commit({"a.txt": b"three\n"})))
    assert found_in(file_of(project)) == ("closed", made.head)
    assert pulls.create(replace(wanted, title="Update to v3", body=str(Mark("v3")))).number == 2


def test_the_commit_in_its_header_is_the_one_that_the_branch_has_by_now(
    pulls: LocalPulls, project: Clone, wanted: PullRequestWanted
) -> None:
    made = pulls.create(wanted)
    LocalBranches(runner_for()).deliver(project.wanted(project.commit({"a.txt": b"three\n"}), made.head))
    pulls.update(made, replace(wanted, title="Update to v3"))
    assert found_in(file_of(project)) == ("open", project.bare.heads(NAME)[BRANCH])


def test_one_that_we_closed_ourselves_was_not_declined(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    closed = pulls.close(pulls.create(wanted))
    assert (closed.state, closed.withdrawn) == (PullRequestState.CLOSED, True)
    facts = pulls.find(project.repository, BRANCH, "main")
    assert (facts.open, facts.declined) == (None, ())
    assert pulls.create(wanted).number == 2


def test_labels_and_people_are_written_down_once(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    more = replace(wanted, labels=("template",), reviewers=("mona",), teams=("platform",), assignees=("ada",))
    made = pulls.create(more)
    for _ in range(2):
        assert pulls.assign(made, more).notes == ()
        made = found_open(pulls, project)
    assert (made.labels, made.reviewers, made.teams, made.assignees) == (("template",), ("mona",), ("platform",), ("ada",))


def test_a_draft_becomes_ready(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.set_draft(pulls.create(replace(wanted, draft=True)), draft=False)
    assert not found_open(pulls, project).draft


def test_nothing_merges_itself(pulls: LocalPulls, wanted: PullRequestWanted) -> None:
    assert "merges nothing by itself" in pulls.enable_auto_merge(pulls.create(wanted))


def test_a_file_that_is_none_is_told_with_its_place(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.create(wanted)
    file_of(project).write_text("---\nstate: gone\n---\n")
    with pytest.raises(InputError) as caught:
        pulls.find(project.repository, BRANCH, "main")
    assert f"{file_of(project)}:2:" in str(caught.value)


def test_a_file_that_is_too_large_is_not_read(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.create(wanted)
    file_of(project).write_bytes(b"x" * (1 << 20) + b"x")
    with pytest.raises(InputError, match="larger than"):
        pulls.find(project.repository, BRANCH, "main")


def test_other_files_do_not_count(pulls: LocalPulls, project: Clone, wanted: PullRequestWanted) -> None:
    pulls.create(wanted)
    for name in ("0.md", "1.md~", "notes.md", "01.md"):
        (file_of(project).parent / name).write_text("")
    assert found_open(pulls, project).number == 1


@pytest.mark.parametrize("place", ["relative.git", "/nowhere/demo.git"])
def test_what_is_no_repository_has_no_pull_requests(pulls: LocalPulls, place: str) -> None:
    with pytest.raises(InputError, match="is no bare git repository"):
        pulls.find(place, BRANCH, "main")
