"""The folder inside a source."""

from __future__ import annotations

import pytest

from robot_action.errors import InputError
from robot_action.model.source import Source, SourceKind
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.sources.subdirectory import select

TREE = Tree({path: Entry(Mode.FILE) for path in ("python-service/template.yml", "node/a/b/template.yml", "README")})


def source(subdirectory: str) -> Source:
    return Source(SourceKind.GIT, "https://git.example/t", "gh:acme/t", subdirectory=subdirectory)


def test_without_one_everything_is_taken() -> None:
    assert select(TREE, source("")) is TREE
    assert select(Tree(), source("")) == Tree()


def test_what_lies_below_is_taken() -> None:
    assert set(select(TREE, source("node/a"))) == {"b/template.yml"}


@pytest.mark.parametrize(
    ("subdirectory", "words"),
    [
        ("python-servce", "There are: python-service"),
        ("zzz", "There are: node, node/a, node/a/b, python-service"),
        ("README", "is a file"),
        ("nod", "There are: node"),
    ],
)
def test_a_missing_one_names_those_that_come_near(subdirectory: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        select(TREE, source(subdirectory))


def test_a_source_without_folders_says_so() -> None:
    with pytest.raises(InputError, match="no folders at all"):
        select(Tree({"a": Entry(Mode.FILE)}), source("x"))


def link(target: str) -> Entry:
    return Entry(Mode.LINK, target.encode())


SHARED = {"base/a": Entry(Mode.FILE, b"A"), "base/folder/b": Entry(Mode.EXECUTABLE, b"B"), "base/folder/up": link("../a")}


def test_links_that_lead_out_of_it_are_followed_within_the_source() -> None:
    linked = {"one/a": link("../base/a"), "one/folder": link("../base/folder"), "one/own": link("x"), "one/x": Entry(Mode.FILE)}
    below = select(Tree({**SHARED, **linked}), source("one"))
    assert dict(below) == {
        "a": Entry(Mode.FILE, b"A"),
        "folder/b": Entry(Mode.EXECUTABLE, b"B"),
        "folder/up": Entry(Mode.FILE, b"A"),
        "own": link("x"),
        "x": Entry(Mode.FILE),
    }


@pytest.mark.parametrize("target", ["../../outside", "/etc/passwd", "../base/nothing"])
def test_links_that_lead_out_of_the_source_or_nowhere_stay_links(target: str) -> None:
    assert dict(select(Tree({**SHARED, "one/a": link(target)}), source("one"))) == {"a": link(target)}


def test_in_cookiecutters_template_folder_a_linked_folder_is_an_empty_one() -> None:
    linked = {"one/{{cookiecutter.x}}/f": link("../../base/folder"), "one/{{cookiecutter.x}}/a": link("../../base/a")}
    below = select(Tree({**SHARED, **linked}), source("one"))
    assert dict(below) == {"{{cookiecutter.x}}/f": Entry(Mode.DIRECTORY), "{{cookiecutter.x}}/a": Entry(Mode.FILE, b"A")}
