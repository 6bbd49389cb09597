"""What a template moved is told by its own paths: also what is empty, or too short to be told by its contents."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.merging.moves import Side, find_moves, free_moves, taken_along
from robot_action.model.tree import Entry, Mode, Tree


def side(files: Mapping[str, tuple[str, str]]) -> Side:
    """Return a rendered template: each file's source, and what the template has there; it is rendered as it is."""
    template = Tree({source: Entry(Mode.FILE, text.encode()) for source, text in files.values()})
    tree = Tree({path: template[source] for path, (source, _) in files.items()})
    return Side(template, tree, {path: source for path, (source, _) in files.items()})


def plain(**files: str) -> Side:
    return side({path.replace("__", "/"): (path.replace("__", "/"), text) for path, text in files.items()})


def test_what_is_made_of_the_same_path_is_the_same_file() -> None:
    base = side({"a/__init__.py": ("{{ p }}/__init__.py", ""), "a/x.py": ("{{ p }}/x.py", "one")})
    theirs = side({"b/__init__.py": ("{{ p }}/__init__.py", ""), "b/x.py": ("{{ p }}/x.py", "another")})
    assert find_moves(base, theirs) == {"a/__init__.py": "b/__init__.py", "a/x.py": "b/x.py"}


def test_paths_of_one_source_are_told_apart_by_how_they_end() -> None:
    base = side({"a/x/f": ("s", ""), "a/y/f": ("s", "")})
    theirs = side({"b/y/f": ("s", ""), "b/x/f": ("s", ""), "b/z/f": ("s", "")})
    assert find_moves(base, theirs) == {"a/x/f": "b/x/f", "a/y/f": "b/y/f"}


def test_what_the_template_renamed_shows_by_its_contents() -> None:
    assert find_moves(plain(old="x\n", stays="x\n"), plain(new="x\n", stays="x\n")) == {"old": "new"}
    moves = find_moves(plain(p__a__e="", p__b__e=""), plain(src__p__b__e="", src__p__a__e=""))
    assert moves == {"p/a/e": "src/p/a/e", "p/b/e": "src/p/b/e"}


def test_what_moved_with_its_folder_may_have_changed() -> None:
    assert find_moves(plain(p__a="a", p__b="1"), plain(q__a="a", q__b="2")) == {"p/a": "q/a", "p/b": "q/b"}


def test_what_cannot_be_told_is_left_to_git() -> None:
    assert find_moves(plain(p__a="x", p__b="x"), plain(q__c="x", q__d="x")) == {}
    assert find_moves(plain(old="x"), plain(new="y")) == {}
    assert find_moves(plain(p__old=""), plain(q__new="")) == {}, "one empty file is like another"
    assert find_moves(plain(p__old=""), plain(p__new="")) == {"p/old": "p/new"}


def test_empty_folders_and_what_tasks_made_are_no_files_of_the_template() -> None:
    base = Side(Tree(), Tree({"d": Entry(Mode.DIRECTORY), "made": Entry(Mode.FILE)}), {"d": "d"})
    assert find_moves(base, Side(Tree(), Tree({"e": Entry(Mode.DIRECTORY), "other": Entry(Mode.FILE)}), {"e": "d"})) == {}


@pytest.mark.parametrize("present", [{"old", "new"}, {"old", "new/x"}, {"old", "a"}])
def test_a_place_that_the_project_has_for_something_else_is_no_place_to_move_to(present: set[str]) -> None:
    moves = {"old": "a/b"} if "a" in present else {"old": "new"}
    assert free_moves(moves, present) == {}


def test_what_is_there_already_or_gone_is_followed() -> None:
    assert free_moves({"old": "new"}, {"new"}) == free_moves({"old": "new"}, set()) == {"old": "new"}


def test_own_files_go_along_with_a_folder_that_moved_as_a_whole() -> None:
    moves = {"d/a": "e/a", "d/x/b": "e/x/b"}
    assert taken_along(moves, moves, {"e/a", "e/x/b"}, {*moves, "d/own", "d/x/own", "own"}) == {"d/own": "e/own", "d/x/own": "e/x/own"}


def test_a_folder_may_go_deeper() -> None:
    assert taken_along({"d/a": "src/d/a"}, {"d/a"}, {"src/d/a"}, {"d/a", "d/own", "d/x/own"}) == {
        "d/own": "src/d/own",
        "d/x/own": "src/d/x/own",
    }


@pytest.mark.parametrize(
    ("moves", "theirs", "present"),
    [
        ({"d/a": "e/a"}, {"e/a", "d/b"}, {"d/own"}),  # something stays there
        ({"d/a": "e/a", "d/b": "f/b"}, {"e/a", "f/b"}, {"d/own"}),  # nobody knows where to
        ({"d/a": "e/a"}, {"e/a", "e/own"}, {"d/own"}),  # the template has one there
        ({"d/a": "e/a"}, {"e/a"}, {"d/own", "e/own"}),  # the project has
        ({"d/a": "e/a"}, {"e/a", "e/own/x"}, {"d/own"}),  # a folder
        ({"a": "e/a"}, {"e/a"}, {"own"}),  # the top is no folder that could move
    ],
)
def test_own_files_stay_otherwise(moves: dict[str, str], theirs: set[str], present: set[str]) -> None:
    assert taken_along(moves, moves, theirs, present) == {}


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
Files = dict[str, tuple[str, str]]
SIDES = st.dictionaries(PATHS, st.tuples(PATHS, st.sampled_from(["", "x", "y"])), max_size=6)


@given(SIDES, SIDES)
def test_every_move_leads_from_what_is_gone_to_what_is_new_and_no_two_to_one_place(base: Files, theirs: Files) -> None:
    moves = find_moves(side(base), side(theirs))
    assert set(moves) <= set(base) - set(theirs)
    assert set(moves.values()) <= set(theirs) - set(base)
    assert len(set(moves.values())) == len(moves)
