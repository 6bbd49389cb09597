"""What a project's ``.gitattributes`` and ``.gitignore`` mean for what a template makes."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.fast_import import quoted
from robot_action.clients.git.listing import text_of
from robot_action.clients.git.runner import GitRunner
from robot_action.exchange import MergeWanted
from robot_action.merging.attributes import as_stored
from robot_action.model.merge import Attributes, RawMerge
from robot_action.model.paths import parents_of
from robot_action.model.tree import Entry, Mode, Tree

_NAMES = ("text", "eol", "filter", "merge")
_CRLF = (b"i/crlf", b"i/mixed")
_DRIVERS = {"unset": b"-merge", "binary": b"merge=binary", "union": b"merge=union"}
_SPECIAL = re.compile(r"[\\*?\[]")
RULES, IGNORE = ".gitattributes", ".gitignore"
"""The files that say how others are stored, and which are not."""
SUBMODULE = "160000"
"""The mode of a submodule, which is a commit of another repository."""
_FATAL = 128
_UNSPECIFIED = (Attributes().text, Attributes().eol)
_GLOB = Invocation(variables={"GIT_LITERAL_PATHSPECS": "0"})


@dataclass(frozen=True, slots=True)
class Habits:
    """How a project stores what a template makes.

    Attributes:
        attributes: of paths that have any.
        ignored: the paths that git would not take, because the project ignores them and does not have them.
        with_crlf: the paths that are stored with CRLF line ends; none where that makes no difference.
    """

    attributes: Mapping[str, Attributes] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    with_crlf: frozenset[str] = frozenset()

    @property
    def drivers(self) -> bytes:
        """How files are merged that are not merged as texts, as ``gitattributes(5)`` has it: what git itself knows, and runs nothing."""
        named = ((path, _DRIVERS[found.merge]) for path, found in self.attributes.items() if found.merge in _DRIVERS)
        return b"".join(b"%s %s\n" % (quoted(_SPECIAL.sub(r"\\\g<0>", f"/{path}")), driver) for path, driver in named)

    def with_automatic_text(self, paths: Iterable[str], with_crlf: Iterable[str]) -> Habits:
        """Return the same where git makes CRLF LF unless attributes say otherwise (git-config(1), ``core.autocrlf``)."""
        known = {path: self.attributes.get(path, Attributes()) for path in paths}
        plain = {path: replace(one, text="auto") for path, one in known.items() if (one.text, one.eol) == _UNSPECIFIED}
        return replace(self, attributes={**self.attributes, **plain}, with_crlf=self.with_crlf.union(with_crlf))

    def stored(self, tree: Tree) -> Tree:
        """Return a rendered tree as the project would store it."""
        return Tree(
            {
                path: as_stored(entry, self.attributes[path], has_crlf=path in self.with_crlf) if path in self.attributes else entry
                for path, entry in tree.items()
                if path not in self.ignored
            }
        )


def habits(runner: GitRunner, place: Place, wanted: MergeWanted, committed: Collection[str]) -> Habits:
    """Ask git about every path that a template makes, and about those that are stored with CRLF line ends.

    Args:
        runner: runs git.
        place: a scratch repository with the project's index and work tree (`robot_action.clients.git.project.borrowed`).
        wanted: the merge.
        committed: the project's paths; what it has is ignored nowhere.
    """
    trees = (wanted.base, wanted.theirs)
    paths = sorted({path for tree in trees for path, entry in tree.items() if entry.mode is not Mode.DIRECTORY})
    ignored = ignored_among(runner, place, wanted, [path for path in paths if path not in committed])
    if not (wanted.rules or in_folder(wanted.prefix) or any(path.endswith(RULES) for path in committed)):
        return Habits(ignored=tuple(sorted(ignored)))  # as in most projects: nothing else has to be asked
    prefix = in_folder(wanted.prefix)
    ruled = as_ruled(runner, place, wanted.commit, {f"{prefix}{path}": entry for path, entry in wanted.rules.items()})
    attributes = read_attributes(runner, ruled, full_paths(paths, prefix), prefix)
    counts = bool(wanted.rules) or any(found.text in {"auto", "set"} or found.eol in {"lf", "crlf"} for found in attributes.values())
    with_crlf = frozenset(stored_with_crlf(runner, ruled, prefix) if counts else ())
    others = with_crlf.difference(paths)
    more = read_attributes(runner, ruled, full_paths(others, prefix), prefix) if others else {}
    return Habits({**attributes, **more}, tuple(sorted(ignored)), with_crlf)


def as_ruled(runner: GitRunner, place: Place, commit: str, rules: Mapping[str, Entry | None]) -> Place:
    """Return a project's repository with an index of what is committed, in which some files are as they shall be.

    Args:
        runner: runs git.
        place: a scratch repository with the project's work tree.
        commit: of the project.
        rules: the files, such as ``.gitattributes``, by their paths in the repository; None: it goes away.
    """
    ruled = replace(place, index=place.bare.folder / "ruled-index")
    if runner.run(ruled, "read-tree", commit, how=Invocation(accept=(0, _FATAL))).code:  # a clone may lack trees beside the project's
        ruled = place
    lines = [_index_line(runner, ruled, path, entry) for path, entry in rules.items()]
    if lines:
        runner.run(ruled, "update-index", "-z", "--index-info", how=Invocation(stdin=b"".join(lines)))
    return ruled


def _index_line(runner: GitRunner, place: Place, path: str, entry: Entry | None) -> bytes:
    r"""Return what ``git update-index --index-info`` makes an entry of: ``<mode> <object>\t<path>``; mode 0 removes it."""
    how = Invocation(stdin=entry.content if entry else b"")
    name = runner.run(place, "hash-object", "-w", "--no-filters", "--stdin", how=how).text
    return b"%s %s\t%s\0" % (entry.mode.encode() if entry else b"0", name.encode(), os.fsencode(path))


def by_committed_rules(runner: GitRunner, place: Place, wanted: MergeWanted) -> Place:
    """Return where git is asked what a project ignores: its work tree, or where that has other ``.gitignore`` than the commit, only those.

    Args:
        runner: runs git.
        place: a scratch repository with the project's index and work tree.
        wanted: the merge.
    """
    files = ("--untracked-files=all", "--ignored=matching", "--", f":(glob)**/{IGNORE}")
    if not runner.run(place, "status", "--porcelain=v1", "-z", "--no-renames", *files, how=_GLOB).stdout:
        return place
    folder = place.bare.folder / "rules"
    folder.mkdir()
    return with_ignore_files(runner, as_ruled(runner, place, wanted.commit, {}), folder)


def with_ignore_files(runner: GitRunner, place: Place, folder: Path) -> Place:
    """Return a repository whose work tree is a folder that has nothing but the index's ``.gitignore``, which git reads there alone."""
    files = runner.run(place, "ls-files", "-z", "--", f":(glob)**/{IGNORE}", how=_GLOB).stdout
    how = Invocation(stdin=files, accept=(0, 1, _FATAL))  # a partial clone may lack files beside the project's
    runner.run(place, "checkout-index", "--quiet", "-z", "--stdin", f"--prefix={folder}/", how=how)
    return replace(place, folder=folder, work_tree=folder)


def no_longer_ignored(runner: GitRunner, place: Place, wanted: MergeWanted, raw: RawMerge) -> frozenset[str]:
    """Return new paths of the template that the project only ignored for a line of ``.gitignore`` that the merge takes out."""
    new = [path for path in raw.ignored if path not in wanted.base]
    if not new or not any(path.rpartition("/")[2] == ".gitignore" for path in raw.changes):
        return frozenset()
    prefix = in_folder(wanted.prefix)
    items = ignored_paths(runner, place, full_paths(new, prefix), "--verbose")
    found = set()
    for file, _, pattern, path in zip(*(items[number::4] for number in range(4)), strict=True):  # <file> <line> <pattern> <path>
        for name in paths_below([file], prefix):
            merged = raw.changes.get(name)
            if name in raw.changes and pattern not in (merged.content.splitlines() if merged else ()):
                found.add(path)
    return frozenset(paths_below(found, prefix))


def ignored_among(runner: GitRunner, place: Place, wanted: MergeWanted, paths: Collection[str]) -> frozenset[str]:
    """Return those of some paths of a project that git ignores there, and does not have."""
    prefix = in_folder(wanted.prefix)
    full = full_paths(paths, prefix)
    return frozenset(paths_below(ignored_paths(runner, place, full), prefix)) if paths else frozenset()


def in_folder(prefix: str) -> str:
    """Return where in its repository a project lies: ``""``, or a path with ``/`` behind it."""
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""


def full_paths(paths: Iterable[str], prefix: str) -> bytes:
    """Return paths of a project as its repository has them, NUL-ended."""
    return b"".join(b"%s%s\0" % (prefix.encode(), path.encode("utf-8", "surrogateescape")) for path in paths)


def ignored_paths(runner: GitRunner, place: Place, paths: bytes, *options: str) -> list[bytes]:
    """Return those of the paths that git ignores; it takes none literally, so that ``./`` keeps ``:`` from meaning more."""
    done = _check_ignore(runner, place, paths, options, (0, 1, _FATAL))
    if done.code == _FATAL:  # git looks at no path behind a link or in a submodule, and then at none at all
        reached = b"".join(b"%s\0" % path for path in _reached(runner, place, paths.split(b"\0")))
        done = _check_ignore(runner, place, reached, options, (0, 1))
    return [item.removeprefix(b"./") for item in done.items]


def _check_ignore(runner: GitRunner, place: Place, paths: bytes, options: tuple[str, ...], accept: tuple[int, ...]) -> GitOutput:
    stdin = b"".join(b"./%s\0" % path for path in paths.split(b"\0") if path)
    how = Invocation(stdin=stdin, accept=accept, variables={"GIT_LITERAL_PATHSPECS": "0"})
    return runner.run(place, "check-ignore", "-z", *options, "--stdin", how=how)


def _reached(runner: GitRunner, place: Place, paths: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the paths that lie neither behind a link of the work tree nor in a submodule: such are none of the project's files."""
    staged = (item.partition(b"\t") for item in runner.run(place, "ls-files", "--stage", "-z").items)
    closed = {path for head, _, path in staged if head.startswith(SUBMODULE.encode())}
    for path in filter(None, paths):
        above = [*parents_of(os.fsdecode(path))]
        if not closed.intersection(map(os.fsencode, above)) and not any((place.folder / folder).is_symlink() for folder in above):
            yield path


def read_attributes(
    runner: GitRunner, place: Place, paths: bytes, prefix: str, options: tuple[str, ...] = ("--cached",)
) -> dict[str, Attributes]:
    """Return the attributes of NUL-ended paths that have any, of those below a prefix."""
    items = runner.run(place, "check-attr", *options, "-z", "--stdin", *_NAMES, how=Invocation(stdin=paths)).stdout.split(b"\0")
    found: dict[str, Attributes] = {}
    for path, name, value in zip(items[::3], items[1::3], items[2::3], strict=False):
        if value != b"unspecified":
            key = paths_below([path], prefix)[0]
            found[key] = replace(found.get(key, Attributes()), **{name.decode(): value.decode(errors="replace")})
    return found


def stored_with_crlf(runner: GitRunner, place: Place, prefix: str) -> list[str]:
    r"""Return the paths of the project whose stored bytes have CRLF: ``i/<eol> w/<eol> attr/<attr>\t<path>``."""
    items = runner.run(place, "ls-files", "--eol", "--cached", "-z").items
    return paths_below([item.partition(b"\t")[2] for item in items if item.startswith(_CRLF)], prefix)


def paths_below(paths: Collection[bytes], prefix: str) -> list[str]:
    """Return those of a repository's paths that are a project's, as it has them."""
    names = map(text_of, paths)
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
