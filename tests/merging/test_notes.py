"""What is worth knowing of a merge besides its conflicts."""

from __future__ import annotations

import pytest

from robot_action.merging.notes import notes_of
from robot_action.model.merge import Attributes, Obstacle, RawMerge
from robot_action.model.tree import Entry, Mode

FILE = Entry(Mode.FILE, b"x")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (RawMerge({}, absent={"a": "b"}), "a is gone from the project, so that nothing comes of the template's move to b"),
        (RawMerge({}, elsewhere={"a": ("mine", "b")}), "a is mine in the project, and stays there; the template moved it to b"),
        (
            RawMerge({}, crowded={"d/own": ("own", Obstacle.IGNORED)}),
            "d/own stays there, although the template moved its folder: own is ignored in the project",
        ),
        (RawMerge({"own": FILE}, along={"d/own": "own"}), "d/own is own now: the template moved its folder"),
        (
            RawMerge({"a": None, "b": FILE}, moved={"a": "b"}, edited=frozenset({"b"})),
            "a is b now: the template moved it",
        ),
        (
            RawMerge({"big": FILE}, attributes={"big": Attributes(filter="lfs")}),
            "big is kept in Git LFS: its pointer alone is written, so its contents have to be put there",
        ),
        (RawMerge({}, ignored=("log",)), "log is left alone: git ignores it in the project"),
        (
            RawMerge({}, ignored=("log",), kept_from={"a": "log"}, present=frozenset({"a"})),
            "a stays there, although the template moved it: git ignores log in the project",
        ),
    ],
)
def test_somebody_who_asks_where_a_file_is_finds_it_told(raw: RawMerge, said: str) -> None:
    assert list(notes_of(raw, raw.changes)) == [said]


@pytest.mark.parametrize(
    "raw",
    [
        RawMerge({"a": None, "b": FILE}, moved={"a": "b"}),
        RawMerge({"b": FILE}, moved={"a": "b"}, edited=frozenset({"a"})),
        RawMerge({"a": None}, moved={"a": "b"}, edited=frozenset({"a"})),
        RawMerge({"a": None, "b": FILE}, moved={"a": "b"}, edited=frozenset({"a", "b"}), present=frozenset({"a", "b"})),
    ],
    ids=["not edited", "stays", "goes", "in the way"],
)
def test_of_what_moved_only_what_the_user_edited_and_has_there_is_told(raw: RawMerge) -> None:
    assert list(notes_of(raw, raw.changes)) == []


def test_of_what_went_along_and_is_not_there_after_all_nothing_is_said() -> None:
    assert list(notes_of(RawMerge({}, along={"d/own": "own"}), {})) == []
