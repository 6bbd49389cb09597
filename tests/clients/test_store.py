"""The store: nothing but a commit's true content ever comes out of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.clients import store as store_module
from robot_action.clients.store import MAGIC, DiskStore
from robot_action.errors import FailedError, InputError, TryAgainError
from robot_action.exchange import Snapshot
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.git_objects import GitObject

CONTENT = b"hello\n" * 100


def make_snapshot(content: bytes = CONTENT, algorithm: str = "sha1") -> Snapshot:
    blob = GitObject("blob", content)
    tree = GitObject("tree", b"100755 run\0" + bytes.fromhex(blob.name(algorithm)))
    commit = GitObject("commit", f"tree {tree.name(algorithm)}\ncommitter A <a@example.com> 1700000000 +0000\n\nx\n".encode())
    files = Tree({"run": Entry(Mode.EXECUTABLE, content)})
    return Snapshot(commit.name(algorithm), files, 1_700_000_000, (blob, tree, commit))


SNAPSHOT = make_snapshot()


class Shelf:
    """A store in a folder, and what happened to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warnings: list[str] = []
        self.fetched = 0
        self.store = DiskStore(folder, self.warnings.append)

    def fetch(self) -> Snapshot:
        self.fetched += 1
        return SNAPSHOT

    def obtain(self) -> Tree:
        return self.store.obtain(SNAPSHOT.commit, self.fetch)

    @property
    def file(self) -> Path:
        return self.folder / SNAPSHOT.commit[:2] / SNAPSHOT.commit


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "store")


def test_a_commit_is_fetched_once_and_then_read(shelf: Shelf) -> None:
    assert shelf.obtain() == SNAPSHOT.tree
    assert dict(shelf.obtain()) == dict(SNAPSHOT.tree)
    assert shelf.fetched == 1
    assert shelf.warnings == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_both_hashes_of_git_are_verified(tmp_path: Path, algorithm: str) -> None:
    snapshot = make_snapshot(algorithm=algorithm)
    store = DiskStore(tmp_path, pytest.fail)
    store.obtain(snapshot.commit, lambda: snapshot)
    assert dict(store.obtain(snapshot.commit, lambda: pytest.fail("fetched again"))) == dict(snapshot.tree)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(MAGIC)],
        lambda _: b"",
        lambda _: b"something else",
        lambda data: data.replace(b"hello", b"hullo", 1),
        lambda data: data + b"garbage",
        lambda data: data.replace(b"blob", b"blub"),
        lambda data: data.replace(b"100755", b"100644"),
    ],
    ids=["cut", "emptied", "empty", "foreign", "content", "garbage", "kind", "mode"],
)
def test_a_damaged_entry_is_reported_removed_and_fetched_again(shelf: Shelf, damage: object) -> None:
    shelf.obtain()
    assert callable(damage)
    shelf.file.write_bytes(damage(shelf.file.read_bytes()))
    assert dict(shelf.obtain()) == dict(SNAPSHOT.tree)
    assert shelf.fetched == 2
    assert "damaged" in shelf.warnings[0]
    assert dict(shelf.obtain()) == dict(SNAPSHOT.tree)
    assert shelf.fetched == 2


@given(position=st.integers(min_value=0), value=st.integers(min_value=1, max_value=255))
@settings(max_examples=60, deadline=None)
def test_no_flipped_byte_ever_gets_through(tmp_path_factory: pytest.TempPathFactory, position: int, value: int) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("store"))
    shelf.obtain()
    data = bytearray(shelf.file.read_bytes())
    data[position % len(data)] ^= value
    shelf.file.write_bytes(data)
    assert dict(shelf.obtain()) == dict(SNAPSHOT.tree)


def test_an_entry_of_another_commit_proves_nothing(shelf: Shelf) -> None:
    other = make_snapshot(b"other")
    shelf.store.obtain(other.commit, lambda: other)
    shelf.file.parent.mkdir(parents=True, exist_ok=True)
    (shelf.folder / other.commit[:2] / other.commit).rename(shelf.file)
    assert dict(shelf.obtain()) == dict(SNAPSHOT.tree)
    assert len(shelf.warnings) == 1


def test_a_link_is_no_entry(shelf: Shelf, tmp_path: Path) -> None:
    shelf.obtain()
    shelf.file.rename(tmp_path / "elsewhere")
    shelf.file.symlink_to(tmp_path / "elsewhere")
    shelf.obtain()
    assert not shelf.file.is_symlink()
    assert (tmp_path / "elsewhere").exists()


def test_of_several_that_want_a_commit_one_fetches(shelf: Shelf) -> None:
    together = threading.Barrier(4)

    def run() -> Tree:
        together.wait()
        return DiskStore(shelf.folder, pytest.fail).obtain(SNAPSHOT.commit, shelf.fetch)

    with ThreadPoolExecutor(4) as pool:
        trees = [future.result() for future in [pool.submit(run) for _ in range(4)]]
    assert all(dict(tree) == dict(SNAPSHOT.tree) for tree in trees)
    assert shelf.fetched == 1


def test_who_waits_too_long_is_told_to_try_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT", 0.05)
    other = DiskStore(shelf.folder, pytest.fail)

    def fetch() -> Snapshot:
        with pytest.raises(TryAgainError, match="another process"):
            other.obtain(SNAPSHOT.commit, lambda: pytest.fail("fetched at once"))
        return SNAPSHOT

    shelf.store.obtain(SNAPSHOT.commit, fetch)


def test_a_failed_fetch_leaves_nothing_and_the_next_one_goes_on(shelf: Shelf) -> None:
    def fail() -> Snapshot:
        raise FailedError("no network")

    with pytest.raises(FailedError, match="no network"):
        shelf.store.obtain(SNAPSHOT.commit, fail)
    assert not shelf.file.exists()
    assert shelf.obtain() == SNAPSHOT.tree


def test_an_entry_appears_whole_or_not_at_all(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.os, "fsync", fail)
    with pytest.raises(FailedError, match="No space left"):
        shelf.obtain()
    assert [path.name for path in shelf.file.parent.iterdir() if path.suffix != ".lock"] == []


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(FailedError, match="ROBOT_ACTION_HOME moves the store"):
        Shelf(tmp_path / "store").obtain()


@pytest.mark.parametrize("commit", ["", "main", "../../../etc/passwd", "a" * 39, "a" * 40 + "/../x"])
def test_only_whole_ids_are_names_of_files(shelf: Shelf, commit: str) -> None:
    with pytest.raises(InputError):
        shelf.store.obtain(commit, shelf.fetch)
    assert not shelf.folder.exists()
