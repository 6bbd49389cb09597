"""Commands and durations, as manifests and templates write them. No shell ever reads a command."""

from __future__ import annotations

import math
import re
import shlex

from robot_action.model.template import Command, Commands
from robot_action.model.values import Value
from robot_action.parsing.fields import Fields
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.parsing.yaml_text import Document

DURATION_PATTERN = r"^[0-9]+(?:\.[0-9]+)?[smh]$"
MAX_SECONDS = 24 * 3600.0
MAX_COMMANDS = 100
MAX_ARGUMENTS = 1000

_DURATION = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<unit>[smh])")
_UNITS = {"s": 1, "m": 60, "h": 3600}
_JINJA = re.compile(r"\{\{|\{%|\{#")
_JINJA_END = {"{{": "}}", "{%": "%}", "{#": "#}"}
_SINGLE_QUOTED = re.compile(r"'[^']*'")
_EXPANSION = re.compile(r"`|\$[\w({]")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_PUNCTUATION = "();<>|&"
_NO_SHELL = "No shell runs it: write one command an item, and put steps that need a shell into a Makefile or script."


def parse_duration(value: object) -> float:
    """Return a duration in seconds, from a number of seconds, or a text such as ``90s``, ``20m`` or ``1h``.

    Raises:
        RuleError: when it is none, or not between 0 and `MAX_SECONDS`.
    """
    seconds = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        seconds = float(match["number"]) * _UNITS[match["unit"]]
    if not 0 < seconds <= MAX_SECONDS:
        raise RuleError(f"{excerpt(str(value))} is no duration between 0 and 24 hours", "Write seconds, or such as 90s, 20m or 1h.")
    return seconds


def split_command(value: object, *, jinja: bool = False) -> tuple[str, ...]:
    """Return a command's arguments: of a text as a POSIX shell would split it, or of a list as they are.

    Args:
        value: a text or a list of texts.
        jinja: whether what stands between Jinja's delimiters is kept together, and may hold anything.

    Raises:
        RuleError: when it is empty, cannot be split, or needs a shell.
    """
    arguments = _split(value, jinja=jinja) if isinstance(value, str) else _listed(value)
    if not arguments or not arguments[0]:
        raise RuleError("the command is empty")
    if len(arguments) > MAX_ARGUMENTS:
        raise RuleError(f"the command has more than {MAX_ARGUMENTS} arguments")
    if _ASSIGNMENT.match(arguments[0]):
        raise RuleError(f"the command begins with {excerpt(arguments[0])}, which is no program", _NO_SHELL)
    if any("\0" in argument for argument in arguments):
        raise RuleError("a command cannot hold the character NUL")
    return arguments


def _listed(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RuleError("a command is a text, or a list of texts", "Quote what is no text.")
    if found := next((item for item in value if item and not item.strip(_PUNCTUATION)), None):
        raise RuleError(f"the command has the shell operator {excerpt(found)}", _NO_SHELL)
    return tuple(value)


def _split(text: str, *, jinja: bool) -> tuple[str, ...]:
    if "\ue000" in text or "\ue001" in text:
        raise RuleError("the command has a private Unicode character")
    plain, kept = _keep_jinja(text) if jinja else (text, [])
    _check_shell(plain, text)
    try:
        words = _words(plain)
    except ValueError as error:
        raise RuleError(f"the command {excerpt(text)} cannot be split: {str(error).lower()}") from None
    if found := next((word for word in words if word and not word.strip(_PUNCTUATION)), None):
        raise RuleError(f"the command {excerpt(text)} has the shell operator {excerpt(found)}", _NO_SHELL)
    return tuple(re.sub("\ue000([0-9]+)\ue001", lambda match: kept[int(match[1])], word) for word in words)


def _keep_jinja(text: str) -> tuple[str, list[str]]:
    """Return the text with numbers between private characters, which no shell knows, for what Jinja reads; and that."""
    plain: list[str] = []
    kept: list[str] = []
    at = 0
    while begin := _JINJA.search(text, at):
        end = text.find(_JINJA_END[begin.group()], begin.end())
        if end < 0:
            raise RuleError(f"the command {excerpt(text)} has {begin.group()} without its end")
        plain += [text[at : begin.start()], f"\ue000{len(kept)}\ue001"]
        at = end + 2
        kept.append(text[begin.start() : at])
    return "".join([*plain, text[at:]]), kept


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_PUNCTUATION)
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _check_shell(plain: str, text: str) -> None:
    if len(plain.strip().splitlines()) > 1:
        raise RuleError(f"the command {excerpt(text)} has several lines", _NO_SHELL)
    if found := _EXPANSION.search(_SINGLE_QUOTED.sub("''", plain)):
        raise RuleError(f"the command {excerpt(text)} has the shell expansion {excerpt(found.group())}", _NO_SHELL)


def parse_commands(document: Document, fields: Fields, key: str, *, jinja: bool = False) -> Commands:
    """Return the commands at ``key``: a list of commands, or a mapping of ``commands`` and ``timeout``; problems are reported.

    Args:
        document: what ``fields`` belong to, for the commands' places.
        fields: the mapping that has the key.
        key: must be there.
        jinja: as for `split_command`.
    """
    timeout = Commands().timeout
    if isinstance(fields.value[key], dict):
        fields, key = fields.below(key), "commands"
        fields.check_keys(("commands", "timeout"))
        fields.require("commands")
        if "timeout" in fields.value:
            timeout = read_duration(fields, "timeout")
    found: list[Command] = []
    for index, item in fields.items(key):
        path = (key, index)
        try:
            found.append(Command(split_command(item, jinja=jinja), document.find((*fields.path, *path))))
        except RuleError as error:
            fields.report(path, error.message, error.hint)
    if len(found) > MAX_COMMANDS:
        fields.report((key,), f"there are more than {MAX_COMMANDS} commands")
    return Commands(tuple(found), timeout)


def read_duration(fields: Fields, key: str) -> float:
    """Return the duration at ``key`` in seconds, or 1 second after reporting that it is none."""
    value: Value = fields.value[key]
    try:
        return parse_duration(value)
    except RuleError as error:
        fields.report((key,), error.message, error.hint)
        return 1.0
