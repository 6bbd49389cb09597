"""Which files are given back."""

from __future__ import annotations

import pytest

from robot_action.errors import UsageError
from robot_action.planning.healing import choose_healed

GIVEN = ["README.md", "deep/one.txt", "deep/two.txt", "deeper.txt"]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["README.md"], ("README.md",)),
        (["./README.md", "README.md"], ("README.md",)),
        (["deep"], ("deep/one.txt",)),
        (["deep/"], ("deep/one.txt",)),
        ([".//deep//../README.md"], ("README.md",)),
        (["."], ("README.md", "deep/one.txt", "deeper.txt")),
        (["./"], ("README.md", "deep/one.txt", "deeper.txt")),
    ],
)
def test_files_and_folders_are_chosen_but_what_is_left_alone(wanted: list[str], chosen: tuple[str, ...]) -> None:
    assert choose_healed(wanted, GIVEN, ["deep/two.txt"]) == chosen


def test_all_that_means_nothing_is_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        choose_healed(["README.txt", "dee", "", "../deep", "/", "deep/two.txt"], GIVEN, ["deep/two.txt"])
    assert [problem.message for problem in caught.value.problems] == [
        "the template gives no 'README.txt'",
        "the template gives no 'dee'",
        "the template gives no ''",
        "the template gives no '../deep'",
        "the template gives no '/'",
        "'deep/two.txt' is left to the project",
    ]


def test_a_path_of_a_larger_repository_is_told_to_be_one_of_a_project() -> None:
    with pytest.raises(UsageError) as caught:
        choose_healed(["services/api/setup.cfg"], GIVEN, [])
    assert "name the one that is meant: robot-action check PROJECT --heal PATH" in (caught.value.problems[0].hint or "")
