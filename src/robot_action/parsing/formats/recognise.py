"""Which format a template has, told by its files, and what it says about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from robot_action.errors import InputError
from robot_action.model.template import Format, Specification
from robot_action.model.tree import Mode, Tree
from robot_action.model.values import Value

FILE = "template.yml"
"""Of the native format."""
FILES = {FILE: Format.NATIVE, "copier.yml": Format.COPIER, "copier.yaml": Format.COPIER, "cookiecutter.json": Format.COOKIECUTTER}
"""What tells a format, in the order in which it counts: a template may come with several."""

_NAMED = re.compile(rb"^(?:\{\s*)?[\"']?name[\"']?\s*:", re.MULTILINE)
"""What every specification of ours has; where it is the only one, its own reader tells what it lacks."""
_LOOK = "Look at the source's path and subdirectory."


def read_specification(tree: Tree, name: str, data: Mapping[str, Value] | None = None, wanted: Format | None = None) -> Specification:
    """Return what a template says about itself.

    Args:
        tree: the whole template.
        name: its source, for messages.
        data: given answers, which may choose one of several templates in it.
        wanted: the format, where somebody names it; None: the template's files tell.

    Raises:
        InputError: when it is no template, or with everything that is wrong with its specification.
    """
    file = recognise(tree, wanted)
    if FILES[file] is Format.COOKIECUTTER:
        from robot_action.parsing.formats.cookiecutter import parse_cookiecutter

        return parse_cookiecutter(tree, name, data or {})
    if FILES[file] is Format.COPIER:
        from robot_action.parsing.formats.copier import parse_copier

        return parse_copier(tree, file, name)
    if tree[file].mode is Mode.LINK:
        raise InputError(f"{name}: {file} is a symbolic link", hint="Put the file itself there.")
    from robot_action.parsing.formats.native import parse_native

    return parse_native(tree[file].content, f"{name}: {file}")


def recognise(tree: Tree, wanted: Format | None = None) -> str:
    """Return the file that tells a template's format.

    Args:
        tree: the whole template.
        wanted: the format, where somebody names it.

    Raises:
        InputError: when there is none.
    """
    names = [name for name, its in FILES.items() if wanted in {None, its}]
    found = [name for name in names if name in tree]
    if found[1:] and found[0] == FILE and not _NAMED.search(tree[FILE].content):
        del found[0]  # a file of that name that is for something else, such as AWS's
    if found:
        return found[0]
    below = sorted(path for path in tree if path.rpartition("/")[2] in names)[:3]
    folders = [path.rpartition("/")[0] for path in below]
    hint = f"Templates lie in {', '.join(folders)}: name one, as #subdirectory={folders[0]}." if below else _LOOK
    raise InputError(f"this is no template: it has none of {', '.join(names)}", hint=hint)
