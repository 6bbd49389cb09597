"""What a template moved is told by its own paths: also what is empty, or too short to be told by its contents."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.merging.moves import Side, find_moves, free_moves, kept_from, led_astray, says_little, taken_along, with_room
from robot_action.model.tree import Entry, Mode, Tree

CODE = "".join(f"line {number}\n" for number in range(10))
OTHER = CODE.replace("line", "word")


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
    moved = find_moves(plain(p__a=CODE, p__b="1", p__s__e=""), plain(q__a=CODE, q__b="2", q__s__e=""))
    assert moved == {"p/a": "q/a", "p/b": "q/b", "p/s/e": "q/s/e"}


def test_a_file_that_kept_its_name_and_half_of_its_contents_is_the_same_one() -> None:
    half = "".join(f"{'line' if number % 2 else 'word'} {number}\n" for number in range(10))
    assert find_moves(plain(p__a=CODE, p__e=""), plain(q__a=half, q__e="")) == {"p/a": "q/a", "p/e": "q/e"}
    assert find_moves(plain(p__a=CODE, p__e=""), plain(q__a=OTHER, q__e="")) == {}
    assert find_moves(plain(p__a=CODE), plain(q__b=half)) == {}, "git finds it by itself"


def test_what_cannot_be_told_is_left_to_git() -> None:
    assert find_moves(plain(p__a=CODE, p__b=CODE), plain(q__c=CODE, q__d=CODE)) == {}
    assert find_moves(plain(old="x"), plain(new="y")) == {}


@pytest.mark.parametrize("text", ["", '"""Init."""\n'])
@pytest.mark.parametrize(
    ("base", "theirs"),
    [
        (("p/a",), ("q/a",)),
        (("logs/.gitkeep",), ("cache/.gitkeep",)),
        (("p/t/a",), ("q/t/a",)),
        (("p/a",), ("p/q/a",)),
        (("a",), ("p/a",)),
    ],
)
def test_files_with_next_to_nothing_in_them_are_like_others(base: tuple[str, ...], theirs: tuple[str, ...], text: str) -> None:
    before = side({**{path: (path, text) for path in base}, "p/core": ("p/core", CODE)})
    after = side({**{path: (path, text) for path in theirs}, "q/engine": ("q/engine", OTHER)})
    assert find_moves(before, after) == {}


def test_they_are_known_where_their_folder_kept_its_name_or_moved_with_something_in_it() -> None:
    assert find_moves(plain(t__p__a="", t__p__s__a=""), plain(t__src__p__a="", t__src__p__s__a="")) == {
        "t/p/a": "t/src/p/a",
        "t/p/s/a": "t/src/p/s/a",
    }
    assert find_moves(plain(p__p__a=""), plain(p__a="")) == {"p/p/a": "p/a"}
    assert find_moves(plain(p__a="", p__core=CODE), plain(q__a="", q__core=CODE)) == {"p/a": "q/a", "p/core": "q/core"}


def test_in_its_folder_one_line_is_enough_and_none_is_not() -> None:
    assert find_moves(plain(p__old="3.13\n"), plain(p__new="3.13\n")) == {"p/old": "p/new"}
    assert find_moves(plain(p__old=""), plain(p__new="")) == {}


@pytest.mark.parametrize(("content", "little"), [(b"", True), (b"one\n", True), (b"one\ntwo\n", False), (b"x" * 200, False)])
def test_more_than_a_short_line_says_something(content: bytes, *, little: bool) -> None:
    assert says_little(content) is little


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


def test_a_folder_went_where_most_of_its_files_went() -> None:
    base = {"d/a", "d/b", "d/c"}
    assert taken_along({"d/a": "e/a"}, base, {"e/a"}, {"d/own"}) == {}
    assert taken_along({"d/a": "e/a", "d/b": "e/b"}, base, {"e/a", "e/b"}, {"d/own"}) == {"d/own": "e/own"}


@pytest.mark.parametrize(
    ("moves", "theirs", "present"),
    [
        ({"d/a": "e/a"}, {"e/a", "d/b"}, {"d/own"}),  # something stays there
        ({"d/a": "e/a", "d/b": "f/b"}, {"e/a", "f/b"}, {"d/own"}),  # nobody knows where to
        ({"a": "e/a"}, {"e/a"}, {"own"}),  # the top is no folder that could move
    ],
)
def test_own_files_stay_otherwise(moves: dict[str, str], theirs: set[str], present: set[str]) -> None:
    assert taken_along(moves, moves, theirs, present) == {}


@pytest.mark.parametrize(
    ("along", "there"),
    [
        ({"d/own": "e/own"}, {"d/own", "e/own"}),
        ({"d/own": "e/own"}, {"d/own", "e/own/x"}),
        ({"d/own": "e/own"}, {"d/own", "e"}),
        ({"a/own": "c/own", "b/own": "c/own"}, {"a/own", "b/own"}),
        ({"a/own": "c/own", "b/Own": "c/Own"}, {"a/own", "b/Own"}),
        ({"a/own": "c/own", "b/own/x": "c/own/x"}, {"a/own", "b/own/x"}),
    ],
)
def test_where_a_place_is_taken_or_wanted_twice_all_stay(along: dict[str, str], there: set[str]) -> None:
    assert with_room({**along, "d/fine": "e/fine"} if "e" not in there else along, there) == (
        {"d/fine": "e/fine"} if "e" not in there else {}
    )


LINES = {path: Entry(Mode.FILE, "".join(f"{path} {number}\n" for number in range(9)).encode()) for path in ("a", "b")}


def test_what_would_move_to_an_ignored_place_is_kept_from_it() -> None:
    base, theirs = Tree({"d/a": LINES["a"], "d/b": LINES["b"]}), Tree({"e/a": LINES["a"], "f": LINES["b"], "n": Entry(Mode.FILE, b"new\n")})
    assert kept_from(["e/a"], {"d/a": "e/a"}, base, theirs) == {"d/a": "e/a"}  # known by the template's own paths
    assert kept_from(["f", "n"], {"d/a": "e/a"}, base, theirs) == {"d/b": "f"}  # known by its contents; what is new is no move
    assert kept_from(["d/a", "gone"], {"d/a": "e/a"}, base, theirs) == {}


@pytest.mark.parametrize(
    ("target", "is_led_astray"),
    [("x", False), ("../k", True), ("./sub", False), ("..", True), ("/etc/k", False), ("../missing", False)],
)
def test_a_link_is_led_astray_where_it_would_reach_something_else(target: str, is_led_astray: bool) -> None:
    places = {"d/x": "n/e/x", "d/l": "n/e/l", "d/sub/y": "n/e/sub/y"}
    assert list(led_astray({"d/l": target}, places, {*places, "k"})) == (["d/l"] if is_led_astray else [])


def test_a_link_is_not_the_file_that_was_there() -> None:
    base, theirs = plain(a__d=CODE, a__e=OTHER), plain(s__d=CODE, s__e=OTHER)
    tree = Tree({**theirs.tree, "s/d": Entry(Mode.LINK, b"e")})
    assert find_moves(base, Side(theirs.template, tree, theirs.sources)) == {"a/e": "s/e"}


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
Files = dict[str, tuple[str, str]]
SIDES = st.dictionaries(PATHS, st.tuples(PATHS, st.sampled_from(["", "x", "y"])), max_size=6)


@given(SIDES, SIDES)
def test_every_move_leads_from_what_is_gone_to_what_is_new_and_no_two_to_one_place(base: Files, theirs: Files) -> None:
    moves = find_moves(side(base), side(theirs))
    assert set(moves) <= set(base) - set(theirs)
    assert set(moves.values()) <= set(theirs) - set(base)
    assert len(set(moves.values())) == len(moves)
