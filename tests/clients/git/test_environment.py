"""What every git command gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.git.environment import GitOutput, Invocation, Place, command_variables

HERE = Path("/somewhere/here")


def test_without_a_repository_none_is_looked_for_above() -> None:
    assert Place(HERE).variables == {"GIT_CEILING_DIRECTORIES": "/somewhere"}
    assert Place(HERE, discover=True).variables == {}


def test_a_place_says_where_everything_is() -> None:
    place = Place(HERE, git_dir=Path("/g"), work_tree=Path("/w"), index=Path("/i"), objects=Path("/o"))
    assert {"GIT_DIR": "/g", "GIT_WORK_TREE": "/w", "GIT_INDEX_FILE": "/i", "GIT_OBJECT_DIRECTORY": "/o"}.items() <= place.variables.items()


def test_what_needs_no_files_runs_inside_of_the_repository() -> None:
    place = Place(HERE, git_dir=Path("/g"), work_tree=Path("/w"), index=Path("/i"), objects=Path("/o"))
    assert place.bare == Place(Path("/g"), git_dir=Path("/g"))
    with pytest.raises(ValueError, match="Place"):
        _ = Place(HERE).bare


def test_configuration_is_numbered_without_a_gap_and_more_comes_last() -> None:
    variables = command_variables({}, Place(HERE), Invocation(), [("a.b", "1"), ("a.b", "2")])
    count = int(variables["GIT_CONFIG_COUNT"])
    keys = [variables[f"GIT_CONFIG_KEY_{number}"] for number in range(count)]
    assert keys[-2:] == ["a.b", "a.b"]
    assert variables[f"GIT_CONFIG_VALUE_{count - 1}"] == "2"
    assert f"GIT_CONFIG_KEY_{count}" not in variables


def test_nothing_that_is_passed_on_overrides_what_is_pinned() -> None:
    variables = command_variables(
        {"GIT_TERMINAL_PROMPT": "1", "PATH": "/bin"}, Place(HERE), Invocation(variables={"GIT_AUTHOR_NAME": "Ada"})
    )
    assert variables["GIT_TERMINAL_PROMPT"] == "0"
    assert variables["PATH"] == "/bin"
    assert variables["GIT_AUTHOR_NAME"] == "Ada"


def test_output_is_text_or_items() -> None:
    assert GitOutput(0, b"a\n", "").text == "a"
    assert GitOutput(0, b"\xff\n", "").text == "\ufffd"
    assert GitOutput(0, b"a\0b\0", "").items == [b"a", b"b"]
