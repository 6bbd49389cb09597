from __future__ import annotations

import pytest

from robot_action.model.folders import Folders, LinkError
from robot_action.model.tree import Entry, Mode, Tree


def file(content: str = "") -> Entry:
    return Entry(Mode.FILE, content.encode())


def link(target: str) -> Entry:
    return Entry(Mode.LINK, target.encode())


FOLDERS = Folders(
    Tree(
        {
            "a/b/c": file("c"),
            "a/d": link("b"),
            "a/e": link("b/c"),
            "a/up": link("../top"),
            "circle": link("circle"),
            "empty": Entry(Mode.DIRECTORY),
            "lost": link("nowhere"),
            "out": link("../outside"),
            "root": link("/etc"),
            "slash": link("a/b/"),
            "through": link("top/below"),
            "top": file("top"),
        }
    )
)


def test_a_folder_lists_what_stands_in_it_and_what_of_it_leads_to_a_folder() -> None:
    assert dict(FOLDERS.listing("a")) == {"b": True, "d": True, "e": False, "up": False}
    top = dict(FOLDERS.listing(""))
    assert list(top) == ["a", "circle", "empty", "lost", "out", "root", "slash", "through", "top"]
    assert [name for name, is_folder in top.items() if is_folder] == ["a", "empty", "slash"]


def test_what_is_no_folder_lists_nothing() -> None:
    assert dict(FOLDERS.listing("empty")) == {}
    assert dict(FOLDERS.listing("top")) == {}
    assert dict(FOLDERS.listing("nowhere")) == {}


@pytest.mark.parametrize(
    ("path", "real"),
    [("a/e", "a/b/c"), ("a/d", "a/b"), ("a/d/c", "a/b/c"), ("a/up", "top"), ("slash/c", "a/b/c"), ("./a//b/../d", "a/b"), ("", "")],
)
def test_links_are_followed_inside_of_the_tree(path: str, real: str) -> None:
    assert FOLDERS.follow(path) == real


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("out", "leads out of the template"),
        ("root", "leads out of the template"),
        ("..", "leads out of the template"),
        ("lost", "leads to nothing"),
        ("nowhere", "leads to nothing"),
        ("top/below", "leads to nothing"),
        ("through", "leads to nothing"),
        ("circle", "leads in a circle"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str, why: str) -> None:
    with pytest.raises(LinkError, match=why):
        FOLDERS.follow(path)


def test_a_file_is_found_through_links_and_a_folder_is_none() -> None:
    assert FOLDERS.file("a/e") == file("c")
    assert FOLDERS.file("a/d/c") == file("c")
    assert FOLDERS.file("top") == file("top")
    assert [FOLDERS.file(path) for path in ("a", "a/d", "empty", "lost", "nowhere")] == [None] * 5


def test_links_are_told_from_folders() -> None:
    assert FOLDERS.is_link("a/d")
    assert not FOLDERS.is_folder("a/d")
    assert FOLDERS.is_folder("a/b")
    assert not FOLDERS.is_link("top")
