"""A result comes back as it was written, and nothing else does; see also `tests.propose.test_bundle`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model.manifest import HostKind
from robot_action.model.merge import Clash, Conflict
from robot_action.model.proposal import Proposed, Target
from robot_action.model.update_summary import ChangedAnswer, FileOutcome, NewQuestion, TemplateCommit, UpdateSummary
from robot_action.parsing.proposal_file import ProposalFile, dump_proposal, parse_proposal

TEXT = st.text(max_size=30)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
SUMMARIES = st.builds(
    UpdateSummary,
    *[TEXT] * 6,
    conflicts=st.lists(st.builds(Conflict, TEXT, st.sampled_from(Clash), st.booleans(), TEXT), max_size=2).map(tuple),
    questions=st.lists(st.builds(NewQuestion, TEXT, TEXT, TEXT, st.booleans()), max_size=2).map(tuple),
    answers=st.lists(st.builds(ChangedAnswer, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    dropped=TEXTS,
    changelog=TEXT,
    commits=st.lists(st.builds(TemplateCommit, st.just("a" * 40), TEXT), max_size=2).map(tuple),
    files=st.dictionaries(st.sampled_from(FileOutcome), TEXTS, max_size=2),
    moved=st.dictionaries(TEXT, TEXT, max_size=2),
    notes=TEXTS,
)
PLAIN = Proposed(Target(HostKind.LOCAL, "/x.git", "/x.git"), "demo", "main", "1" * 40, "robot-action/x", workflows=(".github/workflows/x",))
FULL = replace(
    PLAIN, commit="2" * 40, digest="d" * 64, revision="v2+a@b", message="Update\n", summary=UpdateSummary("t", "1", "2", "v2", "b")
)


@given(SUMMARIES, TEXT)
@settings(max_examples=50, deadline=None)
def test_a_result_comes_back_as_it_was_written(summary: UpdateSummary, message: str) -> None:
    file = ProposalFile(replace(FULL, summary=summary, message=message), "e" * 64)
    assert parse_proposal(dump_proposal(file), "x.json") == file


def test_one_that_brings_nothing_comes_back_too() -> None:
    assert parse_proposal(dump_proposal(ProposalFile(PLAIN, "e" * 64)), "x.json").proposed == PLAIN


@pytest.mark.parametrize(
    "changes",
    [
        {"parent": "main"},
        {"commit": f"{'2' * 40}\n"},
        {"digest": "D" * 64},
        {"revision": "v2 -->"},
        {"revision": "x" * 200},
        {"branch": ""},
        {"base": "x" * 300},
        {"workflows": "x"},
        {"summary": {}},
        {"target": {"host": "gitlab", "repository": "a/b", "url": ""}},
        {"digest": ""},
        {"sha256": "x"},
        {"more": 1},
    ],
    ids=str,
)
def test_anything_else_is_refused_with_its_place(changes: dict[str, Any]) -> None:
    found = json.loads(dump_proposal(ProposalFile(FULL, "e" * 64)))
    with pytest.raises(InputError) as caught:
        parse_proposal(json.dumps({**found, **changes}).encode(), "x.json")
    assert {problem.position.file for problem in caught.value.problems if problem.position} == {"x.json"}


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 9999, b"null", b"NaN"])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        parse_proposal(text, "x.json")
