"""The questions of a template: the mapping ``questions`` with Copier's keys -> `robot_action.model.template.Question`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from robot_action.errors import Problem
from robot_action.model.template import UNSET, Choice, Question, QuestionType, Unset
from robot_action.model.values import Value
from robot_action.parsing.fields import Fields, quoting_hint
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.parsing.yaml_text import Document, Path

CONTEXT = ("project", "template", "year")
"""Variables that every template of the native format sees; no question can have their names."""

_KEYS = ("type", "help", "default", "choices", "multiselect", "when", "validator", "secret")
# Copier's, about prompting, which robot-action never does
_PROMPT_KEYS = ("ask", "multiline", "placeholder", "qmark")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_JINJA_WORDS = {"true", "false", "none", "self", "super", "loop", "caller", "varargs", "kwargs"}
_INFERRED = {bool: QuestionType.BOOL, int: QuestionType.INT, float: QuestionType.FLOAT, str: QuestionType.STR}
_MAX_NAME = 100


def parse_questions(document: Document, problems: list[Problem], path: Path, value: Value) -> tuple[Question, ...]:
    """Return the questions of the mapping at ``path``; what is wrong is added to ``problems``.

    A value that is no mapping is the short form: the default, whose type is the question's.
    """
    fields = Fields(document, problems, path, value)
    return tuple(_Parser(document, problems, (*path, name), item).parse(name, item) for name, item in fields.value.items())


def check_question_name(name: str) -> str:
    """Check that a name can be a variable of a template.

    Raises:
        RuleError: when it cannot, or would hide one that every template has.
    """
    if name in CONTEXT:
        raise RuleError(f"a question cannot be called {excerpt(name)}: every template has a variable of that name")
    if len(name) > _MAX_NAME or not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in _JINJA_WORDS:
        raise RuleError(
            f"{excerpt(name)} cannot be the name of a question",
            "A name begins with a letter, has letters, digits and '_', and is no word of Python or Jinja.",
        )
    return name


class _Parser:
    """One question, with the place of everything in it."""

    def __init__(self, document: Document, problems: list[Problem], path: Path, value: Value) -> None:
        self._document = document
        self._path = path
        # the short form is read as a mapping that has the default alone
        self._is_short = not isinstance(value, dict)
        self._fields = Fields(document, problems, path, {} if self._is_short else value)

    def parse(self, name: str, value: Value) -> Question:
        fields = self._fields
        self._check_name(name)
        if isinstance(value, dict):
            fields.check_keys((*_KEYS, *_PROMPT_KEYS))
            default: Value | Unset = value.get("default", UNSET)
        else:
            default = value
        kind = self._kind(default)
        choices = self._choices()
        multiselect = fields.flag("multiselect")
        if multiselect and choices is None:
            fields.report(("multiselect",), "a question without choices cannot take several of them", "Add choices.")
        self._check_texts(kind, default, choices)
        return Question(
            name=name,
            type=kind,
            help=fields.text("help"),
            default=default,
            choices=choices,
            multiselect=multiselect,
            when=self._when(),
            validator=fields.text("validator"),
            secret=fields.flag("secret"),
            position=self._document.find_key(self._path),
        )

    def _check_name(self, name: str) -> None:
        try:
            check_question_name(name)
        except RuleError as error:
            self._fields.report((), error.message, error.hint, at_key=True)

    def _kind(self, default: Value | Unset) -> QuestionType:
        if "type" in self._fields.value:
            return QuestionType(self._fields.word("type", tuple(QuestionType), QuestionType.YAML))
        return _INFERRED.get(type(default), QuestionType.YAML)

    def _when(self) -> bool | str:
        value = self._fields.value.get("when", True)
        if isinstance(value, bool | str):
            return value
        self._fields.wrong(("when",), value, "true, false or a Jinja text")
        return True

    def _check_texts(self, kind: QuestionType, default: Value | Unset, choices: tuple[Choice, ...] | str | None) -> None:
        """Refuse unquoted ``no`` and its like where the answer is a text: rendered, it would say ``False``."""
        if kind not in {QuestionType.STR, QuestionType.PATH}:
            return
        if isinstance(default, bool):
            self._unquoted(() if self._is_short else ("default",), default)
        if isinstance(default, list):
            for index, item in enumerate(default):
                if isinstance(item, bool):
                    self._unquoted(("default", index), item)
        if isinstance(choices, tuple) and any(isinstance(choice.value, bool) for choice in choices):
            self._fields.report(("choices",), f"the type is {kind}, but a choice is true or false for YAML", "Quote it.")

    def _unquoted(self, path: Path, value: Value) -> None:
        hint = quoting_hint(self._document, (*self._path, *path), value)
        self._fields.report(path, "the answer is a text, but this is true or false for YAML", hint)

    def _choices(self) -> tuple[Choice, ...] | str | None:
        value = self._fields.value.get("choices")
        if "choices" not in self._fields.value or isinstance(value, str):
            return value if isinstance(value, str) else None
        if isinstance(value, dict):
            found = [self._choice(label, item, ("choices", label)) for label, item in value.items()]
        elif isinstance(value, list):
            found = [self._listed(item, ("choices", index)) for index, item in enumerate(value)]
        else:
            self._fields.wrong(("choices",), value, "a list, a mapping of labels to values, or a Jinja text")
            return None
        if not found:
            self._fields.report(("choices",), "there must be at least one choice")
        for label in _twice(choice.label for choice in found):
            self._fields.report(("choices",), f"the choice {excerpt(label)} stands there twice")
        return tuple(found)

    def _listed(self, item: Value, path: Path) -> Choice:
        if not isinstance(item, list):
            return self._choice(self._label(item, path), item, path)
        if len(item) != 2 or isinstance(item[0], list | dict):  # noqa: PLR2004 - a label and a value
            self._fields.report(path, "a choice that is a list has two items: its label and its value")
            return Choice("", "")
        return self._choice(self._label(item[0], (*path, 0)), item[1], (*path, 1))

    def _label(self, item: Value, path: Path) -> str:
        if isinstance(item, dict):
            return self._label(item.get("value"), (*path, "value"))
        return item if isinstance(item, str) else self._document.texts.get((*self._path, *path), str(item))

    def _choice(self, label: str, item: Value, path: Path) -> Choice:
        if not isinstance(item, dict):
            return Choice(label, item)
        fields = self._fields.inside(path, item)
        fields.check_keys(("value", "validator"))
        fields.require("value")
        return Choice(label, item.get("value"), fields.text("validator"))


def _twice(labels: Iterator[str]) -> list[str]:
    seen: set[str] = set()
    return [label for label in labels if label in seen or seen.add(label)]  # type: ignore[func-returns-value]
