from __future__ import annotations

from datetime import date

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.copier_yaml import MAX_INCLUDES, Section, read_sections


def read(text: str, **more: str | Entry) -> Section:
    files = {"copier.yml": text, **{name.replace("__", "/"): content for name, content in more.items()}}
    entries = {path: content if isinstance(content, Entry) else Entry(Mode.FILE, content.encode()) for path, content in files.items()}
    return read_sections(Tree(entries), "copier.yml", "t: ")


def refused(text: str, **more: str | Entry) -> str:
    with pytest.raises(InputError) as caught:
        read(text, **more)
    return str(caught.value.problems[0])


def test_values_are_those_of_pyyaml() -> None:
    found = read("a: 012\nb: 2020-01-01\nc: yes\n<<: {d: 1:30}\ne: .inf\na: 2")
    assert found.value == {"d": 90, "a": 2, "b": date(2020, 1, 1), "c": True, "e": float("inf")}


def test_later_documents_count_more_and_lists_of_some_settings_grow() -> None:
    found = read("_exclude: [a]\nq: 1\nr: 1\n_tasks: [a]\n---\n---\n_exclude: [b]\n_tasks: [b]\nq: 2\n---\n_exclude:")
    assert found.value == {"_exclude": ["a", "b"], "q": 2, "r": 1, "_tasks": ["b"]}
    assert list(found.value) == ["_exclude", "q", "r", "_tasks"]
    assert found.find("q") == Position("t: copier.yml", 9, 1)
    assert found.find("none") == Position("t: copier.yml")


def test_items_of_lists_have_places_of_their_own() -> None:
    found = read("_tasks: [old, old, old]\n---\n_tasks:\n  - a\n  -   b\n")
    assert [found.find("_tasks", number) for number in (0, 1)] == [Position("t: copier.yml", 4, 5), Position("t: copier.yml", 5, 7)]
    assert found.find("_tasks", 9) == found.find("_tasks") == Position("t: copier.yml", 3, 1)


def test_files_are_included_by_patterns_that_see_hidden_ones() -> None:
    files = {"i__.h.yml": "h: 1", "i__d__e.yml": "e: 1\n---\nf: 2", "data": "[1]\n---\n2"}
    found = read("--- !include 'i/**/*.yml'\n---\nx: !include data\n", **files)
    assert found.value == {"h": 1, "e": 1, "f": 2, "x": [1, 2]}
    assert found.find("f") == Position("t: i/d/e.yml", 3, 1)


def test_of_several_included_files_the_last_path_counts() -> None:
    assert read("!include 'i/*.yml'\n", **{"i__b.yml": "q: b", "i__c.yml": "r: c", "i__a.yml": "q: a"}).value == {"q": "b", "r": "c"}


def test_an_included_file_may_be_a_link_and_include_another() -> None:
    found = read("!include ./a/../l.yml", **{"l.yml": Entry(Mode.LINK, b"d/x.yml"), "d__x.yml": "!include d/y.yml", "d__y.yml": "y: 1"})
    assert found.value == {"y": 1}


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../x.yml", "a/../../x.yml", "..", "'**/../../x'"])
def test_what_lies_outside_is_not_included(pattern: str) -> None:
    assert refused(f"a: !include {pattern}").startswith("t: copier.yml:1:4: !include")


@pytest.mark.parametrize("node", ["!include", "!include [a]", "!include ''"])
def test_an_include_names_a_path(node: str) -> None:
    assert refused(f"a: {node}") == "t: copier.yml:1:4: !include takes a path of the template"


def test_includes_end() -> None:
    assert refused("!include copier.yml") == "t: copier.yml:1:1: copier.yml includes itself"
    assert "more than 100 files" in refused("\n---\n".join(["!include a.yml"] * (MAX_INCLUDES + 1)), **{"a.yml": "a: 1"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "t: copier.yml:1:5: a '[' or '{' above is not closed"),
        ("a: !x 1", "t: copier.yml:1:4: the YAML cannot be read: could not determine a constructor for the tag '!x'"),
        ("a: 2020-13-45", "t: copier.yml:1:1: a value cannot be read: 'month must be in 1..12'"),
        ("text", "t: copier.yml:1:1: 'text' is no mapping"),
        ("[[a]]", "t: copier.yml: 'a' is no mapping"),
        ("a: &a [*a]", "t: copier.yml:1:4: an alias stands inside the value that it names"),
        ("? [a]\n: 1", "t: copier.yml:1:3: the YAML cannot be read: found unhashable key"),
        ("_exclude: a\n---\n_exclude: [b]", "t: copier.yml:1:1: this must be a list"),
        ("[" * 60 + "]" * 60, "t: copier.yml:1:51: the file is nested more than 50 levels deep"),
        ("a: \x00", "t: copier.yml:1:4: the character U+0000 is not allowed in YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, said: str) -> None:
    assert refused(text).startswith(said)


def test_what_is_not_utf8_is_told() -> None:
    assert (
        refused("!include x", x=Entry(Mode.FILE, b"a: \xff"))
        == "t: x:1:4: the file is not UTF-8: byte 0xff at offset 3\n  Save it as UTF-8."
    )


def test_aliases_are_bounded_before_they_are_expanded() -> None:
    bomb = "a: &a {x: 1}\n" + "".join(
        f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "aliases expand to more than 100000 values or 50 levels" in refused(bomb)
    deep = "v0: &v0 [1]\n" + "".join(f"v{number}: &v{number} [*v{number - 1}]\n" for number in range(1, 70))
    assert "aliases expand to more than 100000 values or 50 levels" in refused(deep)


def test_what_libyaml_refuses_and_pyyaml_takes_is_read() -> None:
    assert read("a: [x?y, 'z']\nb: {k: v?}").value == {"a": ["x?y", "z"], "b": {"k": "v?"}}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.inc", {"a.inc", ".h.inc"}),
        ("d/*", {"d/b.inc"}),
        ("**/*.inc", {"a.inc", ".h.inc", "d/b.inc", "d/e/c.inc"}),
        ("**/e/**/*.inc", {"d/e/c.inc"}),
        ("d/**", set()),
        ("[!.]*.inc", {"a.inc"}),
        ("d/?.inc", {"d/b.inc"}),
        ("nothing/**/*", set()),
        ("/".join(["**"] * 200 + ["c.inc"]), {"d/e/c.inc"}),
    ],
)
def test_patterns_of_includes(pattern: str, found: set[str]) -> None:
    files = {name.replace("/", "__"): f"'{name}': 1" for name in ("a.inc", ".h.inc", "d/b.inc", "d/e/c.inc")}
    assert set(read(f"q: 1\n---\n!include '{pattern}'", **files).value) == {"q", *found}


def test_the_specification_may_be_a_link_within_the_template() -> None:
    entries = {"copier.yml": Entry(Mode.LINK, b"d/x"), "d/x": Entry(Mode.FILE, b"q: 1")}
    assert read_sections(Tree(entries), "copier.yml", "t: ").value == {"q": 1}
    with pytest.raises(InputError, match="the link leads out of the template"):
        read_sections(Tree({"copier.yml": Entry(Mode.LINK, b"/etc/hostname")}), "copier.yml", "t: ")
