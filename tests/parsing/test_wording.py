from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.parsing.wording import EXCERPT, RuleError, enumerate_words, excerpt, listed, suggestion


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("projct", "'projct'"),
        ("a\n::error::b\x1b[31m", r"'a\n::error::b\x1b[31m'"),
        ("https://me:hunter2@acme.example/x", "'https://***@acme.example/x'"),
        ("https://token@acme.example", "'https://***@acme.example'"),
        ("x" * 100, repr("x" * (EXCERPT - 3) + "...")),
    ],
)
def test_an_excerpt_is_one_short_printable_line_without_passwords(text: str, shown: str) -> None:
    assert excerpt(text) == shown


@given(st.text())
def test_no_text_breaks_out_of_its_excerpt(text: str) -> None:
    shown = excerpt(text)
    assert shown.isprintable()
    assert len(shown) <= EXCERPT * 10 + 2


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("destinaton", ["destination", "description"], "Did you mean 'destination'?"),
        ("default_branch", ["default-branch", "name"], "Did you mean 'default-branch'?"),
        ("KIND", ["kind"], "Did you mean 'kind'?"),
        ("GITHUB_TOKN", ["GITHUB_TOKEN", "GH_TOKEN"], "Did you mean 'GITHUB_TOKEN'?"),
        ("zzz", ["kind"], None),
        ("x" * 100_000, ["kind"], None),
    ],
)
def test_the_nearest_known_word_is_suggested(word: str, known: list[str], said: str | None) -> None:
    assert suggestion(word, known) == said


def test_words_are_listed_as_people_do() -> None:
    assert [enumerate_words(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a or b", "a, b or c"]


def test_a_broken_rule_has_a_message_and_perhaps_a_hint() -> None:
    assert (str(RuleError("no")), RuleError("no").hint, RuleError("no", "Do.").hint) == ("no", None, "Do.")


def test_long_lists_are_cut() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
