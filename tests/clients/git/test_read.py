"""Reading objects in bulk, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.git import read
from robot_action.clients.git.environment import Place
from robot_action.clients.git.read import Budget, ObjectReader
from robot_action.errors import InputError
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, make_runner, wanted, write_files


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    client = make_client()
    client.commit(wanted(write_files(tmp_path / "r", {"a": "12345", "d/b": "x\n\0y", "same": "12345"}), client))
    return tmp_path / "r"


def reader(repository: Path, budget: Budget | None = None) -> ObjectReader:
    return ObjectReader(make_runner(), Place(repository, git_dir=repository / ".git"), budget or Budget())


def test_a_listing_names_every_object_once(repository: Path) -> None:
    listing = reader(repository).list_tree("HEAD")
    names = git(repository, "rev-parse", "HEAD:a", "HEAD:d", "HEAD:d/b").split()
    assert listing.objects == frozenset(names)
    assert (listing.submodules, listing.gitmodules) == ((), None)


def test_contents_come_back_byte_for_byte(repository: Path) -> None:
    found = reader(repository).read(git(repository, "rev-parse", "HEAD", "HEAD:a", "HEAD:d/b").split())
    assert {item.content for item in found if item.kind == "blob"} == {b"12345", b"x\n\0y"}
    assert sorted(item.kind for item in found) == ["blob", "blob", "commit"]


def test_nothing_asked_is_nothing_read(repository: Path) -> None:
    assert reader(repository).read([]) == ()


def test_a_missing_object_is_an_error(repository: Path) -> None:
    with pytest.raises(InputError, match=f"{'9' * 40} is missing"):
        reader(repository).read(["9" * 40])


def test_a_budget_is_used_up_by_several_readers(repository: Path) -> None:
    budget = Budget(files=6, size=1000)
    reader(repository, budget).list_tree("HEAD")
    with pytest.raises(InputError, match="files"):
        reader(repository, budget).list_tree("HEAD")


def test_the_sizes_of_files_count_and_those_of_folders_do_not(repository: Path) -> None:
    budget = Budget(size=9)
    names = git(repository, "rev-parse", "HEAD", "HEAD^{tree}", "HEAD:a", "HEAD:d/b").split()
    reader(repository, budget).read(names)
    assert budget.size == 0
    with pytest.raises(InputError, match="files are larger than"):
        reader(repository, budget).read(names)


def test_what_is_too_large_is_not_read_to_its_end(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_LINE_BYTES", 0)
    with pytest.raises(InputError, match="files are larger than") as refused:
        reader(repository, Budget(size=5)).read([git(repository, "rev-parse", "HEAD:a")])
    assert refused.traceback[-1].name == "_direct"
