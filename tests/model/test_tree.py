"""Trees: immutable, ordered, digested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.tree import Entry, Mode, Tree

ENTRIES = st.dictionaries(st.text(max_size=5), st.builds(Entry, st.sampled_from(Mode), st.binary(max_size=8)), max_size=5)


@given(ENTRIES)
def test_order_of_insertion_does_not_matter(entries: dict[str, Entry]) -> None:
    backwards = dict(reversed(entries.items()))
    assert Tree(entries).digest == Tree(backwards).digest
    assert list(Tree(entries)) == list(Tree(backwards))


@given(ENTRIES, ENTRIES)
def test_different_trees_have_different_digests(one: dict[str, Entry], other: dict[str, Entry]) -> None:
    assert (Tree(one).digest == Tree(other).digest) == (one == other)


def test_a_tree_cannot_be_changed_through_what_it_was_made_of() -> None:
    entries = {"a": Entry(Mode.FILE, b"1")}
    tree = Tree(entries)
    entries["b"] = Entry(Mode.FILE)
    assert list(tree) == ["a"]


def test_a_subtree_has_paths_relative_to_its_folder() -> None:
    tree = Tree({"a/b": Entry(Mode.FILE), "a/c/d": Entry(Mode.FILE), "ab/x": Entry(Mode.FILE)})
    assert list(tree.subtree("a")) == ["b", "c/d"]
    assert tree.subtree("") is tree
    assert list(tree.subtree("nowhere")) == []


def test_its_description_shows_no_contents() -> None:
    assert "secret" not in repr(Tree({"a": Entry(Mode.FILE, b"secret")}))


def test_added_entries_replace_what_was_there() -> None:
    tree = Tree({"a": Entry(Mode.FILE, b"1")}).with_entries({"a": Entry(Mode.FILE, b"22"), "b": Entry(Mode.LINK, b"a")})
    assert tree["a"].content == b"22"
    assert tree.size() == 3


def test_a_missing_path_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Tree()["a"]
