from __future__ import annotations

import json
from typing import Any

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.template import Choice, Format, Question, QuestionType, Specification
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.cookiecutter import parse_cookiecutter

TOP = "{{cookiecutter.slug}}"


def tree(*paths: str, text: str | None = None, **variables: Any) -> Tree:
    content = json.dumps({"slug": "x", **variables}) if text is None else text
    files = {path: Entry(Mode.FILE) for path in (f"{TOP}/a", *paths)}
    return Tree({**files, "cookiecutter.json": Entry(Mode.FILE, content.encode())})


def parse(made: Tree, name: str = "gh:acme/t") -> Specification:
    return parse_cookiecutter(made, name, {})


def settings(made: Tree) -> CookiecutterSettings:
    found = parse(made).settings
    assert isinstance(found, CookiecutterSettings)
    return found


def refusal(made: Tree) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(made)
    return [str(problem) for problem in caught.value.problems]


def test_variables_and_settings_are_read() -> None:
    more = {"_extensions": ["a.B", "c.D"], "_jinja2_env_vars": {"trim_blocks": True}, "_copy_without_render": ["*.x"], "_new_lines": "\r\n"}
    found = settings(tree(name="n", **more))
    assert found.variables == {"slug": "x", "name": "n", **more}
    assert (found.extensions, found.environment) == (("a.B", "c.D"), {"trim_blocks": True})
    assert (found.copy_without_render, found.new_lines, found.folder, found.hooks) == (("*.x",), "\r\n", TOP, {})


def test_the_specification_is_cookiecutters() -> None:
    made = parse(tree())
    assert (made.format, made.file, made.directory, made.name) == (Format.COOKIECUTTER, "cookiecutter.json", "", "t")
    assert made.places["slug"] == Position("gh:acme/t: cookiecutter.json", 1, 2)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("gh:acme/t", "t"),
        ("https://example.org/acme/t.git@v1", "t"),
        ("./folder/t/", "t"),
        ("gh:acme/t@v2#subdirectory=x", "t"),
        ("#", "#"),
    ],
)
def test_a_template_has_its_sources_name(source: str, name: str) -> None:
    assert parse(tree(), source).name == name


def test_visible_variables_are_questions() -> None:
    prompts = {"a": "A?", "c": {"__prompt__": "C?", "x": "The X"}, "d": 5}
    made = parse(tree(__prompts__=prompts, a="1", b=True, c=["x", "y", 3], d={"k": "v"}, e=None, _f="raw", __g="hidden", h=7, i=[]))
    shown = [(question.name, question.type, question.help, question.default) for question in made.questions]
    assert shown == [
        ("slug", QuestionType.STR, "", "x"),
        ("a", QuestionType.STR, "A?", "1"),
        ("b", QuestionType.BOOL, "", True),
        ("c", QuestionType.STR, "C?", "x"),
        ("d", QuestionType.JSON, "", {"k": "v"}),
        ("e", QuestionType.STR, "", None),
        ("h", QuestionType.STR, "", 7),
        ("i", QuestionType.STR, "", []),
    ]
    choices: dict[str, Question] = {question.name: question for question in made.questions}
    assert choices["c"].choices == (Choice("The X", "x"), Choice("y", "y"), Choice("3", 3))
    assert {"_f", "__g", "a"} <= made.names


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("_extensions", "a.B", "'_extensions' is no list"),
        ("_jinja2_env_vars", [], "'_jinja2_env_vars' is no object"),
        ("_copy_without_render", None, "'_copy_without_render' is no list of patterns"),
        ("_copy_without_render", [1], "'_copy_without_render' is no list of patterns"),
        ("_new_lines", "x", "'_new_lines' is 'x', and no line end"),
        ("_new_lines", ["\n"], "'_new_lines' is \"['\\\\n']\", and no line end"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_their_place(key: str, value: object, said: str) -> None:
    assert refusal(tree(**{key: value})) == [f"gh:acme/t: cookiecutter.json:1:15: {said}"]


def test_everything_that_is_wrong_is_told() -> None:
    assert len(refusal(tree(_extensions=1, _jinja2_env_vars=1, _copy_without_render=1, _new_lines=1))) == 4


def test_a_template_without_a_folder_for_the_project_is_refused() -> None:
    made = Tree({"cookiecutter.json": Entry(Mode.FILE, b"{}"), "x/a": Entry(Mode.FILE), "{{cookiecutter.slug}}": Entry(Mode.FILE)})
    assert "the template has no folder that is the project" in refusal(made)[0]
    assert "{{cookiecutter.project_slug}}" in refusal(made)[0]


def test_of_several_folders_the_first_by_name_is_the_projects() -> None:
    assert settings(tree("{{cookiecutter.z}}/b", "{{cookiecutter.a}}/b")).folder == "{{cookiecutter.a}}"


def test_hooks_are_found_by_their_names() -> None:
    made = settings(
        tree(
            *("hooks/pre_gen_project.py", "hooks/pre_gen_project.sh", "hooks/post_gen_project", "hooks/pre_prompt.py", "hooks/other.py"),
            *("hooks/post_gen_project.py~", "hooks/post_gen_project.tar.gz", "hooks/pre_gen_project.d/x"),
        )
    )
    assert dict(made.hooks) == {
        "pre_prompt": ("hooks/pre_prompt.py",),
        "pre_gen_project": ("hooks/pre_gen_project.py", "hooks/pre_gen_project.sh"),
        "post_gen_project": ("hooks/post_gen_project",),
    }


def test_a_hook_that_leads_nowhere_is_refused() -> None:
    made = tree()
    assert refusal(made.with_entries({"hooks/pre_gen_project.py": Entry(Mode.LINK, b"../../x")})) == [
        "gh:acme/t: hooks/pre_gen_project.py: the hook is a link that leads to no file of the template"
    ]
    assert settings(made.with_entries({"hooks": Entry(Mode.LINK, b"/etc")})).hooks == {}


def test_a_nested_template_is_read_in_its_folder() -> None:
    made = Tree(
        {
            "cookiecutter.json": Entry(Mode.FILE, b'{"templates": {"one": {"path": "./first"}}}'),
            "first/cookiecutter.json": Entry(Mode.FILE, b'{"slug": "x"}'),
            f"first/{TOP}/a": Entry(Mode.FILE),
            "first/hooks/pre_prompt.sh": Entry(Mode.FILE),
            "hooks/pre_prompt.sh": Entry(Mode.FILE),
        }
    )
    found = parse(made)
    assert (found.file, found.directory, found.name) == ("first/cookiecutter.json", "first", "first")
    assert [question.name for question in found.questions] == ["template", "slug"]
    assert isinstance(found.settings, CookiecutterSettings)
    assert (found.settings.folder, found.settings.hooks) == (f"first/{TOP}", {"pre_prompt": ("first/hooks/pre_prompt.sh",)})
