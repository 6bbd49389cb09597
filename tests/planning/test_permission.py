from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import Position
from robot_action.model.request import Trust
from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Command, Commands
from robot_action.planning.permission import PROGRAMS, check_commands, is_trusted


def git(location: str, subdirectory: str = "") -> Source:
    return Source(SourceKind.GIT, location, location, subdirectory=subdirectory)


def run(*arguments: str) -> Commands:
    return Commands((Command(arguments),))


def test_nothing_is_trusted_by_itself() -> None:
    assert not is_trusted(git("https://github.com/acme/templates"), Trust())


def test_everything_that_the_command_line_names_can_be_trusted() -> None:
    assert is_trusted(git("https://github.com/acme/templates"), Trust(everything_named=True))


@pytest.mark.parametrize(
    ("pattern", "location", "subdirectory", "expected"),
    [
        ("https://github.com/acme/*", "https://github.com/acme/templates", "", True),
        ("https://github.com/acme/*", "https://github.com/acme/templates", "python", True),
        ("https://github.com/acme/*", "https://github.com/acme-evil/templates", "", False),
        ("https://github.com/acme/*", "http://github.com/acme/templates", "", False),
        ("https://github.com/acme/templates", "https://github.com/acme/templates", "python", True),
        ("https://github.com/acme/templates", "https://github.com/acme/templates-2", "", False),
        ("https://github.com/acme/templates#subdirectory=python", "https://github.com/acme/templates", "python", True),
        ("https://github.com/acme/templates#subdirectory=python", "https://github.com/acme/templates", "node", False),
        ("https://github.com/acme/templates#subdirectory=python", "https://github.com/acme/templates", "", False),
        ("HTTPS://GitHub.com/acme/*", "https://github.com/acme/templates", "", False),
        ("*", "ssh://git@host/acme/templates", "", True),
    ],
)
def test_a_pattern_matches_the_normalised_source(pattern: str, location: str, subdirectory: str, expected: bool) -> None:
    assert is_trusted(git(location, subdirectory), Trust(patterns=("other", pattern))) is expected


@pytest.mark.parametrize(
    "location",
    [
        "https://github.com/acme/../evil/templates",
        "https://github.com/acme/%2e%2e/evil/templates",
        "https://github.com/acme/..%2fevil/templates",
        "https://github.com/acme/..\\evil/templates",
        "https://github.com/acme/./templates",
    ],
)
def test_a_location_that_leads_elsewhere_matches_no_pattern(location: str) -> None:
    assert not is_trusted(git(location), Trust(patterns=("https://github.com/acme/*", "*")))


def test_a_subdirectory_that_leads_elsewhere_matches_no_pattern() -> None:
    assert not is_trusted(git("https://github.com/acme/templates", "../other"), Trust(patterns=("*",)))


@pytest.mark.parametrize("program", PROGRAMS)
def test_package_managers_may_be_named(program: str) -> None:
    assert check_commands(run(program, "install"), Trust()) == ()


def test_the_operator_can_add_programs() -> None:
    assert check_commands(run("cargo", "build"), Trust(programs=("cargo",))) == ()
    assert check_commands(run("cargo", "build"), Trust(programs=("go",))) != ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "empty"),
        (("bash", "-c", "true"), "'bash' is not among"),
        (("env", "A=1", "npm"), "'env' is not among"),
        (("NPM", "install"), "'NPM' is not among"),
        (("",), "'' is not among"),
        (("./npm", "install"), "is a path"),
        (("/usr/bin/npm", "install"), "is a path"),
        (("..\\npm", "install"), "is a path"),
        (("CI=1", "npm", "install"), "sets a variable"),
        (("npm", "install", "&&", "npm", "test"), "'&&' is shell syntax"),
        (("npm", "install;", "npm", "test"), "'install;' is shell syntax"),
        (("make", "|", "tee"), "'|' is shell syntax"),
        (("make", "&"), "'&' is shell syntax"),
        (("make", ">log"), "'>log' is shell syntax"),
        (("make", "2>&1"), "'2>&1' is shell syntax"),
        (("make", "<", "in"), "'<' is shell syntax"),
    ],
)
def test_what_is_no_plain_command_is_refused(arguments: tuple[str, ...], message: str) -> None:
    (problem,) = check_commands(run(*arguments), Trust())
    assert message in problem.message
    assert problem.hint


@pytest.mark.parametrize("argument", ["requests>=2,<3", "a&b", "--flag=x;y", "a|b", "-", "--"])
def test_arguments_that_only_look_like_shell_syntax_pass(argument: str) -> None:
    assert check_commands(run("pip", "install", argument), Trust()) == ()


def test_all_problems_come_together_and_with_their_positions() -> None:
    where = Position("template.yml", 3, 5)
    commands = Commands((Command(("npm", "ci")), Command(("sh", "x", "|", "y"), where), Command(("curl",))))
    problems = check_commands(commands, Trust())
    assert [problem.position for problem in problems] == [where, where, None]


@given(st.lists(st.text(), max_size=4))
def test_no_command_passes_whose_program_is_not_on_the_list(arguments: list[str]) -> None:
    problems = check_commands(run(*arguments), Trust())
    assert problems or arguments[0] in PROGRAMS
