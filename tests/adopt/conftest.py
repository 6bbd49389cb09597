"""The world in which `adopt` is tried for real."""

from pathlib import Path

import pytest

from tests.render.world import TEMPLATES
from tests.testbed.git_server import GitServer
from tests.update.world import World


@pytest.fixture
def world(tmp_path: Path, git_server: GitServer) -> World:
    root, home = tmp_path / "work", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    git_server.anonymous_read = True
    git_server.create(TEMPLATES)
    return World(root, home, git_server)
