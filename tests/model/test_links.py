from __future__ import annotations

from itertools import pairwise

import pytest

from robot_action.errors import InputError
from robot_action.model.links import MAX_LINKS, follow_links
from robot_action.model.tree import Entry, Mode, Tree


def tree(**links: str) -> Tree:
    files = {path: Entry(Mode.FILE, path.encode()) for path in ("a", "d/b", "d/e/c")}
    return Tree({**files, **{path.replace("__", "/"): Entry(Mode.LINK, target.encode()) for path, target in links.items()}})


def test_a_tree_without_links_is_itself() -> None:
    plain = tree()
    assert follow_links(plain).tree is plain


def test_a_link_is_what_it_leads_to() -> None:
    followed = follow_links(tree(l="a", d__up="../a", m="l", n="./d//b", o="d/../a"))
    assert {path: entry.content for path, entry in followed.tree.items() if entry.content == b"a"} == dict.fromkeys(
        ("a", "l", "d/up", "m", "o"), b"a"
    )
    assert followed.tree["n"].content == b"d/b"
    assert not followed.faults


def test_a_linked_folder_is_there_as_a_whole() -> None:
    followed = follow_links(tree(l="d", d__k="e", x="l/k"))
    assert {path for path in followed.tree if path.startswith(("l/", "x/"))} == {"l/b", "l/e/c", "l/k/c", "x/c"}


def test_an_empty_folder_can_be_linked() -> None:
    empty = Tree({"e": Entry(Mode.DIRECTORY), "l": Entry(Mode.LINK, b"e")})
    assert follow_links(empty).tree["l"].mode is Mode.DIRECTORY


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("/a", "leads out of the template"),
        ("..", "leads out of the template"),
        ("d/../../a", "leads out of the template"),
        ("none", "leads nowhere"),
        ("", "leads nowhere"),
        ("l", "leads nowhere"),
        (".", "leads to a folder that it lies in"),
    ],
)
def test_links_that_cannot_be_followed_are_told(target: str, why: str) -> None:
    followed = follow_links(tree(l=target))
    assert why in set(followed.faults.values())
    assert "l" not in followed.tree


def test_a_bad_link_is_told_wherever_it_is_seen() -> None:
    assert set(follow_links(tree(d__bad="none", l="d")).faults) == {"d/bad", "l/bad"}


def test_a_chain_of_links_ends() -> None:
    links = {f"l{number}": f"l{number + 1}" for number in range(MAX_LINKS + 1)}
    assert follow_links(tree(**links, **{f"l{MAX_LINKS + 1}": "a"})).faults["l0"] == "leads nowhere"


def test_links_cannot_multiply_a_tree_without_end() -> None:
    names = "abcdefghijklmnopqrst"
    entries = {f"{name}/x": Entry(Mode.FILE) for name in names}
    for name, following in pairwise(names):
        entries |= {f"{name}/{number}": Entry(Mode.LINK, f"../{following}".encode()) for number in range(4)}
    with pytest.raises(InputError, match="lead to more than 100000 paths"):
        follow_links(Tree(entries))
