"""Given answers: ``-d KEY=VALUE``, ``--data-file`` and the action's input ``data`` -> values by question.

As in Copier, what ``-d`` gives stays a text, and the question's type decides what it means: ``-d python=3.10`` is the
text ``3.10`` for a ``str`` question, and ``-d tools='[ci, types]'`` is a list for a ``yaml`` or multiselect one.
A data file is YAML, with the rules of `robot_action.parsing.yaml_text`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from robot_action.errors import InputError, Position, Problem, UsageError
from robot_action.model.values import Value
from robot_action.parsing.fields import Fields
from robot_action.parsing.wording import excerpt
from robot_action.parsing.yaml_text import parse_document

MASK = "***"
"""What reports show instead of a secret answer."""


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """Answers from outside of a manifest.

    Attributes:
        values: by question.
        places: where each of them was given; a flag has no line.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    places: Mapping[str, Position] = field(default_factory=dict)

    def under(self, other: GivenAnswers) -> GivenAnswers:
        """Return both, of which the other's come first."""
        return GivenAnswers({**self.values, **other.values}, {**self.places, **other.places})


def parse_pairs(pairs: Iterable[str]) -> GivenAnswers:
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
        elif value == MASK:
            problems.append(Problem(f"the answer {excerpt(key)} is {MASK}, which stands for one that is hidden", hint="Give it itself."))
        else:
            answers[key] = value
    if problems:
        raise UsageError(problems=tuple(problems))
    return GivenAnswers(answers, {key: Position(f"--data {key}") for key in answers})


def parse_data(text: bytes, file: str) -> GivenAnswers:
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
    return GivenAnswers(fields.value, {key: document.find_key((key,)) for key in fields.value})


def _parse_unseen(text: bytes, where: str) -> GivenAnswers:
    """Return the answers of a YAML text of which nothing may be shown: it has secret ones, and nobody knows yet which.

    Raises:
        InputError: with the places of what is wrong with it.
    """
    try:
        return parse_data(text, where)
    except InputError as error:
        raise InputError(problems=tuple(dict.fromkeys(map(_unseen, error.problems)))) from None


def _unseen(problem: Problem) -> Problem:
    if problem.message.startswith("the key "):
        return problem
    message = "it is no mapping in YAML or JSON; what stands there is not shown, since an answer may be secret"
    return Problem(message, problem.position, 'Write lines of question: "answer".')


def parse_mapping(text: str, where: str) -> GivenAnswers:
    """Return the answers of one mapping in JSON, as ``toJSON(inputs)`` writes it, or in YAML; none of a ``null``.

    ``toJSON(github.event.inputs)`` is ``null`` where no form was filled in, such as on a push.

    JSON is not quite a part of YAML 1.1: a pair of escapes that makes one character is two there.

    Args:
        text: the mapping.
        where: what messages call it.

    Raises:
        InputError: with everything that is wrong with it.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except ValueError:
        return _parse_unseen(text.encode(errors="surrogatepass"), where)
    except RecursionError:
        raise InputError(f"{where} is nested too deeply") from None
    if found is None:
        return GivenAnswers()
    if not isinstance(found, dict):
        raise InputError(f"{where} is no mapping of questions and answers", hint='Write {"question": "answer"}, or YAML.')
    return GivenAnswers(found, dict.fromkeys(found, Position(where)))


def _once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    """Return an object's pairs; keys that stand twice are left to the parser that says where."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8; arguments that are not hold surrogates in Python."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
