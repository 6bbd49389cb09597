from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.parsing.pull_request import Mark, read_mark, withdrawn

REVISIONS = st.from_regex(r"[A-Za-z0-9._:/@+]{1,200}", fullmatch=True)


@given(REVISIONS, st.booleans(), st.text(), st.text())
def test_a_mark_is_read_wherever_it_stands(revision: str, gone: bool, before: str, after: str) -> None:
    mark = Mark(revision, gone)
    assert read_mark(f"{before}{mark}{after.replace('<', '')}") == mark


def test_the_last_mark_counts() -> None:
    assert read_mark(f"{Mark('v1')}\n{Mark('v2')}\n").revision == "v2"


@pytest.mark.parametrize("body", ["", "text", "<!-- robot-action: -->", "<!-- robot-action: a b -->", "<!-- robot-action: v1 --"])
def test_what_is_no_mark_says_nothing(body: str) -> None:
    assert read_mark(body) == Mark()


@pytest.mark.parametrize("revision", ["", "a b", "a-->b", "x" * 201, "é"])
def test_a_revision_that_could_end_the_mark_is_a_bug(revision: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(revision)}$"):
        str(Mark(revision))


@given(REVISIONS, st.text(max_size=20), st.text(max_size=20))
def test_withdrawing_changes_nothing_but_the_mark(revision: str, before: str, after: str) -> None:
    body = f"{before}{Mark(revision)}{after.replace('<', '')}"
    gone = withdrawn(body)
    assert read_mark(gone) == Mark(revision, withdrawn=True)
    assert gone.replace(" withdrawn", "") == body.replace(" withdrawn", "")
    assert withdrawn(gone) == gone


def test_a_body_whose_mark_somebody_took_away_gets_one() -> None:
    assert read_mark(withdrawn("text")) == Mark("unknown", withdrawn=True)
    assert withdrawn("text").startswith("text\n\n<!--")
