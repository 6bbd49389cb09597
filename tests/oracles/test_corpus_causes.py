"""What well-known templates do, and small templates of ours did not: one test for each cause of a difference that was found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.rendering.engine import render
from tests.oracles import cookiecutter_peer, copier_peer, trees


def test_the_templates_own_file_gives_way_to_the_one_that_is_rendered() -> None:
    conditional = {"{% if q %}uv.lock{% endif %}.jinja": "made for {{ q }}", "{% if not q %}uv.lock{% endif %}.jinja": "another"}
    rendering = copier_peer.assert_same({"copier.yml": "q: v", "uv.lock": "the template's own", **conditional})
    assert rendering.tree["uv.lock"].content == b"made for v"


def test_two_rendered_files_of_one_path_are_refused() -> None:
    both = copier_peer.compare({"copier.yml": "q: v", "{{ q }}.jinja": "one", "v.jinja": "{{ q }} two"})
    assert "the path 'v' exists twice" in str(both.ours)


@pytest.mark.parametrize("text", ["{{ '=' * cookiecutter.name.__len__() }}", "{{ cookiecutter.name.__contains__('é') }}"])
def test_special_methods_that_do_no_harm(text: str) -> None:
    cookiecutter_peer.assert_same(cookiecutter_peer.template({"README.rst": f"{{{{ cookiecutter.name }}}}\n{text}\n"}, name="Ada é"))


@pytest.mark.parametrize("text", ["{{ cookiecutter.name.__class__ }}", "{{ cookiecutter.__class__.__mro__ }}", "{{ ''.__mul__(9) }}"])
def test_special_methods_that_lead_out_of_the_sandbox_are_refused(text: str) -> None:
    both = cookiecutter_peer.compare(cookiecutter_peer.template({"a": text}, name="x"))
    assert "is unsafe" in str(both.ours)


def test_files_are_told_the_folder_of_this_machine_that_was_given_and_hooks_where_they_find_it(tmp_path: Path) -> None:
    text = "{{ cookiecutter._repo_dir }}"
    files = cookiecutter_peer.template({"a": text, "/hooks/post_gen_project.sh": text})
    template = tmp_path / "template"
    trees.write(trees.make_tree(files), template)
    made = cookiecutter_peer.by_cookiecutter(template, tmp_path / "out")
    request = cookiecutter_peer.request_for(trees.make_tree(files), template)
    ours = render(replace(request, surroundings=replace(request.surroundings, folder="/elsewhere", local=str(template))))
    assert isinstance(made, cookiecutter_peer.Made)
    assert dict(ours.tree) == made.entries
    assert [task.script for task in ours.tasks] == [(".sh", b"/elsewhere")]
