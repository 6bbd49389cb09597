from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import FailedError
from robot_action.parsing import archives
from robot_action.parsing.archives import archive_contents


def wheel(files: dict[str, bytes], year: int = 2020) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED if year > 2020 else zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def sdist(files: dict[str, bytes], time: int = 0) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), time
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


FILES = {"demo/__init__.py": b"", "demo/data.bin": bytes(200_000), "demo-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: demo\n"}


@pytest.mark.parametrize("name", ["demo-1-py3-none-any.whl", "demo-1.zip"])
def test_a_wheel_holds_its_files(name: str) -> None:
    assert archive_contents(wheel({**FILES, "folder/": b""}), name) == {
        "demo/__init__.py": digest(b""),
        "demo/data.bin": digest(bytes(200_000)),
        "demo-1.dist-info/METADATA": digest(b"Name: demo\n"),
    }


def test_a_source_distribution_holds_its_files_and_no_links() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for kind, name in ((tarfile.SYMTYPE, "demo-1/link"), (tarfile.DIRTYPE, "demo-1"), (tarfile.CHRTYPE, "demo-1/null")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("demo-1/a")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"hi"))
    assert archive_contents(packed.getvalue(), "demo-1.tar.gz") == {"demo-1/a": digest(b"hi")}


def test_times_order_compression_and_the_packer_s_own_files_do_not_count() -> None:
    ours = {**FILES, "demo-1.dist-info/WHEEL": b"Generator: a", "demo-1.dist-info/RECORD": b"a"}
    theirs = {**FILES, "demo-1.dist-info/METADATA": b"Metadata-Version: 2.4\nName: demo\n", "demo-1.dist-info/WHEEL": b"Generator: b"}
    name = "demo-1-py3-none-any.whl"
    assert wheel(ours) != wheel(theirs, 2021)
    assert archive_contents(wheel(ours), name) == archive_contents(wheel(dict(reversed(theirs.items())), 2021), name)
    files = {"demo-1/PKG-INFO": b"Metadata-Version: 2.1\nName: demo\n"}
    assert archive_contents(sdist(files), "d.tar.gz") == archive_contents(
        sdist({"demo-1/PKG-INFO": b"Metadata-Version: 2.2\nName: demo\n"}, 9), "d.tar.gz"
    )


@pytest.mark.parametrize("path", ["demo-1.dist-info/METADATA", "demo-1.dist-info/entry_points.txt", "demo/METADATA", "demo/WHEEL", "new"])
def test_whatever_else_differs_counts(path: str) -> None:
    name = "demo-1-py3-none-any.whl"
    assert archive_contents(wheel({**FILES, path: b"Name: other\n"}), name) != archive_contents(wheel(FILES), name)


def test_bombs_are_refused_early(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = bytes(3 * 10**6)
    for content, name in ((wheel({"a": zeros}, 2021), "a.whl"), (sdist({"a": zeros}), "a.tar.gz")):
        with pytest.raises(FailedError, match="too large to be compared"):
            archive_contents(content, name, limit=10**6)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 5)
    with pytest.raises(FailedError, match="too large to be compared"):
        archive_contents(wheel({str(number): b"" for number in range(6)}), "a.whl")


def test_a_pax_header_that_wants_all_memory_is_refused() -> None:
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.XHDTYPE, 10**8
    with pytest.raises(FailedError):
        archive_contents(gzip.compress(member.tobuf(tarfile.PAX_FORMAT) + bytes(10**7)), "a.tar.gz", limit=10**6)


@pytest.mark.parametrize("name", ["a.whl", "a.tar.gz"])
@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", gzip.compress(b"no tar"), gzip.compress(bytes(600))[:-9], wheel(FILES)[:-40], sdist(FILES)[:-40]],
    ids=["nothing", "a zip's beginning", "no tar", "a cut gzip", "a cut wheel", "a cut sdist"],  # the contents hold the time
)
def test_what_is_broken_is_told(name: str, content: bytes) -> None:
    with pytest.raises(FailedError, match=f"{name} is no archive that can be read"):
        archive_contents(content, name)


@given(st.binary(max_size=60), st.integers(0, 10**6), st.sampled_from(["a.whl", "a.tar.gz"]))
def test_damage_never_gives_a_traceback(damage: bytes, place: int, name: str) -> None:
    files = {"demo/a.py": b"a" * 50, "demo-1.dist-info/METADATA": b"Name: demo\n"}
    whole = wheel(files, 2021) if name == "a.whl" else sdist(files)
    at = place % len(whole)
    try:
        archive_contents(whole[:at] + damage + whole[at + len(damage) :], name, limit=10**6)
    except FailedError as error:
        assert name in str(error)  # noqa: PT017 - damage may hit what does not count
