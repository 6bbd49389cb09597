from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from robot_action.errors import FailedError
from robot_action.parsing import simple_index
from robot_action.parsing.simple_index import JSON_TYPE, IndexFile, is_plain_name, parse_simple_page, release_of

URL = "https://index.example/simple/demo/"
DIGEST = "0123456789abcdef" * 4


def html(text: str, url: str = URL) -> tuple[IndexFile, ...]:
    return parse_simple_page(text.encode(), "text/html; charset=utf-8", url)


def page(files: object, version: object = "1.1") -> bytes:
    return json.dumps({"meta": {"api-version": version}, "files": files}).encode()


# HTML


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (f'<a href="demo-1.tar.gz#sha256={DIGEST}">demo</a>', [IndexFile("demo-1.tar.gz", f"{URL}demo-1.tar.gz", DIGEST)]),
        (
            f'<A HREF="../../p/demo-1.zip#sha256={DIGEST.upper()}">x</A>',
            [IndexFile("demo-1.zip", "https://index.example/p/demo-1.zip", DIGEST)],
        ),
        ('<a href="https://cdn.example/d.whl?x=1#md5=00">d</a>', [IndexFile("d.whl", "https://cdn.example/d.whl?x=1")]),
        ('<a\n data-requires-python=">=3.9" href="d.whl" >d</a>', [IndexFile("d.whl", f"{URL}d.whl")]),
        ("<a href=d%2B1.whl>d</a>", [IndexFile("d+1.whl", f"{URL}d%2B1.whl")]),
        ("<a href='d.whl?a=1&amp;b=2'>d</a>", [IndexFile("d.whl", f"{URL}d.whl?a=1&b=2")]),
        (
            '<base href="https://cdn.example/"><base href="https://no.example/"><a href="d.whl">d</a>',
            [IndexFile("d.whl", "https://cdn.example/d.whl")],
        ),
        ('<a href="d.whl"><a href="d.whl#sha256=00">twice</a>', [IndexFile("d.whl", f"{URL}d.whl")]),
        ("<a>no reference</a><a href=''>empty</a><abbr href='x'>other</abbr><a name='x'>", []),
        ("<a href='javascript:alert(1)'><a href='..%2f..%2fetc'><a href='http://[x'><a href='/simple/'>", []),
        ("not a page at all", []),
    ],
)
def test_the_anchors_of_a_page_are_its_files(text: str, files: list[IndexFile]) -> None:
    assert list(html(text)) == files


@pytest.mark.parametrize("piece", ["<a ", "<a href='", "<!--", "<", "</", "&", "<a href=x", "<a x='", '<a "', "<base href=x><"])
def test_a_page_made_to_keep_a_parser_busy_does_not(piece: str) -> None:
    """2 MiB of this occupy a plain html.parser for hours."""
    start = time.process_time()
    html(piece * (2**21 // len(piece)))
    assert time.process_time() - start < 20


def test_endless_lists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simple_index, "MAX_FILES", 10)
    with pytest.raises(FailedError, match="lists more than 10 files"):
        html("<a href=x>" * 11)
    with pytest.raises(FailedError, match="lists more than 10 files"):
        parse_simple_page(page([{}] * 11), JSON_TYPE, URL)


# JSON


def test_a_json_page_lists_files() -> None:
    files = [
        {"filename": "demo-1.tar.gz", "url": "demo-1.tar.gz", "hashes": {"sha256": DIGEST}},
        {"filename": "demo-1.whl", "url": "https://cdn.example/x", "hashes": {"md5": "00"}},
        {"filename": "demo-2.whl", "url": "/d", "hashes": None},
    ]
    assert parse_simple_page(page(files), f"{JSON_TYPE}; charset=utf-8", URL) == (
        IndexFile("demo-1.tar.gz", f"{URL}demo-1.tar.gz", DIGEST),
        IndexFile("demo-1.whl", "https://cdn.example/x"),
        IndexFile("demo-2.whl", "https://index.example/d"),
    )


@pytest.mark.parametrize(
    "entry",
    [None, 7, [], {}, {"filename": "x"}, {"filename": 1, "url": "x"}, {"filename": "../x", "url": "x"}, {"filename": "x", "url": "data:,"}],
)
def test_an_entry_that_is_no_file_is_left_out(entry: object) -> None:
    assert parse_simple_page(page([entry]), JSON_TYPE, URL) == ()


@pytest.mark.parametrize("digest", ["0" * 63, "g" * 64, 7, [], DIGEST + "\n"])
def test_a_digest_that_is_none_does_not_count(digest: object) -> None:
    [file] = parse_simple_page(page([{"filename": "x", "url": "x", "hashes": {"sha256": digest}}]), JSON_TYPE, URL)
    assert file.sha256 == ""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "its JSON is not what PEP 691 describes"),
        (b"[]", "its JSON is not what PEP 691 describes"),
        (b"\xff", "its JSON is not what PEP 691 describes"),
        (b"[" * 100_000, "its JSON is not what PEP 691 describes"),
        (b'{"files": [], "meta": 1}', "its JSON is not what PEP 691 describes"),
        (page([], "2.0"), "version '2' of the simple API"),
        (page("files"), "its JSON is not what PEP 691 describes"),
    ],
)
def test_json_that_is_no_page_is_told(body: bytes, message: str) -> None:
    with pytest.raises(FailedError, match=f"index.example/simple/demo/ .*{message}"):
        parse_simple_page(body, JSON_TYPE, URL)


def test_another_type_is_told() -> None:
    with pytest.raises(FailedError, match="its type is 'application/pdf'"):
        parse_simple_page(b"", "Application/PDF; x=y", URL)


@given(st.binary(max_size=400), st.sampled_from(["text/html", JSON_TYPE, ""]))
def test_any_bytes_give_plain_names_or_a_failure(body: bytes, kind: str) -> None:
    try:
        files = parse_simple_page(body, kind, URL)
    except FailedError:
        return
    assert all(is_plain_name(file.name) for file in files)


@given(st.lists(st.text(alphabet="<a hrefbs='\"#>=/.%20&;\n", max_size=60)))
def test_broken_tags_give_plain_names(pieces: list[str]) -> None:
    assert all(is_plain_name(file.name) for file in html("<a href=".join(pieces)))


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["filename", "url", "hashes", "sha256"]), inner, max_size=4)
        ),
    )
)
def test_any_json_gives_plain_names(entry: object) -> None:
    assert all(is_plain_name(file.name) for file in parse_simple_page(page([entry]), JSON_TYPE, URL))


# Names


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\0b", "a\nb", "a\u202eb", "x" * 256])
def test_a_name_that_is_more_than_a_name_is_none(name: str) -> None:
    assert not is_plain_name(name)


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("Demo_App-1.0-py3-none-any.whl", ("demo-app", Version("1.0"))),
        ("demo-app-1.0.tar.gz", ("demo-app", Version("1.0"))),
        ("demo-1.0.zip", ("demo", Version("1.0"))),
        ("demo-1.0.tar.bz2", None),
        ("demo-x-py3-none-any.whl", None),
        ("demo.whl", None),
        ("README", None),
    ],
)
def test_the_release_that_a_name_tells(name: str, release: object) -> None:
    assert release_of(name) == release


def test_a_version_of_thousands_of_digits_is_none() -> None:
    assert release_of(f"x-{'9' * 5000}-py3-none-any.whl") is None
    assert release_of(f"x-{'9' * 5000}.tar.gz") is None
