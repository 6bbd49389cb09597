"""The world in which `update` is tried for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.git_server import GitServer
from tests.update.world import World, make_world, template_server


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    with template_server(tmp_path_factory.mktemp("git-server")) as server:
        yield server


@pytest.fixture
def world(tmp_path: Path, templates: GitServer) -> World:
    return make_world(tmp_path, templates)
