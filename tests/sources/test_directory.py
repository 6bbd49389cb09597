"""Folders as sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from robot_action.errors import InputError
from robot_action.model.source import Source, SourceKind
from robot_action.model.tree import Mode
from robot_action.ports import Ports
from robot_action.sources.directory import fetch
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, make_ports, wanted, write_files


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return make_ports(tmp_path / "own", make_client())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"template.yml": "name: x\n", "template/a.jinja": "a", ".gitignore": "*.log\n", "x.log": "", "sub/t/b": "b"}
    return write_files(tmp_path / "templates", files)


def source(folder: Path, **changes: Any) -> Source:
    return Source(SourceKind.DIRECTORY, str(folder), f"./{folder.name}", **changes)


def test_a_plain_folder_is_read_whole(ports: Ports, folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("template.yml")
    fetched = fetch(ports, source(folder))
    assert {"x.log", "template/a.jinja", "link"} < set(fetched.tree)
    assert fetched.tree["empty"].mode is Mode.DIRECTORY
    assert fetched.tree["link"].mode is Mode.LINK
    assert (fetched.version, fetched.commit) == ("", "")


def test_inside_a_work_tree_only_what_git_would_not_ignore(ports: Ports, folder: Path) -> None:
    git(folder, "init", "-q")
    assert set(fetch(ports, source(folder)).tree) == {"template.yml", "template/a.jinja", ".gitignore", "sub/t/b"}


def test_a_folder_below_a_work_tree_is_read_alone(ports: Ports, folder: Path) -> None:
    git(folder, "init", "-q")
    assert set(fetch(ports, source(folder / "sub")).tree) == {"t/b"}


def test_a_ref_takes_the_folder_at_that_commit(ports: Ports, folder: Path) -> None:
    client = make_client()
    commit = client.commit(wanted(folder, client, tag="v1.2"))
    write_files(folder, {"template.yml": "changed", "sub/t/new": ""})
    fetched = fetch(ports, source(folder, ref="v1.2"))
    assert fetched.tree["template.yml"].content == b"name: x\n"
    assert (fetched.version, fetched.commit) == ("1.2", commit)
    assert set(fetch(ports, source(folder, ref="main", subdirectory="sub/t")).tree) == {"b"}
    assert fetch(ports, source(folder, ref="main")).version == ""


def test_a_subdirectory_is_taken_alone(ports: Ports, folder: Path) -> None:
    assert set(fetch(ports, source(folder, subdirectory="sub/t")).tree) == {"b"}


def test_a_missing_folder_names_what_is_beside_it(ports: Ports, folder: Path) -> None:
    with pytest.raises(InputError, match=r"does not exist\n  Folders beside it: .*templates"):
        fetch(ports, source(folder.with_name("templtes")))


def test_a_version_after_a_folder_is_told_to_be_a_flag(ports: Ports, folder: Path) -> None:
    with pytest.raises(InputError, match=r"A folder's version is named apart: --ref v1\.2"):
        fetch(ports, source(folder.with_name(f"{folder.name}@v1.2")))


def test_a_missing_folder_in_a_missing_folder_is_told_plainly(ports: Ports, folder: Path) -> None:
    with pytest.raises(InputError, match=f"There is no {folder}/gone either"):
        fetch(ports, source(folder / "gone/gone"))


def test_a_machines_own_folders_are_not_listed(ports: Ports) -> None:
    with pytest.raises(InputError, match="There is no other folder beside it"):
        fetch(ports, source(Path("/nosuch-template")))


@pytest.mark.parametrize("ref", [None, "main"])
def test_a_file_is_no_folder(ports: Ports, folder: Path, ref: str | None) -> None:
    with pytest.raises(InputError, match=r"template\.yml"):
        fetch(ports, source(folder / "template.yml", ref=ref))


def test_a_folder_has_no_versions(ports: Ports, folder: Path) -> None:
    with pytest.raises(InputError, match="a folder has no versions"):
        fetch(ports, source(folder, versions=">=1"))
