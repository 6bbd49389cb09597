"""Sources that are git repositories: resolved by their references, fetched once into the store."""

from __future__ import annotations

from robot_action.exchange import FetchedTree
from robot_action.model.source import Source
from robot_action.planning.versions import choose
from robot_action.ports import Ports
from robot_action.sources.subdirectory import select


def fetch(ports: Ports, source: Source) -> FetchedTree:
    """Choose the commit, and return its files from the store.

    Raises:
        InputError: when there is no such version or subdirectory.
    """
    chosen = choose(source, ports.git.list_refs(source.location))
    tree = ports.store.obtain(chosen.commit, lambda: ports.git.fetch_snapshot(source.location, chosen.commit))
    return FetchedTree(select(tree, source), chosen.version, chosen.commit)
