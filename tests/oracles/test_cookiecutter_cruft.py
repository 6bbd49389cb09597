"""Cruft goes on with projects that we rendered: its state file is the one that it would have written."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from robot_action.model.tree import Entry, Mode
from robot_action.parsing.replay import CRUFT_FILE, CruftState, dump_cruft, dump_replay
from robot_action.rendering.engine import render
from tests.oracles.cookiecutter_peer import TOP, by_cookiecutter, request_for
from tests.oracles.trees import Content, make_tree, program, read, write

cruft: Any = import_module("cruft")  # its types name modules where there are functions

VARIABLES = {
    "name": "My Project",
    "options": {"colour": "{{cookiecutter.colour}}", "ü": True},
    "slug": "{{cookiecutter.name|lower|replace(' ', '-')}}",
    "colour": ["red", "blue"],
    "_copy_without_render": ["*.raw"],
    "__private": "{{cookiecutter.slug}}!",
    "nothing": None,
    "number": 3,
}
FIRST: Mapping[str, Content] = {
    "cookiecutter.json": json.dumps(VARIABLES),
    f"{TOP}/README.md": "# {{cookiecutter.name}}\n\nfirst\n\nmiddle\n\nend {{cookiecutter.colour}} {{cookiecutter.options}}\n",
    f"{TOP}/{{{{cookiecutter.slug}}}}/run.sh": program("echo {{cookiecutter.__private}}\n"),
    f"{TOP}/x.raw": "{{ raw }}\n",
    f"{TOP}/gone.txt": "gone\n",
}
SECOND: Mapping[str, Content] = {
    **{path: content for path, content in FIRST.items() if not path.endswith("gone.txt")},
    f"{TOP}/README.md": "# {{cookiecutter.name}}\n\nsecond\n\nmiddle\n\nend {{cookiecutter.colour}} {{cookiecutter.options}}\n",
    f"{TOP}/new.txt": "{{cookiecutter.number}}\n",
}
DATA = {"name": "Given Name", "colour": "blue"}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@dataclass
class World:
    """A template in git, in a folder of it where one is named, and projects of both."""

    folder: Path
    directory: str = ""

    @property
    def template(self) -> Path:
        return self.folder / "template"

    def commit(self, files: Mapping[str, Content]) -> str:
        """Let the template hold these files, and return the commit."""
        for path in read(self.template) if self.template.exists() else ():
            (self.template / path).unlink()
        write(make_tree({f"{self.directory}{path}": content for path, content in files.items()}), self.template)
        if not (self.template / ".git").exists():
            git(self.template, "init", "--quiet")
        git(self.template, "add", "--all")
        git(self.template, "commit", "--quiet", "--message", "version")
        return git(self.template, "rev-parse", "HEAD")

    def ours(self, files: Mapping[str, Content], commit: str, checkout: str = "") -> Path:
        """Return a project of ours, with Cruft's state file."""
        rendering = render(request_for(make_tree(files), self.template, DATA))
        state = CruftState(str(self.template), commit, checkout, self.directory.rstrip("/"))
        project = self.folder / "ours"
        write(rendering.tree.with_entries({CRUFT_FILE: Entry(Mode.FILE, dump_cruft(state, rendering.replay))}), project)
        return project

    def theirs(self, checkout: str | None = None) -> Path:
        """Return a project of Cruft's."""
        made: Path = cruft.create(
            str(self.template),
            self.folder / "theirs",
            default_config=True,
            extra_context=DATA,
            checkout=checkout,
            directory=self.directory.rstrip("/") or None,
        )
        return made


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HOME", str(tmp_path))  # Cruft reads the user's settings of Cookiecutter
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "theirs").mkdir()
    (tmp_path / "gitconfig").write_text("[user]\nname = t\nemail = t@example.org\n", "utf-8")
    return World(tmp_path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("directory", ["", "nested/one/"])
@pytest.mark.parametrize("checkout", [None, "main"])
def test_the_project_and_its_state_are_crufts_own(world: World, directory: str, checkout: str | None) -> None:
    world.directory = directory
    commit = world.commit(FIRST)
    assert read(world.ours(FIRST, commit, checkout or "")) == read(world.theirs(checkout))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("directory", ["", "nested/"])
def test_cruft_checks_and_updates_a_project_of_ours(world: World, directory: str) -> None:
    world.directory = directory
    commit = world.commit(FIRST)
    projects = world.ours(FIRST, commit), world.theirs()
    for project in projects:
        git(project, "init", "--quiet")
        (project / "README.md").write_text((project / "README.md").read_text("utf-8") + "\nmine\n", "utf-8")
        git(project, "add", "--all")
        git(project, "commit", "--quiet", "--message", "first")
        assert cruft.check(project)
    world.commit(SECOND)
    for project in projects:
        assert not cruft.check(project)
        assert cruft.update(project, skip_apply_ask=True)
        assert cruft.check(project)
    ours, theirs = map(read, projects)
    assert ours == theirs
    assert "gone.txt" not in ours
    assert ours["new.txt"].content == b"3\n"
    assert b"second" in ours["README.md"].content
    assert ours["README.md"].content.endswith(b"mine\n")


def test_cookiecutter_replays_what_we_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    place = tmp_path / "template"
    tree = make_tree(FIRST)
    write(tree, place)
    rendering = render(request_for(tree, place, DATA))
    file = tmp_path / "replay.json"
    file.write_bytes(dump_replay(rendering.replay))
    options: dict[str, Any] = {"no_input": False, "extra_context": None, "replay": str(file)}
    made = by_cookiecutter(place, tmp_path / "out", **options)
    assert not isinstance(made, Exception)
    assert made.entries == dict(rendering.tree)
    assert made.folder == rendering.folder == "given-name"
