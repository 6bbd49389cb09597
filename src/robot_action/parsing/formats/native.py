"""The native template format: ``template.yml`` -> `robot_action.model.template.Specification`."""

from __future__ import annotations

import re

from robot_action.errors import InputError, Problem
from robot_action.model.paths import path_problem
from robot_action.model.template import KINDS, Command, Commands, Readiness, ReadinessKind, Specification, Start, TemplateType
from robot_action.model.values import Value
from robot_action.parsing.commands import parse_commands, read_duration, split_command
from robot_action.parsing.fields import Fields, in_order
from robot_action.parsing.formats.questions import parse_questions
from robot_action.parsing.rules import check_line, check_name, check_range, check_topic
from robot_action.parsing.wording import RuleError, excerpt, suggestion
from robot_action.parsing.yaml_text import Document, parse_document

MAX_RESTARTS = 10
MAX_PATTERN = 500

_KEYS = (
    *("name", "description", "kinds", "tags", "type", "questions", "ignore", "verbatim", "suffix", "directory"),
    *("install", "start", "entry", "requires"),
)
_PLANNED = ("migrations",)
_START_KEYS = ("command", "ready", "timeout", "restarts")
_SUFFIX = re.compile(r"\.[A-Za-z0-9._-]{1,30}")
_MODULE = re.compile(r"-m [A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
# Only the program that was just started is asked, never another server.
_READY_URL = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\]):\{port\}(?:/[^\s]*)?")


def parse_native(text: bytes, file: str) -> Specification:
    """Return what a ``template.yml`` says.

    Args:
        text: what the file holds.
        file: its name for messages.

    Raises:
        InputError: with everything that is wrong with it.
    """
    document = parse_document(text, file)
    problems: list[Problem] = []
    specification = _Parser(document, problems).parse()
    if problems:
        raise InputError(problems=in_order(problems))
    return specification


class _Parser:
    """One specification; what is wrong is added to ``problems``."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self._document = document
        self._problems = problems
        self._fields = Fields(document, problems, (), document.value)

    def parse(self) -> Specification:
        fields = self._fields
        fields.check_keys(_KEYS, _PLANNED)
        fields.require("name")
        kind = TemplateType(fields.word("type", tuple(TemplateType), TemplateType.STANDARD))
        return Specification(
            name=fields.text("name", rule=check_name),
            description=fields.text("description", rule=check_line),
            kinds=self._kinds(),
            tags=fields.texts("tags", check_topic),
            type=kind,
            questions=parse_questions(self._document, self._problems, ("questions",), fields.value.get("questions", {})),
            ignore=fields.texts("ignore", _check_pattern),
            verbatim=fields.texts("verbatim", _check_pattern),
            suffix=fields.text("suffix", ".jinja", _check_suffix),
            directory=fields.text("directory", "template", _check_directory),
            install=self._install(kind),
            start=self._start(),
            entry=self._entry(kind),
            requires=fields.text("requires", rule=check_range) or None,
            places={key: self._document.find((key,)) for key in fields.value},
        )

    def _kinds(self) -> tuple[str, ...]:
        if "kinds" not in self._fields.value:
            return KINDS
        kinds = self._fields.texts("kinds", _check_kind)
        if not kinds and self._fields.value["kinds"] == []:
            self._fields.report(("kinds",), "there must be at least one kind")
        return tuple(dict.fromkeys(kinds))

    def _install(self, kind: TemplateType) -> Commands:
        if "install" not in self._fields.value:
            return Commands()
        if kind is TemplateType.CUSTOM:
            self._fields.report(("install",), "a custom template runs its entry instead of install commands", at_key=True)
        return parse_commands(self._document, self._fields, "install", jinja=True)

    def _entry(self, kind: TemplateType) -> str | None:
        if kind is TemplateType.CUSTOM:
            self._fields.require("entry")
        elif "entry" in self._fields.value and self._fields.value.get("type", kind) == kind:
            self._fields.report(("entry",), "only custom templates have an entry", "Write type: custom, or remove it.", at_key=True)
        return self._fields.text("entry", rule=_check_entry) or None

    def _start(self) -> Start | None:
        if "start" not in self._fields.value:
            return None
        fields = self._fields.below("start")
        fields.check_keys(_START_KEYS)
        fields.require("command")
        command = Command(())
        if "command" in fields.value:
            try:
                command = Command(split_command(fields.value["command"], jinja=True), self._document.find(("start", "command")))
            except RuleError as error:
                fields.report(("command",), error.message, error.hint)
        timeout = read_duration(fields, "timeout") if "timeout" in fields.value else Start(command).timeout
        start = Start(command, self._readiness(fields), timeout, self._restarts(fields))
        if not self._problems and start.readiness.kind is ReadinessKind.PORT and not _says_port(command):
            hint = "Write {port} where the program takes its port, or say under 'ready' what else tells that it is ready."
            fields.report(("command",), "it is ready by its port, but does not say {port}", hint)
        return start

    def _restarts(self, fields: Fields) -> int:
        value = fields.value.get("restarts", 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_RESTARTS:
            fields.wrong(("restarts",), value, f"a whole number from 0 to {MAX_RESTARTS}")
            return 0
        return value

    def _readiness(self, fields: Fields) -> Readiness:
        value: Value = fields.value.get("ready", "port")
        if value == "port":
            return Readiness()
        if not isinstance(value, dict) or len(value) != 1:
            fields.wrong(("ready",), value, "port, or one of {port: true}, {url: ...} and {log: ...}")
            return Readiness()
        ready = fields.below("ready")
        ready.check_keys(tuple(ReadinessKind))
        if "url" in value:
            return Readiness(ReadinessKind.URL, ready.text("url", rule=_check_ready_url))
        if "log" in value:
            return Readiness(ReadinessKind.LOG, ready.text("log", rule=_check_log))
        if not ready.flag("port", default=True):
            ready.report(("port",), "the port is what is waited for; false makes no sense here")
        return Readiness()


def _says_port(command: Command) -> bool:
    """Tell whether a command takes the port, as far as can be told before it is rendered."""
    return any(mark in word for word in command.arguments for mark in ("{port}", "{{"))


def _check_kind(text: str) -> str:
    if text not in KINDS:
        raise RuleError(f"{excerpt(text)} is no kind", suggestion(text, KINDS) or f"The kinds are {' and '.join(KINDS)}.")
    return text


def _check_pattern(text: str) -> str:
    if len(text) > MAX_PATTERN:
        raise RuleError(f"the pattern is longer than {MAX_PATTERN} characters: {excerpt(text)}")
    import pathspec

    try:
        pathspec.GitIgnoreSpec.from_lines([text])
    except ValueError:
        raise RuleError(f"{excerpt(text)} is no pattern as in .gitignore") from None
    return text


def _check_suffix(text: str) -> str:
    if not _SUFFIX.fullmatch(text):
        raise RuleError(f"{excerpt(text)} is no suffix", "A suffix begins with a dot, such as .jinja.")
    return text


def _check_directory(text: str) -> str:
    path = text.removesuffix("/")
    if problem := path_problem(path):
        raise RuleError(f"the directory {excerpt(text)} {problem}")
    return path


def _check_entry(text: str) -> str:
    if _MODULE.fullmatch(text):
        return text
    if problem := path_problem(text):
        raise RuleError(f"the entry {excerpt(text)} {problem}")
    if not text.endswith(".py") or text.startswith("-"):
        raise RuleError(f"the entry {excerpt(text)} is no Python file and no module", "Write such as hooks/make.py or -m package.module.")
    return text


def _check_ready_url(text: str) -> str:
    if not _READY_URL.fullmatch(text) or not text.isprintable():
        raise RuleError(
            f"{excerpt(text)} is no address of the program that was started",
            "Write such as http://127.0.0.1:{port}/health.",
        )
    return text


def _check_log(text: str) -> str:
    try:
        if not text or len(text) > MAX_PATTERN:
            raise RuleError(f"the regular expression must have 1 to {MAX_PATTERN} characters")
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise RuleError(f"{excerpt(text)} is no regular expression: {error}") from None
    return text
