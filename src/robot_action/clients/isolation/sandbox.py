"""Where template code runs: as a second user on a private copy where we are root, else in place.

See ``docs/decisions/0003-template-code-runs-as-a-second-user.md``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from robot_action.clients.git.checkouts import hide_credentials, kept_credentials
from robot_action.clients.isolation.second_user import LOCKS, UIDS, closed_to, obstacle, second_user
from robot_action.clients.isolation.staging_area import empty_folders, give_to
from robot_action.clients.isolation.template_environment import template_environment
from robot_action.clients.isolation.workspace import HOME, TEMPORARY, Copy, Doors, OpenWorkspace
from robot_action.clients.temporary import temporary_folder
from robot_action.errors import ConfigurationError, NotPermittedError
from robot_action.model.tree import Entry, Mode, Tree


class LocalSandbox:
    """`robot_action.isolation.Sandbox` on this machine.

    Args:
        environment: the whole environment of this process, of which template code sees an allow-list.
        doors: what workspaces need of the world.
        checkouts: folders of git checkouts that may hold credentials; template code gets no sight of those.
        locks: where runs on this machine say which second user they hold.
    """

    def __init__(self, environment: Mapping[str, str], doors: Doors, checkouts: Sequence[Path] = (), locks: Path = LOCKS) -> None:
        self._environment = environment
        self._doors = doors
        self._checkouts = tuple(checkouts)
        self._locks = locks

    @property
    def isolated(self) -> bool:
        """Whether template code runs as a user of its own."""
        return self._obstacle is None

    @property
    def note(self) -> str:
        """What that means on this machine, in one sentence."""
        if self._obstacle is None:
            return f"template code runs as a user of its own (one of {UIDS[0]} to {UIDS[-1]}), on a private copy of the project"
        return f"template code runs in place as the present user, for {self._obstacle}"

    @cached_property
    def _obstacle(self) -> str | None:
        return obstacle()

    def environment(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return the environment that template code gets: the allow-list, and these variables."""
        return template_environment(self._environment, names, isolated=self.isolated)

    @contextmanager
    def open(self, project: Path, earlier: frozenset[str] = frozenset(), *, whole: bool = False) -> Iterator[OpenWorkspace]:
        """Open a workspace on a project; see `robot_action.isolation.Sandbox.open`.

        Raises:
            ConfigurationError: when the folder for temporary files is closed to other users.
            NotPermittedError: when template code would run as the present user and could read a checkout's token.
            TryAgainError: when too many other runs have a workspace open.
        """
        if not self.isolated:
            self._refuse_credentials(project)
            with temporary_folder("workspace") as beside:
                yield OpenWorkspace(project, beside, self._doors)
            return
        for line in hide_credentials((project, *self._checkouts)):
            self._doors.on_line(line)
        with second_user(self._locks) as uid, temporary_folder("workspace") as beside:
            if closed := closed_to(uid, beside.parent):
                hint = "Set TMPDIR to a folder that every user can enter, such as /tmp."
                raise ConfigurationError(f"template code would run in {beside}, but {closed} is closed to other users", hint=hint)
            _let_through(uid, beside)
            folders = frozenset(empty_folders(project))
            yield self._copied(
                project, beside, Copy(project, self._tree(project, earlier, whole=whole), uid, folders, earlier, whole=whole)
            )

    def _refuse_credentials(self, project: Path) -> None:
        if found := kept_credentials((project, *self._checkouts)):
            raise NotPermittedError(
                f"{found[0]} holds a token or a password, and the template's commands would run as the user who can read it",
                hint="Give the checkout step persist-credentials: false, or keep credentials in a credential helper.",
            )

    def _tree(self, project: Path, earlier: frozenset[str], *, whole: bool) -> Tree:
        """Return the files that are copied."""
        paths = self._doors.files.changed_at(project) if whole else self._doors.unignored(project)
        return self._doors.files.read_tree(project, (path for path in paths if path not in earlier))

    def _copied(self, project: Path, beside: Path, copy: Copy) -> OpenWorkspace:
        folders = {path: Entry(Mode.DIRECTORY) for path in copy.folders}
        above = beside / "project"
        above.mkdir()
        _let_through(copy.uid, above)
        folder = above / (project.name or "project")  # commands may ask for the folder's name, or go to it from above
        self._doors.files.write_new(copy.tree.with_entries(folders), folder)
        folder.chmod(0o700)
        give_to(copy.uid, folder)
        workspace = OpenWorkspace(folder, beside, self._doors, copy)
        for name in (HOME, TEMPORARY):
            workspace.make_folder(name)
        return workspace


def _let_through(uid: int, folder: Path) -> None:
    """Let a user pass through a folder of ours; nobody else can, and nobody but us can add or list."""
    os.chown(folder, 0, uid)
    folder.chmod(0o710)
