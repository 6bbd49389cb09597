"""Objects prove themselves by their ids; those of the real git are the yardstick."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model.tree import Entry, Mode
from robot_action.parsing.git_objects import (
    BrokenObjectError,
    GitObject,
    Objects,
    TreeItem,
    algorithm_of,
    read_commit,
    read_tree,
)
from tests.testbed.bare import git, git_environment

COMMITTER = b"committer Ada <ada@example.com> 1700000000 +0100\n"


def tree(*items: tuple[bytes, bytes, str]) -> GitObject:
    return GitObject("tree", b"".join(mode + b" " + name + b"\0" + bytes.fromhex(target) for mode, name, target in items))


def commit_of(root: str) -> GitObject:
    return GitObject("commit", b"tree " + root.encode() + b"\n" + COMMITTER + b"\nA commit\n")


def pool(*objects: GitObject) -> Objects:
    return Objects.index(objects, "sha1")


BLOB = GitObject("blob", b"hello\n")


def holding(*items: tuple[bytes, bytes, str]) -> tuple[Objects, str]:
    root = tree(*items)
    top = commit_of(root.name("sha1"))
    return pool(BLOB, root, top), top.name("sha1")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_ids_and_trees_are_those_of_git(tmp_path: Path, algorithm: str) -> None:
    git(tmp_path, "init", "-q", f"--object-format={algorithm}", "-b", "main")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/ünïcode.txt").write_text("x")
    (tmp_path / "link").symlink_to("folder")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "one", "--date=@1700000000 +0000")
    listed = git(tmp_path, "cat-file", "--batch-all-objects", "--batch-check").splitlines()
    objects = []
    for name, kind, _ in (line.split() for line in listed):
        command = ["git", "-C", str(tmp_path), "cat-file", kind, name]
        item = GitObject(kind, subprocess.run(command, check=True, capture_output=True, env=git_environment()).stdout)
        assert item.name(algorithm) == name
        objects.append(item)
    head = git(tmp_path, "rev-parse", "HEAD")
    assert algorithm_of(head) == algorithm
    assert dict(Objects.index(objects, algorithm).commit_tree(head)) == {
        "folder/ünïcode.txt": Entry(Mode.FILE, b"x"),
        "link": Entry(Mode.LINK, b"folder"),
        "run.sh": Entry(Mode.EXECUTABLE, b"#!/bin/sh\n"),
    }


@given(st.lists(st.tuples(st.sampled_from([0o100644, 0o100755, 0o40000]), st.binary(min_size=1), st.binary(min_size=20, max_size=20))))
@settings(max_examples=50)
def test_every_line_of_a_tree_is_read(lines: list[tuple[int, bytes, bytes]]) -> None:
    clean = [(mode, name.replace(b"\0", b"x"), target) for mode, name, target in lines]
    content = b"".join(b"%o %s\0%s" % line for line in clean)
    assert list(read_tree(content, "sha1")) == [TreeItem(mode, name, target.hex()) for mode, name, target in clean]


@given(st.binary())
@settings(max_examples=100)
def test_any_bytes_are_a_tree_or_a_broken_one(content: bytes) -> None:
    try:
        for item in read_tree(content, "sha1"):
            assert len(item.target) == 40
    except BrokenObjectError:
        pass


@pytest.mark.parametrize("content", [b"100644 a", b"100644 a\0short", b"nonsense\0" + b"x" * 20, b"9 a\0" + b"x" * 20])
def test_a_malformed_tree_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenObjectError):
        list(read_tree(content, "sha1"))


def test_a_commit_tells_its_tree_and_date() -> None:
    assert read_commit(commit_of("a" * 40).content) == ("a" * 40, 1_700_000_000)


@pytest.mark.parametrize("content", [b"", b"tree abc\n\nno committer", b"parent x\n" + COMMITTER, b"tree x\n\n" + COMMITTER])
def test_what_is_no_commit_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenObjectError):
        read_commit(content)


def test_old_modes_mean_what_git_takes_them_for() -> None:
    objects, top = holding((b"100664", b"group", BLOB.name("sha1")), (b"100775", b"run", BLOB.name("sha1")))
    assert {path: entry.mode for path, entry in objects.commit_tree(top).items()} == {"group": Mode.FILE, "run": Mode.EXECUTABLE}


def test_a_missing_object_is_noticed() -> None:
    objects, top = holding((b"100644", b"a", "b" * 40))
    with pytest.raises(BrokenObjectError, match="missing"):
        objects.commit_tree(top)


def test_an_object_of_another_kind_is_no_file() -> None:
    empty = tree()
    root = tree((b"100644", b"a", empty.name("sha1")))
    top = commit_of(root.name("sha1"))
    with pytest.raises(BrokenObjectError):
        pool(empty, root, top).commit_tree(top.name("sha1"))


def test_a_submodule_is_part_of_the_tree() -> None:
    inner = tree((b"100644", b"a", BLOB.name("sha1")))
    inner_top = commit_of(inner.name("sha1"))
    outer = tree((b"160000", b"lib", inner_top.name("sha1")))
    top = commit_of(outer.name("sha1"))
    found = pool(BLOB, inner, inner_top, outer, top).commit_tree(top.name("sha1"))
    assert dict(found) == {"lib/a": Entry(Mode.FILE, b"hello\n")}


@pytest.mark.parametrize("name", [b".git", b".GIT", b"git~1", b"..", b".", b"a\nb", ".g\u200cit".encode(), b"a/b", b"", b"\xff"])
def test_a_name_that_may_never_be_written_is_refused(name: bytes) -> None:
    objects, top = holding((b"100644", name, BLOB.name("sha1")))
    with pytest.raises(InputError):
        objects.commit_tree(top)


def test_a_hostile_folder_inside_is_refused_too() -> None:
    hooks = tree((b"100755", b"pre-push", BLOB.name("sha1")))
    root = tree((b"40000", b".git", hooks.name("sha1")))
    top = commit_of(root.name("sha1"))
    with pytest.raises(InputError, match=r"\.git"):
        pool(BLOB, hooks, root, top).commit_tree(top.name("sha1"))


def test_nesting_is_bounded() -> None:
    levels = [tree((b"100644", b"a", BLOB.name("sha1")))]
    for _ in range(300):
        levels.append(tree((b"40000", b"d", levels[-1].name("sha1"))))
    top = commit_of(levels[-1].name("sha1"))
    with pytest.raises(InputError, match="nested"):
        pool(BLOB, *levels, top).commit_tree(top.name("sha1"))
