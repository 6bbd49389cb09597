"""Looking at a project's own repository, which is hostile: template code may have written its configuration.

References are read in it, with pinned configuration; whatever touches files or reads objects happens in a scratch
repository of ours that borrows its objects and looks at its folder, so that no filter, monitor or hook of it runs.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import InputError
from robot_action.model.paths import OWN_PREFIX, TEMPORARY_FILE
from robot_action.model.state import STATE_FILE, State
from robot_action.parsing.state_file import parse_state

if TYPE_CHECKING:
    from robot_action.model.facts import LocalRepository

STAGING_PREFIX = f"{OWN_PREFIX}git-"
"""Where a new repository is made, inside its project: only there is a rename to ``.git`` sure to work."""

_EXCLUDED = f"/{STAGING_PREFIX}*/\n{TEMPORARY_FILE}\n"
_STATE_LIMIT = 1 << 20
_HEADS = "refs/heads/"
_TAGS = "refs/tags/"
_LISTED = "--format=%(if)%(HEAD)%(then)x%(end) %(objectname) %(refname)"
_QUIET = Invocation(accept=(0, 1))
_PRESENT = (("core.sparseCheckout", "true"),)
"""Lets git look at files that it was told to pass over (``skip-worktree``), where they are there nevertheless."""
_CONVERSION = "core.autocrlf"
_STAGED_ALONE = re.compile(rb"[MAT][MTD]")
_COMMITTED = re.compile(r"^committer .* (\d+) [+-]\d+$", re.MULTILINE)


class _References(NamedTuple):
    head: str
    branch: str
    refs: Mapping[str, str]


class Located:
    """A repository at the top of a folder.

    Attributes:
        folder: the work tree.
        git_dir: its own part; ``common_dir``: what its linked work trees share.
        algorithm: the hash of its objects.
    """

    def __init__(self, runner: GitRunner, folder: Path, git_dir: Path, common_dir: Path, algorithm: str) -> None:
        self.folder, self.git_dir, self.common_dir, self.algorithm = folder, git_dir, common_dir, algorithm
        self._runner = runner

    @property
    def place(self) -> Place:
        """For commands that only read or move references."""
        return Place(self.folder, git_dir=self.git_dir)

    @property
    def head(self) -> str:
        """The commit that is checked out, or ``""``."""
        return self._references.head

    @property
    def branch(self) -> str:
        """The branch that is checked out, or ``""`` when detached."""
        return self._references.branch

    @property
    def refs(self) -> Mapping[str, str]:
        """Full names and the objects that they name, tags not peeled."""
        return self._references.refs

    @cached_property
    def _references(self) -> _References:
        """As they are when somebody first asks: many want none of them."""
        listed = self._runner.run(self.place, "for-each-ref", _LISTED, _HEADS.rstrip("/"), _TAGS.rstrip("/")).text
        lines = [line.split(" ", 2) for line in listed.split("\n") if line]
        refs = {name: target for _, target, name in lines}
        symbolic = next((name for mark, _, name in lines if mark), "")
        if not symbolic:  # there is no commit yet, or no branch
            symbolic = self._runner.run(self.place, "symbolic-ref", "--quiet", "HEAD", how=_QUIET).text
        head = refs.get(symbolic, "") if symbolic else self._runner.run(self.place, "rev-parse", "--verify", "HEAD").text
        return _References(head, symbolic.removeprefix(_HEADS) if symbolic.startswith(_HEADS) else "", refs)


def locate(runner: GitRunner, folder: Path) -> Located | None:
    """Find the repository whose top is ``folder``; one around it does not count.

    Raises:
        InputError: when the folder is called so that nothing can borrow from its repository.
        RobotActionError: when there is a ``.git`` that git cannot read.
    """
    dot_git = folder / ".git"
    if not os.path.lexists(dot_git):
        return None
    _check_name(folder)
    asked = ("rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format")
    git_dir, common_dir, algorithm = runner.run(Place(folder, git_dir=dot_git), *asked).text.rsplit("\n", 2)
    return Located(runner, folder, Path(git_dir), Path(common_dir), algorithm)


def _check_name(folder: Path) -> None:
    """See that a folder can be named where git wants one path a line (gitrepository-layout(5), "objects/info/alternates")."""
    with suppress(UnicodeEncodeError):
        if b"\n" not in str(folder).encode():
            return
    raise InputError(f"{folder} has a line break in its name, or is not UTF-8", hint="Move the repository to a folder of another name.")


@contextmanager
def borrowed(runner: GitRunner, found: Located, *, writing: bool = False, objects_alone: bool = False) -> Iterator[Place]:
    """Give a scratch repository that reads a project's objects and has its work tree and a copy of its index.

    Args:
        runner: runs git.
        found: the project.
        writing: whether new objects go to the project, instead of away with the scratch repository.
        objects_alone: whether the commit that is checked out does not matter.
    """
    with runner.scratch("project") as folder:
        git_dir = folder / "git"
        initialise(git_dir, found.algorithm)
        objects = found.common_dir / "objects"
        (git_dir / "objects/info/alternates").write_text(f"{objects}\n")
        if not objects_alone:
            (git_dir / "HEAD").write_text(f"{found.head}\n" if found.head else f"ref: {_HEADS}{found.branch or 'main'}\n")
        shared = found.git_dir.glob("sharedindex.*")  # what an index may be split into (git-update-index(1))
        for file in (found.git_dir / "index", *shared, found.common_dir / "shallow"):
            if file.is_file():
                shutil.copyfile(file, git_dir / file.name)
        with (git_dir / "info/exclude").open("ab") as excluded:
            excluded.write(_own_excludes(found))
        yield Place(found.folder, git_dir=git_dir, work_tree=found.folder, objects=objects if writing else None)


def _own_excludes(found: Located) -> bytes:
    """Return what a clone ignores besides its ``.gitignore`` (gitignore(5))."""
    file = found.common_dir / "info/exclude"
    is_plain = file.is_file() and not file.is_symlink() and file.stat().st_size <= _STATE_LIMIT
    return file.read_bytes() if is_plain else b""


def initialise(git_dir: Path, algorithm: str) -> None:
    """Make an empty repository at ``git_dir`` for use with a work tree elsewhere; nothing of it is a hook (gitrepository-layout(5))."""
    for folder in ("", "info", "objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (git_dir / folder).mkdir(parents=True)
    (git_dir / "info/exclude").write_text(_EXCLUDED)
    (git_dir / "HEAD").write_text(f"ref: {_HEADS}main\n")
    version, extensions = (0, "") if algorithm == "sha1" else (1, f"[extensions]\n\tobjectFormat = {algorithm}\n")
    (git_dir / "config").write_text(f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = false\n{extensions}")


def inspect(runner: GitRunner, folder: Path) -> LocalRepository | None:
    """Return the facts of a project's repository; see `robot_action.repositories.Git.inspect`."""
    from robot_action.model.facts import LocalRepository

    found = locate(runner, folder)
    if found is None:
        return None
    origin = runner.run(found.place, "config", "--file", str(found.common_dir / "config"), "--get", "remote.origin.url", how=_QUIET).text
    with borrowed(runner, found) as place:
        dirty, staged = changes(runner, place, found)
        message, date = _message(runner, place, found.head)
        return LocalRepository(
            head=found.head,
            branch=found.branch,
            state=head_state(runner, place, found.head),
            dirty=dirty,
            staged=staged,
            tags=peeled_tags(runner, place, found.refs),
            message=message,
            date=date,
            origin=os.path.normpath(folder / origin) if origin.startswith(".") else origin,
        )


def head_state(runner: GitRunner, place: Place, head: str) -> State | None:
    """Return the state file in a commit, or None."""
    if not head:
        return None
    done = runner.run(place, "cat-file", "blob", f"{head}:{STATE_FILE}", how=Invocation(accept=(0, 128), limit=_STATE_LIMIT))
    return parse_state(done.stdout, f"{STATE_FILE} in commit {head[:12]}") if done.code == 0 else None


def _message(runner: GitRunner, place: Place, head: str) -> tuple[str, int]:
    """Return a commit's message, and when it was committed."""
    raw = runner.run(place, "cat-file", "commit", head).text if head else ""
    headers, _, message = raw.partition("\n\n")
    dated = _COMMITTED.search(headers)
    return message, int(dated[1]) if dated else 0


def peeled_tags(runner: GitRunner, place: Place, refs: Mapping[str, str]) -> dict[str, str]:
    """Return the tags among references, with the commits that they name."""
    tags = {name.removeprefix(_TAGS): target for name, target in refs.items() if name.startswith(_TAGS)}
    if not tags:
        return {}
    stdin = "".join(f"{target}^{{commit}}\n" for target in tags.values()).encode()
    peeled = runner.run(place, "cat-file", "--batch-check=%(objectname)", how=Invocation(stdin=stdin)).text.splitlines()
    return {name: commit for name, commit in zip(tags, peeled, strict=True) if " " not in commit}  # "... missing": a tag of a tree


def changes(runner: GitRunner, place: Place, found: Located) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths of a work tree that differ from the commit that is checked out, and are not ignored; and what the index alone has.

    The index is asked first, because it knows files by their times; what is only staged, and stands in the commit
    and in the work tree alike, is no difference of the work tree.
    """
    how = Invocation(accept=(0, 1), configuration=_PRESENT)
    runner.run(place, "update-index", "-q", "--really-refresh", how=how)  # an edit that was hidden from git is one all the same
    seen = _status(runner, place)
    if not seen or not found.head:
        return tuple(sorted(seen)), ()
    fresh = Place(place.folder, place.git_dir, place.work_tree, index=place.bare.folder / "fresh-index")
    runner.run(fresh, "read-tree", found.head)
    dirty = seen.keys() & _status(runner, fresh, line_ends(runner, found)).keys()
    return tuple(sorted(dirty)), tuple(sorted(path for path, state in seen.items() if _STAGED_ALONE.match(state)))


def line_ends(runner: GitRunner, found: Located) -> tuple[tuple[str, str], ...]:
    """Return how files' line ends are converted in a project: what git made CRLF, nobody changed (gitattributes(5))."""
    own = ("--file", str(found.common_dir / "config"), "--no-includes")
    for where, how in ((own, _QUIET), (("--global",), Invocation(accept=range(256), user_configuration=True))):
        if value := runner.run(found.place, "config", *where, "--get", _CONVERSION, how=how).text.lower():
            return ((_CONVERSION, value),) if value in {"true", "yes", "on", "1", "input"} else ()
    return ()


def _status(runner: GitRunner, place: Place, more: tuple[tuple[str, str], ...] = ()) -> dict[str, bytes]:
    """Return what differs by its two letters: how the index differs from the commit, and the work tree from the index (git-status(1))."""
    arguments = ("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty")
    items = runner.run(place, *arguments, how=Invocation(configuration=(*_PRESENT, *more))).items
    unknown = [item[3:] for item in items if item.startswith(b"??")]
    ignored = _ignored_by_user(runner, place, unknown) if unknown else set()
    return {path: item[:2] for item in items if (path := os.fsdecode(item[3:])) not in ignored}


def _ignored_by_user(runner: GitRunner, place: Place, paths: list[bytes]) -> set[str]:
    """Return the paths that the user's own ``core.excludesFile`` names, as git shows none of them to the user."""
    asked = ("config", "--global", "--type=path", "--default", "~/.config/git/ignore", "--get", "core.excludesFile")
    file = runner.run(place, *asked, how=Invocation(accept=range(256), user_configuration=True)).text  # nothing: there is no home
    stdin = b"".join(b"./%s\0" % path for path in paths)  # git takes none literally, so that ./ keeps : from meaning more
    variables, configuration = {"GIT_LITERAL_PATHSPECS": "0"}, (("core.excludesFile", file),)
    how = Invocation(stdin=stdin, accept=(0, 1), variables=variables, configuration=configuration)
    return {os.fsdecode(item.removeprefix(b"./")) for item in runner.run(place, "check-ignore", "-z", "--stdin", how=how).items}


def unignored(runner: GitRunner, folder: Path) -> tuple[str, ...]:
    """Return the paths that no ``.gitignore`` excludes; see `robot_action.repositories.Git.unignored`.

    Raises:
        InputError: when a folder below is a repository of its own, or a name is not UTF-8.
    """
    with runner.scratch("unignored") as scratch:
        git_dir = scratch / "git"
        initialise(git_dir, "sha1")
        place = Place(folder, git_dir=git_dir, work_tree=folder)
        items = runner.run(place, "ls-files", "--others", "--exclude-standard", "-z").items
    nested = [os.fsdecode(item) for item in items if item.endswith(b"/")]
    if nested:
        raise InputError(
            f"{folder / nested[0]} is a git repository of its own, and cannot be part of the project's commit",
            hint="Remove its .git folder, or list it in .gitignore.",
        )
    return tuple(sorted(decode_name(item, folder) for item in items))


def decode_name(name: bytes, folder: Path) -> str:
    """Return a file's name as text.

    Raises:
        InputError: when it is not UTF-8.
    """
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise InputError(f"a name in {folder} is not UTF-8: {name.decode(errors='backslashreplace')}", hint="Rename the file.") from None
