"""What else there is to say of an update."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from robot_action.errors import FailedError
from robot_action.model.link import Link, Tool
from robot_action.model.merge import Merged
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import UpdateFacts
from robot_action.stages.remarks import remarked


def notes(*, skip: bool = False, secret: tuple[str, ...] = (), other: bool = False) -> tuple[str, ...]:
    """Return what is said of an update to a version with two tasks, and a file that is made of a secret answer."""
    made = {"a": Entry(Mode.FILE, b"key=default\n")}

    def again(*_: object) -> object:
        if not other:
            raise FailedError("the template does not take that")
        return SimpleNamespace(rendering=SimpleNamespace(tree=Tree({"a": Entry(Mode.FILE, b"key=other\n")})))

    rendering = SimpleNamespace(tasks=(1, 2), tree=Tree(made))
    nothing: Any = SimpleNamespace()
    theirs: Any = SimpleNamespace(unknown=(), secret_defaults=secret, rendering=rendering)
    link = Link(Tool.CRUFT, ".cruft.json", "somewhere")
    facts = UpdateFacts(nothing, nothing, link, nothing, theirs=theirs, merged=Merged(made, notes=("said",)))
    request: Any = SimpleNamespace(skip_tasks=skip, project=None)
    renderings: Any = SimpleNamespace(other=again)
    return remarked(nothing, request, renderings, facts).merged.notes


def test_what_was_said_before_stays_and_nothing_is_added_without_need() -> None:
    assert notes() == ("said",)


def test_tasks_that_are_left_out_are_counted() -> None:
    assert notes(skip=True) == ("said", "2 tasks of the template left out, as --skip-tasks wants it")


@pytest.mark.parametrize(
    ("other", "told"),
    [(True, ("no state file keeps secret answers, so that the default counts for key in a",)), (False, ())],
    ids=["known", "nobody knows"],
)
def test_the_default_of_a_secret_answer_is_told_where_that_can_be_known(other: bool, told: tuple[str, ...]) -> None:
    assert notes(secret=("key",), other=other) == ("said", *told)
