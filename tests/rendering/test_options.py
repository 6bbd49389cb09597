from __future__ import annotations

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.values import Value
from robot_action.rendering.options import check_options


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"trim_blocks": True, "lstrip_blocks": 1, "newline_sequence": "\r\n", "autoescape": False, "optimized": False},
        {"block_start_string": "[%", "variable_end_string": "]]", "line_statement_prefix": "#", "line_comment_prefix": None},
    ],
)
def test_options_that_jinja_has_are_taken_as_they_are(options: dict[str, Value]) -> None:
    assert check_options("_key", options, None) == options


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"trimblocks": True}, "'trimblocks' is no option\n  Did you mean 'trim_blocks'?"),
        ({"keep_trailing_newline": True}, "is no option"),
        ({"zzz": True}, "There are block_start_string, "),
        ({"newline_sequence": "x"}, "newline_sequence cannot be 'x'"),
        ({"variable_start_string": ""}, "variable_start_string must be a text"),
        ({"variable_start_string": ["x"]}, "variable_start_string must be a text"),
        ({"line_statement_prefix": ""}, "line_statement_prefix must be a text"),
        ({"line_comment_prefix": 5}, "line_comment_prefix must be a text"),
        ({"block_start_string": "{{"}, "blocks, variables and comments begin alike"),
    ],
)
def test_others_are_refused_at_their_place(options: dict[str, Value], said: str) -> None:
    with pytest.raises(InputError) as caught:
        check_options("_key", options, Position("f", 3))
    assert str(caught.value).startswith("f:3: _key: ")
    assert said in str(caught.value)


def test_all_of_them_are_told() -> None:
    with pytest.raises(InputError) as caught:
        check_options("_key", {"a": 1, "b": 2}, None)
    assert len(caught.value.problems) == 2


def test_a_format_may_have_more() -> None:
    assert check_options("_key", {"own": 5, "word": "a"}, None, {"own": (), "word": ("a", "b")})
    with pytest.raises(InputError, match="word cannot be 'c'\n  It is one of 'a', 'b'"):
        check_options("_key", {"word": "c"}, None, {"word": ("a", "b")})
