"""Copier's format: ``copier.yml`` -> `robot_action.model.template.Specification`, as leniently as Copier 9.19 reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from robot_action.errors import InputError, Problem
from robot_action.model.template import Question, Specification
from robot_action.model.tree import Tree
from robot_action.parsing.fields import in_order
from robot_action.parsing.formats.copier_questions import parse_question
from robot_action.parsing.formats.copier_settings import Settings, parse_settings
from robot_action.parsing.formats.copier_yaml import Section, read_sections
from robot_action.parsing.wording import RuleError, excerpt

FILES = ("copier.yml", "copier.yaml")
SUFFIX = ".jinja"
"""Of files that are rendered, where ``_templates_suffix`` says no other."""


def parse_copier(tree: Tree, path: str, name: str) -> Specification:
    """Return what a Copier template says about itself.

    Settings that Copier does not know are passed over, as it does itself.

    Args:
        tree: the template, whose files may be included.
        path: the specification in it.
        name: the template's source, for messages.

    Raises:
        InputError: with everything that is wrong with it.
    """
    if others := [file for file in FILES if file in tree and file != path]:
        raise InputError(f"{name}: the template has {path} and {others[0]}, and only one of them can count", hint="Remove one of them.")
    section = read_sections(tree, path, f"{name}: ")
    problems: list[Problem] = []
    settings = Settings(section, problems)
    questions = tuple(_questions(section, settings, problems))
    directory = settings.text("_subdirectory")
    suffix = settings.text("_templates_suffix", SUFFIX)
    parsed = parse_settings(settings, is_top=PurePosixPath(directory) == PurePosixPath())
    if problems:
        raise InputError(problems=in_order(problems))
    return Specification(
        name=name,
        questions=questions,
        suffix=suffix,
        directory=directory,
        file=path,
        places={str(key): place for key, place in section.places.items()},
        settings=parsed,
    )


def _questions(section: Section, settings: Settings, problems: list[Problem]) -> Iterator[Question]:
    """Yield the questions: every key that does not begin with an underscore."""
    secret = settings.texts("_secret_questions")
    for key, value in section.value.items():
        position = section.find(key)
        if not isinstance(key, str):
            problems.append(Problem(f"the key {excerpt(str(key))} is no text", position, f"Quote it: {excerpt(str(key))}"))
        elif not key.startswith("_"):
            try:
                yield parse_question(key, value, position, is_secret=key in secret)
            except RuleError as error:
                problems.append(Problem(f"{key!r}: {error.message}", position, error.hint))
