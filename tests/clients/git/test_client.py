"""The client as stages see it; its parts have tests of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import FailedError
from robot_action.repositories import Git
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, stand_in


def test_it_is_what_the_port_asks_for() -> None:
    port: Git = make_client()
    assert port.version() == git(Path.cwd(), "version").split()[2]


def test_a_git_that_does_not_tell_its_version_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="version"):
        make_client(environment=stand_in(tmp_path, "echo hello")).version()
