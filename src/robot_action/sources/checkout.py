"""A commit's files as git would check them out: templates are made, and read by their own tools, in such a work tree."""

from __future__ import annotations

from robot_action.merging.attributes import as_checked_out
from robot_action.model.tree import Mode, Tree
from robot_action.ports import Ports

_FILE = ".gitattributes"


def checked_out(ports: Ports, tree: Tree) -> Tree:
    """Return files with the line ends that the tree's own ``.gitattributes`` want; git is asked only where these name CRLF."""
    named = (entry for path, entry in tree.items() if path.endswith(_FILE) and entry.mode is not Mode.LINK)
    if not any(b"crlf" in entry.content for entry in named):
        return tree
    attributes = ports.git.attributes(tree)
    return Tree({path: as_checked_out(entry, attributes[path]) if path in attributes else entry for path, entry in tree.items()})
