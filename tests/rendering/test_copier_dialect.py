from __future__ import annotations

import pytest

from tests.rendering.copier_samples import refusals, shown


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("foo: 1", "'foo' is no option"),
        ("trim_block: true", "'trim_block' is no option\n  Did you mean 'trim_blocks'?"),
        ("undefined: os.system", "undefined cannot be 'os.system'\n  It is one of 'jinja2.Undefined', 'jinja2.StrictUndefined'."),
        ('newline_sequence: "x"', "newline_sequence cannot be 'x'"),
        ("block_start_string: ''", "block_start_string must be a text"),
        ("variable_end_string: 5", "variable_end_string must be a text"),
        ("line_comment_prefix: ''", "line_comment_prefix must be a text"),
        ("comment_start_string: '{%'", "blocks, variables and comments begin alike"),
        ("extensions: [os.system]", "'extensions' is no option"),
        ("loader: x", "'loader' is no option"),
    ],
)
def test_options_that_jinja_does_not_have_are_told(option: str, said: str) -> None:
    assert refusals(f"_envops: {{{option}}}", {"a": ""})[0].startswith(f"gh:acme/t: copier.yml:1:1: _envops: {said}")


def test_every_wrong_option_is_told() -> None:
    assert len(refusals("_envops: {a: 1, b: 2}")) == 2


def test_an_undefined_name_is_nothing_unless_the_template_says_otherwise() -> None:
    assert shown("<{{ nothing }}>") == "<>"
    assert shown("<{{ nothing }}>", "_envops: {undefined: null}") == "<>"
    assert refusals("_envops: {undefined: jinja2.StrictUndefined}", {"a.jinja": "{{ nothing }}"}) == [
        "gh:acme/t: a.jinja:1:4: 'nothing' is undefined"
    ]


def test_a_template_may_change_lists_and_not_reach_python() -> None:
    assert shown("{% set _ = q.append(2) %}{{ q }}", "q: [1]") == "[1, 2]"
    assert "is unsafe" in refusals("q: 1", {"a.jinja": "{{ q.__class__.__mro__ }}"})[0]
    assert "is unsafe" in refusals("q: 1", {"a.jinja": "{{ now.__globals__.x }}"})[0]
    assert "is unsafe" in refusals("q: 1", {"a.jinja": "{{ _copier_conf._makers.x }}"})[0]


def test_files_are_found_however_their_paths_are_written() -> None:
    files = {"d/b": "B{{ q }}", "shown2.jinja": "{% include 'd//./b' %}"}
    assert refusals("q: 1", files) == []
    assert refusals("q: 1", {**files, "x.jinja": "{% include '../d/b' %}"})[0].startswith("gh:acme/t: x.jinja:1: the template has no file")
