"""Every kind of source, and the one way to fetch any of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from robot_action.model.fetched import FetchedTree
from robot_action.model.source import Source, SourceKind
from robot_action.ports import Ports
from robot_action.sources import directory, git


class SourceFetcher(Protocol):
    """One kind of source."""

    def __call__(self, ports: Ports, source: Source) -> FetchedTree:
        """Resolve the source's version and return its tree, from the store where it is there."""


FETCHERS: Mapping[SourceKind, SourceFetcher] = {
    SourceKind.DIRECTORY: directory.fetch,
    SourceKind.GIT: git.fetch,
}


def fetch(ports: Ports, source: Source) -> FetchedTree:
    """Return a source's tree below its subdirectory, with what it was resolved to.

    Raises:
        RobotActionError: when it cannot be resolved or fetched.
    """
    return FETCHERS[source.kind](ports, source)


def describe(ports: Ports, source: Source, fetched: FetchedTree) -> str:
    """Return what ``git describe --tags --always`` says of the commit that was fetched; ``""`` where there is none.

    Raises:
        RobotActionError: when the repository does not answer.
    """
    if fetched.tag or not fetched.commit:
        return fetched.tag
    where = Path(source.location) if source.kind is SourceKind.DIRECTORY else source.location
    return ports.git.describe(where, fetched.commit)
