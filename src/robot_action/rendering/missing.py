"""Questions without an answer -> one problem with a ``data:`` block that can be pasted into a manifest."""

from __future__ import annotations

import json
import re

from robot_action.errors import Problem
from robot_action.model.template import Choice, Question
from robot_action.rendering.choices import shown

_SHOWN_CHOICES = 20
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def missing_problem(missing: list[tuple[Question, tuple[Choice, ...]]]) -> Problem:
    """Return the problem for questions that nobody answered, at the first of them, with their choices in the hint."""
    names = ", ".join(question.name for question, _ in missing)
    lines = [f"  {_key(question.name)}:  # {_comment(question, choices)}" for question, choices in missing]
    count = "an answer is missing" if len(missing) == 1 else f"{len(missing)} answers are missing"
    return Problem(
        f"{count}: {names}", missing[0][0].position, "\n".join(["Answer with -d NAME=VALUE, or in the manifest:", "data:", *lines])
    )


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
