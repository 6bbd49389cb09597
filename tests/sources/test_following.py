"""From a state file to the template that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import InputError
from robot_action.model.link import Link, Tool
from robot_action.model.source import SourceKind
from robot_action.ports import Ports
from robot_action.sources.following import refs_of, source_of, template_at
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, make_ports, write_files


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return make_ports(tmp_path, make_client())


def test_addresses_are_taken_as_they_are(ports: Ports, tmp_path: Path) -> None:
    source = source_of(ports, Link(Tool.CRUFT, ".cruft.json", "https://example.com/t.git", "sub"), tmp_path)
    assert (source.kind, source.location, source.subdirectory) == (SourceKind.GIT, "https://example.com/t.git", "sub")


@pytest.mark.parametrize("place", ["project/t", "t"])
def test_relative_folders_of_other_tools_are_looked_for_around_the_project(ports: Ports, tmp_path: Path, place: str) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / place).mkdir()
    source = source_of(ports, Link(Tool.COPIER, ".copier-answers.yml", "t"), tmp_path / "project")
    assert (source.kind, source.location, source.text) == (SourceKind.DIRECTORY, str(tmp_path / place), "t")


def test_our_own_folders_start_at_the_project(ports: Ports, tmp_path: Path) -> None:
    source = source_of(ports, Link(Tool.OWN, ".robot-action.yml", "../t"), tmp_path / "project")
    assert source.location == str(tmp_path / "t")


def test_what_names_no_source_is_told_with_its_file(ports: Ports, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        source_of(ports, Link(Tool.COPIER, ".copier-answers.yml", "nowhere/to/be/found"), tmp_path)
    position = caught.value.problems[0].position
    assert position is not None
    assert position.file == ".copier-answers.yml"


def test_a_folder_tells_the_references_of_its_repository(ports: Ports, tmp_path: Path) -> None:
    top = write_files(tmp_path / "t", {"sub/template.yml": "name: t\n"})
    link = Link(Tool.OWN, ".robot-action.yml", "../t", "sub")
    source = source_of(ports, link, tmp_path / "project")
    assert refs_of(ports, source) == {}
    git(top, "init", "--quiet", "--initial-branch=main")
    assert refs_of(ports, source) == {}
    git(top, "add", ".")
    git(top, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    git(top, "-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "x", "v1.0.0")
    commit = git(top, "rev-parse", "HEAD")
    assert refs_of(ports, source) == dict.fromkeys(("HEAD", "refs/heads/main", "refs/tags/v1.0.0"), commit)
    assert list(template_at(ports, source, commit).tree) == ["template.yml"]
    assert list(template_at(ports, source, "").tree) == ["template.yml"]


def test_a_version_that_nobody_knows_cannot_be_had(ports: Ports, tmp_path: Path) -> None:
    source = source_of(ports, Link(Tool.COPIER, ".copier-answers.yml", "https://example.com/t"), tmp_path)
    with pytest.raises(InputError, match="the version that the project has is not known"):
        template_at(ports, source, "")
