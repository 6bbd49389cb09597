"""State files of robot-action, Copier and Cruft -> `robot_action.model.link.Link`; hostile, since they come from projects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from robot_action.errors import InputError, Position, Problem
from robot_action.model.link import Link, Tool
from robot_action.model.state import STATE_FILE
from robot_action.model.values import Value
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.fields import Fields, in_order
from robot_action.parsing.state_file import parse_state
from robot_action.parsing.yaml_text import parse_document

CRUFT_FILE = ".cruft.json"
_COPIER_NAME = re.compile(r"\.copier-answers(?:[.-][A-Za-z0-9_.-]+)?\.ya?ml")
_SUBDIRECTORY = "#subdirectory="
_MARKER = re.compile(rb"^<{7}(?: |\r?$)", re.MULTILINE)
_END_MARKER = re.compile(rb"^>{7}(?: |\r?$)", re.MULTILINE)


def tool_of(path: str) -> Tool | None:
    """Return whose state file a path is, by its name; None for other files.

    Copier's can have any name: one that the project names otherwise has to be named by the operator.
    """
    name = path.rpartition("/")[2]
    if name == STATE_FILE:
        return Tool.OWN
    if name == CRUFT_FILE:
        return Tool.CRUFT
    return Tool.COPIER if _COPIER_NAME.fullmatch(name) else None


def parse_links(text: bytes, path: str, tool: Tool, pyproject: bytes | None = None) -> tuple[Link, ...]:
    """Return the templates that a state file names; robot-action's own may name several.

    Args:
        text: what the file holds.
        path: where it stands in the repository.
        tool: whose it is.
        pyproject: the ``pyproject.toml`` beside it, in which Cruft's users may list what to skip.

    Raises:
        InputError: with everything that is wrong with it.
    """
    if (marker := _MARKER.search(text)) and _END_MARKER.search(text):
        raise InputError(
            "it has the markers of a merge conflict",
            position=Position(path, text.count(b"\n", 0, marker.start()) + 1),
            hint="Leave one side's lines there, take the markers out, and commit the file.",
        )
    if tool is Tool.OWN:
        return tuple(_own(text, path))
    return (_copier(text, path),) if tool is Tool.COPIER else (_cruft(text, path, pyproject),)


def _own(text: bytes, path: str) -> Iterator[Link]:
    state = parse_state(text, path)
    for template in state.templates:
        source, _, subdirectory = template.source.partition(_SUBDIRECTORY)
        yield Link(
            tool=Tool.OWN,
            file=path,
            source=source,
            subdirectory=subdirectory,
            version=template.version,
            commit=template.commit,
            answers=template.answers,
            digest=template.digest,
            project=state.project,
            context=template.context,
        )


def _copier(text: bytes, path: str) -> Link:
    """Read an answers file (``copier/_user_data.py``): keys with an underscore are Copier's own."""
    document, problems = parse_document(text, path), list[Problem]()
    fields = Fields(document, problems, (), document.value)
    fields.require("_src_path")
    source, commit = fields.text("_src_path"), fields.text("_commit")
    _refuse(problems)
    answers = {key: value for key, value in fields.value.items() if not key.startswith("_")}
    return Link(Tool.COPIER, path, source, version=commit, commit=commit if is_commit_id(commit) else "", answers=answers)


def _cruft(text: bytes, path: str, pyproject: bytes | None) -> Link:
    """Read a ``.cruft.json`` (``cruft/_commands/utils/cruft.py``, Cruft 2.16)."""
    document, problems = parse_document(text, path), list[Problem]()
    fields = Fields(document, problems, (), document.value)
    for key in ("template", "commit"):
        fields.require(key)
    source, commit = fields.text("template"), fields.text("commit")
    branch, directory = (_optional(fields, key) for key in ("checkout", "directory"))
    skip = fields.texts("skip") if fields.value.get("skip") is not None else ()
    answers: dict[str, Value] = {}
    if "context" in fields.value:
        context = fields.below("context")
        answers = context.below("cookiecutter").value if "cookiecutter" in context.value else {}
    _refuse(problems)
    return Link(
        tool=Tool.CRUFT,
        file=path,
        source=source,
        subdirectory=directory,
        version=commit,
        commit=commit if is_commit_id(commit) else "",
        branch=branch,
        answers={key: value for key, value in answers.items() if key not in {"_template", "_commit"}},
        skip=(*skip, *(_skipped(pyproject, path) if pyproject else ())),
    )


def _optional(fields: Fields, key: str) -> str:
    return "" if fields.value.get(key) is None else fields.text(key)


def _skipped(pyproject: bytes, path: str) -> tuple[str, ...]:
    """Return ``[tool.cruft] skip``.

    Raises:
        InputError: when the file is no TOML, or that is no list of texts.
    """
    import tomllib

    file = f"{path.removesuffix(CRUFT_FILE)}pyproject.toml"
    try:
        tool = tomllib.loads(pyproject.decode()).get("tool", {})
    except (ValueError, RecursionError) as error:
        raise InputError(f"it is no TOML: {error}", position=Position(file)) from error
    cruft = tool.get("cruft", {}) if isinstance(tool, dict) else {}
    skip = cruft.get("skip", []) if isinstance(cruft, dict) else []
    if not isinstance(skip, list) or not all(isinstance(item, str) for item in skip):
        raise InputError("tool.cruft.skip: a list of texts is wanted", position=Position(file))
    return tuple(skip)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InputError(problems=in_order(problems))
