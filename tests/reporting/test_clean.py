from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from robot_action.reporting.clean import clean, clean_lines, clean_output
from tests.reporting.hostile import HOSTILE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;5;12mblue\x1b[m", "blue"),
        ("\x9b2Kgone", "gone"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\text", "text"),
        ("\x1bctext", "text"),
        ("\x1b(Btext", "text"),
        ("\x1b", "\\x1b"),
        ("a\x07b\x08c\x00d\x7f", "a\\x07b\\x08c\\x00d\\x7f"),
        ("a\nb\rc", "a\\nb\\rc"),
        ("a\tb", "a       b"),
        ("safe\u202etxt.exe", "safe\\u202etxt.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028break", "line\\u2028break"),
        ("\ud800", "\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("filler\u3164", "filler\\u3164"),
        ("naïve 日本 👩\u200d🔬 ❤\ufe0f", "naïve 日本 👩\u200d🔬 ❤\ufe0f"),
    ],
)
def test_what_cannot_be_seen_is_taken_out_or_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_command_string_without_an_end_swallows_nothing() -> None:
    assert clean("\x1b]0;an error that must be read") == "0;an error that must be read"


@given(HOSTILE)
def test_no_control_character_is_left(text: str) -> None:
    for line in (clean(text), *clean_lines(text), clean_output(text)):
        assert not [character for character in line if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}]
        assert not set(line) & set("\u202e\u2066\u200b\ufeff\u00ad")
        line.encode()


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_lines_are_cleaned_one_by_one() -> None:
    assert clean_lines("one\x07\r\ntwo\rthree\u2028four\n") == ("one\\x07", "two", "three", "four")
    assert clean_lines("a\x1b[1mb\nc") == ("ab", "c")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10%\r50%\r100%\n", "100%"),
        ("100%\r   \r", "100%"),
        ("\x1b[2K\x1b[1Gdone  ", "done"),
        ("\x1b[2K\r\n", ""),
        ("", ""),
    ],
)
def test_of_a_line_that_redraws_itself_the_end_is_shown(text: str, shown: str) -> None:
    assert clean_output(text) == shown
