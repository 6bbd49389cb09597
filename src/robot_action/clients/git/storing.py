"""Changes of a project as git would store them, by the ``.gitattributes`` and ``.gitignore`` that there are with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from robot_action.clients.git.attributes import (
    IGNORE,
    RULES,
    as_ruled,
    full_paths,
    ignored_paths,
    in_folder,
    paths_below,
    read_attributes,
    with_ignore_files,
)
from robot_action.clients.git.environment import Place
from robot_action.clients.git.missing import Promised
from robot_action.clients.git.project import borrowed, locate
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError
from robot_action.merging.attributes import LFS, as_stored, is_text
from robot_action.model.merge import Attributes, Stored, StoreWanted
from robot_action.model.tree import Entry


def stored(runner: GitRunner, wanted: StoreWanted) -> Stored:
    """Return a project's changes as git would store them; see `robot_action.repositories.Git.stored`.

    Raises:
        FailedError: when the folder is no repository.
    """
    names = {path.rpartition("/")[2] for path in wanted.changes} | {RULES for path in wanted.present if path.endswith(RULES)}
    if not in_folder(wanted.prefix) and names.isdisjoint((RULES, IGNORE)):
        return Stored(wanted.changes)  # as in most projects: nothing has to be asked
    found = locate(runner, wanted.folder)
    if found is None:
        raise FailedError(f"{wanted.folder} is no git repository", hint="Run git init there, and commit the project.")
    with borrowed(runner, found) as project:
        Promised(runner, found, project.bare).complete(wanted.commit, wanted.prefix, (RULES, IGNORE))
        return _Storing(runner, project, wanted, in_folder(wanted.prefix)).run()


@dataclass(frozen=True, slots=True)
class _Storing:
    """What is asked, and the scratch repository in which it is found out."""

    runner: GitRunner
    project: Place
    wanted: StoreWanted
    prefix: str

    def run(self) -> Stored:
        attributes_files, ignore_files = (self._rules(name) for name in (RULES, IGNORE))
        ruled = as_ruled(self.runner, self.project, self.wanted.commit, {**attributes_files, **ignore_files})
        attributes = self._attributes(ruled, self.wanted.changes)
        changes = {path: self._stored(path, entry, attributes) for path, entry in self.wanted.changes.items()}
        others = sorted(self.wanted.present.difference(changes))
        new = [path for path, entry in changes.items() if entry and path not in self.wanted.present]
        return Stored(
            changes=changes,
            attributes=attributes,
            stale=tuple(self._stale(ruled, others)) if attributes_files else (),
            ignored=self._ignored(ruled, new) if new and ignore_files else (),
        )

    def _rules(self, name: str) -> dict[str, Entry | None]:
        changes = self.wanted.changes.items()
        return {f"{self.prefix}{path}": entry for path, entry in changes if path.rpartition("/")[2] == name}

    def _attributes(self, place: Place, paths: Iterable[str]) -> dict[str, Attributes]:
        return read_attributes(self.runner, place, full_paths(paths, self.prefix), self.prefix)

    def _stored(self, path: str, entry: Entry | None, attributes: Mapping[str, Attributes]) -> Entry | None:
        """Return a file with the line ends that git stores; a filter would take away what nobody else has."""
        if entry is None or path not in attributes:
            return entry
        return as_stored(entry, replace(attributes[path], filter="unspecified"), has_crlf=path in self.wanted.with_crlf)

    def _stale(self, ruled: Place, others: list[str]) -> Iterator[str]:
        """Yield what the project has stored otherwise than its attributes say from now on."""
        before = self._attributes(self.project, others)
        for path, now in self._attributes(ruled, others).items():
            old = before.get(path, Attributes())
            if (path in self.wanted.with_crlf and is_text(now) and not is_text(old)) or now.filter == LFS != old.filter:
                yield path

    def _ignored(self, ruled: Place, new: list[str]) -> tuple[str, ...]:
        """Return which new files git would pass over; it reads ``.gitignore`` in a work tree alone."""
        with self.runner.scratch("ignored") as folder:
            there = with_ignore_files(self.runner, ruled, folder)
            return tuple(paths_below(ignored_paths(self.runner, there, full_paths(new, self.prefix)), self.prefix))
