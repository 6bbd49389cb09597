"""Patterns match as in a .gitignore file."""

import pytest

from robot_action.errors import InputError
from robot_action.rendering.patterns import make_matcher


def test_no_patterns_match_nothing() -> None:
    assert not make_matcher((), "ignore", "t.yml")("a")


@pytest.mark.parametrize(
    ("patterns", "path", "is_match"),
    [
        (("*.pyc",), "a/b.pyc", True),
        (("/b",), "a/b", False),
        (("b/",), "b", False),
        (("b/",), "b/", True),
        (("b/",), "b/c", True),
        (("a/**/z",), "a/b/c/z", True),
        (("*", "!keep"), "keep", False),
        (("# comment", ""), "# comment", False),
        (("[ab].txt",), "b.txt", True),
        (("größe",), "größe", True),
    ],
)
def test_a_path_matches_as_in_git(patterns: tuple[str, ...], path: str, is_match: bool) -> None:
    assert make_matcher(patterns, "ignore", "t.yml")(path) is is_match


def test_a_pattern_that_is_none_is_an_error_of_the_specification() -> None:
    with pytest.raises(InputError, match=r"^t\.yml: verbatim: "):
        make_matcher(("!",), "verbatim", "t.yml")
