from __future__ import annotations

import pytest

from robot_action.model.paths import MAX_PATH_BYTES
from robot_action.model.tree import Entry, Mode
from robot_action.rendering import cookiecutter_project
from robot_action.rendering.cookiecutter_project import Project, StepError, TooManyPathsError

FILE = Entry(Mode.FILE, b"x")


def project() -> Project:
    made = Project()
    made.add_folder("a/b", "source of a/b")
    made.add_file("a/f", FILE, "source of a/f")
    return made


def test_a_tree_has_files_and_the_folders_that_are_empty() -> None:
    made = project()
    made.add_folder("c", "c")
    assert dict(made.tree()) == {"a/b": Entry(Mode.DIRECTORY), "a/f": FILE, "c": Entry(Mode.DIRECTORY)}
    assert made.sources == {"a": "source of a/b", "a/b": "source of a/b", "a/f": "source of a/f", "c": "c"}


@pytest.mark.parametrize(("text", "path"), [("a//./b/", "a/b"), ("", ""), (".", ""), ("a/b/../f", "a/f"), ("a/..", "")])
def test_a_text_names_a_place(text: str, path: str) -> None:
    assert project().place(text) == path


@pytest.mark.parametrize("text", ["/a", "..", "a/../..", "nowhere/../a", "a/f/../b"])
def test_a_text_that_leads_out_is_refused(text: str) -> None:
    with pytest.raises(StepError, match="it would be"):
        project().place(text)


@pytest.mark.parametrize(
    ("path", "said"), [("a/b", "exists twice"), ("", "its name is empty"), ("a/f", "is a file"), ("a/f/g", "is a file")]
)
def test_a_folder_that_cannot_be_made_is_refused(path: str, said: str) -> None:
    with pytest.raises(StepError, match=said):
        project().add_folder(path, "s")


@pytest.mark.parametrize(
    ("path", "said"), [("c/d", "is not there"), ("a/b", "is a folder"), ("", "its name is empty"), ("a/f/g", "is not there")]
)
def test_a_file_that_cannot_be_made_is_refused(path: str, said: str) -> None:
    with pytest.raises(StepError, match=said):
        project().add_file(path, FILE, "s")


def test_a_file_is_made_anew() -> None:
    made = project()
    made.add_file("a/f", Entry(Mode.EXECUTABLE), "another")
    assert made.tree()["a/f"] == Entry(Mode.EXECUTABLE)
    assert made.sources["a/f"] == "another"


def test_a_folder_is_removed_with_all_that_is_in_it() -> None:
    made = project()
    made.add_file("ab", FILE, "s")
    made.remove_folder("a")
    assert dict(made.tree()) == {"ab": FILE}
    made.remove_folder("")
    assert dict(made.tree()) == {}
    made.add_file("again", FILE, "s")


def test_paths_do_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StepError, match="is longer than"):
        project().add_folder("x/" * (MAX_PATH_BYTES // 2) + "y", "s")
    monkeypatch.setattr(cookiecutter_project, "MAX_PATHS", 4)
    with pytest.raises(TooManyPathsError, match="more than 4 paths"):
        project().add_file("b", FILE, "s")
