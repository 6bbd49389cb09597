"""Which files of a template an update need not render."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.recognise import read_specification
from robot_action.planning.sparing import find_spared

QUESTIONS = "name: demo\nslug: '{{ name|lower }}'\nlicense: MIT\n"
COPIER = {"copier.yml": QUESTIONS, "a.txt.jinja": "{{ license }}", "b.txt.jinja": "{{ slug }}", "plain.txt": "{{ kept }}"}
TEMPLATES = {"a.txt.jinja", "b.txt.jinja"}
VARIABLES = {"name": "demo", "slug": "{{ cookiecutter.name|lower }}", "license": "MIT"}
COOKIECUTTER = {"cookiecutter.json": json.dumps(VARIABLES), "{{cookiecutter.slug}}/a.txt": "{{ cookiecutter.license }}"}


def template(files: Mapping[str, str]) -> Template:
    tree = Tree({path: Entry(Mode.FILE, text.encode()) for path, text in files.items()})
    return Template(Source(SourceKind.DIRECTORY, "/t", "/t"), read_specification(tree, "t", {}), tree)


def spared(
    old: Mapping[str, str],
    new: Mapping[str, str],
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
    **how: bool,
) -> set[str]:
    answers = (before or {}, after if after is not None else before or {})
    return set(find_spared(template(old), template(new), answers, **{"skip_tasks": False, **how}))


def test_what_is_the_same_and_sees_the_same_is_spared() -> None:
    assert spared(COPIER, COPIER) == {"a.txt.jinja", "b.txt.jinja"}
    assert spared(COPIER, {**COPIER, "a.txt.jinja": "{{ license }}!"}) == {"b.txt.jinja"}
    assert spared(COOKIECUTTER, {**COOKIECUTTER, "new": "x"}) == {"{{cookiecutter.slug}}/a.txt"}


def test_our_own_templates_are_rendered_as_a_whole() -> None:
    files = {"template.yml": "name: t\n", "template/a.jinja": "{{ project.name }}"}
    assert spared(files, files) == set()


@pytest.mark.parametrize(
    ("questions", "after", "rendered"),
    [
        (QUESTIONS.replace("MIT", "BSD"), {}, {"a.txt.jinja"}),
        (QUESTIONS.replace("license: MIT\n", ""), {}, {"a.txt.jinja"}),
        (QUESTIONS.replace("license: MIT", "license:\n  default: MIT\n  when: '{{ new }}'") + "new: true\n", {}, {"a.txt.jinja"}),
        (QUESTIONS, {"name": "Other"}, {"b.txt.jinja"}),  # for the other question's default mentions it
        (QUESTIONS.replace("{{ name|lower }}", "{{ _copier_conf.vcs_ref }}"), {}, {"b.txt.jinja"}),
    ],
)
def test_what_sees_another_value_is_rendered(questions: str, after: Mapping[str, str], rendered: set[str]) -> None:
    before = {"name": "Mine"}
    new = {**COPIER, "copier.yml": questions}
    assert spared(new if "_copier_conf" in questions else COPIER, new, before, {**before, **after}) == TEMPLATES - rendered


def test_where_a_question_stands_and_its_help_count_nothing() -> None:
    questions = "# further down\n\n" + QUESTIONS.replace("license: MIT", "license: {type: str, default: MIT, help: Which one}")
    bare = QUESTIONS.replace("license: MIT", "license: {type: str, default: MIT}")
    assert spared({**COPIER, "copier.yml": bare}, {**COPIER, "copier.yml": questions}) == TEMPLATES


@pytest.mark.parametrize(
    "text",
    [
        "{{ _copier_answers._commit }}",
        "{{ _copier_conf.vcs_ref_hash }}",
        "{%- include 'other' %}",
        "{% from 'other' import x %}",
    ],
)
def test_what_tells_of_the_version_or_loads_other_files_is_rendered(text: str) -> None:
    files = {**COPIER, "c.jinja": text}
    assert spared(files, files) == {"a.txt.jinja", "b.txt.jinja"}


@pytest.mark.parametrize(
    "text", ["{{ cookiecutter | tojson }}", "{{ cookiecutter['name'] }}", "{% for k in cookiecutter.keys() %}{% endfor %}"]
)
def test_what_sees_all_answers_of_cookiecutter_at_once_is_rendered(text: str) -> None:
    files = {**COOKIECUTTER, "{{cookiecutter.slug}}/b.txt": text}
    assert spared(files, files) == {"{{cookiecutter.slug}}/a.txt"}


@pytest.mark.parametrize(
    "more",
    [
        {"c.jinja": "{{ names.append(1) }}"},
        {"copier.yml": f"{QUESTIONS}_tasks: [make]\n"},
        {"copier.yml": f"{QUESTIONS}_jinja_extensions: [mine.Own]\n"},
        {"copier.yml": f"{QUESTIONS}_jinja_extensions: [jinja2.ext.do]\n"},
        {"copier.yml": f"{QUESTIONS}_envops: {{block_start_string: '[%'}}\n"},
        {"copier.yml": f"{QUESTIONS}_external_data: {{other: other.yml}}\n"},
    ],
)
def test_a_template_that_does_what_words_do_not_show_is_rendered_as_a_whole(more: Mapping[str, str]) -> None:
    assert spared({**COPIER, **more}, {**COPIER, **more}) == set()


def test_tasks_count_only_where_they_run() -> None:
    files = {**COPIER, "copier.yml": f"{QUESTIONS}_tasks: [make]\n"}
    assert spared(files, files, skip_tasks=True) == {"a.txt.jinja", "b.txt.jinja"}
    hooked = {**COOKIECUTTER, "hooks/post_gen_project.py": "pass\n"}
    assert spared(hooked, hooked) == set()
    assert spared(hooked, hooked, skip_tasks=True) == {"{{cookiecutter.slug}}/a.txt"}


@pytest.mark.parametrize("settings", ["_subdirectory: sub\n", "_templates_suffix: .tmpl\n", "_envops: {trim_blocks: true}\n"])
def test_settings_that_change_how_everything_is_rendered_spare_nothing(settings: str) -> None:
    assert spared(COPIER, {**COPIER, "copier.yml": QUESTIONS + settings}) == set()
    assert spared(COPIER, COOKIECUTTER) == set()
