"""A bundle of one commit is read by hand; what else hostile hands put in is tried in `tests.propose.test_bundle`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from robot_action.clients.git import thin_bundle
from robot_action.errors import InputError, StaleError
from robot_action.exchange import ReceiveWanted
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files

BRANCH = "robot-action/x"


class Bed:
    """A repository with a commit that a bundle brings, whose parent alone the server has."""

    def __init__(
        self, root: Path, before: Mapping[str, str] = MappingProxyType({}), after: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.root, self.work, self.server = root, root / "work", root / "server.git"
        write_files(self.work, {"a.txt": "a\n", **before})
        git(self.work, "init", "--quiet", f"--initial-branch={BRANCH}")
        self.parent = self.commit()
        git(root, "clone", "--quiet", "--bare", str(self.work), str(self.server))
        write_files(self.work, {"a.txt": "b\n", **after})
        self.made = self.commit()
        self.file = root / "bundle"
        git(self.work, "bundle", "create", "--quiet", str(self.file), BRANCH, "--not", self.parent)

    def commit(self) -> str:
        git(self.work, "add", "--all")
        git(self.work, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "x")
        return git(self.work, "rev-parse", "HEAD")

    def wanted(self, **changes: str) -> ReceiveWanted:
        sha256 = hashlib.sha256(self.file.read_bytes()).hexdigest()
        told = {"sha256": sha256, "url": str(self.server), "branch": BRANCH, "commit": self.made, "parent": self.parent, **changes}
        return ReceiveWanted(self.file, **told)

    def receive(self, wanted: ReceiveWanted | None = None) -> object:
        (self.root / "place").mkdir()
        return make_client().drafts.receive(self.root / "place", wanted or self.wanted())


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def test_one_commit_is_taken_in_and_told(bed: Bed) -> None:
    found = bed.receive()
    assert isinstance(found, thin_bundle.Received)
    assert [change.path for change in found.changes] == ["a.txt"]
    assert (found.own.commit, found.own.author.name, found.own.is_ours) == (bed.made, "Ada", False)
    assert found.date > 0
    assert git(bed.root / "place", "show", f"{bed.made}:a.txt") == "b"


@pytest.mark.parametrize("changes", [{"branch": "robot-action/y"}, {"commit": "1" * 40}, {"parent": "1" * 40}], ids=str)
def test_another_commit_than_the_told_one_is_refused(bed: Bed, changes: dict[str, str]) -> None:
    with pytest.raises(InputError, match="does not hold what its result says"):
        bed.receive(bed.wanted(**changes))


def test_a_server_without_the_parent_makes_it_stale(bed: Bed) -> None:
    git(bed.root, "init", "--quiet", "--bare", "empty.git")
    with pytest.raises(StaleError, match="does not have the commit"):
        bed.receive(bed.wanted(url=str(bed.root / "empty.git")))


def test_what_is_too_large_is_not_read(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thin_bundle, "BUNDLE_LIMIT", 10)
    with pytest.raises(InputError, match="larger than 10 bytes"):
        bed.receive()


def test_a_link_is_no_bundle(bed: Bed) -> None:
    file = bed.file.rename(bed.root / "elsewhere")
    bed.file.symlink_to(file)
    with pytest.raises(InputError, match="there is no bundle"):
        bed.receive()


def test_a_bundle_without_a_parent_is_refused(bed: Bed) -> None:
    git(bed.work, "bundle", "create", "--quiet", str(bed.file), BRANCH)
    with pytest.raises(InputError, match="no bundle of one commit"):
        bed.receive()


def test_a_name_that_is_too_long_is_told(bed: Bed) -> None:
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        bed.receive(replace(bed.wanted(), file=bed.root / ("x" * 300)))


@pytest.mark.parametrize("path", ["SRC/new.txt", "Src", "A.TXT/x", "E\u0301.txt", "\u00c9.txt"])
def test_what_is_one_file_with_another_on_some_file_system_is_refused(tmp_path: Path, path: str) -> None:
    bed = Bed(tmp_path, {"src/x.py": "x\n", "\u00e9.txt": "x\n"}, {path: "new\n"})
    with pytest.raises(InputError, match="one file where case or Unicode form does not count"):
        bed.receive()


def test_what_was_there_as_two_before_may_change(tmp_path: Path) -> None:
    before = {"README.md": "x\n", "readme.md": "x\n", "src/x.py": "x\n", "SRC/y.py": "x\n"}
    bed = Bed(tmp_path, before, {**dict.fromkeys(before, "y\n"), "src/new.py": "x\n"})
    assert bed.receive()
