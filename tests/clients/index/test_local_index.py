from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from robot_action.clients.index.local_index import LOCK, LocalIndex
from robot_action.errors import ConfigurationError, FailedError, TryAgainError
from robot_action.model.manifest import IndexKind, PublishTarget
from robot_action.model.plan import Artifact
from tests.clients.index.packages import artifact, make_sdist, make_wheel, nothing

WHEEL, SDIST = "demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"


@pytest.fixture
def target(tmp_path: Path) -> PublishTarget:
    return PublishTarget(IndexKind.LOCAL, path=tmp_path / "an index")


@pytest.fixture
def built(tmp_path: Path) -> tuple[Artifact, Artifact]:
    return artifact(tmp_path / WHEEL, make_wheel()), artifact(tmp_path / SDIST, make_sdist())


def folder(target: PublishTarget) -> Path:
    assert target.path
    return target.path


def test_an_index_that_is_not_there_yet_holds_nothing(target: PublishTarget) -> None:
    assert dict(LocalIndex().find(target, "demo", "0.1.0").files) == {}
    assert not folder(target).exists()


def test_what_was_published_is_found_and_can_be_had(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    index = LocalIndex()
    shown: list[tuple[str, int, int]] = []
    release = index.upload(target, "demo", "0.1.0", built, lambda *how_far: shown.append(how_far))
    assert release == index.find(target, "demo", "0.1.0")
    assert dict(release.files) == {file.name: file.sha256 for file in built}
    assert release.is_complete
    assert index.fetch(target, "demo", WHEEL, 10**6) == built[0].path.read_bytes()
    assert shown[:2] == [(f"bytes of {WHEEL}", 0, built[0].size), (f"bytes of {WHEEL}", built[0].size, built[0].size)]
    index.authorise(target)
    assert index.describe(target) == str(target.path)


def test_other_versions_are_other_releases(target: PublishTarget, built: tuple[Artifact, Artifact], tmp_path: Path) -> None:
    index = LocalIndex()
    index.upload(target, "demo", "0.1.0", built, nothing)
    newer = artifact(tmp_path / "demo-0.2.0.tar.gz", make_sdist(version="0.2.0"))
    assert set(index.upload(target, "demo", "0.2.0", [newer], nothing).files) == {newer.name}
    assert set(index.find(target, "demo", "0.1.0").files) == {WHEEL, SDIST}


def test_pip_installs_from_it(target: PublishTarget, built: tuple[Artifact, Artifact], tmp_path: Path) -> None:
    LocalIndex().upload(target, "demo", "0.1.0", built, nothing)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path / "site"), "demo"]
    command += ["--isolated", "--index-url", folder(target).as_uri(), "--disable-pip-version-check"]
    subprocess.run(command, check=True, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})
    assert (tmp_path / "site" / "demo.py").read_text() == "GREETING = 'hello'\n"


def test_the_pages_are_those_of_a_simple_index(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    index = LocalIndex()
    index.upload(target, "demo", "0.1.0", built, nothing)
    index.upload(target, "other", "0.1.0", [], nothing)
    assert '<a href="demo/">demo</a>' in (folder(target) / "index.html").read_text()
    assert '<a href="other/">other</a>' in (folder(target) / "index.html").read_text()
    page = (folder(target) / "demo" / "index.html").read_text()
    assert f'<a href="{WHEEL}#sha256={built[0].sha256}">{WHEEL}</a>' in page


def test_the_same_file_again_is_no_error(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    index = LocalIndex()
    assert index.upload(target, "demo", "0.1.0", built, nothing) == index.upload(target, "demo", "0.1.0", built, nothing)


def test_a_published_file_is_never_replaced(target: PublishTarget, built: tuple[Artifact, Artifact], tmp_path: Path) -> None:
    index = LocalIndex()
    index.upload(target, "demo", "0.1.0", built[:1], nothing)
    other = artifact(tmp_path / "other" / WHEEL, make_wheel(greeting="bye"))
    with pytest.raises(FailedError, match="published already, with other contents"):
        index.upload(target, "demo", "0.1.0", [built[1], other], nothing)
    assert dict(index.find(target, "demo", "0.1.0").files) == {WHEEL: built[0].sha256}
    assert not (folder(target) / "demo" / SDIST).exists()


def test_what_a_killed_run_left_is_invisible_and_is_replaced(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    index = LocalIndex()
    index.upload(target, "demo", "0.1.0", built[:1], nothing)
    (folder(target) / "demo" / SDIST).write_bytes(b"whole, but not listed")
    (folder(target) / "demo" / f".{SDIST}.part").write_bytes(b"half")
    (folder(target) / "demo" / ".index.html.part").write_bytes(b"half")
    assert set(index.find(target, "demo", "0.1.0").files) == {WHEEL}
    assert index.upload(target, "demo", "0.1.0", built, nothing).is_complete
    assert (folder(target) / "demo" / SDIST).read_bytes() == built[1].path.read_bytes()
    assert sorted(path.name for path in (folder(target) / "demo").iterdir()) == sorted([WHEEL, SDIST, "index.html"])


@pytest.mark.parametrize("damage", ["gone", "changed", "a link"])
def test_a_listed_file_that_is_not_whole_does_not_count(target: PublishTarget, built: tuple[Artifact, Artifact], damage: str) -> None:
    index = LocalIndex()
    index.upload(target, "demo", "0.1.0", built, nothing)
    path = folder(target) / "demo" / SDIST
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"something else")
    elif damage == "a link":
        path.symlink_to(built[1].path)
    assert set(index.find(target, "demo", "0.1.0").files) == {WHEEL}
    with pytest.raises(FailedError, match="has no file"):
        index.fetch(target, "demo", SDIST, 10**6)


def test_a_file_that_is_too_large_is_not_read(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    index = LocalIndex()
    index.upload(target, "demo", "0.1.0", built, nothing)
    with pytest.raises(FailedError, match="larger than 10 bytes"):
        index.fetch(target, "demo", WHEEL, 10)


def test_a_file_that_changed_on_the_way_is_not_published(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    built[0].path.write_bytes(b"changed")
    with pytest.raises(FailedError, match="changed while it was published"):
        LocalIndex().upload(target, "demo", "0.1.0", built, nothing)
    assert sorted(path.name for path in (folder(target) / "demo").iterdir()) == []


def test_runs_beside_each_other_lose_nothing(target: PublishTarget, tmp_path: Path) -> None:
    def publish(number: int) -> None:
        name = f"demo-0.{number}.0.tar.gz"
        file = artifact(tmp_path / name, make_sdist(version=f"0.{number}.0"))
        LocalIndex().upload(target, "demo", f"0.{number}.0", [file], nothing)

    threads = [threading.Thread(target=publish, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(LocalIndex().find(target, "demo", f"0.{number}.0").files for number in range(8))


def test_who_waits_too_long_is_told(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    folder(target).mkdir()
    with FileLock(folder(target) / LOCK), pytest.raises(TryAgainError, match="another run writes to the index"):
        LocalIndex(patience=0.05).upload(target, "demo", "0.1.0", built, nothing)


def test_a_folder_that_cannot_be_written_is_told(target: PublishTarget, built: tuple[Artifact, Artifact]) -> None:
    folder(target).write_text("a file, not a folder")
    with pytest.raises(FailedError, match="cannot be used"):
        LocalIndex().upload(target, "demo", "0.1.0", built, nothing)


def test_a_target_without_a_folder_is_told() -> None:
    with pytest.raises(ConfigurationError, match="has no folder"):
        LocalIndex().find(PublishTarget(IndexKind.LOCAL), "demo", "0.1.0")


def test_two_writings_of_one_release_are_the_same_to_the_byte(built: tuple[Artifact, Artifact], tmp_path: Path) -> None:
    def digests(name: str) -> dict[str, str]:
        root = tmp_path / name
        LocalIndex().upload(PublishTarget(IndexKind.LOCAL, path=root), "demo", "0.1.0", built, nothing)
        return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in root.rglob("*") if path.is_file()}

    assert digests("one") == digests("two")
