"""What an update brings: the template's own changelog of the versions that were passed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robot_action.model.facts import LocalRepository
from robot_action.model.link import Link, Tool
from robot_action.model.proposal import Change
from robot_action.model.template import Rendering, Specification, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import Rendered, UpdateFacts
from robot_action.model.update_summary import FileOutcome, UpdateSummary
from robot_action.planning.summary import as_committed, summarised
from tests.planning.values import SOURCE

FACTS = UpdateFacts(Path("/projects/demo"), LocalRepository(), Link(Tool.COPIER, ".copier-answers.yml", SOURCE.text), SOURCE)
BASE = Rendered(Template(SOURCE, Specification("t"), Tree({}), "1.0.0", "1" * 40), Rendering(Tree({}), {}, {}))
TOLD = UpdateSummary("t", "1", "2", "", "")


def changelog(files: dict[str, Entry], made: dict[str, Entry] | None = None) -> str:
    rendering = Rendering(Tree(made or {}), {}, {})
    theirs = Rendered(replace(BASE.template, tree=Tree(files), version="2.0.0", commit="2" * 40), rendering)
    return summarised(FACTS, BASE, theirs).changelog


def entry(text: str, mode: Mode = Mode.FILE) -> Entry:
    return Entry(mode, text.encode())


NEW = entry("# 2.0.0\n- faster\n")


def test_of_several_the_first_that_tells_of_the_versions_counts() -> None:
    files = {"CHANGES.md": entry("see HISTORY.md\n"), "HISTORY.md": NEW, "NEWS.md": entry("# 2.0.0\n- for users\n")}
    assert changelog(files) == "# 2.0.0\n- faster"


def test_where_none_tells_of_them_there_is_nothing() -> None:
    assert changelog({"CHANGES.md": entry("# 1.0.0\n- began\n")}) == ""
    assert changelog({}) == ""


def test_one_that_the_template_gives_to_its_projects_is_theirs() -> None:
    assert changelog({"CHANGELOG.md": NEW}, {"CHANGELOG.md": NEW}) == ""
    assert changelog({"CHANGELOG.md": NEW}, {"CHANGELOG.md": entry("the project's own")}) == "# 2.0.0\n- faster"


def test_a_link_is_none() -> None:
    assert changelog({"CHANGELOG.md": entry("docs/2.0.0", Mode.LINK)}) == ""


def test_what_a_commit_does_with_files_is_told_by_the_commit() -> None:
    changes = [Change("sub/new", "", "", "100644", "2"), Change("sub/old", "100644", "1"), Change("sub/it", "100644", "1", "100755", "1")]
    told = replace(TOLD, files={FileOutcome.KEPT: ("it", "other"), FileOutcome.REMOVED: ("lie",)})
    assert as_committed(told, changes, "sub/").files == {
        FileOutcome.ADDED: ("new",),
        FileOutcome.CHANGED: ("it",),
        FileOutcome.REMOVED: ("old",),
        FileOutcome.KEPT: ("other",),
    }
    assert as_committed(TOLD, changes[:1], "sub/").files == {FileOutcome.ADDED: ("new",)}


def test_what_is_said_to_have_moved_has_gone_and_come() -> None:
    changes = [Change("sub/new", "", "", "100644", "2"), Change("sub/old", "100644", "1"), Change("sub/it", "100644", "1", "100755", "1")]
    found = as_committed(replace(TOLD, moved={"old": "new", "it": "new", "lie": "it"}), changes, "sub/")
    assert (found.files, found.moved) == ({FileOutcome.CHANGED: ("it",)}, {"old": "new"})
