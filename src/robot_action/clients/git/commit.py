"""Making a project's commit: in a new repository that appears by one rename, or on top of an existing one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.project import STAGING_PREFIX, Located, borrowed, changes, locate
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, TryAgainError
from robot_action.exchange import CommitWanted
from robot_action.model.paths import check_tree
from robot_action.model.tree import Entry, Mode, Tree

_IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")
_SHOWN = 5
_WAIT = "Nothing was changed. Bring the repository in order, then run the same command again."


def commit(runner: GitRunner, wanted: CommitWanted) -> str:
    """Make one commit and return its id; see `robot_action.repositories.Git.commit`.

    Raises:
        InputError: when a path may not be committed.
        FailedError: when the repository is not in a state to be continued.
    """
    _check_paths(wanted)
    found = locate(runner, wanted.folder)
    return _begin(runner, wanted) if found is None else _continue(runner, wanted, found)


def _check_paths(wanted: CommitWanted) -> None:
    entries: dict[str, Entry] = {}
    for path in wanted.paths:
        full = wanted.folder / path
        entries[path] = Entry(Mode.LINK, os.fsencode(full.readlink())) if full.is_symlink() else Entry(Mode.FILE)
    check_tree(Tree(entries), f"the commit of {wanted.folder}")


def _begin(runner: GitRunner, wanted: CommitWanted) -> str:
    with _staging(wanted.folder) as stage:
        options = ("--quiet", "--template=", "--object-format=sha1", f"--initial-branch={wanted.branch}")
        runner.run(Place(stage), "init", *options, str(stage))
        place = Place(wanted.folder, git_dir=stage / ".git", work_tree=wanted.folder)
        _add(runner, place, wanted)
        made = _write_commit(runner, place, wanted, "")
        _move_refs(runner, place, wanted, ("", made))
        try:
            (stage / ".git").rename(wanted.folder / ".git")
        except OSError as error:
            raise TryAgainError(f"somebody else made a repository in {wanted.folder} meanwhile: {error.strerror}") from error
    return made


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Give a folder inside the project, after the removal of what killed runs left; it is removed in the end."""
    for name in folder.glob(f"{STAGING_PREFIX}*"):
        shutil.rmtree(name, ignore_errors=True)
    try:
        stage = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=folder))
    except OSError as error:
        raise FailedError(f"{folder} cannot be written: {error.strerror}", hint="Give the permission, then run it again.") from error
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _continue(runner: GitRunner, wanted: CommitWanted, found: Located) -> str:
    _check_branch(found, wanted.branch)
    with borrowed(runner, found, writing=True) as place:
        _check_index(runner, place, found, wanted)
        _add(runner, place, wanted)
        made = _write_commit(runner, place, wanted, found.head)
        _check_tag(runner, place, found, wanted, made)
        # The index first: a run that is killed in between leaves staged files, which the next one commits.
        _replace_index(place.bare.folder / "index", found.git_dir)
    if not found.head:
        runner.run(found.place, "symbolic-ref", "HEAD", f"refs/heads/{wanted.branch}")
    _move_refs(runner, found.place, wanted, (found.head, made))
    return made


def _check_branch(found: Located, branch: str) -> None:
    where = f"the repository {found.folder}"
    switch = f"Nothing was committed. Run: git switch {branch} (or, to make that branch, git switch -c {branch})"
    busy = [name for name in _IN_PROGRESS if (found.git_dir / name).exists()]
    if busy:
        raise FailedError(f"{where} is in the middle of something: {busy[0]}", hint=_WAIT)
    if found.head and not found.branch:
        raise FailedError(f"{where} has no branch checked out", hint=switch)
    if found.branch != branch and (found.head or found.refs):
        raise FailedError(f"{where} has the branch {found.branch!r} checked out, not {branch!r}", hint=switch)


def _check_index(runner: GitRunner, place: Place, found: Located, wanted: CommitWanted) -> None:
    """Refuse what one commit of the work tree would lose: conflicts, removals, and content that is only staged."""
    if runner.run(place, "ls-files", "--unmerged", "-z").items:
        raise FailedError(f"the repository {found.folder} has conflicts that nobody resolved", hint=_WAIT)
    runner.run(place, "update-index", "-q", "--refresh", how=Invocation(accept=(0, 1)))
    removed, lost = _at_risk(runner, place, found, wanted)
    if removed or lost:
        examples = ", ".join(sorted(removed or lost)[:_SHOWN])
        what = "removed files" if removed else "staged contents that differ from the files"
        raise FailedError(
            f"the repository {found.folder} has uncommitted changes of somebody else: {what} ({examples})",
            hint="Nothing was committed. Commit them, or take them back (git restore), then run the same command again.",
        )


def _at_risk(runner: GitRunner, place: Place, found: Located, wanted: CommitWanted) -> tuple[set[str], set[str]]:
    """Return the tracked paths that somebody removed, and those whose staged content stands nowhere else."""
    unstaged = _differences(runner, place, "diff-files")
    staged = _differences(runner, place, "diff-index", "--cached", found.head) if found.head else {}
    removed = {path for path, kind in unstaged.items() if kind == "D"}
    removed |= {path for path, kind in staged.items() if kind == "D" and path not in wanted.paths}
    lost = (staged.keys() & unstaged.keys()) - removed
    return removed, lost & set(changes(runner, place, found)[0]) if lost else set()


def _differences(runner: GitRunner, place: Place, *command: str) -> Mapping[str, str]:
    """Return the paths that differ, and git's letters for how."""
    items = runner.run(place, *command[:1], "--name-status", "--no-renames", "--ignore-submodules=dirty", "-z", *command[1:]).items
    return {os.fsdecode(path): kind.decode() for kind, path in zip(items[::2], items[1::2], strict=True)}


def _add(runner: GitRunner, place: Place, wanted: CommitWanted) -> None:
    """Bring paths to the index, as ``git add --force``: text attributes count, filter drivers do not exist here."""
    stdin = b"".join(path.encode() + b"\0" for path in wanted.paths)
    runner.run(place, "update-index", "--add", "-z", "--stdin", how=Invocation(stdin=stdin))


def _write_commit(runner: GitRunner, place: Place, wanted: CommitWanted, head: str) -> str:
    """Return the new commit, or ``head`` where its tree is the same and it is to be continued."""
    tree = runner.run(place, "write-tree").text
    if head and not wanted.replaces and runner.run(place, "rev-parse", "--verify", f"{head}^{{tree}}").text == tree:
        return head
    how = Invocation(stdin=wanted.message.encode(), variables=_identity(wanted))
    parents = runner.run(place, "rev-parse", f"{head}^@").text.split() if head and wanted.replaces else filter(None, [head])
    return runner.run(place, "commit-tree", *(part for parent in parents for part in ("-p", parent)), "-F", "-", tree, how=how).text


def _identity(wanted: CommitWanted) -> dict[str, str]:
    return {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", wanted.author.name), ("EMAIL", wanted.author.email), ("DATE", f"@{wanted.date} +0000"))
    }


def _check_tag(runner: GitRunner, place: Place, found: Located, wanted: CommitWanted, made: str) -> None:
    target = found.refs.get(f"refs/tags/{wanted.tag}")
    allowed = (made, found.head) if wanted.replaces else (made,)
    if target and runner.run(place, "rev-parse", "--verify", f"{target}^{{}}").text not in allowed:
        raise FailedError(
            f"the repository {found.folder} has a tag {wanted.tag!r} already, of another commit",
            hint="Nothing was changed. Name another version, or remove the tag.",
        )


def _replace_index(index: Path, git_dir: Path) -> None:
    """Put an index in its place by a rename; git's own lock file would outlive a killed run."""
    if (git_dir / "index.lock").exists():
        raise TryAgainError(
            f"another git process is working in {git_dir}",
            hint=f"Wait until it has ended; if there is none, remove {git_dir / 'index.lock'}.",
        )
    temporary = git_dir / "index.robot-action.tmp"
    shutil.copyfile(index, temporary)
    temporary.replace(git_dir / "index")


def _move_refs(runner: GitRunner, place: Place, wanted: CommitWanted, move: tuple[str, str]) -> None:
    """Move the branch from one commit to the next, and make the tag where it is missing: both or, for a killed run, neither.

    With a commit that is replaced its tag moves, too.
    """
    before, after = move
    lines = [f"update refs/heads/{wanted.branch} {after} {before or '0' * len(after)}"] if before != after else []
    old = runner.run(place, "for-each-ref", "--format=%(objectname)", f"refs/tags/{wanted.tag}").text if wanted.tag else ""
    if wanted.tag and (not old or wanted.replaces):
        tag = runner.run(place, "mktag", how=Invocation(stdin=_tag_object(wanted, after))).text
        lines.append(f"update refs/tags/{wanted.tag} {tag} {old or '0' * len(after)}")
    if lines:
        how = Invocation(variables=_identity(wanted), stdin="".join(f"{line}\n" for line in lines).encode())
        runner.run(place, "update-ref", "-m", "robot-action", "--stdin", how=how)


def _tag_object(wanted: CommitWanted, commit: str) -> bytes:
    """Return an annotated tag as git stores it; the name and address are as git would clean them."""
    name, email = (text.translate(_NO_IDENTITY).strip() for text in (wanted.author.name, wanted.author.email))
    text = f"object {commit}\ntype commit\ntag {wanted.tag}\ntagger {name} <{email}> {wanted.date} +0000\n\n{wanted.tag}\n"
    return text.encode()


_NO_IDENTITY = dict.fromkeys(map(ord, "<>\n\0"))
