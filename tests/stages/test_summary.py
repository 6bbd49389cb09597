"""What an update brings, with the template's commits where somebody can be asked for them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.model.update_summary import TemplateCommit
from robot_action.ports import Ports
from robot_action.stages.summary import COMMITS_SHOWN, summarise
from tests.planning.test_summary import BASE, FACTS

NOBODY = cast("Any", None)
THEIRS = replace(BASE, template=replace(BASE.template, version="2.0.0", commit="2" * 40))


def ports(total: int) -> tuple[Ports, list[Any]]:
    """Return ports whose template has so many commits between two versions, and what is asked for."""
    asked: list[Any] = []

    def history(*arguments: object) -> Any:
        asked.append(arguments)
        commits = tuple(TemplateCommit(f"{number:040}", "Faster") for number in range(min(total, COMMITS_SHOWN)))
        return SimpleNamespace(commits=commits, total=total)

    return cast("Ports", SimpleNamespace(git=SimpleNamespace(history=history))), asked


def test_where_nothing_is_brought_there_is_nothing_to_tell() -> None:
    assert summarise(NOBODY, FACTS, branch="b", revision="r") is None
    assert summarise(NOBODY, replace(FACTS, base=BASE), branch="b", revision="r") is None


def test_one_version_has_no_commits_and_nobody_is_asked() -> None:
    found = summarise(NOBODY, replace(FACTS, base=BASE, theirs=BASE), branch="b", revision="r")
    assert found is not None
    assert (found.branch, found.revision, found.commits) == ("b", "r", ())


@pytest.mark.parametrize(("total", "notes"), [(50, ()), (1_234, ("of the template's 1,234 commits the newest 50 are listed",))])
def test_the_newest_commits_are_listed(total: int, notes: tuple[str, ...]) -> None:
    given, asked = ports(total)
    found = summarise(given, replace(FACTS, base=BASE, theirs=THEIRS), branch="b", revision="r")
    assert found is not None
    assert (len(found.commits), found.notes) == (50, notes)
    assert asked == [(FACTS.source.location, ("1" * 40, "2" * 40), COMMITS_SHOWN)]
