"""Sources that are git repositories: resolved by their references, fetched once into the store."""

from __future__ import annotations

from robot_action.model.fetched import FetchedTree
from robot_action.model.source import Source
from robot_action.planning.versions import TAGS, choose
from robot_action.ports import Ports
from robot_action.sources.checkout import checked_out
from robot_action.sources.subdirectory import select


def fetch(ports: Ports, source: Source) -> FetchedTree:
    """Choose the commit, and return its files from the store.

    Raises:
        InputError: when there is no such version or subdirectory.
    """
    refs = ports.git.list_refs(source.location)
    chosen = choose(source, refs)
    tags = [name.removeprefix(TAGS) for name, commit in refs.items() if name.startswith(TAGS) and commit == chosen.commit]
    tree = ports.store.obtain(chosen.commit, lambda: ports.git.fetch_snapshot(source.location, chosen.commit))
    return FetchedTree(select(checked_out(ports, tree), source), chosen.version, chosen.commit, tags[0] if len(tags) == 1 else "")
