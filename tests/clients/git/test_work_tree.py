"""What a tree says about its own files, told by git."""

from __future__ import annotations

import pytest

from robot_action.clients.git.work_tree import attributes_of
from robot_action.model.merge import Attributes
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.git_bed import make_runner


def tree(**files: str) -> Tree:
    return Tree({path.replace("__", "/"): Entry(Mode.FILE, text.encode()) for path, text in files.items()})


def test_the_nearest_file_counts_most() -> None:
    named = {".gitattributes": "*.bat eol=crlf\n[attr]plain -text\n", "d/.gitattributes": "x.bat eol=lf\n* plain\n"}
    files = tree(**named, **{"a.bat": "", "d/x.bat": "", "d/e/y.bat": "", "é\n": ""})
    assert attributes_of(make_runner(), files) == {
        "a.bat": Attributes(eol="crlf"),
        "d/.gitattributes": Attributes(text="unset"),
        "d/x.bat": Attributes(text="unset", eol="lf"),
        "d/e/y.bat": Attributes(text="unset", eol="crlf"),
    }


@pytest.mark.parametrize("mode", [Mode.LINK, Mode.DIRECTORY])
def test_only_files_say_anything(mode: Mode) -> None:
    assert attributes_of(make_runner(), Tree({".gitattributes": Entry(mode, b"a"), "a": Entry(Mode.FILE, b"* eol=crlf")})) == {}
