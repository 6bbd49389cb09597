"""The files by which Cookiecutter and Cruft go on: replay files, and ``.cruft.json``.

Both are written as their tools write them (``cookiecutter/replay.py``, ``cruft/_commands/utils/cruft.py``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from robot_action.errors import InputError, Position
from robot_action.model.values import Value
from robot_action.parsing.answers_data import GivenAnswers
from robot_action.parsing.json_text import parse_object

CRUFT_FILE = ".cruft.json"
_CONTEXT = "cookiecutter"
_OF_THE_RUN = {"_template", "_commit", "_output_dir", "_repo_dir", "_checkout"}


@dataclass(frozen=True, slots=True)
class CruftState:
    """What Cruft remembers of a project besides its variables: where its template is.

    Attributes:
        checkout: the ref that was asked for, or ``""``.
        directory: the template's folder in its repository, or ``""``.
    """

    template: str
    commit: str
    checkout: str = ""
    directory: str = ""


def dump_replay(contexts: Mapping[str, Value]) -> bytes:
    """Return a replay file's text."""
    return json.dumps(dict(contexts), indent=2).encode()


def dump_cruft(state: CruftState, contexts: Mapping[str, Value]) -> bytes:
    """Return the text of ``.cruft.json``."""
    variables, unrendered = contexts.get(_CONTEXT), contexts.get(f"_{_CONTEXT}")
    known = {key: value for key, value in variables.items() if key not in _OF_THE_RUN} if isinstance(variables, dict) else {}
    objects = {key for key, value in unrendered.items() if isinstance(value, dict)} if isinstance(unrendered, dict) else set()
    known = dict(sorted(known.items(), key=lambda item: item[0] in objects))  # objects are answered last, and Cruft keeps that order
    template = state.template.removeprefix("file://")  # Cruft takes a folder of this machine for itself
    value = {
        "template": template,
        "commit": state.commit,
        "checkout": state.checkout or None,
        "context": {_CONTEXT: {**known, "_template": template, "_commit": state.commit}},
        "directory": state.directory or None,
    }
    return (json.dumps(value, ensure_ascii=False, indent=2, separators=(",", ": ")) + "\n").encode()


def parse_replay(text: bytes, file: str) -> GivenAnswers:
    """Return the answers of a replay file; what a template says of itself (``_extensions``) is the template's own.

    Args:
        text: what the file holds.
        file: its name for messages.

    Raises:
        InputError: when it is none.
    """
    found = parse_object(text, file).value.get(_CONTEXT)
    if not isinstance(found, dict):
        raise InputError(
            f"it has no object {_CONTEXT!r}", position=Position(file), hint="Cookiecutter writes replay files to ~/.cookiecutter_replay."
        )
    values = {key: value for key, value in found.items() if not key.startswith("_")}
    return GivenAnswers(values, dict.fromkeys(values, Position(file)))
