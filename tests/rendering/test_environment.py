"""The environment gives templates their own tree, and nothing else."""

import posixpath
from types import SimpleNamespace

import pytest

from robot_action.model.tree import Entry, Mode
from robot_action.rendering.engine import render
from robot_action.rendering.environment import NATIVE, Dialect, Jinja, make_environment
from robot_action.rendering.faults import JinjaError, Where
from tests.rendering.samples import ask, make_request, make_tree, problems_of, rendered

ESCAPES = [
    "''.__class__",
    "''['__class__']",
    "''|attr('__class__')",
    "[1]|map(attribute='__class__')|list",
    "().__class__.__base__.__subclasses__()",
    "cycler.__init__.__globals__.os.environ",
    "joiner.__init__.__globals__",
    "namespace.__init__.__globals__['os']",
    "self.__init__.__globals__",
    "self._TemplateReference__context",
    "lipsum.__globals__",
    "range.__class__",
    "dict.mro()",
    "(1).__class__.__mro__",
    "'{0.__class__.__mro__}'.format(1)",
    "'{x.__class__}'.format_map({'x': 1})",
    "'%s'.format.__self__.__class__",
    "('{0.__class__}'|string).format(cycler)",
    "('{0.__class__}'|safe).format(cycler)",
    "project.__class__",
    "project.clear()",
    "project.update({'name': 'x'})",
    "xs.append(1)",
    "xs.pop()",
    "1|random",
    "xs|random",
    "lipsum()",
    "now()",
    "env['HOME']",
    "open('/etc/passwd')",
    "__import__('os')",
    "config",
    "get_flashed_messages.__globals__",
    "(range(3)|groupby('__class__'))",
    "xs|sort(attribute='__class__')",
    "(xs|batch(2)).gi_frame",
    "self.x.__call__",
]


@pytest.mark.parametrize("expression", ESCAPES)
def test_no_expression_reaches_python_itself(expression: str) -> None:
    (problem,) = problems_of(
        {"a.jinja": f"{{{{ {expression} }}}}{{% for x in ({expression}) %}}{{{{ x }}}}{{% endfor %}}"}, [ask("xs", "yaml", default=[1, 2])]
    )
    assert problem.startswith("gh:acme/t: template/a.jinja:1")
    assert "/bin" not in problem


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../template.yml",
        "../../etc/passwd",
        "template/../x.txt",
        "./x.txt",
        "file:///etc/passwd",
        "X.TXT",
        "template",
        "link",
        "",
    ],
)
def test_only_files_of_the_tree_are_included(name: str) -> None:
    request_files = {"a.jinja": "{% include n %}"}
    more: dict[str, Entry | str | bytes] = {"x.txt": "x", "link": Entry(Mode.LINK, b"x.txt")}
    (problem,) = problems_of(request_files, [ask("n", default=name)], more=more)
    assert problem.startswith(f"gh:acme/t: template/a.jinja:1: the template has no file {name!r}")


def test_include_import_and_extends_take_paths_from_the_top() -> None:
    files = {
        "a.jinja": "{% include 'shared/x.txt' %}{% import 'template/m' as m %}{{ m.f(1) }}{% from 'template/m' import f %}{{ f(2) }}",
        "b.jinja": "{% extends 'shared/base' %}{% block b %}B{{ super() }}{% endblock %}",
        "m": "{% macro f(x) %}<{{ x }}>{% endmacro %}",
    }
    more: dict[str, Entry | str | bytes] = {
        "shared/x.txt": "{{ year }}\r\n",
        "shared/base": Entry(Mode.EXECUTABLE, b"[{% block b %}b{% endblock %}]"),
    }
    assert rendered(files, more=more)["a"] == b"2031\r\n<1><2>"
    assert rendered(files, more=more)["b"] == b"[Bb]"


def test_an_included_file_that_is_not_utf8_is_told() -> None:
    (problem,) = problems_of({"a.jinja": "\n{% include 'template/b' %}", "b": b"\xff"})
    assert "'template/b' is not UTF-8: byte 1 fits no character" in problem


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 10**10",
        "10**10 * 'a'",
        "[1] * 10**9",
        "(1,) * 10**9",
        "2 ** (10**9)",
        "10 ** (10 ** 10)",
        "range(10**9)",
        "('a' * 10**6) * 10",
    ],
)
def test_what_one_expression_makes_is_bounded(expression: str) -> None:
    (problem,) = problems_of({"a.jinja": f"{{{{ {expression} }}}}"})
    assert "too " in problem or "can only be used" in problem or "Range too big" in problem


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("'-' * 40", "-" * 40),
        ("2 ** 10", "1024"),
        ("2 ** 10 ** 3", "1073741824"),
        ("3 * 4", "12"),
        ("2 ** -1", "0.5"),
        ("1.5 * 2", "3.0"),
        ("[1] * 2", "[1, 1]"),
    ],
)
def test_ordinary_arithmetic_works(expression: str, result: str) -> None:
    assert rendered({"a.jinja": f"{{{{ {expression} }}}}"}) == {"a": result.encode()}


def test_undefined_names_are_errors_and_can_be_asked_for() -> None:
    assert rendered({"a.jinja": "{{ nope|default('d') }}{% if nope is defined %}x{% endif %}"}) == {"a": b"d"}
    assert problems_of({"a.jinja": "{% if nope %}{% endif %}"})


def test_nothing_is_escaped_for_html() -> None:
    assert rendered({"a.jinja": "{{ '<&>' }}"}) == {"a": b"<&>"}


def test_each_file_and_text_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    environment = make_environment(make_tree({}), NATIVE)
    original = type(environment).compile

    def compile_and_note(self: object, source: str, *arguments: object, **more: object) -> object:
        compiled.append(source)
        return original(self, source, *arguments, **more)

    monkeypatch.setattr(type(environment), "compile", compile_and_note)
    name = "{% yield x from [1, 2, 3] %}{{ x }}{% endyield %}"
    render(
        make_request(
            {
                f"{name}/a.jinja": "A{{ x }}",
                f"b/{name}": "",
                "c.jinja": "C{% include 'template/b.txt' %}",
                "d.jinja": "D{% include 'template/b.txt' %}",
                "b.txt": "B",
            }
        )
    )
    assert sorted(compiled) == sorted([name, "A{{ x }}", "B", "C{% include 'template/b.txt' %}", "D{% include 'template/b.txt' %}"])


def test_another_format_can_speak_another_dialect() -> None:
    jinja = Jinja(make_tree({"a": "{{ 1|shout }}"}), Dialect(filters={"shout": lambda value: f"{value}!"}))
    assert jinja.file("a", {}) == "1!"
    with pytest.raises(JinjaError):
        jinja.text("{{ 'a'|kebab }}", {}, Where(None))


def test_trees_are_not_shared_between_environments() -> None:
    first, second = Jinja(make_tree({"a": "{{ 1 }}"})), Jinja(make_tree({"a": "{{ 2 }}"}))
    assert (first.file("a", {}), second.file("a", {})) == ("1", "2")


def test_a_module_is_nothing_for_a_template() -> None:
    holder = SimpleNamespace(parser=posixpath)
    with pytest.raises(JinjaError, match="is unsafe"):
        Jinja(make_tree({})).text("{{ holder.parser.os.environ }}", {"holder": holder}, Where(None))
