"""One template rendered twice: by Cookiecutter itself, and by us."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import arrow
from cookiecutter.main import cookiecutter  # type: ignore[import-untyped]  # it has no types

from robot_action.errors import InputError
from robot_action.model.surroundings import Surroundings
from robot_action.model.template import Rendering, RenderRequest
from robot_action.model.tree import Entry, Tree
from robot_action.parsing.formats.recognise import read_specification
from robot_action.parsing.replay import dump_replay
from robot_action.rendering.engine import render
from tests.oracles.trees import Content, make_tree, read, write

MOMENT = 1_900_000_000.25
"""What both take for now: in March 2030."""
TOP = "{{cookiecutter.slug}}"


def template(files: Mapping[str, Content], **variables: Any) -> dict[str, Content]:
    """Return a template: files inside of the template folder, or at its top where they begin with ``/``."""
    inside = {f"{TOP}/{path}" if not path.startswith("/") else path[1:]: content for path, content in files.items()}
    return {"cookiecutter.json": json.dumps({"slug": "demo", **variables}), **inside}


@dataclass
class Made:
    """What Cookiecutter made: the project's folder, what it holds, and the contexts of its replay file."""

    folder: str
    entries: dict[str, Entry]
    contexts: str


@dataclass
class Both:
    """What came of a template: a project or an error of each."""

    theirs: Made | Exception
    ours: Rendering | InputError

    def differences(self) -> list[str]:
        """Return how they differ, one text a path."""
        if isinstance(self.theirs, Exception) or isinstance(self.ours, InputError):
            return [f"Cookiecutter: {self.theirs!r}", f"robot-action: {self.ours}"]
        ours, theirs = dict(self.ours.tree), self.theirs.entries
        found = [
            f"{path}: Cookiecutter {theirs.get(path)}, robot-action {ours.get(path)}"
            for path in sorted({*ours, *theirs})
            if ours.get(path) != theirs.get(path)
        ]
        pairs = (self.theirs.folder, self.ours.folder), (self.theirs.contexts, dump_replay(self.ours.replay).decode())
        return [*found, *(f"Cookiecutter {one}, robot-action {other}" for one, other in pairs if one != other)]

    def trees(self) -> tuple[Mapping[str, Entry], Mapping[str, Entry]]:
        """Return what both made."""
        assert isinstance(self.theirs, Made)
        assert isinstance(self.ours, Rendering)
        return self.theirs.entries, self.ours.tree

    @property
    def both_fail(self) -> bool:
        return isinstance(self.theirs, Exception) and isinstance(self.ours, InputError)

    @property
    def agree(self) -> bool:
        return self.both_fail or not self.differences()


def request_for(tree: Tree, folder: Path, data: Mapping[str, Any] | None = None, **more: Any) -> RenderRequest:
    """Return our request for a template that is written into a folder, with the project in ``out`` beside it."""
    surroundings = Surroundings(source=str(folder), destination=str(folder.parent / "out" / "project"), folder=str(folder))
    specification = read_specification(tree, str(folder), data)
    file = f"{folder}: {specification.file}"
    given: dict[str, Any] = {"surroundings": surroundings, "moment": MOMENT, "trusted": True, **more}
    return RenderRequest(specification, tree, dict(data or {}), {}, "", 2031, file, **given)


def render_both(folder: Path, files: Mapping[str, Content], data: Mapping[str, Any] | None = None) -> Both:
    place = folder / "template"
    tree = make_tree(files)
    write(tree, place)
    theirs = by_cookiecutter(place, folder / "out", data)
    try:
        return Both(theirs, render(request_for(tree, place, data)))
    except InputError as error:
        return Both(theirs, error)


def by_cookiecutter(place: Path, out: Path, data: Mapping[str, Any] | None = None, **options: Any) -> Made | Exception:
    """Render by Cookiecutter, as its command does with ``--no-input --default-config``."""
    contexts: list[dict[str, Any]] = []
    out.mkdir(exist_ok=True)
    with alone(contexts):
        given = {"no_input": True, "default_config": True, "extra_context": dict(data or {}), "accept_hooks": False, **options}
        try:
            made = cookiecutter(str(place), output_dir=str(out), **given)
        except Exception as error:  # noqa: BLE001 - Cookiecutter lets whatever error there is through
            return error
    context = contexts[-1]
    for name in ("_output_dir", "_repo_dir"):
        del context["cookiecutter"][name]
    return Made(os.path.relpath(made, out), read(Path(made)), json.dumps(context, indent=2))


@contextmanager
def alone(contexts: list[dict[str, Any]]) -> Iterator[None]:
    """Keep Cookiecutter from the user's folders, and its clock from going; note the contexts of replay files."""

    def dump(folder: str, name: str, context: dict[str, Any]) -> None:
        del folder, name
        contexts.append(json.loads(json.dumps(context)))

    clock = SimpleNamespace(now=lambda zone: arrow.Arrow.fromtimestamp(MOMENT, tzinfo=zone))
    with warnings.catch_warnings(), patch("cookiecutter.main.dump", dump), patch("cookiecutter.extensions.arrow", clock):
        warnings.simplefilter("ignore")
        yield


def compare(files: Mapping[str, Content], data: Mapping[str, Any] | None = None) -> Both:
    with tempfile.TemporaryDirectory() as folder:
        return render_both(Path(folder), files, data)


def assert_same(files: Mapping[str, Content], data: Mapping[str, Any] | None = None) -> Rendering:
    """Fail where the two differ; return our rendering."""
    both = compare(files, data)
    assert not both.differences(), "\n".join(both.differences())
    assert isinstance(both.ours, Rendering)
    return both.ours


def assert_both_fail(files: Mapping[str, Content], data: Mapping[str, Any] | None = None) -> InputError:
    """Fail where one of the two gives a project; return our error."""
    both = compare(files, data)
    assert isinstance(both.theirs, Exception), f"only we refuse: {both.ours}"
    assert isinstance(both.ours, InputError), f"only Cookiecutter refuses: {both.theirs!r}"
    return both.ours
