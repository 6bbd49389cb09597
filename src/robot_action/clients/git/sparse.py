"""Which paths a sparse checkout leaves out (git-sparse-checkout(1)), as git itself finds by its patterns."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.project import Located, initialise, locate
from robot_action.clients.git.runner import GitRunner
from robot_action.model.paths import parents_of

_PATTERNS = "info/sparse-checkout"
_SWITCHES = ("core.sparseCheckout", "core.sparseCheckoutCone")
_SKIPPED = b"S "


def left_out(runner: GitRunner, folder: Path, paths: Collection[str]) -> tuple[str, ...]:
    """Return those of some paths that a work tree leaves out; see `robot_action.repositories.Git.left_out`."""
    git_dir = folder / ".git"
    if git_dir.is_dir() and not (git_dir / _PATTERNS).is_file():  # of most repositories nothing need be asked
        return ()
    found = locate(runner, folder)
    configured = tuple(_configured(runner, found)) if found else ()
    if found is None or (_SWITCHES[0], "true") not in configured:
        return ()
    above = {parent for path in paths for parent in parents_of(path)}.intersection(paths)  # no index has a file and a folder of one name
    return tuple(sorted(path for group in (above, {*paths} - above) for path in _skipped(runner, found, configured, group)))


def _configured(runner: GitRunner, found: Located) -> Iterator[tuple[str, str]]:
    for name in _SWITCHES:
        value = runner.run(found.place, "config", "--type=bool", "--get", name, how=Invocation(accept=(0, 1))).text
        if value:
            yield name, value


def _skipped(runner: GitRunner, found: Located, configured: tuple[tuple[str, str], ...], paths: Collection[str]) -> Iterator[str]:
    """Yield those of some paths that git does not check out from an index of nothing else: only then does it mark them."""
    with runner.scratch("sparse") as folder:
        git_dir, work_tree = folder / "git", folder / "none"
        work_tree.mkdir()
        initialise(git_dir, found.algorithm)
        if (found.git_dir / _PATTERNS).is_file():
            shutil.copyfile(found.git_dir / _PATTERNS, git_dir / _PATTERNS)
        place = Place(work_tree, git_dir=git_dir, work_tree=work_tree)
        empty = runner.run(place, "hash-object", "-w", "-t", "blob", "--stdin").text.encode()
        lines = b"".join(b"100644 %s\t%s\0" % (empty, os.fsencode(path)) for path in paths)
        runner.run(place, "update-index", "-z", "--index-info", how=Invocation(stdin=lines))
        tree = runner.run(place, "write-tree").text
        runner.run(place, "read-tree", "-m", "-u", tree, how=Invocation(configuration=configured))
        items = runner.run(place, "ls-files", "-t", "-z").items
    return (os.fsdecode(item.removeprefix(_SKIPPED)) for item in items if item.startswith(_SKIPPED))
