"""Which paths may be written or committed.

Git itself guards only part of this: ``fast-import`` and ``mktree`` accept ``.GIT/hooks/pre-push``.
The rules about disguises follow git's ``is_hfs_dotgit`` and ``is_ntfs_dotgit`` (path.c, utf8.c).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from robot_action.errors import InputError, Position, Problem
from robot_action.model.tree import Entry, Mode, Tree

TEMPORARY_FILE = ".robot-action.tmp"
"""Under this name every file is written before it is renamed."""
OWN_PREFIX = ".robot-action-"
"""What robot-action itself puts beside a project's files, while it works, begins so."""
MAX_COMPONENT_BYTES = 255
MAX_PATH_BYTES = 4096

# Code points that HFS+ ignores when it compares names.
_IGNORABLE = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
_NO_PLACES: Mapping[str, Position] = {}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# NTFS drops trailing dots and spaces, and what follows a colon names a stream.
_NTFS_TAIL = re.compile(r"(?:[. ]|:.*)+$", re.DOTALL)
# Most paths: nothing in them has another form or another meaning anywhere. They need no closer look.
_PLAIN_PART = r"(?!(?i:\.git(?:/|\Z)|\.robot-action))\.?[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
_PLAIN = re.compile(rf"{_PLAIN_PART}(?:/{_PLAIN_PART})*")


def is_dot_git(component: str) -> bool:
    """Tell whether some file system takes ``component`` for ``.git``."""
    plain = unicodedata.normalize("NFKC", component.translate(_IGNORABLE)).casefold()
    return any(_NTFS_TAIL.sub("", part) in {".git", "git~1"} for part in re.split(r"[\\/]", plain))


def _is_own(component: str) -> bool:
    name = component.casefold()
    return name == TEMPORARY_FILE or name.startswith(OWN_PREFIX)


def path_problem(path: str) -> str | None:
    """Return why ``path`` (relative, with ``/``) may not be written, or None when it may."""
    if len(path) <= MAX_COMPONENT_BYTES and _PLAIN.fullmatch(path):
        return None
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    components = path.split("/")
    checks: tuple[tuple[bool, str], ...] = (
        (not path, "is empty"),
        (path.startswith(("/", "\\")) or bool(re.match(r"[A-Za-z]:[\\/]", path)), "is absolute"),
        (bool(_CONTROL.search(path)), "has a control character"),
        (".." in re.split(r"[\\/]", path), "leads out with '..'"),
        ("" in components or "." in components, "has an empty part"),
        (any(map(is_dot_git, components)), "has a part that git or a file system takes for .git"),
        (any(map(_is_own, components)), f"has a part that robot-action uses while it works ({TEMPORARY_FILE}, {OWN_PREFIX}*)"),
        (len(encoded) > MAX_PATH_BYTES, f"is longer than {MAX_PATH_BYTES} bytes"),
        (max(len(part.encode()) for part in components) > MAX_COMPONENT_BYTES, f"has a part longer than {MAX_COMPONENT_BYTES} bytes"),
    )
    return next((reason for fails, reason in checks if fails), None)


def link_problem(path: str, target: bytes) -> str | None:
    """Return why a link at ``path`` may not point to ``target``, or None when it stays inside the tree.

    ``..`` is allowed at the start only: after a name it could follow another link out.
    """
    try:
        text = target.decode()
    except UnicodeDecodeError:
        return "links to a name that is not UTF-8"
    if not text:
        return "links to nothing"
    parts = text.split("/")
    ups = next((count for count, part in enumerate(parts) if part != ".."), len(parts))
    rest = [part for part in parts[ups:] if part not in {"", "."}]
    if ups > path.count("/") or text.startswith("/"):
        return f"links to {text!r}, outside of the tree"
    if rest and (problem := path_problem("/".join(rest))):
        return f"links to {text!r}, which {problem}"
    return None


def entry_problem(path: str, entry: Entry) -> str | None:
    """Return why one path of a tree may not be written, or None when it may."""
    reason = path_problem(path)
    if reason is None and entry.mode is Mode.LINK:
        if path.rpartition("/")[2].casefold() == ".gitmodules":
            return "is a link, and git refuses a linked .gitmodules"
        return link_problem(path, entry.content)
    return reason


def parents_of(path: str) -> Iterator[str]:
    """Yield the folders above a path."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def collisions(paths: Iterable[str], there: Iterable[str] = ()) -> Iterator[tuple[str, str, str]]:
    """Yield each path whose name, or a folder's above it, a case- or Unicode-folding file system takes for another: path and both names.

    Args:
        paths: those that are looked at.
        there: what was there before, beside them or of them; what collides among these by itself is not told.
    """
    known = set(there)
    known |= _folders_of(known)
    seen = {folded(name): name for name in known}
    for path in paths:
        for name in (path, *parents_of(path)):
            other = name if name in known else seen.setdefault(folded(name), name)
            if other != name:
                yield path, name, other


def meeting(paths: Collection[str], others: Collection[str]) -> set[str]:
    """Return the paths that cannot be there together with others: one is a folder of the other, or names differ in case or form alone."""
    files = {folded(other) for other in others}
    spelled = {folded(name): name for name in (*_folders_of(others), *others)}
    return {
        path
        for path in paths
        if folded(path) in spelled
        or any(folded(parent) in files or spelled.get(folded(parent), parent) != parent for parent in parents_of(path))
    }


def folded(name: str) -> str:
    """Return what a name is to a file system for which case and Unicode form do not count."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def _folders_of(paths: Iterable[str]) -> set[str]:
    """Return all folders above some paths."""
    found: set[str] = set()
    for path in paths:
        for parent in parents_of(path):
            if parent in found:
                break
            found.add(parent)
    return found


def tree_problems(tree: Tree, places: Mapping[str, Position] = _NO_PLACES, there: Collection[str] = ()) -> tuple[Problem, ...]:
    """Return everything that forbids to write or commit ``tree``.

    Args:
        tree: the paths.
        places: where each path comes from, for messages.
        there: the paths of what it is brought into, as far as they stay; see `collisions`.
    """
    found: list[Problem] = []
    folders = _folders_of(tree)
    are_files = {folder for folder in folders if folder in tree}
    for path, entry in tree.items():
        reason = entry_problem(path, entry)
        if reason is not None:
            found.append(Problem(f"the path {path!r} {reason}", places.get(path)))
        files = (parent for parent in parents_of(path) if parent in are_files) if are_files else ()
        found.extend(Problem(f"{path!r} lies below {parent!r}, which is no folder", places.get(path)) for parent in files)
    names = folders.union(tree)
    if there or len({folded(name) for name in names}) < len(names):
        told = (
            Problem(f"{name!r} and {other!r} are one file where case or Unicode form does not count", places.get(path))
            for path, name, other in collisions(tree, there)
        )
        found.extend(dict.fromkeys(told))
    return tuple(found)


def writable(tree: Tree) -> Tree:
    """Return what of a tree may be written: of paths that are one file somewhere, the first."""
    seen: dict[str, str] = {}

    def is_first(path: str) -> bool:
        return all(seen.setdefault(folded(name), name) == name for name in (path, *parents_of(path)))

    return Tree({path: entry for path, entry in tree.items() if entry_problem(path, entry) is None and is_first(path)})


def check_tree(tree: Tree, what: str = "the tree", there: Collection[str] = ()) -> Tree:
    """Return ``tree`` as it is.

    Args:
        tree: the paths.
        what: is written, for messages.
        there: the paths of what it is brought into, as far as they stay; see `collisions`.

    Raises:
        InputError: naming every path that may not be written.
    """
    if problems := tree_problems(tree, there=there):
        refused = "one of its paths is refused" if len(problems) == 1 else f"{len(problems)} of its paths are refused"
        raise InputError(f"{what} cannot be written: {refused}", problems=problems)
    return tree
