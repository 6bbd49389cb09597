"""What extensions of a trusted template stand on while they run in the worker: a user of their own, and the template's files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.git.checkouts import hide_credentials, kept_credentials
from robot_action.clients.isolation.second_user import LOCKS, closed_to, second_user
from robot_action.clients.isolation.staging_area import protect
from robot_action.clients.temporary import temporary_folder
from robot_action.errors import ConfigurationError, NotPermittedError
from robot_action.model.tree import Tree
from robot_action.ports import Files


@dataclass(frozen=True, slots=True)
class Ground:
    """Where extensions run.

    Attributes:
        user: the user that the worker becomes, held by this rendering alone; None: it stays who we are.
        folder: the template's files, which they may read.
    """

    user: int | None
    folder: Path


Lay = Callable[[Tree, str], AbstractContextManager[Ground]]
"""Makes the ground for one rendering of a template, at a commit or at none (``""``)."""


class Grounds:
    """Lays the ground on this machine.

    Args:
        files: writes the template.
        on_line: told which folders were closed.
        checkouts: folders of git checkouts that may hold credentials; extensions get no sight of those.
        locks: where runs on this machine say which second user they hold.
    """

    def __init__(self, files: Files, on_line: Callable[[str], None], checkouts: Sequence[Path] = (), locks: Path = LOCKS) -> None:
        self._files = files
        self._on_line = on_line
        self._checkouts = tuple(checkouts)
        self._locks = locks

    @contextmanager
    def lay(self, tree: Tree, commit: str = "") -> Iterator[Ground]:
        """Write a template where its extensions can read it; at the end nothing of theirs is left running.

        Args:
            tree: the template.
            commit: what git shall tell them of its version; the history is not there.

        Raises:
            ConfigurationError: when the folder for temporary files is closed to other users.
            NotPermittedError: when they would run as the present user and could read a checkout's token.
            TryAgainError: when too many other runs have a second user.
        """
        with ExitStack() as stack:
            user = stack.enter_context(second_user(self._locks)) if os.geteuid() == 0 else None
            self._guard_credentials(user)
            beside = stack.enter_context(temporary_folder("extensions"))
            if user is not None:
                _open_way(user, beside)
            folder = beside / "template"
            self._files.write_new(tree, folder)
            if commit:
                _name_commit(folder / ".git", commit)
            protect(folder)
            yield Ground(user, folder)

    def _guard_credentials(self, user: int | None) -> None:
        if user is not None:
            for line in hide_credentials(self._checkouts):
                self._on_line(line)
        elif found := kept_credentials(self._checkouts):
            raise NotPermittedError(
                f"{found[0]} holds a token or a password, and the template's extensions would run as the user who can read it",
                hint="Give the checkout step persist-credentials: false, or keep credentials in a credential helper.",
            )


def _name_commit(repository: Path, commit: str) -> None:
    """Make a repository that knows the name of its one commit alone (gitrepository-layout(5)): extensions ask git for it."""
    for name in ("objects", "refs"):
        (repository / name).mkdir(parents=True)
    (repository / "HEAD").write_text(f"{commit}\n", encoding="ascii")


def _open_way(user: int, folder: Path) -> None:
    """Let a user pass through a folder of ours; nobody else can, and nobody but us can add or list."""
    if closed := closed_to(user, folder.parent):
        hint = "Set TMPDIR to a folder that every user can enter, such as /tmp."
        raise ConfigurationError(f"extensions would run in {folder}, but {closed} is closed to other users", hint=hint)
    os.chown(folder, 0, user)
    folder.chmod(0o710)
