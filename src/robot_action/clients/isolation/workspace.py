"""The folder in which template code runs: the project itself, or a private copy of it for a second user."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from robot_action.clients.isolation.second_user import as_ourselves, as_user, find_for, kill_all
from robot_action.clients.isolation.staging_area import COUNT_LIMIT, copy_artifacts, empty_folders, give_to, harvest, protect, remove
from robot_action.clients.processes.ends import describe_code, describe_end
from robot_action.clients.processes.limits import NO_LIMITS, Limits
from robot_action.clients.processes.process import Program, Running, find_program, spawn, stream
from robot_action.errors import FailedError, KilledError
from robot_action.model.paths import check_tree, parents_of
from robot_action.model.plan import Artifact
from robot_action.model.state import STATE_FILE
from robot_action.model.template import Start
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.ports import Files

SECOND_USER_LIMITS = Limits(cpu_seconds=3600, memory_bytes=8 * 2**30, file_bytes=4 * 2**30, processes=2048, open_files=65536)
"""What each process of a second user may use, and how many of them there may be: enough for compilers and bundlers."""
HOME, TEMPORARY = "home", "tmp"
"""The second user's own folders, beside the workspace."""

_UMASK = 0o022


@dataclass(frozen=True, slots=True)
class Doors:
    """What a workspace needs of the world.

    Attributes:
        unignored: gives the paths below a folder that git would not ignore.
        answers: tells whether a URL on this machine answers within some seconds.
        on_line: shows a line of a program's output.
    """

    files: Files
    unignored: Callable[[Path], Sequence[str]]
    answers: Callable[[str, float], bool]
    on_line: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """The second user's private copy.

    Attributes:
        project: the project's folder, which template code never touches.
        tree: what was copied.
        uid: the user, held by this workspace alone.
        folders: the empty folders among it.
        earlier: files of the project that were not copied, and that nothing replaces.
        whole: whether what git ignores was copied, and comes back.
    """

    project: Path
    tree: Tree
    uid: int
    folders: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()
    whole: bool = False


class OpenWorkspace:
    """`robot_action.isolation.Workspace`.

    Args:
        folder: the working directory of commands: the project, or its copy.
        beside: a private folder for what is placed or made beside the workspace.
        doors: what it needs of the world.
        copy: what makes the folder a private copy, or None when template code runs in place, as ourselves.
    """

    def __init__(self, folder: Path, beside: Path, doors: Doors, copy: Copy | None = None) -> None:
        self.folder = folder
        self._beside = beside
        self._doors = doors
        self._copy = copy

    def run(
        self,
        arguments: Sequence[str],
        *,
        timeout: float,
        environment: Mapping[str, str],
        stdin: bytes = b"",
        cwd: Path | None = None,
    ) -> None:
        """Run one command and stream its output; see `robot_action.isolation.Workspace.run`."""
        program = self._program(arguments, environment, stdin, cwd or self.folder)
        with self._swept():
            done = stream(program, self._doors.on_line, timeout=timeout)
        if done.timed_out:
            reason = f"took longer than {timeout:g} seconds and was ended"
        elif done.code:
            reason = f"failed: {describe_code(done.code)}"
        else:
            return
        from robot_action.clients.isolation.smoke_test import SHOWN_LINES

        end = "\n    ".join(done.tail[-SHOWN_LINES:])
        hint = describe_end(done.code, f"The end of its output:\n    {end}" if end else "It wrote nothing.")
        kind = KilledError if done.timed_out or done.code < 0 else FailedError
        raise kind(f"the command {' '.join(arguments)!r} {reason}", hint=hint)

    def start(self, start: Start, *, environment: Mapping[str, str]) -> str:
        """Start a program, wait until it is ready, stop it; see `robot_action.isolation.Workspace.start`."""

        @contextmanager
        def launch(arguments: Sequence[str], watch: Callable[[str], None]) -> Iterator[Running]:
            def on_line(line: str) -> None:
                self._doors.on_line(line)
                watch(line)

            with self._swept(), spawn(self._program(arguments, environment, b"", self.folder), on_line) as running:
                yield running

        from robot_action.clients.isolation.smoke_test import run_smoke_test

        return run_smoke_test(start, launch, self._doors.answers)

    def place(self, tree: Tree, name: str) -> Path:
        """Write a tree into a new folder beside the workspace, for template code to read; return it."""
        folder = self._beside / name
        self._doors.files.write_new(tree, folder)
        protect(folder)
        return folder

    def make_folder(self, name: str) -> Path:
        """Make a folder beside the workspace that template code may write to; return it."""
        folder = self._beside / name
        folder.mkdir(mode=0o700)
        if self._copy:
            give_to(self._copy.uid, folder)
        return folder

    def take(self, folder: Path, into: Path) -> tuple[Artifact, ...]:
        """Copy the regular files of ``folder`` out, without following links; what is left out is reported."""
        return copy_artifacts(folder, into, self._copy.uid if self._copy else None, self._doors.on_line)

    def collect(self) -> None:
        """Bring what git would not ignore back into the project; in place it is there already.

        Files that template code deleted are deleted in the project as well, for what is committed is what the commands
        left. The state file is ours: template code can neither change nor delete it. A file that is refused is reported,
        and the project keeps its own.

        Raises:
            FailedError: when it is too much to be a project.
            InputError: when two paths are one where case does not count, and suchlike.
        """
        copy = self._copy
        if copy is None:
            return
        unignored = self._doors.unignored(self.folder)
        paths, folders = self._whole(copy, unignored) if copy.whole else (unignored, ())
        found = harvest(self.folder, paths, copy.uid)
        tree = found.tree.with_entries({path: Entry(Mode.DIRECTORY) for path in folders})
        after = check_tree(tree, "what the template's commands left")
        changed = self._choose(copy, after, found.refused)
        kept = {*after, *found.refused, STATE_FILE}
        removed = (path for path in copy.folders if copy.whole and not os.path.lexists(self.folder / path))
        for path in (*(path for path in copy.tree if path not in kept), *removed):
            remove(copy.project, path)
        if changed:
            self._doors.files.write_into(changed, copy.project)

    def _whole(self, copy: Copy, unignored: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """Return the files and empty folders that come back of a whole copy: ignored ones too, unless all of a new folder is ignored."""
        present = self._doors.files.changed_at(self.folder)
        known = {parent for path in (*copy.tree, *unignored, *(f"{folder}/" for folder in copy.folders)) for parent in parents_of(path)}
        filled = {parent for path in present for parent in parents_of(path)}
        files = [path for path in present if path in copy.tree or known.issuperset(parents_of(path))]
        folders = (path for path in empty_folders(self.folder) if filled.isdisjoint({path, *parents_of(path)} - known))
        return files, tuple(islice(folders, COUNT_LIMIT))

    def _choose(self, copy: Copy, after: Tree, refused: Mapping[str, str]) -> Tree:
        """Return what comes back of what commands left, and say what does not."""
        changed = {path: entry for path, entry in after.items() if copy.tree.get(path) != entry}
        for path, reason in refused.items():
            self._doors.on_line(f"not brought back: {path!r} {reason}")
        if changed.pop(STATE_FILE, None) or (STATE_FILE in copy.tree and STATE_FILE not in after):
            self._doors.on_line(f"not brought back: template code changed {STATE_FILE}, which is not its own")
        for path in sorted(changed.keys() & copy.earlier):
            self._doors.on_line(f"not brought back: {path!r} was there before the project")
            del changed[path]
        return Tree(changed)

    def _program(self, arguments: Sequence[str], environment: Mapping[str, str], stdin: bytes, cwd: Path) -> Program:
        if self._copy is None:
            found = find_program(arguments[0], environment, cwd)
            return Program(as_ourselves((found, *arguments[1:])), environment, cwd, stdin, NO_LIMITS)
        own = {"HOME": str(self._beside / HOME), "TMPDIR": str(self._beside / TEMPORARY), "USER": "template", "LOGNAME": "template"}
        found = find_for(self._copy.uid, arguments[0], environment, cwd)
        linking = {name: value for name, value in environment.items() if name.startswith("LD_")}
        command = as_user(self._copy.uid, (found, *arguments[1:]), linking)
        others = {name: value for name, value in environment.items() if name not in linking}
        return Program(command, {**others, **own}, cwd, stdin, SECOND_USER_LIMITS, _UMASK)

    @contextmanager
    def _swept(self) -> Iterator[None]:
        """See to it that nothing of the second user's is left running, whatever happens."""
        try:
            yield
        finally:
            if self._copy:
                kill_all(self._copy.uid)
