from __future__ import annotations

import json
from typing import Any

import pytest

from robot_action.errors import InputError
from robot_action.model.folders import Folders
from robot_action.model.template import Choice
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.nested import Nested, find_nested

TEMPLATES = {"templates": {"a": {"path": "first", "title": "A", "description": "The first"}, "b": {"path": "second", "title": "b"}}}
LEGACY = {"template": ["A (first)", "B (second)"]}


def find(outer: dict[str, Any], data: dict[str, Any] | None = None, **more: Entry) -> Nested:
    files = {f"{folder}/cookiecutter.json": Entry(Mode.FILE, b'{"slug": "x"}') for folder in ("first", "second")}
    return find_nested(Folders(Tree({**files, "cookiecutter.json": Entry(Mode.FILE, json.dumps(outer).encode()), **more})), "t", data or {})


def refusal(outer: dict[str, Any], data: dict[str, Any] | None = None, **more: Entry) -> str:
    with pytest.raises(InputError) as caught:
        find(outer, data, **more)
    return str(caught.value)


def test_a_template_alone_is_no_choice() -> None:
    assert find({"slug": "y"}).question is None
    assert find({"slug": "y"}).folder == ""


@pytest.mark.parametrize("outer", [TEMPLATES, LEGACY])
def test_the_first_is_the_default(outer: dict[str, Any]) -> None:
    assert find(outer).folder == "first"


@pytest.mark.parametrize(("outer", "answer"), [(TEMPLATES, "b"), (TEMPLATES, "second"), (LEGACY, "B (second)"), (LEGACY, "second")])
def test_an_answer_chooses(outer: dict[str, Any], answer: str) -> None:
    assert find(outer, {"template": answer}).folder == "second"


def test_the_choice_is_a_question() -> None:
    question = find(TEMPLATES).question
    assert question is not None
    assert (question.name, question.default) == ("template", "a")
    assert question.choices == (Choice("A (The first)", "a"), Choice("b", "b"))


def test_an_answer_that_is_no_template_is_refused_with_a_suggestion() -> None:
    assert refusal(TEMPLATES, {"template": "frist"}).endswith("There are: a, b.")
    assert "there is no template 'A (frist)' to choose\n  Did you mean 'A (first)'?" in refusal(LEGACY, {"template": "A (frist)"})


def test_below_the_first_choice_an_answer_counts_where_it_fits() -> None:
    inner = Entry(Mode.FILE, json.dumps({"template": ["C (../second)", "D (.././first/)"]}).encode())
    assert find({"template": ["A (inner)"]}, {"template": "inner"}, **{"inner/cookiecutter.json": inner}).folder == "second"
    assert (
        find({"template": ["A (inner)", "first (inner)"]}, {"template": "inner"}, **{"inner/cookiecutter.json": inner}).folder == "second"
    )


@pytest.mark.parametrize(
    ("outer", "said"),
    [
        ({"template": ["{{ x }} (first)"]}, "the choice of a template makes no sense"),
        ({"templates": {"a": {"path": "first"}, "b": []}}, "the choice of a template makes no sense"),
        ({"template": ["A (/etc)"]}, "the folder '/etc' of the chosen template is absolute"),
        ({"template": ["A (../..)"]}, "leads out of the template"),
        ({"template": ["A (nowhere)"]}, "leads to nothing"),
        ({"template": ["A (link)"]}, "leads out of the template"),
        ({"template": ["A (cookiecutter.json)"]}, "the folder 'cookiecutter.json' of the chosen template is none"),
        ({"template": ["A (bare)"]}, "the template's folder 'bare' has no cookiecutter.json"),
        ({"template": ["A (.)"]}, "the template names itself as the one to be used"),
    ],
)
def test_choices_that_lead_nowhere_are_refused_with_their_place(outer: dict[str, Any], said: str) -> None:
    text = refusal(outer, link=Entry(Mode.LINK, b"/etc"), **{"bare/x": Entry(Mode.FILE)})
    assert text.startswith("t: ")
    assert said in text
