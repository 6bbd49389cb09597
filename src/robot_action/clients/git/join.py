"""People's commits on a branch of ours, and what is to be brought there: one merge, in a repository of ours."""

from __future__ import annotations

from pathlib import Path

from robot_action.clients.git.drafts import inside_of
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.fetch import UPLOAD_PACK, is_folder
from robot_action.clients.git.merge import CONFIGURATION, IDENTITY
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, TryAgainError
from robot_action.exchange import JoinedTree, JoinWanted

_HEAD = "refs/heads/theirs"
_CLEAN = 0


def join(runner: GitRunner, place: Path, wanted: JoinWanted) -> JoinedTree:
    """Fetch a branch, and merge into it what is to be brought; see `robot_action.hosting.Drafts.join`.

    What changed since our newest commit there is people's, and the tree of what is to be brought is the template's side.

    Raises:
        TryAgainError: when the branch moved meanwhile.
    """
    inside = inside_of(place)
    _fetch(runner, inside, wanted)
    if wanted.state and _blob(runner, inside, wanted.head, wanted.state) == _blob(runner, inside, wanted.commit, wanted.state):
        return JoinedTree(is_there=True)
    base = _base(runner, inside, wanted)
    ours, theirs = (_synthetic(runner, inside, f"{commit}^{{tree}}", base) for commit in (wanted.head, wanted.commit))
    how = Invocation(accept=(0, 1), configuration=CONFIGURATION)
    done = runner.run(inside, "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs, how=how)
    tree, *conflicts = (item.decode("utf-8", "surrogateescape") for item in done.items)
    return JoinedTree(tree) if done.code == _CLEAN else JoinedTree(conflicts=tuple(conflicts))


def _fetch(runner: GitRunner, inside: Place, wanted: JoinWanted) -> None:
    local = (f"--upload-pack={UPLOAD_PACK}",) if is_folder(wanted.url) else ()
    options = ("--progress", "--no-tags", "--no-write-fetch-head", "--update-shallow", *local)
    try:
        runner.remote(inside, wanted.url, "fetch", *options, "--", wanted.url, f"+refs/heads/{wanted.branch}:{_HEAD}")
    except FailedError as error:
        raise _moved(wanted) from error
    if runner.run(inside, "rev-parse", "--verify", _HEAD).text != wanted.head:
        raise _moved(wanted)


def _moved(wanted: JoinWanted) -> TryAgainError:
    return TryAgainError(
        f"somebody else changed the branch {wanted.branch} meanwhile",
        hint="Nothing of theirs was overwritten. Run the same command again: it looks at what is there now.",
    )


def _base(runner: GitRunner, inside: Place, wanted: JoinWanted) -> str:
    """Return what people began with: what we brought last, which is a merge's second parent; else where the branch began."""
    if wanted.ours:
        parents = runner.run(inside, "rev-parse", f"{wanted.ours}^@").text.split()
        tree = f"{parents[1] if len(parents) > 1 else wanted.ours}^{{tree}}"
    else:
        how = Invocation(accept=(0, 1))
        tree = f"{runner.run(inside, 'merge-base', wanted.head, wanted.commit, how=how).text or wanted.commit}^{{tree}}"
    return _synthetic(runner, inside, tree)


def _synthetic(runner: GitRunner, inside: Place, tree: str, *parents: str) -> str:
    """Return a commit of a tree that only the merge sees: git 2.39 takes no other base than the history's."""
    named = runner.run(inside, "rev-parse", "--verify", tree).text
    options = (part for parent in parents for part in ("-p", parent))
    return runner.run(inside, "commit-tree", *options, "-m", "a side", named, how=Invocation(variables=IDENTITY)).text


def _blob(runner: GitRunner, inside: Place, commit: str, path: str) -> str:
    """Return a file's id; of none, the commit, which is nobody else's."""
    how = Invocation(accept=(0, 1, 128))
    return runner.run(inside, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{path}", how=how).text or commit
