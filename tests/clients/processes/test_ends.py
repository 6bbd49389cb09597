"""How programs end, told to people."""

import pytest

from robot_action.clients.processes.ends import describe_code, describe_end


@pytest.mark.parametrize(
    ("code", "expected"),
    [(0, "exit code 0"), (127, "exit code 127"), (-9, "signal 9 (SIGKILL)"), (-15, "signal 15 (SIGTERM)"), (-50, "signal 50 (unnamed)")],
)
def test_codes_are_told_to_people(code: int, expected: str) -> None:
    assert describe_code(code) == expected


@pytest.mark.parametrize("code", [-9, 137])
def test_who_may_have_killed_a_program_is_told_before_what_it_wrote(code: int) -> None:
    first, last = describe_end(code, "It wrote nothing.").split("\n  ")
    assert "out of memory" in first
    assert last == "It wrote nothing."
    assert describe_end(code) == first


@pytest.mark.parametrize("code", [0, 1, 9, -15])
def test_other_ends_are_not_blamed_on_anybody(code: int) -> None:
    assert describe_end(code, "It wrote nothing.") == "It wrote nothing."
    assert describe_end(code) == ""
