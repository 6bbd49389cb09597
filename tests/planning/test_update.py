"""What an update brings is told in its plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robot_action.model.facts import LocalRepository
from robot_action.model.link import Link, Tool
from robot_action.model.tree import Entry, Mode
from robot_action.model.update import Obstacles, UpdateFacts, UpdateRequest
from robot_action.model.update_summary import FileOutcome, UpdateSummary
from robot_action.planning.update import plan_update, told
from tests.planning.values import SOURCE

REQUEST = UpdateRequest(Path("/projects/demo"), 0)
FACTS = UpdateFacts(Path("/projects/demo"), LocalRepository(), Link(Tool.COPIER, ".copier-answers.yml", SOURCE.text), SOURCE)
CHANGES = {".copier-answers.yml": Entry(Mode.FILE, b"_commit: v2\n")}
SUMMARY = UpdateSummary("gh:acme/t", "1", "2", "", "robot-action/t")


def changelog(lines: int) -> tuple[str, ...]:
    """Return what the plan says of a changelog with so many lines, and empty ones between them."""
    summary = replace(SUMMARY, changelog="\n\n".join(f"- change {number}" for number in range(lines)))
    (step,) = plan_update(REQUEST, FACTS, summary, CHANGES, Obstacles()).steps
    return step.details[step.details.index("the template's changelog:") + 1 :]


def test_a_short_changelog_is_shown_whole_without_its_empty_lines() -> None:
    assert changelog(30) == tuple(f"- change {number}" for number in range(30))


def test_a_long_one_is_cut_and_what_is_left_out_is_counted() -> None:
    assert changelog(37) == (*(f"- change {number}" for number in range(30)), "… and 7 more lines")


def test_only_in_a_work_tree_new_files_have_to_be_added() -> None:
    summary = replace(SUMMARY, files={FileOutcome.ADDED: ("a", "b")})
    (step,) = plan_update(REQUEST, FACTS, summary, CHANGES, Obstacles()).steps
    line = "files that are new, or have moved: 2; git knows them once they are added (git add --all)"
    assert line in step.details
    assert line not in tuple(told(summary)), "where they are committed, it is true no more"


def test_what_changes_nothing_is_no_update() -> None:
    (step,) = plan_update(REQUEST, FACTS, SUMMARY, {}, Obstacles(dirty=("dirty.txt",))).steps
    assert step.skip == "the project has all that comes of it already"
