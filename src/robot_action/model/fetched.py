"""What a source gave."""

from __future__ import annotations

from dataclasses import dataclass

from robot_action.model.tree import Tree


@dataclass(frozen=True, slots=True)
class FetchedTree:
    """A source's tree below its subdirectory, with the version and the commit that it was resolved to.

    Attributes:
        tag: the tag that names the commit, where there is one alone.
        as_it_stands: whether it is a git work tree's, and no commit of it.
    """

    tree: Tree
    version: str = ""
    commit: str = ""
    tag: str = ""
    as_it_stands: bool = False
