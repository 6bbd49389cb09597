"""Commits for branches of ours are made beside the project, which is hostile and stays as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from robot_action.clients.git.drafts import GitDrafts
from robot_action.errors import FailedError
from robot_action.exchange import DraftWanted, SealWanted
from robot_action.model.manifest import Author
from robot_action.model.proposal import Change
from robot_action.model.tree import Entry, Mode
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files
from tests.testbed.hostile import plant

ME = Author("Robot", "robot@acme.example")
MARKED = "a\n<<<<<<< your-project\nb\n=======\nc\n>>>>>>> template-v2\n"


@pytest.fixture
def drafts() -> GitDrafts:
    found = make_client().drafts
    assert isinstance(found, GitDrafts)
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write_files(folder, {"a.txt": "a\n", "sub/b.txt": "b\n", "sub/deep/c.txt": "c\n"})
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "x")
    return folder


def wanted(project: Path, changes: dict[str, Entry | None], prefix: str = "") -> DraftWanted:
    return DraftWanted(project, git(project, "rev-parse", "HEAD"), prefix, changes)


def text(content: str, mode: Mode = Mode.FILE) -> Entry:
    return Entry(mode, content.encode())


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_changes_of_every_kind_become_a_tree_and_the_project_stays_as_it_is(drafts: GitDrafts, project: Path, place: Path) -> None:
    marker = place.parent / "marker"
    plant(project, marker)
    before = snapshot(project)
    changes = {
        "b.txt": None,
        "deep/c.txt": None,
        "deep": text("a file now\n"),
        "run": text("#!/bin/sh\n", Mode.EXECUTABLE),
        "link": text("run", Mode.LINK),
        'odd "name"\\ü.txt': text("odd\n"),
    }
    draft = drafts.draft(place, wanted(project, changes, "sub/"))
    listed = git(place, "ls-tree", "-r", draft.tree).splitlines()
    assert sorted(line.split()[0] for line in listed) == ["100644", "100644", "100644", "100755", "120000"]
    assert {change.path for change in draft.changes} == {f"sub/{path}" for path in changes}
    assert Change("sub/b.txt", "100644", git(project, "rev-parse", "HEAD:sub/b.txt")) in draft.changes
    assert snapshot(project) == before
    assert not marker.exists(), "nothing of the project ran"


def test_the_same_facts_make_the_same_commit(drafts: GitDrafts, project: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        draft = drafts.draft(tmp_path / name, wanted(project, {"a.txt": text("b\n")}))
        made.append(drafts.seal(tmp_path / name, SealWanted(draft.tree, (git(project, "rev-parse", "HEAD"),), "Mine", ME, 1_700_000_000)))
    assert made[0] == made[1]
    told = git(tmp_path / "one", "show", "--no-patch", "--format=%an %ae %at %cn %ct %s", made[0])
    assert told == "Robot robot@acme.example 1700000000 Robot 1700000000 Mine"


def test_a_shallow_clone_is_enough(drafts: GitDrafts, project: Path, place: Path, tmp_path: Path) -> None:
    git(project, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "y")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{project}", "shallow")
    draft = drafts.draft(place, wanted(tmp_path / "shallow", {"a.txt": text("b\n")}))
    assert [change.path for change in draft.changes] == ["a.txt"]


def test_no_change_is_no_change(drafts: GitDrafts, project: Path, place: Path) -> None:
    assert drafts.draft(place, wanted(project, {"a.txt": text("a\n")})).changes == ()


def test_a_folder_without_a_repository_is_refused(drafts: GitDrafts, place: Path, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no git repository"):
        drafts.draft(place, DraftWanted(tmp_path, "1" * 40, "", {}))


def test_markers_are_found_where_they_stand(drafts: GitDrafts, project: Path, place: Path) -> None:
    files = {
        "marked": text(MARKED),
        "windows": text(MARKED.replace("\n", "\r\n")),
        "clean": text("a\n=======\n"),
        "link": text("x", Mode.LINK),
    }
    draft = drafts.draft(place, wanted(project, files))
    assert drafts.marked(place, draft.tree, ("marked", "windows", "clean", "link", "missing", "sub")) == ("marked", "windows")
    assert drafts.marked(place, draft.tree, ()) == ()
    many = ["marked", *(f"{'x' * 200}{number}" for number in range(20_000))]  # more than one command line holds
    assert drafts.marked(place, draft.tree, many) == ("marked",)


def test_a_bundle_holds_the_commit_alone(drafts: GitDrafts, project: Path, place: Path, tmp_path: Path) -> None:
    head = git(project, "rev-parse", "HEAD")
    draft = drafts.draft(place, wanted(project, {"a.txt": text(os.urandom(99).hex())}))
    commit = drafts.seal(place, SealWanted(draft.tree, (head,), "Mine", ME, 0))
    file = tmp_path / "bundle"
    file.write_bytes(drafts.pack(place, commit, "robot-action/x"))
    assert git(project, "bundle", "list-heads", str(file)) == f"{commit} refs/heads/robot-action/x"
    assert f"-{head}" in file.read_bytes().split(b"\n\n")[0].decode()
    assert file.stat().st_size < 2000
