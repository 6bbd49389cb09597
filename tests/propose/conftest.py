"""The worlds in which pull requests are tried for real: made once, and copied for every test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.propose.world import NAME, TEMPLATE, World, commit_all
from tests.testbed import nursery
from tests.testbed.bare import BareRepositories, git
from tests.testbed.fixtures import GitHubBed
from tests.testbed.git_bed import write_files


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template's repository and a project made from it, committed."""
    root = tmp_path_factory.mktemp("seed")
    write_files(root / "tpl", TEMPLATE)
    (root / "tpl/template/run.sh").chmod(0o755)
    git(root, "init", "--quiet", "--initial-branch=main", "tpl")
    commit_all(root / "tpl", "Version 1")
    git(root / "tpl", "tag", "v1.0.0")
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "ROBOT_ACTION_HOME": str(root / "home")}
    code, out, err = nursery.run(("render", "./tpl", "demo", "--ref", "v1.0.0"), root, environment)
    assert code == 0, out + err
    git(root, "init", "--quiet", "--initial-branch=main", "demo")
    commit_all(root / "demo", "Begin")
    return root


def make(root: Path, seed: Path, bare: BareRepositories, github: GitHubBed | None = None) -> World:
    for name in ("tpl", "demo"):
        shutil.copytree(seed / name, root / name)
    place = bare.path_of(NAME)
    if github:
        github.fake.add_repository(NAME)
    else:
        bare.create(NAME)
    git(root / "demo", "remote", "add", "origin", github.git.url_of(NAME) if github else str(place))
    git(root / "demo", "push", "--quiet", str(place), "main")
    return World(root, bare, github)


@pytest.fixture
def local(tmp_path: Path, seed: Path) -> World:
    return make(tmp_path, seed, BareRepositories(tmp_path / "forge"))


@pytest.fixture
def on_github(tmp_path: Path, seed: Path, github: GitHubBed) -> World:
    return make(tmp_path, seed, github.git, github)


@pytest.fixture(params=["local", "github"])
def world(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("local" if request.param == "local" else "on_github")
