"""The scratch repository of a merge."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.git import fast_import
from robot_action.clients.git.environment import Place
from robot_action.clients.git.listing import Named
from robot_action.clients.git.merge_input import BASE, HEADS
from robot_action.clients.git.merge_scratch import Scratch
from robot_action.model.tree import Entry, Mode
from tests.testbed.bare import git
from tests.testbed.git_bed import make_runner

LINES = "".join(f"line {number}\n" for number in range(9)).encode()


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    git(tmp_path, "init", "--quiet", "--bare")
    return Scratch(make_runner(), Place(tmp_path, git_dir=tmp_path), "sha1")


def commit(scratch: Scratch, ref: str, *files: str) -> str:
    parts = (fast_import.commit(ref, ""), fast_import.files({path: Entry(Mode.FILE, LINES) for path in files}), [b"done\n"])
    data = b"".join(line for part in parts for line in part)
    scratch.git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=data)
    return scratch.git("rev-parse", f"{ref}^{{tree}}").text


def test_a_tree_is_edited_and_what_is_named_can_be_read(scratch: Scratch) -> None:
    before = commit(scratch, BASE, "a", "b/c")
    link = Entry(Mode.LINK, b"a")
    after = scratch.files(scratch.edited(before, {"a": None, "l": link}))
    assert after == dict(scratch.named({"b/c": Entry(Mode.FILE, LINES), "l": link}))
    submodule = Named("160000", "0" * 40)
    assert scratch.contents([after["l"], None, after["l"], submodule]) == {after["l"]: link}
    assert scratch.edited(before, {}) == before


def test_what_a_side_moved_is_found_and_what_it_took_away_is_known_to_be_nowhere(scratch: Scratch) -> None:
    commit(scratch, BASE, "a", "b")
    commit(scratch, f"{HEADS}other", "b", "d/new")
    assert scratch.renamed([], "other") == {}
    assert scratch.renamed(["a", "gone"], "other") == {"a": "d/new", "gone": ""}
