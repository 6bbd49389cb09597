"""Files of a repository -> what in it updates projects from templates, besides robot-action.

Only what a file says for certain counts; where a shared preset could say otherwise, the note tells so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from robot_action.errors import InputError
from robot_action.model.check import Rival
from robot_action.model.link import Tool
from robot_action.model.values import Value
from robot_action.parsing.yaml_text import parse_document

RENOVATE = (
    *("renovate.json", "renovate.json5", ".github/renovate.json", ".github/renovate.json5"),
    *(".gitlab/renovate.json", ".gitlab/renovate.json5", ".renovaterc", ".renovaterc.json", ".renovaterc.json5", "package.json"),
)
"""Where Renovate looks for its configuration, in its order (docs.renovatebot.com, "Configuration Options"); the first one counts."""
WORKFLOWS = ".github/workflows"

_PACKAGE = "package.json"
_KEY = "renovate"
_MANAGER = "copier"
# These files are anybody's: no pattern looks at a text again and again, so each reads on to the end where it does not find its own.
_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*(?:"|\\?\Z)|'(?:\\.|[^'\\])*(?:'|\\?\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)|\t""", re.DOTALL)
_SYNC = re.compile(r"""^[ \t-]*uses:[ \t]*["']?(?P<action>[\w.-]+/actions-template-sync)(?:/[\w./-]+)?@""", re.MULTILINE | re.IGNORECASE)
_UPDATES = {
    Tool.COPIER: re.compile(r"^[^#\n]*\bcopier(?:\s+-\S+){0,20}\s+(?:update|recopy)\b", re.MULTILINE),
    Tool.CRUFT: re.compile(r"^[^#\n]*\bcruft(?:\s+-\S+){0,20}\s+update\b", re.MULTILINE),
}


def find_rivals(files: Mapping[str, bytes], tool: Tool) -> Iterator[Rival]:
    """Yield what else updates a project.

    Args:
        files: of the repository, by path: Renovate's configuration and the workflows.
        tool: whose state file the project has; some rivals only know one tool's.
    """
    if tool is Tool.COPIER:
        yield from _renovate(files)
    for path, text in files.items():
        if path.startswith(f"{WORKFLOWS}/"):
            yield from _workflow(path, text.decode(errors="replace"), tool)


def _workflow(path: str, text: str, tool: Tool) -> Iterator[Rival]:
    if found := _SYNC.search(text):
        yield Rival(path, f"{found['action']} copies the template's files")
    if (pattern := _UPDATES.get(tool)) and pattern.search(text):
        yield Rival(path, f"the workflow runs {tool} to update")


def _renovate(files: Mapping[str, bytes]) -> Iterator[Rival]:
    """Yield what the first configuration of Renovate says about its manager of Copier's answers files, which is on by default."""
    for path in RENOVATE:
        if path not in files or (path == _PACKAGE and f'"{_KEY}"'.encode() not in files[path]):
            continue  # most packages do not configure Renovate, whatever else is in them, or wrong with them
        try:
            settings = _settings(files[path], path)
        except InputError:
            yield Rival(path, "Renovate's configuration, which cannot be read here: its Copier manager is on unless it says otherwise")
            return
        if settings is not None:
            if note := _note(settings):
                yield Rival(path, note)
            return


def _note(settings: Mapping[str, Value]) -> str:
    manager, enabled = settings.get(_MANAGER), settings.get("enabledManagers")
    if settings.get("enabled") is False or (isinstance(manager, dict) and manager.get("enabled") is False):
        return ""
    if isinstance(enabled, list):
        return "Renovate's Copier manager is switched on" if _MANAGER in enabled else ""
    if isinstance(manager, dict):
        return "Renovate's Copier manager is configured"
    unless = " unless a preset that is named there switches it off" if settings.get("extends") else ""
    return f"Renovate is configured, and its Copier manager is on by default{unless}"


def _settings(text: bytes, path: str) -> Mapping[str, Value] | None:
    """Return a configuration in JSON or JSON5, which without comments is YAML, too; None: ``package.json`` has none.

    Raises:
        InputError: when it cannot be read.
    """
    plain = _COMMENT.sub(lambda found: found[1] or " ", text.decode(errors="replace"))
    value: Value = parse_document(plain.encode(), path).value
    if isinstance(value, dict) and path == _PACKAGE:
        value = value.get(_KEY)
        if value is None:
            return None
    if not isinstance(value, dict):
        raise InputError("it is no object")
    return value
