"""What an update changes is stored as the rules say that there are with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import FailedError
from robot_action.model.merge import Attributes, Stored, StoreWanted
from robot_action.model.tree import Entry, Mode
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files

CRLF = frozenset({"c"})


def repository(folder: Path, files: dict[str, str]) -> Path:
    write_files(folder, files)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "First")
    return folder


def stored(project: Path, changes: dict[str, str | None], prefix: str = "", with_crlf: frozenset[str] = CRLF) -> Stored:
    entries = {path: None if text is None else Entry(Mode.FILE, text.encode()) for path, text in changes.items()}
    below = f"HEAD:{prefix.strip('/')}"
    present = frozenset(git(project, "ls-tree", "-r", "--name-only", below).splitlines())
    return make_client().stored(StoreWanted(project, git(project, "rev-parse", "HEAD"), prefix, entries, present, with_crlf))


def texts(found: Stored) -> dict[str, str | None]:
    return {path: entry.content.decode() if entry else None for path, entry in found.changes.items()}


def test_changes_are_stored_by_the_rules_that_come_with_them(tmp_path: Path) -> None:
    project = repository(tmp_path / "p", {"in/a": "a\n", "in/gone": "g\n", ".gitattributes": "*.md text\n"})
    changes = {"a": "b\r\n", "x.md": "m\r\n", "raw": "r\r\n", "gone": None, ".gitattributes": "a text eol=crlf\n"}
    found = stored(project, changes, "in/")
    assert texts(found) == {**changes, "a": "b\n", "x.md": "m\n"}
    assert found.attributes == {"a": Attributes("set", "crlf"), "x.md": Attributes("set")}
    assert git(project, "status", "--porcelain") == ""


def test_nothing_is_asked_where_nothing_says_anything(tmp_path: Path) -> None:
    changes = {"a": Entry(Mode.FILE, b"a\r\n"), "gone": None}
    assert make_client().stored(StoreWanted(tmp_path / "none", "0" * 40, "", changes, frozenset({"gone", ".gitignore"}))) == Stored(changes)


def test_what_is_staged_has_no_say(tmp_path: Path) -> None:
    project = repository(tmp_path / "p", {"a": "a\n", ".gitattributes": "* text\n"})
    write_files(project, {".gitattributes": "* -text\n"})
    git(project, "add", "--all")
    assert texts(stored(project, {"a": "b\r\n"})) == {"a": "b\n"}


def test_line_ends_that_git_leaves_alone_stay(tmp_path: Path) -> None:
    project = repository(tmp_path / "p", {"c": "c\r\n"})
    changes = {".gitattributes": "* text=auto\n", "c": "d\r\n", "new": "n\r\n", "l": "l\n"}
    assert texts(stored(project, changes)) == {**changes, "new": "n\n"}


def test_what_a_filter_would_take_away_stays(tmp_path: Path) -> None:
    project = repository(tmp_path / "p", {".gitattributes": "*.bin filter=lfs text\n"})
    assert texts(stored(project, {"a.bin": "made by a migration\r\n"})) == {"a.bin": "made by a migration\n"}


def test_files_that_do_not_change_and_are_stored_otherwise_are_told(tmp_path: Path) -> None:
    files = {
        "c": "c\r\n",
        "d": "d\r\n",
        "e": "e\r\n",
        "l": "l\n",
        "p.png": "p",
        "q.png": "q",
        ".gitattributes": "e text\nq.png filter=lfs\n",
    }
    project = repository(tmp_path / "p", files)
    git(project, "config", "core.autocrlf", "false")
    crlf = frozenset({"c", "d", "e"})
    found = stored(project, {"d": "new\r\n", ".gitattributes": "* text\n*.png filter=lfs -text\n"}, with_crlf=crlf)
    assert found.stale == ("c", "p.png")
    assert stored(project, {"d": "new\r\n"}, with_crlf=crlf).stale == ()


def test_new_files_that_their_own_gitignore_leaves_out_are_told(tmp_path: Path) -> None:
    project = repository(tmp_path / "p", {"in/.gitignore": "*.log\n", "in/deep/.gitignore": "x\n", "in/old.o": "o"})
    changes = {".gitignore": "*.o\n", "deep/.gitignore": None, "deep/x": "x", "a.o": "a", "old.o": "b", "a.log": "l"}
    assert stored(project, changes, "in").ignored == ("a.o",)
    assert stored(project, {"a.o": "a", "a.log": "l"}, "in").ignored == ()


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="is no git repository"):
        make_client().stored(StoreWanted(tmp_path, "0" * 40, "in", {}, frozenset()))
