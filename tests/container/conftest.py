"""Containers as a runner has them; `tests/testbed/container` makes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.create.world import TEMPLATES, World
from tests.testbed.container import podman
from tests.testbed.container.act import Runner
from tests.testbed.container.podman import Podman
from tests.testbed.fixtures import GitHubBed
from tests.testbed.programs import PythonIndex

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in reversed(items) if HERE in item.path.parents]  # the longest one is the last by its name
    for item in ours:
        item.add_marker(pytest.mark.container)
        item.add_marker(pytest.mark.timeout(900))  # the first one makes the images
    # They wait for containers most of the time: spread among the others, they wait beside them.
    others = [item for item in items if HERE not in item.path.parents]
    places = {item: (number + 0.5) / len(group) for group in (ours, others) for number, item in enumerate(group)}
    items.sort(key=places.__getitem__)


@pytest.fixture(scope="session")
def engine() -> Podman:
    try:
        return podman.podman()
    except podman.UnavailableError as error:
        if os.environ.get(podman.REQUIRED) == "required":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def image(engine: Podman) -> str:
    del engine  # it skips, or fails, where there is none
    return podman.action_image()


@pytest.fixture(scope="session")
def service(engine: Podman, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with engine.service(tmp_path_factory.mktemp("podman")) as address:
        yield address


def _runner(engine: Podman, service: str, image: str, folder: Path, github: GitHubBed) -> Runner:
    (folder / "platform").mkdir(parents=True)
    variables = {"GITHUB_API_URL": github.api_url, "GITHUB_SERVER_URL": github.server_url, "SOURCE_DATE_EPOCH": "1700000000"}
    return Runner(engine, service, folder, image, variables)


@pytest.fixture
def runner(engine: Podman, service: str, image: str, tmp_path: Path, github: GitHubBed) -> Runner:
    """A machine with a checkout of the platform's repository; `world` writes its manifest there."""
    return _runner(engine, service, image, tmp_path / "one", github)


@pytest.fixture
def another(engine: Podman, service: str, image: str, tmp_path: Path, github: GitHubBed) -> Runner:
    """Another machine, with an empty checkout."""
    return _runner(engine, service, image, tmp_path / "two", github)


@pytest.fixture
def world(runner: Runner, github: GitHubBed, python_index: PythonIndex) -> World:
    github.fake.add_repository(TEMPLATES)
    world = World(runner.checkout, runner.folder / "home", github, python_index)
    world.set_up_template()
    world.write(world.manifest(), name="projects/demo.yml")
    return world
