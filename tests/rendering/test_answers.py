"""Questions are answered in order; everything that is wrong is told at once, and no secret with it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import Position
from robot_action.model.template import Choice, Question, Rendering
from robot_action.model.values import Value
from robot_action.rendering.engine import render
from tests.rendering.samples import AT, ask, make_request, problems, problems_of


def answered(questions: list[Question], **data: Value) -> Rendering:
    return render(make_request({}, questions, data))


def test_each_question_sees_the_answers_before_it() -> None:
    questions = [ask("a", default="x"), ask("b", default="{{ a }}y"), ask("c", "yaml", default=["{{ b }}", {"k": "{{ a }}", "n": 1}])]
    assert answered(questions).answers == {"a": "x", "b": "xy", "c": ["xy", {"k": "x", "n": 1}]}


def test_a_question_does_not_see_the_answers_after_it() -> None:
    assert problems_of({}, [ask("a", default="{{ b }}"), ask("b", default="x")]) == ["template.yml:4:3: 'a', default: 'b' is undefined"]


def test_given_data_outweighs_the_default_and_is_not_rendered() -> None:
    result = answered([ask("a", default="x")], a="{{ 1 + 1 }}")
    assert result.answers == {"a": "{{ 1 + 1 }}"}
    assert result.defaulted == ()


def test_defaults_are_named() -> None:
    assert answered([ask("a", default="x"), ask("b", default="y")], a="1").defaulted == ("b",)


def test_the_context_is_seen_by_defaults() -> None:
    default = "{{ project.name }} {{ template.name }} {{ template.version }} {{ year }}"
    assert answered([ask("a", default=default)]).answers == {"a": "demo t 1.2.0 2031"}


@pytest.mark.parametrize("name", ["project", "template", "year"])
def test_a_question_cannot_take_a_name_of_the_context(name: str) -> None:
    (problem,) = problems_of({}, [ask(name, default="x")])
    assert "belongs to robot-action" in problem


def test_an_unknown_key_is_an_error_with_a_suggestion() -> None:
    (problem,) = problems_of({}, [ask("framework", default="x")], data={"framwork": "y"})
    assert problem == "the template has no question 'framwork'\n  Did you mean 'framework'?"


def test_an_unknown_key_that_is_like_no_question_lists_them() -> None:
    (problem,) = problems_of({}, [ask("a", default="x"), ask("b", default="x")], data={"zzzzz": "y"})
    assert "Its questions: a, b." in problem


def test_a_template_without_questions_says_so() -> None:
    (problem,) = problems_of({}, data={"a": 1})
    assert "It asks nothing." in problem


def test_all_errors_are_told_together_each_at_its_question() -> None:
    questions = [
        ask("a", "int", default="x"),
        ask("b"),
        ask("c", validator="{{ c }} is bad", default="y"),
        ask("d", choices=(Choice("1", "1"),)),
    ]
    found = problems_of({}, questions, data={"nope": 1, "d": "2"})
    assert [problem.partition("\n")[0] for problem in found] == [
        "the template has no question 'nope'",
        "template.yml:4:3: 'a': 'x' is no whole number",
        "template.yml:4:3: 'c': y is bad",
        "template.yml:4:3: 'd': '2' is none of the choices",
        "template.yml:4:3: an answer is missing: b",
    ]


def test_what_only_follows_from_another_problem_is_not_told() -> None:
    questions = [ask("a"), ask("b", default="{{ a }}"), ask("c", default="{{ b }}"), ask("d", choices="[{{ a }}]")]
    (problem,) = problems_of({}, questions)
    assert "2 answers are missing: a, d" in problem


def test_a_question_without_answer_that_is_not_asked_is_left_undefined() -> None:
    assert answered([ask("a", when=False)]).answers == {}


class TestWhen:
    def test_a_default_is_a_computed_value_neither_validated_nor_recorded(self) -> None:
        question = ask("a", "int", default="7", when=False, validator="never valid", choices=(Choice("1", 1),))
        result = answered([question])
        assert result.answers == {"a": 7}
        assert result.recorded == {}

    def test_given_data_counts_all_the_same_and_is_recorded(self) -> None:
        result = answered([ask("a", default="x", when="{{ false }}")], a="y")
        assert result.answers == result.recorded == {"a": "y"}

    def test_given_data_is_validated(self) -> None:
        assert problems_of({}, [ask("a", when=False, validator="no")], data={"a": "y"})

    def test_jinja_decides(self) -> None:
        questions = [ask("a", "bool", default=False), ask("b", when="{{ a }}", default="x"), ask("c", when="{{ not a }}", default="x")]
        assert answered(questions).recorded == {"a": False, "c": "x"}

    def test_a_broken_condition_is_told(self) -> None:
        assert problems_of({}, [ask("a", when="{{", default="x")])[0].startswith("template.yml:4:3: 'a', when: ")


class TestChoices:
    def test_the_answer_is_one_of_them(self) -> None:
        choices = (Choice("One", 1), Choice("Two", 2))
        assert answered([ask("a", "int", choices=choices)], a="2").answers == {"a": 2}

    def test_another_answer_is_refused_with_what_may_be_chosen(self) -> None:
        (problem,) = problems_of({}, [ask("a", "int", choices=(Choice("One", 1), Choice("Two", 2)), default=3)])
        assert "'a': '3' is none of the choices\n  Choose one of: 1, 2" in problem

    def test_they_are_rendered(self) -> None:
        questions = [ask("a", default="x"), ask("b", choices=(Choice("l", "{{ a }}1"), Choice("m", "z")), default="x1")]
        assert answered(questions).answers["b"] == "x1"

    def test_a_jinja_text_gives_them(self) -> None:
        questions = [ask("a", "yaml", default=["p", "q"]), ask("b", choices="{{ a }}", default="q")]
        assert answered(questions).answers["b"] == "q"
        assert "Choose one of: p, q" in problems(make_request({}, questions, {"b": "r"}))[0]

    def test_a_choice_can_be_forbidden(self) -> None:
        choices = (Choice("x", "x", "{% if a == 1 %}x needs a above 1{% endif %}"), Choice("y", "y"))
        questions = [ask("a", "int", default=1), ask("b", choices=choices)]
        assert problems(make_request({}, questions, {"b": "x"})) == ["template.yml:4:3: 'b': x needs a above 1"]
        assert answered(questions, a=2, b="x").answers["b"] == "x"

    def test_several_are_kept_in_the_order_of_the_choices(self) -> None:
        question = ask("a", multiselect=True, choices=(Choice("x", "x"), Choice("y", "y"), Choice("z", "z")))
        assert answered([question], a=["z", "x"]).answers == {"a": ["x", "z"]}

    def test_several_can_be_given_as_yaml(self) -> None:
        question = ask("a", "int", multiselect=True, choices=(Choice("1", 1), Choice("2", 2)), default="{{ [2, '1'] }}")
        assert answered([question]).answers == {"a": [1, 2]}

    def test_one_answer_where_several_are_wanted_is_refused(self) -> None:
        (problem,) = problems_of({}, [ask("a", multiselect=True, choices=(Choice("x", "x"),))], data={"a": "x"})
        assert "a list is needed\n  Write a: [...]" in problem

    def test_each_of_several_has_to_be_a_choice(self) -> None:
        (problem,) = problems_of({}, [ask("a", multiselect=True, choices=(Choice("x", "x"),))], data={"a": ["x", "y"]})
        assert "'y' is none of the choices\n  Choose any of: x" in problem


class TestValidator:
    def test_what_it_renders_to_is_the_error(self) -> None:
        question = ask("port", "int", validator="{% if port < 1024 %}{{ port }} is reserved{% endif %}")
        assert problems(make_request({}, [question], {"port": 80})) == ["template.yml:4:3: 'port': 80 is reserved"]

    def test_blank_is_valid(self) -> None:
        assert answered([ask("a", validator=" \n{% if a == 'x' %}no{% endif %}")], a="y").answers == {"a": "y"}

    def test_a_long_message_is_cut(self) -> None:
        (problem,) = problems_of({}, [ask("a", default="x", validator="{{ 'n' * 100000 }}")])
        assert len(problem) < 1000


class TestSecret:
    def test_it_is_used_but_not_recorded(self) -> None:
        result = answered([ask("token", secret=True), ask("b", default="{{ token|length }}")], token="hunter2")
        assert result.answers == {"token": "hunter2", "b": "7"}
        assert result.recorded == {"b": "7"}
        assert result.secret == ("token",)

    @pytest.mark.parametrize(
        ("kind", "more"),
        [
            ("int", {}),
            ("json", {}),
            ("yaml", {"validator": "{{ token }}"}),
            ("str", {"choices": (Choice("a", "a"),)}),
            ("str", {"validator": "{{ token }} is bad"}),
            ("str", {"validator": "{{ {}[token] }}"}),
            ("str", {"validator": "{{ [token] }}"}),
            ("str", {"multiselect": True, "choices": (Choice("a", "a"),)}),
        ],
    )
    @pytest.mark.parametrize("value", ["{hunter'2\n: ä", "hunter'2\\", "h2"])
    def test_it_is_never_in_a_message(self, kind: str, more: dict[str, object], value: str) -> None:
        found = problems_of({}, [ask("token", kind, secret=True, **more)], data={"token": value})
        assert found
        for problem in found:
            assert not any(form in problem for form in (value, repr(value)[1:-1], "hunter"))

    def test_not_even_in_one_about_a_file(self) -> None:
        files = {"a.jinja": "{{ {}[token] }}", "b.jinja": "{{ {}[part.x[0]] }}", "{{ {}[token] }}": ""}
        questions = [ask("token", secret=True, default="hunter{{ 1 + 1 }}"), ask("part", "yaml", secret=True)]
        found = problems_of(files, questions, data={"part": {"x": ["abcde", True, None]}})
        assert len(found) == 3
        assert not any("hunter2" in problem or "abcde" in problem for problem in found)

    def test_a_missing_one_is_asked_for_as_such(self) -> None:
        assert "token:  # str; secret" in problems_of({}, [ask("token", secret=True)])[0]


NAMES = st.sampled_from(["a", "b", "c", "class", "project"])
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["{{ a }}", "{{ b", "{% if a %}x{% endif %}", "[1, 2]", "{{ a.b.c }}", "{{ 1/0 }}", "\ud800", "{{ '\\ud800' }}"]),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS, lambda inner: st.lists(inner, max_size=3), max_leaves=4
)
QUESTIONS = st.builds(
    Question,
    NAMES,
    st.sampled_from(["str", "int", "float", "bool", "json", "yaml", "path"]).map(lambda kind: ask("x", kind).type),
    default=VALUES,
    choices=st.none() | TEXTS | st.lists(st.builds(Choice, TEXTS, VALUES, TEXTS), max_size=2).map(tuple),
    multiselect=st.booleans(),
    when=st.booleans() | TEXTS,
    validator=st.just("") | TEXTS,
    secret=st.booleans(),
    position=st.just(AT),
)


@given(questions=st.lists(QUESTIONS, max_size=4, unique_by=lambda question: question.name), data=st.dictionaries(NAMES, VALUES, max_size=3))
def test_any_questions_and_data_give_answers_or_problems(questions: list[Question], data: dict[str, Value]) -> None:
    request = make_request({}, questions, data)
    if not problems(request):
        result = render(request)
        assert set(result.recorded) <= set(result.answers)
        assert not set(result.recorded) & set(result.secret)


def test_an_answer_that_is_made_of_a_secret_one_is_a_secret_too() -> None:
    questions = [
        ask("password", secret=True),
        ask("url", default="https://user:{{ password }}@host"),
        ask("size", "int", default="{{ password|length }}"),
    ]
    result = answered(questions, password="sesame")
    assert result.answers["url"] == "https://user:sesame@host"
    assert set(result.secret) == {"password", "url"}
    assert list(result.recorded) == ["size"]


def test_a_text_that_becomes_a_mapping_is_a_secret_in_all_its_parts() -> None:
    questions = [ask("db", "yaml", secret=True), ask("url", default="https://user:{{ db.word }}@host")]
    result = answered(questions, db="{word: sesame}")
    assert result.answers["url"] == "https://user:sesame@host"
    assert not result.recorded
    (problem,) = problems_of({"a.jinja": "{{ {}[db.word] }}"}, questions, data={"db": "{word: sesame}"})
    assert "sesame" not in problem


def test_a_wrong_answer_is_told_where_it_was_given_and_a_wrong_question_where_it_stands() -> None:
    questions = [
        ask("a", "int"),
        ask("b", choices=(Choice("1", "1"),)),
        ask("c", validator="{{ c }} is bad"),
        ask("d", "int", choices=(Choice("one", "one"),)),
        ask("e", validator="{{ nothing }}"),
        ask("f", "int", default="x"),
    ]
    given: dict[str, Value] = {"a": "x", "b": "2", "c": "3", "d": 1, "e": "5", "nope": "6"}
    places = {name: Position("m.yml", 7, number) for number, name in enumerate(given, start=1)}
    found = problems(replace(make_request({}, questions, given), places=places))
    assert [problem.partition("\n")[0] for problem in found] == [
        "m.yml:7:6: the template has no question 'nope'",
        "m.yml:7:1: 'a': 'x' is no whole number",
        "m.yml:7:2: 'b': '2' is none of the choices",
        "m.yml:7:3: 'c': 3 is bad",
        "template.yml:4:3: 'd': the choice 'one' does not fit the type int: 'one' is no whole number",
        "template.yml:4:3: 'e', validator: 'nothing' is undefined",
        "template.yml:4:3: 'f': 'x' is no whole number",
    ]
