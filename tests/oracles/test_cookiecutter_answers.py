"""Variables, given answers, the contexts, and nested templates: the same answers as Cookiecutter's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from robot_action.model.template import Rendering
from tests.oracles.cookiecutter_peer import TOP, assert_both_fail, assert_same, compare, template

SEEN = {"seen": "{{cookiecutter}}\n{{_cookiecutter}}\n{{cookiecutter|jsonify}}\n{{cookiecutter|tojson}}\n"}
"""A file that shows everything a template can know, the kinds of its mappings included."""

VARIABLES: dict[str, dict[str, Any]] = {
    "texts": {"a": "x", "b": "{{cookiecutter.a}}y", "c": "{{ cookiecutter.b|upper }}", "d": ""},
    "numbers become texts": {"a": 3, "b": 3.10, "c": -1e30, "d": 10**30, "e": "{{cookiecutter.a + 'x'}}"},
    "booleans and null": {"a": True, "b": False, "c": None, "d": "{{cookiecutter.a}} {{cookiecutter.c}}"},
    "choices": {"a": ["x", "y"], "b": ["{{cookiecutter.a}}1", "z"], "c": [1, 2], "d": [True, "x"], "e": [None], "f": [["x", 1], "y"]},
    "choices that are objects": {"a": [{"k": "{{cookiecutter.slug}}"}, "x"]},
    "private": {
        "_a": "{{ raw }}",
        "_b": ["x"],
        "_c": {"d": "{{ raw }}"},
        "__e": "{{cookiecutter._a}}!",
        "__f": ["{{cookiecutter.slug}}", 1],
    },
    "private rendered objects": {"__a": {"k": "{{cookiecutter.slug}}"}, "b": "{{cookiecutter.__a.k}}"},
    "objects": {"a": {"k": "{{cookiecutter.b}}", "{{cookiecutter.b}}": {"l": [1, "{{cookiecutter.b}}", None, True]}}, "b": "x"},
    "objects see objects": {"a": {"k": "v"}, "b": {"l": "{{cookiecutter.a.k}}"}},
    "prompts are left out": {"__prompts__": {"a": "A?", "b": {"__prompt__": "B?", "x": "X!"}}, "a": "1", "b": ["x"]},
    "names that mappings have": {"items": "x", "keys": ["y"], "update": "z"},
    "templates may change their answers": {"a": "{% set _ = cookiecutter.update({'n': 1}) %}x", "b": "{{cookiecutter.n}}"},
    "unicode": {"a": "é☃😀", "b": "{{cookiecutter.a|upper}}"},
    "line ends": {"a": "x\r\ny\n", "b": "{{cookiecutter.a}}z\r\n"},
    "old settings": {"_template": "mine", "_checkout": "mine", "_output_dir": "mine"},
    "no variables": {},
}

GIVEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a text": ({"a": "x", "b": "{{cookiecutter.a}}"}, {"a": "y"}),
    "a text with Jinja": ({"a": "x", "b": "z"}, {"a": "{{cookiecutter.slug}}"}),
    "what nobody asked": ({"a": "x"}, {"other": "y"}),
    "a choice": ({"a": ["x", "y", "z"]}, {"a": "z"}),
    "a choice with Jinja": ({"a": ["x", "{{cookiecutter.slug}}2"]}, {"a": "{{cookiecutter.slug}}2"}),
    "a number among numbers": ({"a": [1, 2]}, {"a": 2}),
    "one instead of true": ({"a": [True, 1]}, {"a": 1}),
    "several choices": ({"a": ["x", "y", "z"]}, {"a": ["z", "y"]}),
    "yes": ({"a": False}, {"a": "Yes "}),
    "off": ({"a": True}, {"a": "off"}),
    "a boolean": ({"a": True}, {"a": False}),
    "a number for a boolean": ({"a": True}, {"a": 0}),
    "null for a text": ({"a": "x"}, {"a": None}),
    "a number for a text": ({"a": "x"}, {"a": 5}),
    "a list for a text": ({"a": "x"}, {"a": ["1", "2"]}),
    "an object": (
        {"a": {"k": "1", "l": {"m": "2", "n": [1]}}},
        {"a": {"l": {"m": "{{cookiecutter.slug}}", "n": ["x"], "o": "3"}, "p": {"q": "4"}}},
    ),
    "a boolean in an object": ({"a": {"k": True}}, {"a": {"k": "no"}}),
    "a text for an object": ({"a": {"k": "1"}}, {"a": "x"}),
    "an object for a text": ({"a": "x"}, {"a": {"k": "{{cookiecutter.slug}}"}}),
    "a raw variable": ({"_a": "x"}, {"_a": "{{ y }}"}),
    "a private variable": ({"__a": "x"}, {"__a": "{{cookiecutter.slug}}"}),
    "the project's name": ({}, {"slug": "other"}),
    "some of what is copied": ({"_copy_without_render": ["x", "seen"]}, {"_copy_without_render": ["seen"]}),
}

REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "none of the choices": ({"a": ["x", "y"]}, {"a": "z"}),
    "a number among texts": ({"a": ["1", "2"]}, {"a": 1}),
    "some that are no choices": ({"a": ["x", "y"]}, {"a": ["x", "z"]}),
    "no boolean": ({"a": True}, {"a": "maybe"}),
    "no boolean in an object": ({"a": {"k": True}}, {"a": {"k": "maybe"}}),
    "no choices": ({"a": []}, {}),
    "undefined": ({"a": "{{cookiecutter.nothing}}"}, {}),
    "undefined yet": ({"a": "{{cookiecutter.b}}", "b": "x"}, {}),
    "an object is not there yet": ({"a": "{{cookiecutter.b.k}}", "b": {"k": "x"}}, {}),
    "undefined in an object": ({"a": {"k": "{{cookiecutter.nothing}}"}}, {}),
    "a syntax error": ({"a": "{{"}, {}),
    "no Jinja among the choices": ({"a": ["x", "{{"]}, {}),
}

NESTED = {"templates": {"one": {"path": "./first", "title": "One", "description": "The first"}, "two": {"path": "second"}}}
LEGACY = {"template": ["One (first)", "Two (./second/)"]}
BELOW = {
    f"first/{TOP}/file": "first {{cookiecutter.a}} {{cookiecutter._template}} {{cookiecutter._repo_dir}}",
    "first/cookiecutter.json": '{"slug": "one", "a": "x"}',
    f"second/{TOP}/file": "second {{cookiecutter.a}}",
    f"second/{TOP}/link": "{% include 'of the first' %}",
    "second/cookiecutter.json": '{"slug": "two", "a": "y"}',
    "second/templates/of the first": "{{cookiecutter.slug}}",
}


@pytest.mark.parametrize("variables", VARIABLES.values(), ids=VARIABLES)
def test_variables(variables: dict[str, Any]) -> None:
    assert_same(template(SEEN, **variables))


@pytest.mark.parametrize(("variables", "data"), GIVEN.values(), ids=GIVEN)
def test_given_answers(variables: dict[str, Any], data: dict[str, Any]) -> None:
    assert_same(template(SEEN, **variables), data)


@pytest.mark.parametrize(("variables", "data"), REFUSED.values(), ids=REFUSED)
def test_answers_that_both_refuse(variables: dict[str, Any], data: dict[str, Any]) -> None:
    assert_both_fail(template(SEEN, **variables), data)


@pytest.mark.parametrize(
    "text",
    [
        '{"slug": "x",}',
        '["slug"]',
        '"slug"',
        "",
        "{",
        '{"slug": "x"} more',
        '\ufeff{"slug": "x"}',
        "{\"slug\": 'x'}",
        '{"slug": "a\nb"}',
        b'{"slug": "\xff"}',
        "null",
        '{"slug": "\\ud800"}',
    ],
)
def test_a_broken_specification(text: str | bytes) -> None:
    error = assert_both_fail({"cookiecutter.json": text, f"{TOP}/x": ""})
    assert all(problem.position for problem in error.problems)


def test_a_key_that_stands_twice_keeps_its_place_and_has_the_last_value() -> None:
    assert_same({"cookiecutter.json": '{"slug": "x", "a": "1", "b": "{{cookiecutter.a}}", "a": "2"}', f"{TOP}/seen": SEEN["seen"]})


@pytest.mark.parametrize(
    "text", ['  {"slug" :\t"x"\r\n,\n"a":{"slug":[1,{}]} }\n', '{"slug": "\\u00e9\\ud83d\\ude00", "b": 1E3, "\\"": ""}']
)
def test_json_in_all_its_forms(text: str) -> None:
    assert_same({"cookiecutter.json": text, f"{TOP}/seen": SEEN["seen"]})


@pytest.mark.parametrize("outer", [NESTED, LEGACY], ids=["templates", "template"])
def test_the_first_of_nested_templates_is_rendered(outer: dict[str, Any]) -> None:
    made = assert_same({"cookiecutter.json": json.dumps(outer), **BELOW}, {"a": "given"})
    assert made.folder == "one"
    assert made.recorded["template"] in {"one", "One (first)"}


@pytest.mark.parametrize("choice", ["Two (./second/)"])
def test_a_given_answer_chooses_among_nested_templates(choice: str) -> None:
    assert assert_same({"cookiecutter.json": json.dumps(LEGACY), **BELOW}, {"template": choice}).folder == "two"


@pytest.mark.parametrize(
    ("outer", "choice"), [(LEGACY, "./second/"), (NESTED, "two"), (NESTED, "second")], ids=["path in parentheses", "key", "path"]
)
def test_ours_chooses_by_key_and_path_where_cookiecutter_would_ask(outer: dict[str, Any], choice: str) -> None:
    both = compare({"cookiecutter.json": json.dumps(outer), **BELOW}, {"template": choice})
    assert isinstance(both.ours, Rendering)
    assert both.ours.folder == "two"
    assert both.ours.recorded == {"template": choice, "slug": "two", "a": "y"}


def test_nested_templates_may_nest_again() -> None:
    inner = {f"first/{path}": content for path, content in BELOW.items()}
    assert_same({"cookiecutter.json": '{"template": ["A (first)"]}', "first/cookiecutter.json": json.dumps(NESTED), **inner})


@pytest.mark.parametrize(
    "outer",
    [
        {"template": []},
        {"template": "x"},
        {"template": ["no path"]},
        {"templates": {}},
        {"templates": {"a": {}}},
        {"templates": "x"},
        {"template": ["A (/first)"]},
        {"template": ["A (nowhere)"]},
        {"templates": {"a": {"path": "first/file"}}},
        {"template": None},
        {"templates": [], "slug": "x"},
        {"template": [1]},
    ],
    ids=json.dumps,
)
def test_nested_templates_that_make_no_sense(outer: dict[str, Any]) -> None:
    assert_both_fail({"cookiecutter.json": json.dumps(outer), **BELOW})
