from __future__ import annotations

import re
import time

import pytest
import yaml
from hypothesis import assume, given, settings

from robot_action.errors import InputError, Position
from robot_action.parsing import yaml_text
from robot_action.parsing.yaml_text import MAX_BYTES, MAX_DEPTH, MAX_NODES, parse_document, parse_documents, read_documents
from tests.parsing.strategies import almost_yaml, yaml_texts


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: the one of libyaml, and the one in Python where that is missing."""
    monkeypatch.setattr(yaml_text, "_LOADER", getattr(yaml, request.param))


def problems(text: str | bytes) -> list[str]:
    """What is wrong with a text, a line each, with its place."""
    _, found = read_documents(text if isinstance(text, bytes) else text.encode(), "f.yml")
    return [f"{problem.position}: {problem.message}" for problem in found]


def test_every_key_and_value_has_its_place() -> None:
    document = parse_document(b"a: 1\nb:\n  - x\n  - c: true\n", "f.yml")
    assert document.value == {"a": 1, "b": ["x", {"c": True}]}
    assert document.keys["b",] == Position("f.yml", 2, 1)
    assert document.keys["b", 1, "c"] == Position("f.yml", 4, 5)
    assert document.values["b", 0] == Position("f.yml", 3, 5)
    assert document.values["b", 1, "c"] == Position("f.yml", 4, 8)
    assert document.texts == {("a",): "1", ("b", 1, "c"): "true"}


def test_a_value_that_is_missing_is_sought_around_it() -> None:
    document = parse_document(b"\na:\n  b: 1\n", "f.yml")
    assert document.find(("a", "z", 3)) == Position("f.yml", 3, 3)
    assert document.find_key(("a", "z")) == Position("f.yml", 3, 3)
    assert document.find_key(("a", "b")) == Position("f.yml", 3, 3)
    assert document.find(()) == Position("f.yml", 2, 1)


def test_several_documents_each_have_their_place_and_empty_ones_do_not_count() -> None:
    documents = parse_documents(b"---\na: 1\n---\n# nothing\n---\nb: 2\n---\n", "f.yml")
    assert [(document.value, document.position.line) for document in documents] == [({"a": 1}, 2), ({"b": 2}, 6)]


def test_a_lone_null_is_a_document() -> None:
    assert [document.value for document in parse_documents(b"null\n", "f")] == [None]
    assert [document.value for document in parse_documents(b"''\n", "f")] == [""]


def test_one_document_is_exactly_one() -> None:
    with pytest.raises(InputError, match="the file is empty"):
        parse_document(b"# only a comment\n", "f.yml")
    with pytest.raises(InputError, match=r"f\.yml:3:1: the file has more than one document"):
        parse_document(b"a: 1\n---\nb: 2\n", "f.yml")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse_document(b"\xef\xbb\xbfa: 1\n", "f").value == {"a": 1}


def test_a_file_over_one_mebibyte_is_refused_and_one_of_it_is_read() -> None:
    wide = "####" + "\U0001f600" * (MAX_BYTES // 4 - 1)  # bytes are what counts, and the parser in Python takes its time for each character
    assert len(wide.encode()) == MAX_BYTES
    assert problems(wide) == []
    assert problems(b"#" * (MAX_BYTES + 1)) == ["f.yml: the file is larger than 1048576 bytes (1 MiB)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a: 1\nb: \xff\n", "f.yml:2:4: the file is not UTF-8: byte 0xff at offset 8"),
        ("a: é".encode("latin-1"), "f.yml:1:4: the file is not UTF-8: byte 0xe9 at offset 3"),
        ("a: 1".encode("utf-16"), "f.yml:1:1: the file is not UTF-8: byte 0xff at offset 0"),
        (b"a: 1\nb: x\x00y\n", "f.yml:2:5: the character U+0000 is not allowed in YAML"),
        ("a: \ufeffb".encode(), "f.yml:1:4: the character U+FEFF is not allowed in YAML"),
        (b"a: \x1b[31m\n", "f.yml:1:4: the character U+001B is not allowed in YAML"),
    ],
)
def test_what_is_no_text_is_told_with_its_offset(text: bytes, expected: str) -> None:
    assert problems(text) == [expected]


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  b: 1\n \tc: 2\n"])
def test_a_tab_that_indents_is_called_a_tab(text: str) -> None:
    (problem,) = read_documents(text.encode(), "f.yml")[1]
    assert problem.message.startswith("a tab indents this line: ")
    assert problem.hint == "Indent with spaces; YAML does not allow tabs."


@pytest.mark.parametrize(
    ("text", "start", "offending"),
    [
        ("a: b: c\n", "f.yml:1:5: the value holds ': '", "'a: b: c'"),
        ("x: 1\nkey: @name\n", "f.yml:2:6: a value cannot begin with '@'", "'key: @name'"),
        ("a: *nobody\n", "f.yml:1:4: '*' at the beginning", "'a: *nobody'"),
        ("%YAML 3.0\n---\na\n", "f.yml:1:1: the YAML cannot be read: ", "'%YAML 3.0'"),
        ("a: [1, 2\n", "f.yml:", ""),
    ],
)
def test_a_syntax_error_names_its_place_and_the_offending_text(text: str, start: str, offending: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(start)
    assert offending in problem


def test_a_character_that_only_the_parser_refuses_is_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "_UNPRINTABLE", re.compile("(?!)"))
    (problem,) = problems("a: \x01\n")
    assert problem.startswith("f.yml: the YAML cannot be read: ")


def test_documents_before_a_syntax_error_are_read_all_the_same() -> None:
    documents, found = read_documents(b"a: 1.10\n---\nb: [\n", "f")
    assert [document.value for document in documents] == [{"a": "1.10"}]
    assert [problem.position.line for problem in found if problem.position] == [1, 4]


def test_an_offending_line_never_shows_a_password() -> None:
    (problem,) = problems("a: b: https://me:hunter2@acme.example/x\n")
    assert "hunter2" not in problem


def test_every_second_key_is_told_and_the_first_one_counts() -> None:
    documents, found = read_documents(b"a: 1\nb: 2\na: 3\nc: {x: 1, x: 2}\na: 4\n", "f.yml")
    assert documents[0].value == {"a": 1, "b": 2, "c": {"x": 1}}
    assert [(str(problem.position), problem.message, problem.hint) for problem in found] == [
        ("f.yml:3:1", "the key 'a' stands here a second time", "The first is in line 1."),
        ("f.yml:4:11", "the key 'x' stands here a second time", "The first is in line 4."),
        ("f.yml:5:1", "the key 'a' stands here a second time", "The first is in line 1."),
    ]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("1", "a number"),
        ("1.5", "a number"),
        ("yes", "true or false"),
        ("~", "nothing"),
        ("2024-01-01", "a date"),
        ("!x y", "something else"),
    ],
)
def test_a_key_that_is_no_text_has_to_be_quoted(key: str, kind: str) -> None:
    documents, (problem,) = read_documents(f"{key}: v\nb: 1\n".encode(), "f.yml")
    assert problem.message.endswith(f"is read as {kind}, not as a text")
    assert problem.hint is not None
    assert problem.hint.startswith("Quote it: ")
    assert documents[0].value == {"b": 1}


@pytest.mark.parametrize("key", ["? [a]\n: b", "? {a: 1}\n: b"])
def test_a_key_that_is_no_scalar_is_refused(key: str) -> None:
    assert problems(key) == ["f.yml:1:3: a key must be a text, not a list or a mapping"]


def test_merge_keys_are_refused_and_a_quoted_one_is_a_key() -> None:
    assert problems("a: {<<: {b: 1}}") == ["f.yml:1:5: merge keys (<<) are not supported"]
    assert parse_document(b"'<<': 1", "f").value == {"<<": 1}


@pytest.mark.parametrize(
    "tag", ["!!set {a}", "!!omap [a: 1]", "!mine {a: 1}", "!!binary aGk=", "!!python/object/apply:os.system [x]", "!!float [x]"]
)
def test_tags_of_other_values_are_refused(tag: str) -> None:
    (problem,) = problems(f"a: {tag}\n")
    assert problem.startswith("f.yml:1:4: the tag ")
    assert problem.endswith(" is not supported")


def test_tags_of_plain_values_are_fine() -> None:
    assert parse_document(b"[!!str 1.10, !!int '3', !!float '1.5', !!bool 'yes', !!null '', !!map {}, !!seq []]", "f").value == [
        *("1.10", 3, 1.5, True, None, {}, []),
    ]


def test_aliases_are_expanded() -> None:
    document = parse_document(b"a: &x [1, 2]\nb: *x\nc: {d: *x}\n", "f")
    assert document.value == {"a": [1, 2], "b": [1, 2], "c": {"d": [1, 2]}}
    assert document.values["c", "d", 1] == Position("f", 1, 11)


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + before] * 10)}]" for before, name in zip("abcdefghi", "bcdefghij", strict=True)]
    begin = time.process_time()
    assert [problem.partition(": ")[2] for problem in problems("\n".join(lines))] == [
        f"aliases expand to more than {MAX_NODES} values or {MAX_DEPTH} levels"
    ]
    assert time.process_time() - begin < 5


def test_an_alias_inside_of_what_it_names_is_refused() -> None:
    assert problems("a: &x [*x]\n") == ["f.yml:1:4: an alias stands inside the value that it names"]


def test_aliases_cannot_nest_deeper_than_text_can() -> None:
    half = "[" * (MAX_DEPTH - 5) + "]" * (MAX_DEPTH - 5)
    wrapped = "[" * 10 + "*x" + "]" * 10
    (problem,) = problems(f"a: &x {half}\nb: {wrapped}\n")
    assert "aliases expand" in problem


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5000 + "a", "[" * 51 + "]" * 51, "{a: " * 60])
def test_deep_nesting_is_refused_before_anything_recurses(text: str) -> None:
    (problem,) = problems(text)
    assert problem.endswith(f"the file is nested more than {MAX_DEPTH} levels deep")


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = MAX_NODES
    if yaml_text._LOADER is yaml.SafeLoader:  # seconds for so many; it yields the same events
        limit = 1_000
        monkeypatch.setattr(yaml_text, "MAX_NODES", limit)
    (problem,) = problems("[" + "1," * limit + "]")
    assert problem.endswith(f"the file has more than {limit} values")


def test_a_character_that_utf8_cannot_express_is_refused() -> None:
    (problem,) = problems('a: "\\ud800"\n')
    assert "cannot express" in problem or "invalid Unicode" in problem
    (problem,) = problems('"\\ud800": 1\n')
    assert "cannot express" in problem or "invalid Unicode" in problem


@settings(max_examples=150, deadline=2000)
@given(almost_yaml() | yaml_texts(["a", "b", "1", "<<"]))
def test_any_bytes_give_values_or_problems(text: bytes) -> None:
    documents, found = read_documents(text, "f.yml")
    for problem in found:
        assert problem.position is not None
        assert "\n" not in problem.message
    for document in documents:
        assert () in document.values
    if found:
        with pytest.raises(InputError):
            parse_documents(text, "f.yml")
    else:
        assume(b"=" not in text)  # PyYAML resolves the lone "=", but cannot construct it; here it is a text
        expected = [item for item in yaml.load_all(text, yaml_text._LOADER) if item is not None]
        assert [document.value for document in documents if document.value is not None] == expected
