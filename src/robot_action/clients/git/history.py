"""The commits between two versions of a template: who asks wants their titles, so no file is fetched for them."""

from __future__ import annotations

from pathlib import Path

from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.fetch import EVERYTHING, make_scratch
from robot_action.clients.git.references import UPLOAD_PACK, is_folder
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError
from robot_action.model.update_summary import History, TemplateCommit
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.git_objects import algorithm_of

_ANY_END = Invocation(accept=(0, 1, 128))


def history(runner: GitRunner, where: str | Path, commits: tuple[str, str], limit: int) -> History:
    """Return the commits of a URL's repository, or of the work tree around a folder; see `robot_action.repositories.Git.history`.

    Raises:
        InputError: when one of both is no commit id.
    """
    if not all(map(is_commit_id, commits)):
        raise InputError(f"{' and '.join(commits)} are no whole commit ids")
    if isinstance(where, Path):
        return _between(runner, Place(where, discover=True), commits, limit)
    with runner.scratch("history") as folder:
        place = make_scratch(runner, folder / "git", algorithm_of(commits[1]))
        sender = (f"--upload-pack={UPLOAD_PACK}",) if is_folder(where) else ()
        common = ("fetch", "--progress", "--no-tags", "--no-write-fetch-head", *sender)
        try:
            runner.remote(place, where, *common, "--filter=tree:0", "--", where, *commits)
        except FailedError:  # the server gives no single commits
            runner.remote(place, where, *common, "--", where, *EVERYTHING)
        return _between(runner, place, commits, limit)


def _between(runner: GitRunner, place: Place, commits: tuple[str, str], limit: int) -> History:
    """Return what leads from the first to the second; nothing where one of them is gone, as after a branch was rewritten."""
    between = ("--end-of-options", f"^{commits[0]}^{{commit}}", f"{commits[1]}^{{commit}}")
    try:
        shown = _list(runner, place, f"--max-count={limit}", "--no-commit-header", "--format=%H %s", *between)
    except FailedError:
        if any(runner.run(place, "cat-file", "-e", f"{commit}^{{commit}}", how=_ANY_END).code for commit in commits):
            return History()
        raise
    pairs = [line.decode(errors="replace").partition(" ")[::2] for line in shown.stdout.split(b"\n")[:-1]]
    total = len(pairs) if len(pairs) < limit else int(_list(runner, place, "--count", *between).text)
    return History(tuple(TemplateCommit(commit, title) for commit, title in pairs), total)


def _list(runner: GitRunner, place: Place, *arguments: str) -> GitOutput:
    return runner.run(place, "rev-list", "--no-merges", *arguments)
