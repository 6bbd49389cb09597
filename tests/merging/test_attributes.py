"""Line ends as the real git stores and checks them out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from robot_action.merging.attributes import as_checked_out, as_stored
from robot_action.model.merge import Attributes
from robot_action.model.tree import Entry, Mode
from tests.testbed.bare import git, git_environment

CONTENTS = st.lists(st.sampled_from([b"a", b"\r\n", b"\n", b"\r", b"\0", b"\x01", b"x" * 200, b"\x1a", b"\xff"]), max_size=6).map(b"".join)
TEXT = st.sampled_from(["text", "-text", "text=auto", "!text"])
EOL = st.sampled_from(["eol=lf", "eol=crlf", "!eol"])
VALUES = {"text": "set", "-text": "unset", "text=auto": "auto", "!text": "unspecified", "!eol": "unspecified"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attributes")
    git(folder, "init", "--quiet")
    return folder


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    command = ["git", "-C", str(folder), "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(command, input=stdin, check=True, capture_output=True, env=git_environment()).stdout


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONTENTS, TEXT, EOL)
@example(b"a\r\n", "text=auto", "!eol")
@example(b"a\n\x1a", "text=auto", "eol=crlf")
@example(b"a\r\nb\n", "text", "eol=crlf")
@example(b"a\r\nb\n", "text=auto", "eol=crlf")
@example(b"a\0\r\n\n", "text=auto", "eol=crlf")
@example(b"a\rb\n", "text=auto", "eol=crlf")
def test_files_are_stored_and_checked_out_as_by_git(repository: Path, content: bytes, text: str, eol: str) -> None:
    (repository / ".gitattributes").write_text(f"f {text} {eol}\n")
    attributes = Attributes(VALUES[text], VALUES.get(eol, eol.partition("=")[2]))
    (repository / "f").write_bytes(content)
    run(repository, "update-index", "--force-remove", "f")
    name = run(repository, "hash-object", "-w", "--path=f", "--stdin", stdin=content).decode().strip()
    stored = run(repository, "cat-file", "blob", name)
    assert as_stored(Entry(Mode.FILE, content), attributes).content == stored
    assert as_checked_out(Entry(Mode.FILE, stored), attributes).content == checked_out(repository, stored)
    assert as_checked_out(Entry(Mode.FILE, content), attributes).content == checked_out(repository, content)  # it can be stored so, too


def checked_out(repository: Path, content: bytes) -> bytes:
    name = run(repository, "hash-object", "-w", "--no-filters", "--stdin", stdin=content).decode().strip()
    run(repository, "update-index", "--add", "--cacheinfo", f"100644,{name},f")
    (repository / "f").unlink(missing_ok=True)
    run(repository, "checkout-index", "f")
    return (repository / "f").read_bytes()


def test_crlf_that_is_stored_already_stays_where_git_decides_by_itself() -> None:
    entry = Entry(Mode.EXECUTABLE, b"a\r\n")
    assert as_stored(entry, Attributes("auto"), has_crlf=True) == entry
    assert as_stored(entry, Attributes("set"), has_crlf=True) == Entry(Mode.EXECUTABLE, b"a\n")


def test_links_are_no_text() -> None:
    link = Entry(Mode.LINK, b"a\r\n")
    assert as_stored(link, Attributes("set", filter="lfs")) == link
    assert as_checked_out(link, Attributes("set", "crlf")) == link


def test_what_lfs_keeps_becomes_a_pointer() -> None:
    stored = as_stored(Entry(Mode.FILE, b"data"), Attributes(filter="lfs"))
    digest = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"
    assert stored.content.decode() == f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 4\n"
    assert as_stored(Entry(Mode.FILE), Attributes(filter="lfs")) == Entry(Mode.FILE)


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%b\nsize 4\n" % (b"0" * 64)


def test_what_is_a_pointer_of_git_lfs_already_stays_so() -> None:
    lfs = Attributes(filter="lfs")
    assert as_stored(Entry(Mode.FILE, POINTER), lfs).content == POINTER
    assert as_stored(Entry(Mode.FILE, b""), lfs).content == b""
    digest = b"3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"  # sha256sum of "data"
    assert as_stored(Entry(Mode.FILE, b"data"), lfs).content == POINTER.replace(b"0" * 64, digest)
