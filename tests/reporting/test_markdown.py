"""GitHub's Markdown is read here by markdown-it, which knows CommonMark and GitHub's tables."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from robot_action.reporting.clean import clean
from robot_action.reporting.markdown import code, document, escape, fenced, link, table
from tests.reporting.hostile import HOSTILE

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ZERO_WIDTH = "\u200b"


def read(markdown: str) -> str:
    return str(READER.render(markdown))


def text_in(page: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", page)).replace(ZERO_WIDTH, "")


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@given(HOSTILE)
def test_a_text_is_shown_and_does_nothing(text: str) -> None:
    page = read(f"before {escape(text)}")
    assert set(re.findall(r"<(/?[a-z]+)", page)) == {"p", "/p"}
    assert words(text_in(page)) == words(f"before {clean(text)}")


@given(HOSTILE)
def test_a_list_item_stays_one(text: str) -> None:
    page = read(f"- {escape(text)}\n- last")
    assert page.count("<li>") == 2
    assert set(re.findall(r"<([a-z]+)", page)) <= {"ul", "li", "p"}


@given(HOSTILE)
def test_code_is_shown_as_it_is(text: str) -> None:
    page = read(f"x {code(text)}")
    assert set(re.findall(r"<(/?[a-z]+)", page)) <= {"p", "/p", "code", "/code"}
    assert words(text_in(page)) == words(f"x {clean(text)}")


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_text_forges_a_row_or_a_cell(one: str, two: str, three: str) -> None:
    page = read(f"{table(('a', 'b'), [(escape(one), code(two)), (code(three), escape(one))])}\n\nafter")
    assert page.count("<tr>") == 3
    assert page.count("<td>") == 4
    assert page.count("<th>") == 2
    assert page.rstrip().endswith("<p>after</p>")


@given(st.lists(HOSTILE, max_size=4))
def test_no_text_ends_a_block_of_code(lines: list[str]) -> None:
    page = read(f"{fenced(lines)}\n\nafter")
    assert page.count("<pre>") == 1
    assert page.rstrip().endswith("<p>after</p>")
    assert [clean(line) for line in lines] == text_in(page).split("\n")[: len(lines)]


@pytest.mark.parametrize("text", ["see @everyone", "#12", "http://evil.example", "www.evil.example", "a@evil.example", "MAILTO:a", "GH-1"])
def test_nothing_is_left_that_github_makes_a_link_of(text: str) -> None:
    assert not re.search(r"://|www\.|mailto:", escape(text) + code(text), re.IGNORECASE)
    assert not re.search(r"@\w|#\d|GH-\d", unescape(escape(text)))


def test_what_is_harmless_stays_readable() -> None:
    text = 'it\'s here: (a) "b" 50% - done!'
    assert escape(text) == text


def test_nothing_is_no_code() -> None:
    assert code("") == ""


def test_a_link_leads_where_it_says() -> None:
    assert read(link("acme/[x]", "https://github.example/acme/x")) == '<p><a href="https://github.example/acme/x">acme/[x]</a></p>\n'


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/) [y](z", "/srv/forge/acme.git", "https://x.example/a b", "https://x|y", ""]
)
def test_an_address_that_could_break_out_is_no_link(url: str) -> None:
    assert "<a" not in read(link("text", url))


def test_a_document_fits_and_says_so() -> None:
    blocks = ["# one", "é" * 40, "three"]
    whole = document(blocks, 1_000, "cut")
    assert whole == f"# one\n\n{'é' * 40}\n\nthree\n"
    assert document([*blocks, ""], 1_000, "cut") == whole
    assert document(blocks, len(whole.encode()), "cut") == whole
    assert document(blocks, len(whole.encode()) - 1, "cut") == f"# one\n\n{'é' * 40}\n\ncut\n"
    assert document(blocks, 30, "cut") == "# one\n\ncut\n"
    assert document(blocks, 4, "cut") == "cut\n"
    assert document(blocks, 3, "cut") == ""


@given(st.lists(HOSTILE, max_size=6), st.integers(min_value=-5, max_value=80))
def test_a_document_never_exceeds_its_limit(blocks: list[str], limit: int) -> None:
    size = len(document([clean(block) for block in blocks], limit, "cut").encode())
    assert size <= max(limit, 0)
