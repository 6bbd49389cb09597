"""People's commits on a branch of ours, and what is to be brought there: one merge, in a repository of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TypeAlias

from robot_action.clients.git import fast_import
from robot_action.clients.git.draft_repository import HELD, read_files
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.listing import text_of
from robot_action.clients.git.merge_scratch import CONFIGURATION, IDENTITY
from robot_action.clients.git.references import UPLOAD_PACK, is_folder, list_refs
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, TryAgainError
from robot_action.exchange import JoinedTree, JoinWanted
from robot_action.merging.state_files import is_ours_to_rewrite
from robot_action.model.tree import Entry

_HEAD = "refs/heads/theirs"
_BASE = "refs/robot-action/labelled"
_LABEL = re.compile(rb"^>{7} .*$", re.MULTILINE)
_CLEAN = 0
_Files: TypeAlias = Mapping[str, Entry]


def fetch(runner: GitRunner, inside: Place, source: tuple[str, str], head: str, *, whole: bool) -> None:
    """Fetch a branch; see `robot_action.hosting.Drafts.fetch`.

    Args:
        runner: runs git.
        inside: the repository of ours.
        source: URL and branch.
        head: the commit that the branch has.
        whole: whether the histories of branch and base have to lead to where they part, however shallow the repository is.

    Raises:
        TryAgainError: when the branch moved meanwhile.
    """
    url, branch = source
    local = (f"--upload-pack={UPLOAD_PACK}",) if is_folder(url) else ()
    more = (
        *(("--unshallow",) if whole and (inside.folder / ".git/shallow").exists() else ()),
        *(("--refetch",) if _is_partial(inside) else ()),  # else the server leaves out what it takes to be here
    )
    options = ("--progress", "--no-tags", "--no-write-fetch-head", "--update-shallow", *more, *local)
    base = (runner.run(inside, "rev-parse", "--verify", HELD).text,) if more else ()
    try:
        runner.remote(inside, url, "fetch", *options, "--", url, f"+refs/heads/{branch}:{_HEAD}", *base)
    except FailedError as error:
        if list_refs(runner, url).get(f"refs/heads/{branch}") != head:
            raise _moved(branch) from error
        raise
    if runner.run(inside, "rev-parse", "--verify", _HEAD).text != head:
        raise _moved(branch)


def join(runner: GitRunner, inside: Place, wanted: JoinWanted) -> JoinedTree:
    """Merge people's commits with what is to be brought; see `robot_action.hosting.Drafts.join`.

    What changed since our newest commit there is people's, and the tree of what is to be brought is the template's side.
    """
    if wanted.state and blob_of(runner, inside, wanted.head, wanted.state) == blob_of(runner, inside, wanted.commit, wanted.state):
        return JoinedTree(is_there=True)
    base = _likened(runner, inside, _base(runner, inside, wanted), wanted)
    ours, theirs = (_synthetic(runner, inside, f"{commit}^{{tree}}", base) for commit in (wanted.head, wanted.commit))
    how = Invocation(accept=(0, 1), configuration=CONFIGURATION)
    done = runner.run(inside, "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs, how=how)
    tree, *conflicts = map(text_of, done.items)
    return JoinedTree(tree) if done.code == _CLEAN else JoinedTree(conflicts=tuple(conflicts))


def _is_partial(inside: Place) -> bool:
    """Tell whether the repository borrows objects of a clone that lacks some."""
    alternates = inside.folder / ".git/objects/info/alternates"
    borrowed = alternates.read_text().splitlines() if alternates.is_file() else ()
    return any(any(Path(folder, "pack").glob("*.promisor")) for folder in borrowed)


def _moved(branch: str) -> TryAgainError:
    return TryAgainError(
        f"somebody else changed the branch {branch} meanwhile",
        hint="Nothing of theirs was overwritten. Run the same command again: it looks at what is there now.",
    )


def _base(runner: GitRunner, inside: Place, wanted: JoinWanted) -> str:
    """Return what people began with: what we brought last, which is a merge's second parent; else where the branch began.

    Where it began nowhere that is known, they began with nothing: then whatever differs is a conflict, and nothing is lost.
    """
    if wanted.ours:
        parents = runner.run(inside, "rev-parse", f"{wanted.ours}^@").text.split()
        tree = f"{parents[1] if len(parents) > 1 else wanted.ours}^{{tree}}"
    else:
        how = Invocation(accept=(0, 1))
        found = runner.run(inside, "merge-base", wanted.head, wanted.commit, how=how).text
        tree = f"{found}^{{tree}}" if found else runner.run(inside, "mktree").text
    return _synthetic(runner, inside, tree)


def _likened(runner: GitRunner, inside: Place, base: str, wanted: JoinWanted) -> str:
    """Return the base with what is no change of anybody's as the sides have it: then there is nothing to merge."""
    both = {wanted.state, *wanted.marked}
    sides = ((base, both), (wanted.head, {wanted.state}), (wanted.commit, both))
    old, there, new = (read_files(runner, inside, commit, paths) for commit, paths in sides)
    files = {**_labelled(wanted, old, new), **_rewritten(wanted, old, there, new)}
    if not files:
        return base
    stream = (*fast_import.commit(_BASE, base), *fast_import.files(files), b"done\n")
    runner.run(inside, "fast-import", "--quiet", "--force", "--date-format=raw", how=Invocation(stdin=b"".join(stream)))
    return runner.run(inside, "rev-parse", "--verify", _BASE).text


def _rewritten(wanted: JoinWanted, old: _Files, there: _Files, new: _Files) -> _Files:
    """Return the state file as the branch has it, where nobody else had a word in it: it is written anew, and never merged."""
    if not all(wanted.state in files for files in (old, there, new)):
        return {}
    sides = (files[wanted.state].content for files in (old, there, new))
    return {wanted.state: there[wanted.state]} if is_ours_to_rewrite(wanted.state, *sides) else {}


def _labelled(wanted: JoinWanted, old: _Files, new: _Files) -> _Files:
    """Return the base's conflict markers labelled as those that are to be brought.

    Another version's label alone is no change of the template's: who took the markers out is not asked for the same again.
    """
    both = old.keys() & new.keys() & set(wanted.marked)
    labels = {path: found[0] for path in both if (found := _LABEL.search(new[path].content))}
    return {path: Entry(old[path].mode, _LABEL.sub(partial(_text, label), old[path].content)) for path, label in labels.items()}


def _text(text: bytes, _found: re.Match[bytes]) -> bytes:
    return text


def _synthetic(runner: GitRunner, inside: Place, tree: str, *parents: str) -> str:
    """Return a commit of a tree that only the merge sees: git 2.39 takes no other base than the history's."""
    options = (part for parent in parents for part in ("-p", parent))
    return runner.run(inside, "commit-tree", *options, "-m", "a side", tree, how=Invocation(variables=IDENTITY)).text


def blob_of(runner: GitRunner, inside: Place, commit: str, path: str) -> str:
    """Return a file's id; of none, the commit, which is nobody else's."""
    how = Invocation(accept=(0, 1, 128))
    return runner.run(inside, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{path}", how=how).text or commit
