"""The tag and the line ends, seen from Jinja's side; what they are for stands in test_names and test_contents."""

import pytest
from jinja2 import Environment
from jinja2.exceptions import TemplateRuntimeError

from robot_action.rendering.syntax import YIELDS, ExactNewlines, Yields, YieldTag

ENVIRONMENT = Environment(extensions=[YieldTag, ExactNewlines], keep_trailing_newline=True, autoescape=False)
PART = ENVIRONMENT.from_string("a{% yield x from xs %}-{{ x }}{% endyield %}z")


def test_the_first_pass_learns_of_the_items_and_leaves_out_the_body() -> None:
    found = Yields()
    assert PART.render({"xs": [1, 2], YIELDS: found}) == "az"
    assert found == Yields(name="x", items=(1, 2))


def test_the_second_pass_renders_the_body() -> None:
    assert PART.render({"xs": [1, 2], "x": 2, YIELDS: Yields(chosen="x")}) == "a-2z"


def test_without_the_passes_the_tag_is_an_error() -> None:
    with pytest.raises(TemplateRuntimeError, match="belongs into the names"):
        PART.render({"xs": [1]})


def test_a_text_after_one_with_carriage_returns_is_not_touched() -> None:
    assert ENVIRONMENT.from_string("a\r\n{{ 1 }}").render() == "a\r\n1"
    assert ENVIRONMENT.from_string("\u2000{{ 1 }}").render() == "\u20001"
