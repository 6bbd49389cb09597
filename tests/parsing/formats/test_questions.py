from __future__ import annotations

import pytest

from robot_action.errors import Position, Problem
from robot_action.model.template import UNSET, Choice, Question, QuestionType
from robot_action.parsing.formats.questions import parse_questions
from robot_action.parsing.yaml_text import parse_document


def parse(text: str) -> tuple[tuple[Question, ...], list[Problem]]:
    document = parse_document(text.encode(), "t.yml")
    problems: list[Problem] = []
    return parse_questions(document, problems, (), document.value), problems


def one(text: str) -> Question:
    (question,), problems = parse(text)
    assert problems == []
    return question


def refused(text: str) -> list[str]:
    return [f"{problem.position}: {problem.message}" for problem in parse(text)[1]]


def test_every_key_of_a_question() -> None:
    question = one(
        "port:\n  type: int\n  help: Which?\n  default: 8000\n  when: '{{ web }}'\n"
        "  validator: '{% if not port %}x{% endif %}'\n  secret: true\n"
    )
    assert question == Question(
        "port",
        QuestionType.INT,
        help="Which?",
        default=8000,
        when="{{ web }}",
        validator="{% if not port %}x{% endif %}",
        secret=True,
        position=Position("t.yml", 1, 1),
    )


def test_questions_keep_their_order() -> None:
    assert [question.name for question in parse("b: 1\na: 2\nc: 3\n")[0]] == ["b", "a", "c"]


def test_what_only_matters_to_a_prompt_is_accepted() -> None:
    assert one("a: {type: str, ask: false, multiline: true, placeholder: x, qmark: '?'}") == Question(
        "a", QuestionType.STR, position=Position("t.yml", 1, 1)
    )


@pytest.mark.parametrize(
    ("text", "kind", "default"),
    [
        ("a: x", "str", "x"),
        ("a: 1", "int", 1),
        ("a: 1.5", "float", 1.5),
        ("a: true", "bool", True),
        ("a: no", "bool", False),
        ("a: [x]", "yaml", ["x"]),
        ("a:", "yaml", None),
        ("a: {default: x}", "str", "x"),
        ("a: {default: '{{ b }}'}", "str", "{{ b }}"),
        ("a: {default: {b: 1}}", "yaml", {"b": 1}),
        ("a: {}", "yaml", UNSET),
        ("a: {type: json}", "json", UNSET),
        ("a: {type: path, default: x/y}", "path", "x/y"),
        ("a: {type: str, default: 8080}", "str", 8080),
    ],
)
def test_the_type_follows_from_the_default_where_none_is_written(text: str, kind: str, default: object) -> None:
    question = one(text)
    assert (question.type, question.default, type(question.default)) == (kind, default, type(default))


@pytest.mark.parametrize("when", [True, False, "{{ x }}"])
def test_conditions_are_booleans_or_jinja(when: object) -> None:
    written = f"'{when}'" if isinstance(when, str) else str(when).lower()
    assert one(f"a: {{when: {written}}}").when == when


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ("[x, y]", (Choice("x", "x"), Choice("y", "y"))),
        ("[1, 2.5, true, null]", (Choice("1", 1), Choice("2.5", 2.5), Choice("true", True), Choice("null", None))),
        ("{One: 1, Two: two}", (Choice("One", 1), Choice("Two", "two"))),
        ("[[One, 1], [2, two]]", (Choice("One", 1), Choice("2", "two"))),
        ("{One: {value: 1, validator: '{{ v }}'}}", (Choice("One", 1, "{{ v }}"),)),
        ("[[One, {value: 1}]]", (Choice("One", 1),)),
        ("[{value: 1, validator: v}]", (Choice("1", 1, "v"),)),
        ("{List: [1, 2]}", (Choice("List", [1, 2]),)),
        ("'{{ [1, 2] }}'", "{{ [1, 2] }}"),
    ],
)
def test_choices_have_all_of_copiers_forms(choices: str, expected: object) -> None:
    assert one(f"a: {{choices: {choices}}}").choices == expected


def test_several_of_the_choices() -> None:
    question = one("a: {type: str, choices: [x, y], multiselect: true, default: [x]}")
    assert (question.multiselect, question.default) == (True, ["x"])


@pytest.mark.parametrize("name", ["project", "template", "year"])
def test_no_question_hides_what_every_template_sees(name: str) -> None:
    assert refused(f"{name}: x") == [f"t.yml:1:1: {name}: a question cannot be called '{name}': every template has a variable of that name"]


@pytest.mark.parametrize("name", ["a-b", "_a", "9a", "a b", "for", "true_", "'True'", "'none'", "loop", "'a.b'", "é", "a" * 101])
def test_names_are_variables(name: str) -> None:
    problems = refused(f"{name}: x")
    assert problems == [] if name == "true_" else "cannot be the name of a question" in problems[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]", ["t.yml:1:1: a mapping is wanted, not a list"]),
        ("a: {typ: str}", ["t.yml:1:5: unknown key 'typ' in a"]),
        ("a: {type: string}", ["t.yml:1:11: a.type: 'string' is not known here"]),
        ("a: {when: 3}", ["t.yml:1:11: a.when: true, false or a Jinja text is wanted, not the number 3"]),
        ("a: {help: 3}", ["t.yml:1:11: a.help: a text is wanted, not the number 3"]),
        ("a: {secret: 3}", ["t.yml:1:13: a.secret: true or false is wanted, not the number 3"]),
        ("a: {multiselect: true}", ["t.yml:1:18: a.multiselect: a question without choices cannot take several of them"]),
        ("a: {choices: 3}", ["t.yml:1:14: a.choices: a list, a mapping of labels to values, or a Jinja text is wanted, not the number 3"]),
        ("a: {choices: null}", ["t.yml:1:14: a.choices: a list, a mapping of labels to values, or a Jinja text is wanted, not nothing"]),
        ("a: {choices: []}", ["t.yml:1:14: a.choices: there must be at least one choice"]),
        ("a: {choices: [x, x]}", ["t.yml:1:14: a.choices: the choice 'x' stands there twice"]),
        ("a: {choices: [[x]]}", ["t.yml:1:15: a.choices.0: a choice that is a list has two items: its label and its value"]),
        ("a: {choices: [[[x], 1]]}", ["t.yml:1:15: a.choices.0: a choice that is a list has two items: its label and its value"]),
        (
            "a: {choices: {x: {valu: 1}}}",
            ["t.yml:1:19: unknown key 'valu' in a.choices.x", "t.yml:1:18: a.choices.x: the key 'value' is missing"],
        ),
        ("a: {choices: {x: {value: 1, validator: 2}}}", ["t.yml:1:40: a.choices.x.validator: a text is wanted, not the number 2"]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, said: list[str]) -> None:
    assert refused(text) == said


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: {type: str, default: no}", "t.yml:1:25: a.default: the answer is a text, but this is true or false for YAML"),
        ("a: {type: path, choices: [x], multiselect: true, default: [no]}", "t.yml:1:60: a.default.0: the answer is a text, but this"),
        ("a: {type: str, choices: [no, se]}", "t.yml:1:25: a.choices: the type is str, but a choice is true or false for YAML"),
    ],
)
def test_an_unquoted_no_is_no_text(text: str, place: str) -> None:
    (problem,) = refused(text)
    assert problem.startswith(place)
