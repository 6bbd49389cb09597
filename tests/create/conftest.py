"""The world in which `create` is tried for real."""

from pathlib import Path

import pytest

from tests.create.world import TEMPLATES, World
from tests.testbed.fixtures import GitHubBed
from tests.testbed.programs import PythonIndex


@pytest.fixture
def world(tmp_path: Path, github: GitHubBed, python_index: PythonIndex) -> World:
    root, home = tmp_path / "platform", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    github.fake.add_repository(TEMPLATES)
    world = World(root, home, github, python_index)
    world.set_up_template()
    world.write(world.manifest())
    return world
