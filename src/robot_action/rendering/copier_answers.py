"""A Copier template's questions and given data -> answers, by Copier's own rules (``copier/_main.py``, ``_user_data.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jinja2 import StrictUndefined, UndefinedError

from robot_action.errors import InputError, Problem
from robot_action.model.template import UNSET, Choice, Question, QuestionType, RenderRequest, Unset
from robot_action.model.values import Value, leaves
from robot_action.parsing.formats.copier_questions import read_choices
from robot_action.parsing.wording import RuleError, suggestion
from robot_action.rendering.answers import Answers
from robot_action.rendering.copier_casting import cast_answer, plain, read_yaml, read_yaml_list, to_bool
from robot_action.rendering.copier_choices import Option, cast_item, pick
from robot_action.rendering.copier_context import Context, Lazy, Phase
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where
from robot_action.rendering.missing import refusal
from robot_action.rendering.substitutes import substitute


@dataclass(frozen=True, slots=True)
class Resolved:
    """Every answer, as the template sees it.

    Attributes:
        values: all of them; dates and the like are what YAML makes of them.
        recorded: those that the answers file keeps, in Copier's order: what was given comes first.
        answers: the same for whoever is no template.
        external: what ``_external_data`` holds after all questions.
    """

    values: Mapping[str, Value]
    recorded: Mapping[str, Value]
    answers: Answers
    external: Lazy


class _UnsetError(UndefinedError):
    """A default says that there is none."""


_UNSET = StrictUndefined(name="UNSET", exc=_UnsetError)


def resolve(request: RenderRequest, context: Context, jinja: Jinja) -> Resolved:
    """Answer all questions, as ``copier copy --defaults`` does.

    Raises:
        InputError: with every problem, each at the answer that was given, or else at its question.
    """
    secret = {question.name for question in request.specification.questions if question.secret}
    resolver = _Resolver(request, context, jinja, unrecorded=secret)
    for question in request.specification.questions:
        resolver.resolve(question)
    return resolver.finish()


@dataclass(slots=True)
class _Resolver:
    """The answers so far."""

    request: RenderRequest
    context: Context
    jinja: Jinja
    values: dict[str, Value] = field(default_factory=dict)
    unrecorded: set[str] = field(default_factory=set)
    defaulted: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    missing: list[tuple[Question, tuple[Choice, ...]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    failed: bool = False  # whether an answer is missing, or a given one wrong
    _seen: dict[str, object] = field(default_factory=dict)
    _external: Lazy | None = None

    def resolve(self, question: Question) -> None:
        """Answer one question, or note why it cannot be answered."""
        if self._external is None:
            self._external = self.context.external(lambda: self.values)
        self._seen = self.context.full(self.values, self._recorded(), self._external, Phase.PROMPT)
        try:
            self._answer(question)
        except (JinjaError, RuleError) as error:
            is_given = question.name in self.request.data
            if is_given or not self.failed:  # a default that is made of what is missing or wrong is told when all else is right
                self.problems.extend(self._told(question, error))
            self.failed = self.failed or is_given

    def _told(self, question: Question, error: JinjaError | RuleError) -> tuple[Problem, ...]:
        if isinstance(error, JinjaError):
            return error.problems
        place = self.request.places.get(question.name, question.position)
        return (Problem(f"{question.name!r}: {error.message}", place, error.hint),)

    def _answer(self, question: Question) -> None:
        name = question.name
        self._check_last(question)
        given = self.request.data.get(name, UNSET)
        if question.secret:
            self._hide(given)
        may_be_missing = not self._holds(question, "ask")
        is_asked = self._holds(question, "when")
        if not is_asked:
            self.unrecorded.add(name)
            self.context.last.pop(name, None)
        if not isinstance(given, Unset):
            value = self._parse(question, given)
            self._validate(question, value)
            self.values[name] = value
        elif may_be_missing and name in self.context.last:
            self.values[name] = self.context.last[name]
        else:
            self._take_default(question, is_asked=is_asked, may_be_missing=may_be_missing)

    def _take_default(self, question: Question, *, is_asked: bool, may_be_missing: bool) -> None:
        """Answer a question as it was answered before, or else by its default."""
        name = question.name
        default: Value | Unset
        if name in self.context.last:
            default = self.context.last[name]
        elif name in self.request.unknown and self.request.other:  # a secret question always has a default
            default = substitute(self._kind(question), self._known_choices(question), several=question.multiselect, other=True)
        else:
            self.defaulted.append(name)
            default = self._default(question)
        if isinstance(default, Unset):
            if is_asked and not may_be_missing:
                self.missing.append((question, self._known_choices(question)))
                self.failed = True
            return
        if question.secret:
            self._hide(default)
        value = self._parse(question, default)
        if is_asked and not question.secret:
            self._validate(question, value)
        self.values[name] = value

    def _check_last(self, question: Question) -> None:
        """Forget an earlier answer that does not fit any more."""
        last = self.context.last
        if question.name in last:
            try:
                self._validate(question, self._parse(question, last[question.name]))
            except (InputError, RuleError):
                del last[question.name]

    def _holds(self, question: Question, key: Literal["ask", "when"]) -> bool:
        condition = question.ask if key == "ask" else question.when
        return condition if isinstance(condition, bool) else to_bool(self._text(question, key, condition))

    def _hide(self, value: Value | Unset) -> None:
        if not isinstance(value, Unset):
            self.hidden.update(leaves(plain(value)))

    def _text(self, question: Question, key: str, text: str, more: Mapping[str, object] | None = None) -> str:
        where = Where(question.position, f"{question.name!r}, {key}")
        return self.jinja.text(text, {**self._seen, **(more or {})}, where)

    def _render(self, question: Question, key: str, value: Value, more: Mapping[str, object] | None = None) -> Value:
        """Render a text, and the texts of a list, which see nothing more; a mapping stays as it is."""
        if isinstance(value, str):
            return self._text(question, key, value, more)
        return [self._render(question, key, item) for item in value] if isinstance(value, list) else value

    def _default(self, question: Question) -> Value | Unset:
        if isinstance(question.default, Unset):
            return UNSET
        try:
            return self._render(question, "default", question.default, {"UNSET": _UNSET})
        except JinjaError as error:
            if isinstance(error.__cause__, _UnsetError):
                return UNSET
            raise

    def _kind(self, question: Question) -> QuestionType:
        if not question.type_text:
            return question.type
        text = self._text(question, "type", question.type_text)
        if text not in set(QuestionType):
            hint = suggestion(text, QuestionType) or f"One of {', '.join(QuestionType)}."
            raise JinjaError(Problem(f"{question.name!r}: {text!r} is no type", question.position, hint))
        return QuestionType(text)

    def _parse(self, question: Question, value: Value) -> Value:
        """Return an answer in the question's type, if its choices allow it.

        Raises:
            RuleError: when they do not, or it has another type; it never quotes a secret.
        """
        parsed = self._parsed(question, value)
        if question.secret:
            self._hide(parsed)  # a text may have become a mapping, whose parts are secrets, too
        return parsed

    def _parsed(self, question: Question, value: Value) -> Value:
        kind = self._kind(question)
        options = self._options(question, kind)
        try:
            if not question.multiselect:
                return pick(cast_answer(value, kind), options)
            items = read_yaml_list(value) if isinstance(value, str) else value
            if not isinstance(items, (list, dict)):
                raise RuleError("several may be chosen, so that a list is needed", f"Write {question.name}: [...]")
            taken = [pick(cast_item(item, kind), options) for item in items]
        except RuleError:
            if question.secret:
                raise RuleError(f"the secret answer is no {kind}, or none of the choices") from None
            raise
        return [option.value for option in options if option.value in taken]

    def _options(self, question: Question, kind: QuestionType) -> tuple[Option, ...]:
        """Return the choices; none when every answer is allowed.

        Raises:
            JinjaError: when the template has none that can be used, whatever the answer is.
        """
        try:
            choices = self._choices(question)
            return tuple(self._option(question, choice, kind) for choice in choices)
        except RuleError as error:
            raise JinjaError(Problem(f"{question.name!r}, choices: {error.message}", question.position, error.hint)) from None

    def _known_choices(self, question: Question) -> tuple[Choice, ...]:
        """Return the choices for whoever has to answer, or none when they hang on an answer that is missing, too."""
        try:
            options = self._options(question, self._kind(question))
        except JinjaError:
            return ()
        return tuple(Choice("", option.value) for option in options if not option.forbidden)

    def _choices(self, question: Question) -> tuple[Choice, ...]:
        if not isinstance(question.choices, str):
            return question.choices or ()
        found = read_choices(read_yaml(self._text(question, "choices", question.choices)))
        if isinstance(found, str):
            raise RuleError("their text gives no list and no mapping")
        return found or ()

    def _option(self, question: Question, choice: Choice, kind: QuestionType) -> Option:
        label = self._text(question, "choices", choice.label)
        forbidden = self._text(question, "choices", choice.validator)
        value = self._render(question, "choices", choice.value)
        # a choice without a value has its label as one: questionary's rule
        cast_value = cast_item if question.multiselect else cast_answer
        return Option(cast_value(label if value is None else value, kind), forbidden)

    def _validate(self, question: Question, value: Value) -> None:
        """Let the question's validator have its say.

        Raises:
            RuleError: with what it says, if that is not blank.
        """
        said = self._text(question, "validator", question.validator, {question.name: value}).strip()
        if said:
            raise RuleError(said)

    def _plain(self) -> dict[str, Value]:
        """Return the answers as whoever is no template can have them."""
        values: dict[str, Value] = {}
        positions = {question.name: question.position for question in self.request.specification.questions}
        for name, value in self.values.items():
            try:
                values[name] = plain(value)
            except RuleError as error:
                self.problems.append(Problem(f"{name!r}: {error.message}", self.request.places.get(name, positions[name])))
        return values

    def _recorded(self) -> dict[str, Value]:
        """Return what the answers file keeps: what JSON has a type for."""
        names = {question.name for question in self.request.specification.questions}
        combined = {**self.context.last, **self.request.data, **self.values}
        return {
            name: value
            for name, value in combined.items()
            if name in names and name not in self.unrecorded and (value is None or isinstance(value, (dict, list, str, int, float)))
        }

    def finish(self) -> Resolved:
        """Return the answers.

        Raises:
            InputError: when there was any problem.
        """
        values = self._plain()
        if self.problems or self.missing:
            raise refusal(self.request, self.problems, self.missing, self.hidden)
        recorded = self._recorded()
        secret = tuple(question.name for question in self.request.specification.questions if question.secret)
        answers = Answers(values, tuple(recorded), secret, tuple(self.defaulted), frozenset(self.hidden))
        return Resolved(self.values, recorded, answers, self.context.external(lambda: self.values))
