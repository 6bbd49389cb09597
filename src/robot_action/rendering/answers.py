"""Questions and given data -> answers: in order, each question seeing the answers before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.errors import Position, Problem
from robot_action.model.template import UNSET, Choice, Question, RenderRequest, Unset
from robot_action.model.values import Value, leaves
from robot_action.parsing.wording import RuleError, excerpt, suggestion
from robot_action.rendering.casting import cast, is_true, read_yaml
from robot_action.rendering.choices import pick, read_choices
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where
from robot_action.rendering.missing import refusal
from robot_action.rendering.substitutes import substitute


@dataclass(frozen=True, slots=True)
class Answers:
    """Every answer.

    Attributes:
        values: in the order of the questions.
        recorded: the names of those that the state file keeps.
        secret: the names of secret ones.
        defaulted: the names of questions that nobody answered.
        hidden: texts that no message may hold.
    """

    values: Mapping[str, Value]
    recorded: tuple[str, ...]
    secret: tuple[str, ...]
    defaulted: tuple[str, ...]
    hidden: frozenset[str]


def resolve(questions: tuple[Question, ...], request: RenderRequest, context: Mapping[str, object], jinja: Jinja) -> Answers:
    """Answer all questions.

    An answer is taken from the given data, or else from the question's default; it is cast to the question's type, held to its
    choices, and validated. Where ``when`` is false, given data counts all the same, but a default is a computed value:
    it is not validated and not recorded, and without a default the name stays undefined.

    Args:
        questions: the template's.
        request: has the given data, and where they stand.
        jinja: renders what of a question is Jinja.
        context: what texts see besides the answers; no question may have a name of these.

    Raises:
        InputError: with every problem, each at the answer that was given, or else at its question.
    """
    resolver = _Resolver(request, context, jinja)
    for name in request.data:
        if name not in {question.name for question in questions}:
            resolver.problems.append(_unknown(name, request.places.get(name), questions))
    for question in questions:
        resolver.resolve(question)
    return resolver.finish()


def _unknown(name: str, place: Position | None, questions: tuple[Question, ...]) -> Problem:
    hint = suggestion(name, [question.name for question in questions]) or (
        f"Its questions: {', '.join(question.name for question in questions)}." if questions else "It asks nothing."
    )
    return Problem(f"the template has no question {excerpt(name)}", place, hint)


_TELLING = 4
"""Characters from which on a secret within another answer is no coincidence."""


@dataclass(slots=True)
class _Resolver:
    """The answers so far."""

    request: RenderRequest
    context: Mapping[str, object]
    jinja: Jinja
    values: dict[str, Value] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)
    defaulted: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    missing: list[tuple[Question, tuple[Choice, ...]]] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def resolve(self, question: Question) -> None:
        """Answer one question, or note why it cannot be answered."""
        try:
            if question.name in self.context:
                hint = f"Rename the question; {', '.join(self.context)} are taken."
                raise JinjaError(Problem(f"{question.name!r}: the name belongs to robot-action", question.position, hint))
            self._answer(question)
        except JinjaError as error:
            self.failed.add(question.name)
            if error.undefined not in self.failed - {question.name}:  # else it only follows from a problem that is told
                self.problems.extend(error.problems)
        except RuleError as error:
            self.failed.add(question.name)
            place = self.request.places.get(question.name, question.position)
            self.problems.append(Problem(f"{question.name!r}: {error.message}", place, error.hint))

    def _answer(self, question: Question) -> None:
        given = self.request.data.get(question.name, UNSET)
        if question.secret:
            self.secret.append(question.name)
            self._hide(given)
        is_asked = question.when if isinstance(question.when, bool) else is_true(self._text(question, "when", question.when))
        if isinstance(given, Unset):
            if self._stays_open(question, is_asked=is_asked):
                return
            given = self._by_default(question)
        else:
            is_asked = True
        self.values[question.name] = self._accept(question, given) if is_asked else self._cast(question, given)
        if question.secret:
            return
        if self._tells_a_secret(self.values[question.name]):
            self.secret.append(question.name)  # its default was made of a secret answer
        elif is_asked:
            self.recorded.append(question.name)

    def _stays_open(self, question: Question, *, is_asked: bool) -> bool:
        """Tell whether nothing answers a question: something else stands for the answer, or it is missing, or nobody asks."""
        if is_asked and self._is_unknown(question):
            choices = self._known_choices(question)
            self.values[question.name] = substitute(question.type, choices, several=question.multiselect, other=self.request.other)
            self._hide(self.values[question.name])
            return True
        if not isinstance(question.default, Unset):
            return False
        if is_asked:
            self.failed.add(question.name)
            self.missing.append((question, self._known_choices(question)))
        return True

    def _by_default(self, question: Question) -> Value:
        self.defaulted.append(question.name)
        value = self._rendered(question, question.default)
        if question.secret:
            self._hide(value)
        return value

    def _is_unknown(self, question: Question) -> bool:
        return question.name in self.request.unknown and (self.request.other or isinstance(question.default, Unset))

    def _tells_a_secret(self, value: Value) -> bool:
        return any(secret in text for text in leaves(value) for secret in self.hidden if len(secret) >= _TELLING)

    def _hide(self, value: Value | Unset) -> None:
        if not isinstance(value, Unset):
            self.hidden.update(leaves(value))

    def _text(self, question: Question, key: str, text: str, more: Mapping[str, Value] | None = None) -> str:
        where = Where(question.position, f"{question.name!r}, {key}")
        return self.jinja.text(text, {**self.context, **self.values, **(more or {})}, where)

    def _rendered(self, question: Question, value: Value | Unset) -> Value:
        if isinstance(value, str):
            return self._text(question, "default", value)
        if isinstance(value, list):
            return [self._rendered(question, item) for item in value]
        if isinstance(value, dict):
            return {key: self._rendered(question, item) for key, item in value.items()}
        return None if isinstance(value, Unset) else value

    def _cast(self, question: Question, value: Value) -> Value:
        """Return a value in the question's type; for several choices, a list of such.

        Raises:
            RuleError: when it is no such value; it never quotes a secret.
        """
        found = self._of_type(question, value)
        if question.secret:
            self._hide(found)  # a text may have become a mapping, whose parts are secrets, too
        return found

    def _of_type(self, question: Question, value: Value) -> Value:
        try:
            if not question.multiselect:
                return cast(value, question.type)
            items = read_yaml(value) if isinstance(value, str) else value
            if not isinstance(items, list):
                raise RuleError("several may be chosen, so that a list is needed", f"Write {question.name}: [...]")
            return [cast(item, question.type) for item in items]
        except RuleError as error:
            if question.secret:
                raise RuleError(f"the secret answer is no {question.type}") from None
            raise RuleError(error.message, error.hint or f"The answer has to be of type {question.type}.") from None

    def _accept(self, question: Question, given: Value) -> Value:
        """Return an answer that passed everything the question asks for.

        Raises:
            RuleError: when it does not.
            JinjaError: when the question's own texts cannot be rendered.
        """
        value = pick(question, self._cast(question, given), self._choices(question), lambda text: self._text(question, "choices", text))
        if question.validator:
            said = self._text(question, "validator", question.validator, {question.name: value}).strip()
            if said:
                raise RuleError(said)
        return value

    def _choices(self, question: Question) -> tuple[Choice, ...]:
        """Return the choices.

        Raises:
            JinjaError: when the template has none that can be used, whatever the answer is.
        """
        try:
            return read_choices(question, lambda text: self._text(question, "choices", text))
        except RuleError as error:
            raise JinjaError(Problem(f"{question.name!r}: {error.message}", question.position, error.hint)) from None

    def _known_choices(self, question: Question) -> tuple[Choice, ...]:
        """Return the choices for whoever has to answer, or none when they hang on an answer that is missing, too."""
        try:
            return self._choices(question)
        except JinjaError:
            return ()

    def finish(self) -> Answers:
        """Return the answers.

        Raises:
            InputError: when there was any problem.
        """
        if self.problems or self.missing:
            raise refusal(self.request, self.problems, self.missing, self.hidden)
        return Answers(self.values, tuple(self.recorded), tuple(self.secret), tuple(self.defaulted), frozenset(self.hidden))
