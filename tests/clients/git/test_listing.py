"""What git lists."""

from __future__ import annotations

from robot_action.clients.git.listing import Named, entries_of, text_of


def test_a_tree_is_listed_by_paths_which_may_hold_any_bytes() -> None:
    items = [b"100644 blob 0123\ta b/\xc3\xa4", b"120000 blob 4567\tt\tab\n", b"160000 commit 89ab\t\xff"]
    listed = {"a b/ä": Named("100644", "0123"), "t\tab\n": Named("120000", "4567"), "\udcff": Named("160000", "89ab")}
    assert dict(entries_of(items)) == listed


def test_a_path_that_is_no_utf_8_can_be_written_again() -> None:
    assert text_of(b"\xffa").encode("utf-8", "surrogateescape") == b"\xffa"
