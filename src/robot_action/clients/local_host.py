"""Bare repositories in a folder as a host: the embedded default, and a rehearsal of the real ones.

``acme/demo`` is the bare repository ``acme/demo.git`` in the folder that the manifest names. git itself keeps the default
branch (``HEAD``) and the description (its file ``description``); what only a hosting service would know is kept as
``robot-action.*`` in the repository's configuration, so that differences from the manifest can be told here as well.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError, NotPermittedError, TryAgainError
from robot_action.model.facts import Repository
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from robot_action.model.state import STATE_FILE, State
from robot_action.parsing.state_file import parse_state
from robot_action.planning.repositories import differences

_SECTION = "robot-action"
_STATE_LIMIT = 1 << 20
_DESCRIPTION_LIMIT = 1 << 16
_UNNAMED = "Unnamed repository;"  # git's own text for a repository that nobody described
_MERGE_KEYS: Mapping[str, str] = {field.name: f"{_SECTION}.{field.name.replace('_', '-')}" for field in fields(MergeSettings)}
_Settings = Mapping[str, tuple[str, ...]]


class LocalHost:
    """Bare repositories below folders; a `robot_action.hosting.Host`.

    Args:
        runner: runs git.
    """

    def __init__(self, runner: GitRunner) -> None:
        self._runner = runner

    def find(self, wanted: RepositoryWanted) -> Repository | None:
        """Return the repository of the wanted name as it is, or None.

        Raises:
            InputError: when its state file cannot be understood.
            NotPermittedError: when something else than a bare repository stands there.
        """
        path = _path(wanted)
        with explained(f"look at {path}"):
            if not os.path.lexists(path) or (path.is_dir() and not any(path.iterdir())):
                return None
            if not (path / "HEAD").is_file() or not (path / "objects").is_dir():
                raise NotPermittedError(f"{path} is no bare git repository", hint="Nothing there was touched. Name another repository.")
        place = Place(path, git_dir=path)
        heads, tags = self._refs(place, "heads"), self._refs(place, "tags")
        default = self._run(place, "symbolic-ref", "--quiet", "--short", "HEAD", accept=(0, 1)).strip()
        branch = default if default in heads else wanted.default_branch
        found = Repository(
            name=wanted.name,
            url=str(path),
            clone_url=str(path),
            default_branch=default,
            heads=heads,
            tags=tags,
            state=self._state(place, branch) if branch in heads else None,
            head_message=self._run(place, "show", "--no-patch", "--format=%B", f"refs/heads/{branch}") if branch in heads else "",
            description=_read_description(path),
        )
        return _with_settings(found, self._settings(place))

    def authorise(self, wanted: RepositoryWanted, *, create: bool) -> None:
        """See `robot_action.hosting.Host.authorise`: a folder wants no credential."""

    def create(self, wanted: RepositoryWanted) -> Repository:
        """Create it, empty: made beside its place with all settings, then renamed, so that of two at once one alone wins.

        Raises:
            TryAgainError: when somebody else made it meanwhile.
        """
        path = _path(wanted)
        with explained(f"create {path}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent, ignore_cleanup_errors=True) as folder:
                new = Path(folder, path.name)
                arguments = ("--quiet", "--bare", "--template=", f"--initial-branch={wanted.default_branch}", str(new))
                self._runner.run(Place(Path(folder)), "init", *arguments)
                self._set_up(new, wanted)
                _rename(new, path, wanted)
        found = self.find(wanted)
        if found is None:
            raise FailedError(f"the repository {path} was removed while it was made")
        return found

    def settle(self, wanted: RepositoryWanted) -> tuple[str, ...]:
        """Bring the settings of an empty repository to what is wanted; return what was changed, for people."""
        found = self.find(wanted)
        if found is None:
            raise FailedError(f"the repository {_path(wanted)} is gone")
        changed = differences(wanted, found)
        if changed:
            path = _path(wanted)
            with explained(f"set up {path}"):
                self._set_up(path, wanted)
                self._run(Place(path, git_dir=path), "symbolic-ref", "HEAD", f"refs/heads/{wanted.default_branch}")
        return tuple(f"changed: {line}" for line in changed)

    def set_default_branch(self, wanted: RepositoryWanted) -> None:
        """Make the wanted branch, which was pushed, the default one."""
        path = _path(wanted)
        place = Place(path, git_dir=path)
        if wanted.default_branch not in self._refs(place, "heads"):
            raise FailedError(f"{path} has no branch {wanted.default_branch} that could be the default one")
        self._run(place, "symbolic-ref", "HEAD", f"refs/heads/{wanted.default_branch}")

    def _run(self, place: Place, *arguments: str, accept: Sequence[int] = (0,)) -> str:
        return self._runner.run(place, *arguments, how=Invocation(accept=accept)).stdout.decode(errors="replace")

    def _refs(self, place: Place, kind: str) -> dict[str, str]:
        """Return the branches or tags and their commits."""
        shown = self._run(place, "for-each-ref", "--format=%(refname:lstrip=2)%00%(objectname)%00%(*objectname)", f"refs/{kind}/")
        rows = (line.split("\0") for line in shown.split("\n") if line)
        return {name: peeled or commit for name, commit, peeled in rows}

    def _state(self, place: Place, branch: str) -> State | None:
        file = f"{place.folder}: {STATE_FILE}"
        listed = self._run(place, "ls-tree", "--long", f"refs/heads/{branch}", STATE_FILE)
        if not listed:
            return None
        mode, kind, sha, size = listed.partition("\t")[0].split()
        if kind != "blob" or mode == "120000":
            raise InputError(f"{file} is no regular file")
        if int(size) > _STATE_LIMIT:
            raise InputError(f"{file} is too large to be a state file")
        return parse_state(self._runner.run(place, "cat-file", "blob", sha).stdout, file)

    def _settings(self, place: Place) -> _Settings:
        """Return our settings: each key's values."""
        listed = self._run(place, "config", "--local", "--no-includes", "--null", "--get-regexp", rf"^{_SECTION}\.", accept=(0, 1))
        found: dict[str, tuple[str, ...]] = {}
        for entry in listed.split("\0"):
            key, _, value = entry.partition("\n")
            found[key] = (*found.get(key, ()), value)
        return found

    def _set_up(self, path: Path, wanted: RepositoryWanted) -> None:
        """Write the wanted settings where they differ; a setting that the manifest does not name stays as it is."""
        place = Place(path, git_dir=path)
        present = self._settings(place)
        for key, values in _to_settings(wanted).items():
            if values and present.get(key) != values:
                self._run(place, "config", "--local", "--replace-all", "--", key, values[0])
                for value in values[1:]:
                    self._run(place, "config", "--local", "--add", "--", key, value)
        if wanted.description and wanted.description != _read_description(path):
            (path / "description").write_text(f"{wanted.description}\n", encoding="utf-8")


def _path(wanted: RepositoryWanted) -> Path:
    if wanted.path is None:
        raise InputError(f"the local repository {wanted.name} has no folder", hint="Name it in the manifest: repository.path.")
    return wanted.path / f"{wanted.name}.git"


def _rename(new: Path, path: Path, wanted: RepositoryWanted) -> None:
    """Put a finished repository at its place, which must be free; rename(2) replaces an empty folder alone."""
    try:
        new.rename(path)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        raise TryAgainError(
            f"somebody else made the repository {wanted.name} meanwhile",
            hint="Nothing in it was touched. Run the same command again to see what it is now.",
        ) from None


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Tell what the system refuses."""
    try:
        yield
    except PermissionError as error:
        raise NotPermittedError(f"cannot {doing}: {error.strerror}", hint="Name a folder that this user may use.") from None
    except OSError as error:
        raise FailedError(f"cannot {doing}: {error.strerror or error}") from None


def _read_description(path: Path) -> str:
    try:
        with (path / "description").open("rb") as file:
            text = file.read(_DESCRIPTION_LIMIT).decode(errors="replace").removesuffix("\n")
    except OSError:
        return ""
    return "" if text.startswith(_UNNAMED) else text


def _to_settings(wanted: RepositoryWanted) -> _Settings:
    merge = ((key, getattr(wanted.merge, name)) for name, key in _MERGE_KEYS.items())
    return {
        f"{_SECTION}.visibility": (wanted.visibility,),
        f"{_SECTION}.homepage": (wanted.homepage,) if wanted.homepage else (),
        f"{_SECTION}.topic": tuple(sorted(wanted.topics)),
        f"{_SECTION}.team": tuple(f"{slug} {role}" for slug, role in sorted(wanted.teams.items())),
        f"{_SECTION}.collaborator": tuple(f"{login} {role}" for login, role in sorted(wanted.collaborators.items())),
        **{key: ("true" if value else "false",) for key, value in merge if value is not None},
    }


def _with_settings(found: Repository, settings: _Settings) -> Repository:
    def last(key: str, default: str) -> str:
        return settings.get(f"{_SECTION}.{key}", (default,))[-1]

    def roles(key: str) -> dict[str, str]:
        rows = (value.partition(" ") for value in settings.get(f"{_SECTION}.{key}", ()))
        return {name: role for name, _, role in rows}

    merge = {name: _flag(settings.get(key)) for name, key in _MERGE_KEYS.items()}
    return replace(
        found,
        visibility=last("visibility", "private"),
        homepage=last("homepage", ""),
        topics=settings.get(f"{_SECTION}.topic", ()),
        teams=roles("team"),
        collaborators=roles("collaborator"),
        merge=MergeSettings(**merge),
    )


def _flag(values: tuple[str, ...] | None) -> bool | None:
    return None if values is None else values[-1] == "true"
