"""How two trees of a repository differ, path by path."""

from __future__ import annotations

import re

from robot_action.clients.git.environment import Place
from robot_action.clients.git.project import decode_name
from robot_action.clients.git.runner import GitRunner
from robot_action.model.proposal import Change

_NOTHING = re.compile("0+")


def tree_changes(runner: GitRunner, place: Place, before: str, after: str) -> tuple[Change, ...]:
    """Return how the tree of one commit, or one tree, became another; moves are a path that goes and one that comes.

    Raises:
        InputError: when a path is not UTF-8.
    """
    listed = runner.run(
        place, "diff-tree", "-r", "--raw", "-z", "--no-renames", "--full-index", f"{before}^{{tree}}", f"{after}^{{tree}}"
    ).items
    return tuple(_change(entry.decode(), decode_name(path, place.folder)) for entry, path in zip(listed[::2], listed[1::2], strict=True))


def _change(entry: str, path: str) -> Change:
    """Return one line of ``--raw``: ``:mode mode id id status``; what is not there is written in noughts."""
    fields = entry.removeprefix(":").split(" ")[:4]
    before_mode, after_mode, before, after = ("" if _NOTHING.fullmatch(field) else field for field in fields)
    return Change(path, before_mode, before, after_mode, after)
