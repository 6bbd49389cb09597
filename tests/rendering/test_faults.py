"""What is wrong in a template is told with its place, and what to do."""

import pytest

from robot_action.errors import Position, Problem
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where, place_of, tidy
from tests.rendering.samples import ask, make_tree, problems_of


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n\n  {{ projct }}", ":3:6: 'projct' is undefined\n  Did you mean 'project'?"),
        ("{{ framwork }}", ":1:4: 'framwork' is undefined\n  Did you mean 'framework'?"),
        ("{{ zzz }} {{ zzz }}", ":1: 'zzz' is undefined"),
        ("{{ project.versoin }}", ":1:12: 'dict object' has no attribute 'versoin'\n  Did you mean 'version'?"),
        ("\n{% if %}", ":2: Expected an expression, got 'end of statement block'"),
        ("{% for x in [1] %}", ":1: Unexpected end of template."),
        ("{% nope %}", ":1: Encountered unknown tag 'nope'."),
        ("{{ 1|nope }}", ":1: No filter named 'nope'."),
        ("\n{{ 1 + 'a' }}", ":2: TypeError: unsupported operand"),
        ("{{ 1 / 0 }}", ":1: ZeroDivisionError: division by zero"),
        ("{{ 'a'|int(base=99) + 'x'|nope2 }}", ":1: No filter"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", ": calls itself too deeply"),
        ("{% include 'template/othr.txt' %}", ":1: the template has no file 'template/othr.txt'\n  Did you mean 'template/other.txt'?"),
        ("{% include ['p', 'q'] %}", ":1: the template has no file "),
        ("{{ " + "(" * 5000 + " }}", ": calls itself too deeply"),
    ],
)
def test_an_error_in_a_file_is_told_with_file_and_line(content: str, said: str) -> None:
    (problem,) = problems_of({"a.jinja": content, "other.txt": "x"}, [ask("framework", default="x")])
    assert problem.startswith("gh:acme/t: template/a.jinja")
    assert said in problem


def test_an_error_in_an_included_file_is_told_there() -> None:
    (problem,) = problems_of({"a.jinja": "{% include 'template/b' %}", "b": "\n{{ nope }}"})
    assert problem == "gh:acme/t: template/b:2:4: 'nope' is undefined"


def test_an_error_in_a_macro_of_another_file_is_told_there() -> None:
    (problem,) = problems_of(
        {"a.jinja": "\n{% import 'template/m' as m %}\n{{ m.f() }}", "m": "{% macro f() %}\n\n{{ 1 // 0 }}{% endmacro %}"}
    )
    assert problem.startswith("gh:acme/t: template/m:3: ZeroDivisionError")


def test_a_syntax_error_in_an_included_file_is_told_there() -> None:
    (problem,) = problems_of({"a.jinja": "{% include 'template/m' %}", "m": "\n{% if"})
    assert problem.startswith("gh:acme/t: template/m:2: ")


def test_a_text_that_fails_in_a_file_it_includes_says_so() -> None:
    (problem,) = problems_of({"m": "\n{{ nope }}"}, [ask("a", default="{% include 'template/m' %}")])
    assert problem == "gh:acme/t: template/m:2:4: 'a', default: in a file that it includes: 'nope' is undefined"


def test_running_out_of_memory_is_left_to_the_worker() -> None:
    def burst() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        Jinja(make_tree({})).text("{{ f() }}", {"f": burst}, Where(None))


def test_an_error_without_a_template_has_no_place() -> None:
    assert place_of(ValueError()) is None


def test_a_text_has_the_place_that_it_is_given() -> None:
    with pytest.raises(JinjaError) as failed:
        Jinja(make_tree({})).text("{{ x }}", {}, Where(Position("f", 1, 2), "this"))
    assert failed.value.problems == (Problem("this: 'x' is undefined", Position("f", 1, 2)),)
    assert failed.value.undefined == "x"


class TestTidy:
    def test_each_problem_is_told_once(self) -> None:
        assert tidy([Problem("a"), Problem("b"), Problem("a")]) == (Problem("a"), Problem("b"))

    def test_secrets_are_masked_in_messages_and_hints_however_they_are_written(self) -> None:
        secret = 'pa"ss\nword'
        problems = [Problem(f"a {secret} b", None, repr(secret)), Problem('"pa\\"ss\\nword"')]
        assert tidy(problems, {secret}) == (Problem("a *** b", None, "'***'"), Problem('"***"'))

    def test_a_short_secret_is_masked_where_it_stands_alone(self) -> None:
        assert tidy([Problem("pin '123' of 51234"), Problem("fine")], {"123", "in", ""}) == (Problem("pin '***' of 51234"), Problem("fine"))
        assert tidy([Problem("got: ?!, 5")], {"?!"}) == (Problem("got: ***, 5"),)

    def test_the_longest_secret_is_masked_first(self) -> None:
        assert tidy([Problem("abcdefgh")], ["abcd", "abcdefgh"]) == (Problem("***"),)

    def test_a_secret_is_masked_before_a_message_is_cut(self) -> None:
        (problem,) = tidy([Problem("x" * 595 + "hunter2")], {"hunter2"})
        assert "hunt" not in problem.message
