from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.parsing.dotenv import MAX_BYTES, DotEnv, parse_dotenv
from robot_action.parsing.settings import is_documented

TOKEN = "ghp_hunter2"


def parse(text: str) -> DotEnv:
    return parse_dotenv(text.encode(), ".env")


def test_documented_variables_are_kept_as_they_are() -> None:
    text = f"# tokens\nGITHUB_TOKEN={TOKEN}\nexport PYPI_TOKEN='a b' # here\nROBOT_ACTION_TOKEN_git_acme_example=\"x\\ny\"\n\nLOG_LEVEL=\n"
    result = parse(text)
    assert result.values == {"GITHUB_TOKEN": TOKEN, "PYPI_TOKEN": "a b", "ROBOT_ACTION_TOKEN_git_acme_example": "x\ny", "LOG_LEVEL": ""}
    assert result.ignored == ()


def test_nothing_is_interpolated() -> None:
    assert parse("LOG_LEVEL=debug\nPYPI_TOKEN=${LOG_LEVEL}$HOME\n").values["PYPI_TOKEN"] == "${LOG_LEVEL}$HOME"


def test_the_last_of_two_counts() -> None:
    assert parse("LOG_LEVEL=debug\nLOG_LEVEL=error\n").values == {"LOG_LEVEL": "error"}


def test_everything_else_is_reported_with_its_line_and_never_with_its_value() -> None:
    result = parse(f"\nPATH={TOKEN}\nGITHUB_TOKN={TOKEN}\n\n{TOKEN}\nBAD LINE={TOKEN}\nLOG_LEVEL\nGH_TOKEN={TOKEN}\0\n'{TOKEN}\n")
    assert result.values == {}
    assert [(str(problem.position), problem.message, problem.hint) for problem in result.ignored] == [
        (".env:2", "the variable 'PATH' is none of robot-action's, and is left out", None),
        (".env:3", "the variable 'GITHUB_TOKN' is none of robot-action's, and is left out", "Did you mean 'GITHUB_TOKEN'?"),
        (".env:5", "this line is no NAME=value, and is left out", None),
        (".env:6", "this line is no NAME=value, and is left out", None),
        (".env:7", "the variable 'LOG_LEVEL' has no value, and is left out", "Write LOG_LEVEL=value."),
        (".env:8", "the value of 'GH_TOKEN' holds the character NUL, and is left out", None),
        (".env:9", "this line is no NAME=value, and is left out", None),
    ]
    assert "hunter2" not in repr(result)


def test_values_are_no_part_of_a_repr() -> None:
    assert TOKEN not in repr(parse(f"GITHUB_TOKEN={TOKEN}\n"))


def test_a_byte_order_mark_and_other_line_ends_are_fine() -> None:
    result = parse_dotenv(b"\xef\xbb\xbfLOG_LEVEL=debug\r\n\r\nX=1\r\n", ".env")
    assert result.values == {"LOG_LEVEL": "debug"}
    assert [problem.position.line for problem in result.ignored if problem.position] == [3]


@pytest.mark.parametrize(
    ("text", "said"), [(b"A=1\n\xff", r"\.env:2: the file is not UTF-8 at offset 4"), (b"#" * (MAX_BYTES + 1), "larger than")]
)
def test_what_is_no_text_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_dotenv(text, ".env")


PIECES = st.sampled_from(["LOG_LEVEL", "=", "'", '"', "\\", "\n", "\r\n", "#", " ", "export ", "$", "{", "}", "\0", "X"])


@given(st.binary(max_size=40) | st.lists(PIECES, max_size=12).map(lambda parts: "".join(parts).encode()))
def test_any_bytes_are_variables_or_refused(text: bytes) -> None:
    try:
        result = parse_dotenv(text, ".env")
    except InputError:
        return
    assert all(is_documented(name) and "\0" not in value for name, value in result.values.items())
