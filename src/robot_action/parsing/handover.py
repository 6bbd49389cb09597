"""What lies beside a packed project: ``handover.json`` -> value -> text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.errors import InputError, Problem
from robot_action.parsing.fields import Fields, in_order
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.parsing.yaml_text import parse_document

HANDOVER = "handover.json"
BUNDLE = "project.bundle"
SCHEMA = 1
MAX_BYTES = 1 << 20

_KEYS = ("schema", "project", "commit", "branch", "bundle", "files")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,250}")


@dataclass(frozen=True, slots=True)
class Handover:
    """What a job hands on.

    Attributes:
        project: the project's identity.
        bundle: the ``sha256`` of the bundle in hex.
        files: names of the built files beside the bundle, and their ``sha256`` in hex.
    """

    project: str
    commit: str
    branch: str
    bundle: str
    files: Mapping[str, str] = field(default_factory=dict)


def dump_handover(handover: Handover) -> bytes:
    """Return the file's text."""
    value = {
        "schema": SCHEMA,
        "project": handover.project,
        "commit": handover.commit,
        "branch": handover.branch,
        "bundle": handover.bundle,
        "files": dict(handover.files),
    }
    return f"{json.dumps(value, indent=2)}\n".encode()


def digest_of(text: bytes) -> str:
    """Return what a later job knows a handover by, and with it everything that was packed."""
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def parse_handover(text: bytes, file: str) -> Handover:
    """Return what a handover says; hostile, as everything that comes from another job.

    Raises:
        InputError: with everything that is wrong with it.
    """
    document = parse_document(text, file)
    problems: list[Problem] = []
    fields = Fields(document, problems, (), document.value)
    fields.check_keys(_KEYS)
    for key in _KEYS:
        fields.require(key)
    if fields.value.get("schema") != SCHEMA:
        fields.report(("schema",), f"this version reads schema {SCHEMA} only", "Pack and unpack with the same version of robot-action.")
    handover = Handover(
        project=fields.text("project"),
        commit=fields.text("commit", rule=_check_commit),
        branch=fields.text("branch"),
        bundle=fields.text("bundle", rule=_check_digest),
        files=_files(fields),
    )
    if problems:
        raise InputError(problems=in_order(problems))
    return handover


def _files(fields: Fields) -> Mapping[str, str]:
    if "files" not in fields.value:
        return {}
    below = fields.below("files")
    for name in below.value:
        if not _FILE.fullmatch(name) or name in {BUNDLE, HANDOVER}:
            below.report((name,), f"{excerpt(name)} is no name of a built file", at_key=True)
    return {name: below.text(name, rule=_check_digest) for name in below.value}


def _check_commit(text: str) -> str:
    if not _COMMIT.fullmatch(text):
        raise RuleError(f"{excerpt(text)} is no commit id")
    return text


def _check_digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise RuleError(f"{excerpt(text)} is no sha256")
    return text
