from __future__ import annotations

import pytest

from robot_action.errors import InputError
from robot_action.model.template import Format
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.recognise import read_specification, recognise


def tree(*paths: str) -> Tree:
    return Tree({path: Entry(Mode.FILE) for path in paths})


def test_a_native_template_has_a_template_yml() -> None:
    assert recognise(tree("template.yml")) == "template.yml"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# ours\nname: x\n", "template.yml"),
        ('"name" : x', "template.yml"),
        ("{name: x}", "template.yml"),
        ("", "copier.yml"),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources:\n  name: x\n", "copier.yml"),
    ],
)
def test_of_several_formats_ours_counts_where_the_file_is_ours(text: str, found: str) -> None:
    others = tree("copier.yml", "cookiecutter.json").with_entries({"template.yml": Entry(Mode.FILE, text.encode())})
    assert recognise(others) == found
    assert recognise(others, Format.NATIVE) == "template.yml"


@pytest.mark.parametrize("file", ["copier.yml", "copier.yaml"])
def test_a_copier_template_has_a_copier_yml(file: str) -> None:
    specification = read_specification(Tree({file: Entry(Mode.FILE, b"name: x"), "README.md": Entry(Mode.FILE)}), "t")
    assert (specification.format, specification.file) == (Format.COPIER, file)


def test_what_is_none_says_what_was_looked_for() -> None:
    with pytest.raises(InputError, match=r"it has none of template\.yml, copier\.yml, copier\.yaml, cookiecutter\.json"):
        recognise(tree("README.md"))


def test_templates_below_are_named() -> None:
    with pytest.raises(InputError) as caught:
        recognise(tree("a/template.yml", "b/c/copier.yml", "README.md"))
    assert caught.value.problems[0].hint == "Templates lie in a, b/c: name one, as #subdirectory=a."
