"""Compiled templates on disk: whole, private, and only for what they were compiled of; a disk that refuses is no failure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.clients import compiled_cache
from robot_action.clients.compiled_cache import CompiledCache, key_for
from robot_action.model.copier import CopierSettings
from robot_action.model.template import COMPILED_LIMIT
from tests.rendering.samples import make_request

KEY, OTHER = "a" * 40, "b" * 40


@pytest.fixture
def cache(tmp_path: Path) -> CompiledCache:
    return CompiledCache(tmp_path / "compiled")


@pytest.fixture
def file(cache: CompiledCache, tmp_path: Path) -> Path:
    """A kept pack's file."""
    cache.save(KEY, b"pack")
    return tmp_path / "compiled" / KEY


def test_what_was_kept_comes_back_under_its_key_alone(cache: CompiledCache, file: Path) -> None:
    assert cache.load(KEY) == b"pack"
    assert cache.load(OTHER) == b""
    assert [path.name for path in file.parent.iterdir()] == [KEY]


def test_it_is_private(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_discarded_is_gone(cache: CompiledCache, file: Path) -> None:
    assert [cache.discard(KEY), cache.discard(KEY)] == [True, False]
    assert not file.exists()
    assert cache.load(KEY) == b""


@settings(max_examples=40)
@given(cut=st.integers(0, 41), flipped=st.integers(0, 41))
def test_what_is_damaged_counts_as_nothing_and_is_replaced(tmp_path_factory: Any, cut: int, flipped: int) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    cache = CompiledCache(folder / "c")
    cache.save(KEY, b"pack")
    file = folder / "c" / KEY
    whole = file.read_bytes()
    assert len(whole) == 42
    file.write_bytes(whole[:cut])
    assert cache.load(KEY) == b""
    file.write_bytes(bytes(byte ^ 1 if place == flipped else byte for place, byte in enumerate(whole)))
    assert cache.load(KEY) == b""
    cache.save(KEY, b"new")
    assert cache.load(KEY) == b"new"


def _linked(file: Path) -> None:
    file.rename(file.with_name(OTHER))
    file.symlink_to(OTHER)


def _replaced_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _replaced_by_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


@pytest.mark.parametrize(
    "poison",
    [
        lambda file: file.chmod(0o644),
        lambda file: file.chmod(0o660),
        lambda file: file.parent.chmod(0o777),
        _linked,
        _replaced_by_folder,
        _replaced_by_pipe,
    ],
    ids=["readable for others", "writable for the group", "in an open folder", "a link", "a folder", "a pipe"],
)
def test_what_others_could_have_written_counts_as_nothing(cache: CompiledCache, file: Path, poison: Callable[[Path], None]) -> None:
    poison(file)
    assert cache.load(KEY) == b""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_belongs_to_another_user_counts_as_nothing(cache: CompiledCache, file: Path, what: str) -> None:
    os.chown(file if what == "file" else file.parent, 12345, 12345)
    assert cache.load(KEY) == b""


def test_nothing_is_written_into_a_folder_that_is_open_to_others(cache: CompiledCache, tmp_path: Path) -> None:
    (tmp_path / "compiled").mkdir()
    (tmp_path / "compiled").chmod(0o777)
    cache.save(KEY, b"pack")
    assert not list((tmp_path / "compiled").iterdir())


def test_a_file_in_the_folders_place_costs_nothing_but_the_cache(tmp_path: Path) -> None:
    (tmp_path / "compiled").write_text("x")
    cache = CompiledCache(tmp_path / "compiled")
    cache.save(KEY, b"pack")
    assert cache.load(KEY) == b""


def test_a_disk_that_refuses_leaves_nothing_behind(cache: CompiledCache, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", refuse)
    cache.save(OTHER, b"new")
    assert [path.name for path in file.parent.iterdir()] == [KEY]
    assert cache.load(KEY) == b"pack"


def test_too_large_a_file_is_not_read(cache: CompiledCache, file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(COMPILED_LIMIT + 100)
    assert cache.load(KEY) == b""


def test_the_oldest_go_and_so_does_what_a_killed_run_left(cache: CompiledCache, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_cache, "MAX_FILES", 3)
    left, young = file.with_name("left.tmp"), file.with_name("young.tmp")
    left.write_bytes(b"")
    young.write_bytes(b"")
    os.utime(left, (1, 1))
    for age, name in enumerate("cdef"):
        cache.save(name * 40, b"x")
        os.utime(file.with_name(name * 40), (10 + age, 10 + age))
    os.utime(file, (5, 5))
    cache.save("g" * 40, b"x")
    assert sorted(path.name[0] for path in file.parent.iterdir()) == ["e", "f", "g", "y"]


def test_of_several_writers_one_is_last_and_every_reader_sees_a_whole_one(cache: CompiledCache) -> None:
    packs = [bytes([number]) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(cache.save, KEY, pack) for pack in packs]
        read = [cache.load(KEY) for _ in range(50)]
        for writer in writers:
            writer.result()
    assert set(read) <= {b"", *packs}
    assert cache.load(KEY) in packs


def test_one_that_is_killed_while_it_writes_leaves_what_was_there(cache: CompiledCache, file: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom robot_action.clients.compiled_cache import CompiledCache\n"
        "Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "CompiledCache(Path(sys.argv[1])).save(sys.argv[2], b'new')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file.parent), KEY], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    assert cache.load(KEY) == b"pack"
    cache.save(KEY, b"later")
    assert cache.load(KEY) == b"later"


class TestKey:
    def test_it_is_the_same_for_the_same(self) -> None:
        assert key_for(make_request({"a": "x"})) == key_for(make_request({"a": "x"}, data={"given": "y"}))

    @pytest.mark.parametrize(
        "other",
        [
            make_request({"a": "y"}),
            make_request({"b": "x"}),
            replace(make_request({"a": "x"}), trusted=True),
            make_request({"a": "x"}, settings=CopierSettings()),
        ],
        ids=["content", "name", "trust", "format"],
    )
    def test_it_is_another_one_for_another(self, other: Any) -> None:
        assert key_for(other) != key_for(make_request({"a": "x"}))

    @pytest.mark.parametrize("what", ["python", "code"])
    def test_it_is_another_one_where_other_code_compiles(self, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
        before = key_for(make_request())
        if what == "python":
            monkeypatch.setattr(compiled_cache.platform, "python_version", lambda: "4.0.0")
        else:
            monkeypatch.setattr(compiled_cache, "_code", lambda: "other")
        assert key_for(make_request()) != before
