"""The state file ``.robot-action.yml``: text -> `robot_action.model.state.State` -> text, exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from robot_action.errors import InputError, Position, Problem
from robot_action.model.state import STATE_FILE, State, TemplateState
from robot_action.model.values import Value
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.fields import Fields, in_order
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.parsing.yaml_text import parse_document

SCHEMA = 1
HEADER = "# Written by robot-action; do not edit.\n"

_KEYS = ("schema", "project", "templates")
_TEMPLATE_KEYS = ("source", "version", "commit", "digest", "answers", "context")
_CONTEXT_KEYS = ("kind", "version", "description")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def parse_state(text: bytes, file: str) -> State:
    """Return what a state file says.

    Args:
        text: what the file holds; hostile, since it comes from a project.
        file: its name for messages.

    Raises:
        InputError: with everything that is wrong with it.
    """
    document = parse_document(text, file)
    problems: list[Problem] = []
    fields = Fields(document, problems, (), document.value)
    _check_schema(fields)
    if not problems:
        fields.check_keys(_KEYS)
        for key in ("project", "templates"):
            fields.require(key)
        project = fields.text("project", rule=_check_name)
        templates = tuple(_template(Fields(document, problems, ("templates", index), item)) for index, item in fields.items("templates"))
        if not problems:
            return State(project, templates)
    raise InputError(problems=in_order(problems))


def dump_state(state: State, places: Mapping[str, Position] | None = None) -> bytes:
    """Return the state file's text: `parse_state` gives the same value again, and what is empty is left out.

    Args:
        state: what the project is to remember.
        places: where the answers stand, as far as somebody gave them.

    Raises:
        InputError: when the state holds what cannot be read again, such as an answer that YAML and JSON do not share,
            or more than a state file may hold; at the place of the answer that takes most of it.
    """
    largest = ""
    value = {"schema": SCHEMA, "project": state.project, "templates": [_template_value(template) for template in state.templates]}
    try:
        body = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=2**31)
        text = (HEADER + body).encode()
        if parse_state(text, STATE_FILE) == state:
            return text
        reason = "it would not be read as it is"
    except InputError as error:
        reason, largest = error.problems[0].message, _largest(state)
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError) as error:
        reason = excerpt(str(error))
    raise InputError(
        f"the answers cannot be written to {STATE_FILE}: {reason}",
        position=(places or {}).get(largest),
        hint=f"The longest answer is {excerpt(largest)}: so much data belongs in a file of the project." if largest else None,
    )


def _largest(state: State) -> str:
    """Return the name of the answer that takes most of the file, or ``""``."""
    answers = {name: value for template in state.templates for name, value in template.answers.items()}
    return max(answers, key=lambda name: len(repr(answers[name])), default="")


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists and without aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """Write every value out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the same
        """Indent lists below their key."""
        super().increase_indent(flow, indentless=False)

    def represent_text(self, text: str) -> yaml.Node:
        """Write line ends and unusual characters as escapes: PyYAML's other styles lose some of them."""
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _Dumper.represent_text)


def _check_schema(fields: Fields) -> None:
    fields.require("schema")
    schema: Value = fields.value.get("schema", SCHEMA)
    if schema != SCHEMA or not isinstance(schema, int) or isinstance(schema, bool):
        newer = isinstance(schema, int) and schema > SCHEMA
        hint = "A newer robot-action wrote it: upgrade to that version." if newer else None
        fields.report(("schema",), f"this version reads schema {SCHEMA} only", hint)


def _template(fields: Fields) -> TemplateState:
    fields.check_keys(_TEMPLATE_KEYS)
    fields.require("source")
    answers = fields.below("answers").value if "answers" in fields.value else {}
    return TemplateState(
        source=fields.text("source", rule=_check_name),
        version=fields.text("version"),
        commit=fields.text("commit", rule=_check_commit),
        digest=fields.text("digest", rule=_check_digest),
        answers=answers,
        context=_context(fields),
    )


def _context(fields: Fields) -> dict[str, str]:
    if "context" not in fields.value:
        return {}
    context = fields.below("context")
    context.check_keys(_CONTEXT_KEYS)
    return {key: context.text(key) for key in _CONTEXT_KEYS if key in context.value}


def _template_value(template: TemplateState) -> dict[str, Any]:
    written = {"version": template.version, "commit": template.commit, "digest": template.digest}
    context = {"context": dict(template.context)} if template.context else {}
    known = {key: text for key, text in written.items() if text}
    return {"source": template.source, **known, "answers": dict(template.answers), **context}


def _check_name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise RuleError(f"{excerpt(text)} is no name")
    return text


def _check_commit(text: str) -> str:
    if text and not is_commit_id(text):
        raise RuleError(f"{excerpt(text)} is no commit id")
    return text


def _check_digest(text: str) -> str:
    if text and not _DIGEST.fullmatch(text):
        raise RuleError(f"{excerpt(text)} is no digest", "It has the form sha256:<64 hexadecimal digits>.")
    return text
