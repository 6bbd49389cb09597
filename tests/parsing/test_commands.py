from __future__ import annotations

import contextlib
import shlex
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import Position, Problem
from robot_action.model.template import Commands
from robot_action.parsing.commands import MAX_ARGUMENTS, MAX_COMMANDS, parse_commands, parse_duration, split_command
from robot_action.parsing.fields import Fields
from robot_action.parsing.wording import RuleError
from robot_action.parsing.yaml_text import parse_document


@pytest.mark.parametrize(
    ("text", "seconds"), [(90, 90.0), (0.5, 0.5), ("90s", 90.0), ("20m", 1200.0), ("1h", 3600.0), ("1.5h", 5400.0), ("24h", 86400.0)]
)
def test_durations(text: object, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        0,
        -1,
        "0s",
        "25h",
        86401,
        True,
        None,
        "",
        "90",
        "1d",
        "1h30m",
        " 1s",
        "1s\n",
        [],
        float("inf"),
        float("nan"),
        "9" * 5000 + "s",
        "\u0661s",
    ],
)
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(RuleError, match="is no duration between 0 and 24 hours"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("uv sync", ("uv", "sync")),
        ("  npm   run 'a b' \"c d\" e\\ f ", ("npm", "run", "a b", "c d", "e f")),
        ("make X='a && b'", ("make", "X=a && b")),
        ("x '$HOME' '`x`'", ("x", "$HOME", "`x`")),
        ("x ''", ("x", "")),
        ("x #y", ("x", "#y")),
        ("serve --port {port}", ("serve", "--port", "{port}")),
        ("x ~/y *.py a=b", ("x", "~/y", "*.py", "a=b")),
        (["sh", "-c", "a && b"], ("sh", "-c", "a && b")),
        (["x", ""], ("x", "")),
    ],
)
def test_commands_are_split_without_a_shell(command: object, arguments: tuple[str, ...]) -> None:
    assert split_command(command) == arguments


@pytest.mark.parametrize(
    ("command", "operator"),
    [
        *[("a && b", "&&"), ("a || b", "||"), ("a | b", "|"), ("a|b", "|"), ("a; b", ";"), ("a & b", "&"), ("a > b", ">"), ("a>=1", ">")],
        *[("a < b", "<"), ("(a)", "("), ("a $(b)", "$("), ("a `b`", "`"), ("a $HOME", "$H"), ("a ${X}", "${"), ('a "$(b)"', "$(")],
        *[(["a", "&&", "b"], "&&"), (["a", "|"], "|")],
    ],
)
def test_what_only_a_shell_understands_is_refused_by_name(command: object, operator: str) -> None:
    with pytest.raises(RuleError) as caught:
        split_command(command)
    assert f"'{operator}'" in caught.value.message
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("No shell runs it")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ([], "is empty"),
        (["", "x"], "is empty"),
        ("a\nb", "has several lines"),
        ("a 'b", "cannot be split"),
        ("a \\", "cannot be split"),
        ("X=1 a", "which is no program"),
        ("a \ue0001\ue001", "private Unicode character"),
        (["a\0b"], "NUL"),
        (["a", 1], "a text, or a list of texts"),
        (None, "a text, or a list of texts"),
        (3, "a text, or a list of texts"),
        (["a"] * (MAX_ARGUMENTS + 1), "more than 1000 arguments"),
    ],
)
def test_what_is_no_command(command: object, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        split_command(command)


def test_jinja_stays_together_and_may_hold_anything() -> None:
    command = "uv run {{ project.package | lower }}-{{ 'a b' }} '{{ x > 1 }}' {% if a && b %}z{% endif %}"
    assert split_command(command, jinja=True) == (
        *("uv", "run", "{{ project.package | lower }}-{{ 'a b' }}", "{{ x > 1 }}", "{% if a && b %}z{% endif %}"),
    )
    with pytest.raises(RuleError, match=r"shell operator '\|'"):
        split_command(command)


@given(st.text(alphabet="ab '\"\\{}%$`|&;\n\ue000", max_size=20), st.booleans())
def test_any_text_is_a_command_or_refused(text: str, jinja: bool) -> None:
    try:
        arguments = split_command(text, jinja=jinja)
    except RuleError:
        return
    assert arguments
    if not jinja:
        assert list(arguments) == shlex.split(text)


@pytest.mark.parametrize("opening", ["{{", "{%", "{#"])
def test_jinja_without_its_end_is_refused(opening: str) -> None:
    with pytest.raises(RuleError, match="without its end"):
        split_command(f"a {{{{ b }}}} {opening} c", jinja=True)


def test_long_hostile_commands_take_no_time() -> None:
    begin = time.process_time()
    for text in ("{{" * 200_000, "{% " * 100_000 + "}}" * 100_000, '"' + "'" * 200_001 + '"', "a '" * 100_000):
        with contextlib.suppress(RuleError):
            split_command(text, jinja=True)
    assert time.process_time() - begin < 5


def parse(text: str) -> tuple[Commands, list[Problem]]:
    document = parse_document(text.encode(), "f.yml")
    problems: list[Problem] = []
    return parse_commands(document, Fields(document, problems, (), document.value), "install"), problems


def test_a_list_of_commands_has_their_places() -> None:
    commands, problems = parse("install:\n  - uv sync\n  - [npm, ci]\n")
    assert problems == []
    assert [(command.arguments, command.position) for command in commands.commands] == [
        (("uv", "sync"), Position("f.yml", 2, 5)),
        (("npm", "ci"), Position("f.yml", 3, 5)),
    ]
    assert commands.timeout == 600.0


def test_a_mapping_of_commands_has_a_timeout() -> None:
    commands, problems = parse("install: {commands: [uv sync], timeout: 20m}")
    assert (commands.timeout, len(commands.commands), problems) == (1200.0, 1, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("install: uv sync", "f.yml:1:10: install: a list is wanted, not the text 'uv sync'"),
        ("install: [a && b]", "f.yml:1:11: install.0: the command 'a && b' has the shell operator '&&'"),
        ("install: {timeout: 3}", "f.yml:1:10: install: the key 'commands' is missing"),
        ("install: {commands: [a], timeout: soon}", "f.yml:1:35: install.timeout: 'soon' is no duration between 0 and 24 hours"),
        ("install: {commands: [a], comands: [b]}", "f.yml:1:26: unknown key 'comands' in install"),
        ("install: [" + "a," * (MAX_COMMANDS + 1) + "]", "f.yml:1:10: install: there are more than 100 commands"),
    ],
)
def test_each_problem_names_its_place(text: str, said: str) -> None:
    _, (problem,) = parse(text)
    assert f"{problem.position}: {problem.message}" == said
