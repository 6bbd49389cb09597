"""Values that YAML and JSON share."""

from __future__ import annotations

from robot_action.model.values import leaves


def test_the_leaves_of_a_secret_are_its_texts_and_numbers() -> None:
    assert set(leaves({"a": ["b", 1, True, None], "c": {"d": 2.5}})) == {"a", "b", "1", "c", "d", "2.5"}
