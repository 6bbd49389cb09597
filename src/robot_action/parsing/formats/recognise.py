"""Which format a template has, told by its files."""

from __future__ import annotations

from robot_action.errors import InputError
from robot_action.model.tree import Tree
from robot_action.parsing.formats.native import FILE

NATIVE = "native"
_PLANNED = {"copier.yml": "Copier", "copier.yaml": "Copier", "cookiecutter.json": "Cookiecutter"}

_LOOK = "Look at the source's path and subdirectory."


def recognise(tree: Tree) -> str:
    """Return the name of a template's format.

    Args:
        tree: the whole template.

    Raises:
        InputError: when it has a format that this version does not read, or none that we know.
    """
    if FILE in tree:
        return NATIVE
    if found := next((name for name in _PLANNED if name in tree), None):
        raise InputError(f"the template has {found}: {_PLANNED[found]}'s templates are not supported yet by this version")
    below = sorted(path for path in tree if path.rpartition("/")[2] in {FILE, *_PLANNED})[:3]
    folders = [path.rpartition("/")[0] for path in below]
    hint = f"Templates lie in {', '.join(folders)}: name one, as #subdirectory={folders[0]}." if below else _LOOK
    raise InputError(f"this is no template: it has none of {', '.join([FILE, *_PLANNED])}", hint=hint)
