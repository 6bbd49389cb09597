"""Command lines show no answers that are secret."""

from __future__ import annotations

import pytest

from robot_action.planning.given_answers import hiding

LINE = ("robot-action", "update", "--data", "token=a=b", "demo", "--data", "name=x")


@pytest.mark.parametrize(
    ("hidden", "mask", "shown", "names"),
    [
        ((), "***", "robot-action update --data token=a=b demo --data name=x", ()),
        (("token",), "***", "robot-action update --data 'token=***' demo --data name=x", ("token",)),
        (("token",), None, "robot-action update demo --data name=x", ("token",)),
        (("name", "token", "other"), None, "robot-action update demo", ("token", "name")),
    ],
)
def test_hidden_answers_are_masked_or_left_out(hidden: tuple[str, ...], mask: str | None, shown: str, names: tuple[str, ...]) -> None:
    assert hiding(LINE, hidden, mask) == (shown, names)
