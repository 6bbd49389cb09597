"""Questions without an answer -> one problem with a block of YAML that can be pasted into a manifest, or a file of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from robot_action.errors import InputError, MissingAnswersError, Problem
from robot_action.model.surroundings import COPY
from robot_action.model.template import Choice, Question, RenderRequest
from robot_action.rendering.choices import shown
from robot_action.rendering.faults import tidy

_SHOWN_CHOICES = 20
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


Missing = list[tuple[Question, tuple[Choice, ...]]]
"""Questions that nobody answered, and their choices."""


def refusal(request: RenderRequest, problems: Iterable[Problem], missing: Missing, hidden: Iterable[str]) -> InputError:
    """Return the error for answers that are wrong or missing.

    Args:
        request: whose answers they are.
        problems: what is wrong.
        missing: what is missing.
        hidden: texts that no message may hold.
    """
    if not missing:
        return InputError(problems=tidy(problems, hidden))
    told = tidy((*problems, missing_problem(missing, is_new=request.surroundings.operation == COPY)), hidden)
    return MissingAnswersError(tuple(question.name for question, _ in missing), told)


def missing_problem(missing: Missing, *, is_new: bool) -> Problem:
    """Return the problem for questions that nobody answered, at the first of them, with their choices in the hint.

    Args:
        missing: the questions.
        is_new: whether the project is made just now, maybe by a manifest; one that is there has none.
    """
    names = ", ".join(question.name for question, _ in missing)
    lines = [f"{_key(question.name)}:  # {_comment(question, choices)}" for question, choices in missing]
    count = "an answer is missing" if len(missing) == 1 else f"{len(missing)} answers are missing"
    block = ["in the manifest:", "data:", *(f"  {one}" for one in lines)] if is_new else ["in a file for --data-file:", *lines]
    return Problem(f"{count}: {names}", missing[0][0].position, "\n".join([f"Answer with -d NAME=VALUE, or {block[0]}", *block[1:]]))


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and name.lower() not in _YAML_WORDS else json.dumps(name, ensure_ascii=False)


def _comment(question: Question, choices: tuple[Choice, ...]) -> str:
    parts = [f"list of {question.type}" if question.multiselect else str(question.type)]
    if question.secret:
        parts.append("secret")
    if choices:
        rest = ", ..." if len(choices) > _SHOWN_CHOICES else ""
        word = "any of" if question.multiselect else "one of"
        parts.append(f"{word} {', '.join(shown(choice.value) for choice in choices[:_SHOWN_CHOICES])}{rest}")
    if question.help:
        parts.append(question.help)
    return " ".join("; ".join(parts).split())
