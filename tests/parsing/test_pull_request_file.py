from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.model.pull_request import PullRequest, PullRequestState
from robot_action.parsing.pull_request import read_mark
from robot_action.parsing.pull_request_file import dump_pull_request, parse_pull_request

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff", exclude_categories=["Cs", "Cc"]), max_size=20)
NAMES = st.lists(TEXT, max_size=3).map(tuple)
PULLS = st.builds(
    PullRequest,
    repository=st.just("/forge/acme/demo.git"),
    number=st.just(7),
    url=st.just("7.md"),
    state=st.sampled_from(PullRequestState),
    base=TEXT,
    branch=TEXT,
    head=st.just("a" * 40),
    title=TEXT,
    body=TEXT,
    draft=st.booleans(),
    labels=NAMES,
    reviewers=NAMES,
    teams=NAMES,
    assignees=NAMES,
)
HEADER = 'state: open\ntitle: t\nbase: main\nbranch: b\ncommit: "{}"\n'.format("a" * 40)


def parse(text: str) -> PullRequest:
    return parse_pull_request(text.encode(), "7.md", "/forge/acme/demo.git", 7)


@given(PULLS)
def test_what_is_written_is_read_again(pull: PullRequest) -> None:
    found = parse_pull_request(dump_pull_request(pull), "7.md", "/forge/acme/demo.git", 7)
    assert found == pull
    assert found.revision == read_mark(pull.body).revision


@pytest.mark.parametrize("body", ["---\n", "\n---\n", "---\ntext\n---\n", "\ntext"])
def test_a_body_may_hold_what_ends_a_header(body: str) -> None:
    assert parse(f"---\n{HEADER}---\n\n{body}").body == body


def test_line_ends_of_another_system_are_read() -> None:
    assert parse(f"---\n{HEADER}---\n\ntext\n".replace("\n", "\r\n")).body == "text\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no header"),
        ("text", "no header"),
        ("---\nstate: open\n", "no header"),
        (f"x---\n{HEADER}---\n", "no header"),
        (f"---\n{HEADER}x: 1\n---\n", "7.md:7:1: unknown key 'x'"),
        (f"---\n{HEADER.replace('open', 'gone')}---\n", "7.md:2:8: state: 'gone' is not known here"),
        (f"---\n{HEADER.replace('aaaa', 'xxxx')}---\n", "is no commit id"),
        (f"---\n{HEADER}draft: perhaps\n---\n", "draft: true or false is wanted"),
        ("---\n[]\n---\n", "a mapping is wanted"),
        ("---\nstate: open\n---\n", "the key 'title' is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert told in str(caught.value)
