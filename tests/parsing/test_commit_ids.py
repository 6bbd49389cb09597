"""Whole ids of commits, of both of git's hashes."""

import pytest

from robot_action.parsing.commit_ids import is_commit_id


@pytest.mark.parametrize(("text", "expected"), [("a" * 40, True), ("0" * 64, True), ("a" * 39, False), ("A" * 40, False), ("", False)])
def test_a_commit_id_is_whole(text: str, expected: bool) -> None:
    assert is_commit_id(text) is expected
