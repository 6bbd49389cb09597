"""What Cookiecutter does and we refuse or do in another way: each stands in docs/compatibility.md."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from robot_action.errors import InputError
from robot_action.model.template import Rendering
from robot_action.rendering.engine import render
from tests.oracles.cookiecutter_peer import TOP, Both, Made, by_cookiecutter, compare, render_both, request_for, template
from tests.oracles.trees import link, make_tree, program, write

Files = dict[str, Any]


def refusal(both: Both) -> str:
    """Return our error, where Cookiecutter makes a project."""
    assert isinstance(both.theirs, Made), both.theirs
    assert isinstance(both.ours, InputError)
    return str(both.ours)


@pytest.mark.parametrize(
    ("slug", "name", "said"),
    [
        ("demo", "../outside", "leads out with '..'"),
        ("../demo", "x", "the project's name '../demo' leads out with '..'"),
        ("demo", ".git", "has a part that git or a file system takes for .git"),
        ("demo", "GIT~1", "has a part that git or a file system takes for .git"),
        ("demo", ".robot-action.yml", "which robot-action writes itself"),
        ("demo", ".robot-action-x", "has a part that robot-action uses"),
        ("demo", "a\nb", "has a control character"),
    ],
)
def test_paths_that_may_not_be_written(slug: str, name: str, said: str) -> None:
    assert said in refusal(compare(template({"{{cookiecutter.a}}": "1"}, slug=slug, a=name)))


def test_an_absolute_path(tmp_path: Path) -> None:
    assert "outside of the project" in refusal(render_both(tmp_path, template({"{{cookiecutter.a}}": "1"}, a=str(tmp_path / "x"))))
    assert (tmp_path / "x").read_bytes() == b"1"


@pytest.mark.parametrize("name", ["README.md", "e\u0301"])
def test_two_paths_that_some_file_systems_take_for_one(name: str) -> None:
    other = {"README.md": "readme.MD", "e\u0301": "\xe9"}[name]
    assert "are one file where case or Unicode form does not count" in refusal(compare(template({name: "1", other: "2"})))


def test_a_path_that_is_not_utf_8() -> None:
    assert "is not UTF-8" in refusal(compare(template({os.fsdecode(b"a\xff"): "1"}, _copy_without_render=["*"])))


@pytest.mark.parametrize("target", ["../../secret", "{folder}/secret"])
def test_a_link_out_of_the_template(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret").write_text("secret", "utf-8")
    both = render_both(tmp_path, template({"x": link(target.format(folder=tmp_path))}))
    assert "the link leads out of the template" in refusal(both)
    assert isinstance(both.theirs, Made)
    assert both.theirs.entries["x"].content == b"secret"


def test_an_included_file_behind_a_link_out(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_text("secret", "utf-8")
    both = render_both(tmp_path, template({"x": "{% include 'file' %}", "/templates": link("../secret")}))
    assert "the template has no file 'file'" in refusal(both)


@pytest.mark.parametrize(
    "text",
    [
        "{{ cookiecutter.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cookiecutter.update.__globals__ is defined }}{{ cycler.__init__.__globals__.os.getcwd() }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ self._TemplateReference__context.environment.loader }}",
    ],
)
def test_pythons_internals(text: str) -> None:
    refusal(compare(template({"x": text})))


def test_texts_that_grow() -> None:
    assert "would be too large" in refusal(compare(template({"x": "{{ ('x' * 10000000)|length }}"})))
    assert "would be too large" in refusal(compare(template({"x": "{{ (9 ** 99999) % 7 }}"})))


@pytest.mark.parametrize("options", [{"optimized": True, "cache_size": 5}, {"cache_size": 0}])
def test_options_that_only_python_can_use(options: dict[str, Any]) -> None:
    assert "_jinja2_env_vars: 'cache_size' is no option" in refusal(compare(template({"x": ""}, _jinja2_env_vars=options)))


def test_numbers_that_json_does_not_have() -> None:
    assert "NaN is no number" in refusal(compare({"cookiecutter.json": '{"slug": "x", "a": NaN}', f"{TOP}/x": "{{cookiecutter.a}}"}))


def test_nested_templates_whose_choice_is_rendered() -> None:
    files = {
        "cookiecutter.json": '{"template": ["{{ 1 + 1 }} (first)"]}',
        "first/cookiecutter.json": '{"slug": "x"}',
        f"first/{TOP}/x": "1",
    }
    assert "the choice of a template makes no sense" in refusal(compare(files))


def test_a_nested_template_outside_of_the_template(tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / TOP).mkdir(parents=True)
    (other / "cookiecutter.json").write_text('{"slug": "x"}', "utf-8")
    assert "leads out of the template" in refusal(
        render_both(tmp_path, {"cookiecutter.json": '{"templates": {"a": {"path": "../other"}}}'})
    )


def test_of_modes_only_the_executable_bit_stays(tmp_path: Path) -> None:
    place, tree = tmp_path / "template", make_tree(template({"x": program("1")}))
    write(tree, place)
    (place / TOP / "x").chmod(0o700)
    by_cookiecutter(place, tmp_path / "out")
    assert (tmp_path / "out" / "demo" / "x").stat().st_mode & 0o777 == 0o700
    assert render(request_for(tree, place)).tree["x"] == program("1")  # which is written with what the umask allows


def test_slugs_are_made_by_one_library_whatever_is_installed() -> None:
    both = compare(template({"x": "{{ 'Größe 影'|slugify }}"}))
    assert isinstance(both.ours, Rendering)
    assert both.ours.tree["x"].content == b"grosse-ying"


def test_what_is_random_comes_from_the_seed() -> None:
    files = template({"x": "{{ lipsum(1) }} {{ [1, 2, 3]|random }} {{ uuid4() }}"})
    first, second = (compare(files).trees() for _ in range(2))
    assert first[1] == second[1]
    assert first[0] != second[0]


def test_of_several_folders_the_first_by_name_is_the_projects() -> None:
    variables = json.dumps({"slug": "x", "a": "first"})
    both = compare({"cookiecutter.json": variables, f"{TOP}/y": "", "{{cookiecutter.a}}/z": ""})
    assert isinstance(both.ours, Rendering)
    assert both.ours.folder == "first"
