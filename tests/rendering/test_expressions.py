"""Names are cut around their expressions where that changes nothing of what they render to."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.tree import Tree
from robot_action.rendering.environment import NATIVE, Dialect, Jinja
from robot_action.rendering.expressions import pieces
from robot_action.rendering.faults import JinjaError, Where

CONTEXT = {"a": "A b", "c": {"d": "D"}, "e": "", "xs": ["{{ a }}", 2]}
PARTS = (
    "x",
    ".py",
    "{{ a }}",
    "{{a|lower}}",
    "{{ c.d }}",
    "{{ xs[0] }}",
    "{{ e }}",
    "{{ nope }}",
    "{{ ' }}' }}",
    "{{- a -}}",
    " ",
    "{",
    "}",
    "#",
    "\n",
)
TAGS = ("{% if a %}", "{% endif %}", "{# a #}", "{% raw %}", "{% endraw %}", "{{", "}}", "[[ a ]]")


def rendered(jinja: Jinja, *texts: str) -> str | None:
    with suppress(JinjaError):
        return "".join(jinja.text(text, CONTEXT, Where(None)) for text in texts)
    return None


@given(st.lists(st.sampled_from((*PARTS, *TAGS)), max_size=6).map("".join))
def test_the_pieces_make_what_the_text_makes(text: str) -> None:
    jinja = Jinja(Tree())
    assert rendered(jinja, *pieces(jinja, text)) == rendered(jinja, text)


def test_an_expression_is_a_piece_of_its_own() -> None:
    assert pieces(Jinja(Tree()), "{{ a }}_x.py") == ["", "{{ a }}", "_x.py"]
    assert pieces(Jinja(Tree()), "x.py") == ["x.py"]


@pytest.mark.parametrize("text", ["{% if a %}{{ a }}{% endif %}", "{{{ a }}}", "{{- a }}x", "{# {{ a }} #}", "{{ a }}}"])
def test_what_a_tag_could_reach_beyond_stays_whole(text: str) -> None:
    assert pieces(Jinja(Tree()), text) == [text]


@pytest.mark.parametrize(
    "options",
    [
        {"block_start_string": "{{", "variable_start_string": "[["},
        {"comment_start_string": "{{", "variable_start_string": "[["},
        {"variable_start_string": "[[", "variable_end_string": "]]"},
        {"line_statement_prefix": "x"},
        {"newline_sequence": "\r\n"},
    ],
)
def test_other_delimiters_keep_it_whole(options: dict[str, str]) -> None:
    text = "x\n{{ a }}"
    assert pieces(Jinja(Tree(), Dialect(options=options)), text) == [text]
    assert len(pieces(Jinja(Tree(), NATIVE), text)) == 3
