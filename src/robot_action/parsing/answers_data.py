"""Given answers: ``-d KEY=VALUE`` and ``--data-file`` -> values by question.

As in Copier, what ``-d`` gives stays a text, and the question's type decides what it means: ``-d python=3.10`` is the
text ``3.10`` for a ``str`` question, and ``-d tools='[ci, types]'`` is a list for a ``yaml`` or multiselect one.
A data file is YAML, with the rules of `robot_action.parsing.yaml_text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from robot_action.errors import InputError, Problem, UsageError
from robot_action.model.template import Value
from robot_action.parsing.fields import Fields
from robot_action.parsing.wording import excerpt
from robot_action.parsing.yaml_text import parse_document


def parse_pairs(pairs: Iterable[str]) -> Mapping[str, Value]:
    """Return the answers of ``KEY=VALUE`` texts; a later one replaces an earlier one of the same key.

    Raises:
        UsageError: naming every text that has no key or is not UTF-8; values are not shown, since they may be secrets.
    """
    answers: dict[str, Value] = {}
    problems: list[Problem] = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.isprintable() or not key.strip() or key != key.strip():
            problems.append(Problem(f"{excerpt(key)} is no answer", hint="Write -d KEY=VALUE."))
        elif not _is_unicode(pair):
            problems.append(Problem(f"the answer {excerpt(key)} is not UTF-8"))
        else:
            answers[key] = value
    if problems:
        raise UsageError(problems=tuple(problems))
    return answers


def parse_data(text: bytes, file: str) -> Mapping[str, Value]:
    """Return the answers of a data file: one YAML mapping.

    Args:
        text: what the file holds.
        file: its name for messages.

    Raises:
        InputError: with everything that is wrong with it.
    """
    document = parse_document(text, file)
    problems: list[Problem] = []
    fields = Fields(document, problems, (), document.value)
    if problems:
        raise InputError(problems=tuple(problems))
    return fields.value


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8; arguments that are not hold surrogates in Python."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
