from __future__ import annotations

import pytest
import yaml

from robot_action.errors import Position
from robot_action.parsing import yaml_text
from robot_action.parsing.yaml_faults import syntax_problem
from robot_action.parsing.yaml_text import read_documents


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers, which say it in other words."""
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, request.param))


STAR = "'*' at the beginning repeats a value that '&' named, and this is none"
QUOTE = "Quote the value."


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("a:\n\tb: 1\n", "2:1", "a tab indents this line: 'b: 1'", "Indent with spaces; YAML does not allow tabs."),
        ("a: 1\n\tb: 2\n", "2:1", "a tab indents this line: 'b: 2'", "Indent with spaces; YAML does not allow tabs."),
        ("a: 1\nb\nc: 2\n", "2:1", "this line has no colon: 'b'", "Write key: value."),
        ("x\na: b\n", "2:2", "line 1 has no colon, or its value is not quoted: 'a: b'", "Write key: value."),
        ("a: 1\nb:2\nc: 3\n", "2:1", "there is no space after the colon: 'b:2'", "Write key: value, with a space."),
        ("a:1\n\nb: 2\n", "3:2", "there is no space after the colon in line 1: 'b: 2'", "Write key: value, with a space."),
        ('a: 1\nb: "x\nc: 2\n', "2:4", "the quote that begins here is never closed: 'b: \"x'", "Write the same quote at the text's end."),
        ("a: 'x\n---\n", "1:4", 'the quote that begins here is never closed: "a: \'x"', "Write the same quote at the text's end."),
        ("a: x: y\n", "1:5", "the value holds ': ', which begins another value: 'a: x: y'", QUOTE),
        ("- a: see: http://x\n", "1:9", "the value holds ': ', which begins another value: '- a: see: http://x'", QUOTE),
        (
            *("a: 1\n  b: 2\n", "2:4", "this line is indented deeper than line 1, which has a value already: 'b: 2'"),
            "Indent keys of one mapping alike.",
        ),
        (
            *("a:\n  - x\n b: 1\n", "3:2", "this line's indentation fits no line above: 'b: 1'"),
            "Indent keys of one mapping, and items of one list, alike.",
        ),
        (
            *("  a: 1\nb: 2\n", "2:1", "this line's indentation fits no line above: 'b: 2'"),
            "Indent keys of one mapping, and items of one list, alike.",
        ),
        (
            *("a: x\n- b\n", "2:1", "an item of a list stands where a key is wanted: '- b'"),
            "Indent the items below their key, or write key: value.",
        ),
        ("a: @x\n", "1:4", "a value cannot begin with '@': 'a: @x'", QUOTE),
        ("a: `x`\n", "1:4", "a value cannot begin with '`': 'a: `x`'", QUOTE),
        ("- %x\n", "1:3", "a value cannot begin with '%': '- %x'", QUOTE),
        ("a: - x\n", "1:4", "a value cannot begin with '-': 'a: - x'", QUOTE),
        ("a: ]\n", "1:4", "a value cannot begin with ']': 'a: ]'", QUOTE),
        ("a: *.py\n", "1:4", f"{STAR}: 'a: *.py'", "Quote a text that begins with '*' or '&'."),
        ("a: *none\n", "1:4", f"{STAR}: 'a: *none'", "Quote a text that begins with '*' or '&'."),
        ("*.py: a\n", "1:1", f"{STAR}: '*.py: a'", "Quote a text that begins with '*' or '&'."),
        ("a: &&\n", "1:4", "'&' at the beginning names a value, and this is none: 'a: &&'", "Quote a text that begins with '*' or '&'."),
        (
            *("a: [1, 2\nb: 3\n", "1:4", "what '[' begins here cannot be read up to its ']': 'a: [1, 2'"),
            "Write ']' at its end; quote texts that begin with '[' or hold ': '.",
        ),
        (
            *("a: [\n", "2:1", "a '[' or '{' above is not closed"),
            "Write ']' or '}' at its end, or quote a text that begins with '[' or '{'.",
        ),
        (
            *("a: {x: 1\n", "1:4", "what '{' begins here cannot be read up to its '}': 'a: {x: 1'"),
            "Write '}' at its end; quote texts that begin with '{' or hold ': '.",
        ),
        (
            *("a: 'it's'\n", "1:8", "something follows a quoted text: \"a: 'it's'\""),
            "Quote the whole value; between single quotes write '' for a quote.",
        ),
        (
            *("a: | x\n  y\n", "1:6", "'|' or '>' at the beginning of a value says that its text begins in the next line: 'a: | x'"),
            "Begin there, or quote the value.",
        ),
    ],
)
def test_a_syntax_error_tells_its_cause_and_the_way_out(text: str, place: str, message: str, hint: str) -> None:
    (problem,) = read_documents(text.encode(), "f.yml")[1]
    assert (str(problem.position), problem.message, problem.hint) == (f"f.yml:{place}", message, hint)


def test_a_backslash_between_double_quotes_is_called_an_escape() -> None:
    (problem,) = read_documents(b'a: "\\d"\n', "f.yml")[1]
    assert problem.message.startswith("between double quotes a backslash begins an escape: ")
    assert problem.hint == "Use single quotes, or write the backslash twice."


def test_jinja_that_is_not_quoted_is_told_to_be() -> None:
    (problem,) = read_documents(b"a: {{ x }}\n", "f.yml")[1]
    assert problem.hint == "Quote a text that begins with '[' or '{'."


def test_a_cause_that_is_not_known_is_told_in_the_parsers_words_and_without_a_guess() -> None:
    (problem,) = read_documents(b"%YAML 3.0\n---\na\n", "f.yml")[1]
    assert problem.message.startswith("the YAML cannot be read: found incompatible YAML document")
    assert problem.hint is None


def test_an_error_without_a_place_names_the_file() -> None:
    problem = syntax_problem(yaml.YAMLError("odd"), "a", "f.yml")
    assert (problem.position, problem.message) == (Position("f.yml"), "the YAML cannot be read: 'odd'")
