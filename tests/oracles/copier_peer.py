"""One template rendered twice: by Copier itself, and by us."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import copier
import yaml
from copier._main import Worker
from copier._tools import scantree
from copier._types import Phase

from robot_action.errors import InputError
from robot_action.model.copier import ANSWERS_FILE
from robot_action.model.surroundings import Surroundings
from robot_action.model.template import Rendering, RenderRequest
from robot_action.model.tree import Entry, Tree
from robot_action.parsing.formats.recognise import read_specification
from robot_action.rendering.copier import prepare
from robot_action.rendering.engine import render
from tests.oracles.trees import DIRECTORY, Content, make_tree, read, write

ANSWERS = {"{{ _copier_conf.answers_file }}.jinja": "# Changes here will be overwritten\n{{ _copier_answers|to_nice_yaml -}}\n"}
"""The file that a template ships for its answers."""


@dataclass
class Both:
    """What came of a template: a tree or an error of each."""

    theirs: dict[str, Entry] | Exception
    ours: Rendering | InputError

    def differences(self) -> list[str]:
        """Return how they differ, one text a path."""
        if isinstance(self.theirs, Exception) or isinstance(self.ours, InputError):
            return [f"Copier: {self.theirs!r}", f"robot-action: {self.ours}"]
        ours = dict(self.ours.tree)
        return [
            f"{path}: Copier {self.theirs.get(path)}, robot-action {ours.get(path)}"
            for path in sorted({*ours, *self.theirs})
            if ours.get(path) != self.theirs.get(path)
        ]

    @property
    def both_fail(self) -> bool:
        return isinstance(self.theirs, Exception) and isinstance(self.ours, InputError)


@dataclass
class Peer:
    """Renders templates of a temporary folder by both."""

    folder: Path
    existing: Mapping[str, Entry] = field(default_factory=dict)

    def render(self, files: Mapping[str, Content], data: Mapping[str, Any] | None = None) -> Both:
        template, project = self.folder / "template", self.folder / "project"
        tree = make_tree(files)
        write(tree, template)
        write(self.existing, project) if self.existing else None
        ours = self.ours(tree, template, project, data)
        made = set(ours.tree) if isinstance(ours, Rendering) else set()
        theirs: dict[str, Entry] | Exception
        try:
            with quiet():
                copier.run_copy(str(template), project, data=dict(data or {}), defaults=True, unsafe=True, quiet=True, overwrite=True)
            theirs = {path: entry for path, entry in read(project).items() if path in made or path not in self.existing}
        except Exception as error:  # noqa: BLE001 - Copier lets whatever error there is through
            theirs = error
        return Both(theirs, ours)

    def ours(self, tree: Tree, template: Path, project: Path, data: Mapping[str, Any] | None) -> Rendering | InputError:
        try:
            return render(self.request(tree, template, project, data))
        except InputError as error:
            return error

    def request(self, tree: Tree, template: Path, project: Path, data: Mapping[str, Any] | None) -> RenderRequest:
        surroundings = Surroundings(
            source=str(template),
            destination=str(project),
            folder=str(template),
            files={path: entry.content for path, entry in self.existing.items()},
            answered=self.existing.get(ANSWERS_FILE, DIRECTORY).content,
        )
        specification = read_specification(tree, "template")
        file = f"template: {specification.file}"
        return RenderRequest(specification, tree, dict(data or {}), {}, "", 2031, file, surroundings=surroundings, trusted=True)


def _scan(path: str, follow_symlinks: bool) -> Iterator[os.DirEntry[str]]:
    yield from sorted(scantree(path, follow_symlinks), key=lambda entry: entry.name.endswith((".jinja", ".tmpl", ".j2")))


@contextmanager
def quiet() -> Iterator[None]:
    """Let Copier take a folder for what it is: without git it starts no process for each file.

    Where several files make one path, its last one stays, in the order of the disk: here the one with the suffix.
    """
    with (
        warnings.catch_warnings(),
        patch("copier._main.scantree", _scan),
        patch("copier._main.is_git_available", return_value=False),
        patch("copier._template.is_git_available", return_value=False),
    ):
        warnings.simplefilter("ignore")
        yield


def compare(files: Mapping[str, Content], data: Mapping[str, Any] | None = None, existing: Mapping[str, Entry] | None = None) -> Both:
    with tempfile.TemporaryDirectory() as folder:
        return Peer(Path(folder), existing or {}).render(files, data)


def assert_same(
    files: Mapping[str, Content], data: Mapping[str, Any] | None = None, existing: Mapping[str, Entry] | None = None
) -> Rendering:
    """Fail where the two differ; return our rendering."""
    both = compare(files, data, existing)
    assert both.differences() == []
    assert isinstance(both.ours, Rendering)
    return both.ours


class Interview:
    """Questions alone, put to both: Copier's own ``_ask`` without a file being copied, and our resolver."""

    def __init__(self, folder: Path) -> None:
        with quiet():
            self._environment = Worker(src_path=str(folder), dst_path=folder / "project").jinja_env
        self._folder = folder

    def theirs(self, specification: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | Exception:
        """Return the answers and those of them that are recorded, or why there are none."""
        with quiet():
            worker = Worker(src_path=str(self._folder), dst_path=self._folder / "project", data=dict(data), defaults=True, quiet=True)
            worker.__dict__["jinja_env"] = self._environment
            try:
                worker.template.__dict__["_raw_config"] = yaml.safe_load(specification)
                with Phase.use(Phase.PROMPT):
                    worker._ask()
            except Exception as error:  # noqa: BLE001 - Copier lets whatever error there is through
                return error
            return dict(worker.answers.user), dict(worker._answers_to_remember())

    def ours(self, specification: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | InputError:
        """Return the same of ours."""
        peer = Peer(self._folder)
        try:
            tree = make_tree({**read(self._folder), "copier.yml": specification})
            prepared = prepare(peer.request(tree, self._folder, self._folder / "project", data))
        except InputError as error:
            return error
        remembered = cast("dict[str, Any]", prepared.context["_copier_answers"])
        return {name: prepared.context[name] for name in prepared.answers.values}, remembered

    def agrees(self, specification: str, data: Mapping[str, Any] | None = None) -> None:
        """Fail unless both give the same answers of the same types in the same order, or both refuse."""
        theirs, ours = self.theirs(specification, data or {}), self.ours(specification, data or {})
        if isinstance(theirs, Exception) or isinstance(ours, Exception):
            assert isinstance(theirs, Exception), f"only we refuse: {ours}"
            assert isinstance(ours, Exception), f"only Copier refuses: {theirs!r}"
            return
        assert [repr(list(part.items())) for part in ours] == [repr(list(part.items())) for part in theirs]
