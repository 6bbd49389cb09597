"""What an installation may do, and how it is told that it may not."""

from __future__ import annotations

import pytest

from robot_action.clients.github.api import Reply
from robot_action.clients.github.installations import Installation, not_accepted, read_installation
from robot_action.model.credentials import Use


@pytest.mark.parametrize(
    ("granted", "level", "enough"),
    [("write", "read", True), ("admin", "write", True), ("read", "write", False), ("", "read", False), ("owner", "read", False)],
)
def test_a_permission_holds_for_the_levels_below_it(granted: str, level: str, enough: bool) -> None:
    assert Installation("acme", 1, is_user=False, suspended=False, granted={"contents": granted}).grants("contents", level) is enough


def test_what_only_some_projects_need_is_asked_for_where_it_was_granted() -> None:
    found = read_installation("acme", {"id": 1, "permissions": {"workflows": "write", "members": 3}})
    assert found.wanted_for(Use.WRITE) == {"administration": "write", "contents": "write", "metadata": "read", "workflows": "write"}
    assert "workflows" not in found.wanted_for(Use.LOOK)


@pytest.mark.parametrize("date", [{}, {"date": "yesterday"}, {"date": "Mon, 99 Xxx 99999 00:00:00 GMT"}])
def test_a_clock_that_nobody_told_is_not_blamed(date: dict[str, str]) -> None:
    hint = not_accepted(Reply(401, date, {"message": "A JSON web token could not be decoded"}), 0.0).problems[0].hint or ""
    assert "ROBOT_ACTION_APP_CLIENT_ID" in hint
