"""What is written for ``git fast-import`` comes out of it as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.clients.git import fast_import
from robot_action.model.tree import Entry, Mode
from tests.testbed.bare import git, git_environment

NAMES = st.text(st.characters(blacklist_characters="\0/", blacklist_categories=("Cs",)), min_size=1, max_size=8).filter(
    lambda name: name not in {".", ".."}
)
FILES = st.dictionaries(NAMES, st.binary(max_size=20), min_size=1, max_size=4)


def run(folder: Path, *parts: Iterable[bytes]) -> None:
    stream = b"".join(line for part in parts for line in part)
    command = ["git", "-C", str(folder), "fast-import", "--quiet", "--force", "--date-format=raw"]
    subprocess.run(command, input=stream + b"done\n", check=True, env=git_environment())


@given(FILES)
@settings(max_examples=15, deadline=None)
def test_any_name_and_content_comes_through(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("import")
    git(folder, "init", "--quiet", "--bare")
    run(folder, fast_import.commit("refs/heads/x", ""), fast_import.files({name: Entry(Mode.FILE, text) for name, text in files.items()}))
    done = subprocess.run(["git", "-C", str(folder), "ls-tree", "-z", "x"], check=True, capture_output=True, env=git_environment())
    parts = (item.partition(b"\t") for item in done.stdout.split(b"\0") if item)
    rows = {name: head for head, _, name in parts}
    assert {name.encode() for name in files} == set(rows)
    for name, text in files.items():
        blob = rows[name.encode()].split()[2].decode()
        found = subprocess.run(["git", "-C", str(folder), "cat-file", "blob", blob], check=True, capture_output=True, env=git_environment())
        assert found.stdout == text


def test_what_goes_away_makes_room_and_empty_folders_are_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")
    run(
        tmp_path,
        fast_import.commit("refs/heads/x", ""),
        fast_import.files({"a/b": Entry(Mode.EXECUTABLE, b"1"), "c": Entry(Mode.DIRECTORY)}),
    )
    first = git(tmp_path, "ls-tree", "-r", "--format=%(objectmode) %(path)", "x")
    run(
        tmp_path,
        fast_import.commit("refs/heads/y", "refs/heads/x"),
        fast_import.removed(["a/b"]),
        fast_import.files({"a": Entry(Mode.FILE)}),
    )
    assert (first, git(tmp_path, "ls-tree", "-r", "--format=%(objectmode) %(path)", "y")) == ("100755 a/b", "100644 a")
