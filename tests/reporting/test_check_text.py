"""What is told about projects and their templates."""

from __future__ import annotations

import json

import pytest

from robot_action.errors import Position, Problem
from robot_action.model.check import Checked, CheckReport, Drift, Rival, TemplateVersion
from robot_action.reporting.check_text import check_json, check_lines, view_checks
from robot_action.reporting.lines import plain

OLD, NEW = TemplateVersion("1" * 40, "1.0.0"), TemplateVersion("2" * 40, "2.0.0")


def told(*projects: Checked) -> list[str]:
    return plain(check_lines(view_checks(CheckReport(projects)))).splitlines()


@pytest.mark.parametrize(
    ("checked", "line"),
    [
        (Checked("a", current=NEW, newest=NEW), "a: up to date, 2.0.0"),
        (Checked("a"), "a: up to date, as its template stands"),
        (Checked("a", newest=NEW, is_behind=True), "a: behind, has no known version, newest is 2.0.0"),
        (Checked("a", current=OLD, newest=NEW, is_behind=True), "a: behind, has 1.0.0, newest is 2.0.0"),
        (
            Checked("a", current=OLD, newest=NEW, is_behind=True, between=("1.1.0", "2.0.0")),
            "a: behind, has 1.0.0, newest is 2.0.0 (2 releases)",
        ),
        (Checked("a", current=OLD, newest=NEW, is_behind=True, is_asked=True), "a: behind, has 1.0.0, asked for is 2.0.0"),
        (Checked("a", current=NEW, newest=OLD, is_ahead=True, is_asked=True), "a: ahead, has 2.0.0, asked for is 1.0.0"),
        (Checked("a", current=NEW, newest=OLD, is_ahead=True), "a: ahead, has 2.0.0, newest is 1.0.0"),
        (Checked("a", current=NEW, drift=Drift()), "a: up to date, 2.0.0, no drift"),
    ],
)
def test_a_project_is_one_line(checked: Checked, line: str) -> None:
    assert told(checked) == [line]


def test_files_rivals_and_problems_stand_below() -> None:
    drift = Drift(changed=("a.txt", "b.txt"), deleted=("c.txt",), left_alone=("d.txt",), healed=("b.txt",))
    problem = Problem("it is wrong", Position("x.yml", 1, 2), "Put it right.")
    assert told(
        Checked("one", current=NEW, drift=drift, rivals=(Rival("renovate.json", "Renovate is on"),)),
        Checked("two", problems=(problem, problem), exit_code=65),
        Checked("three", current=OLD, newest=NEW, is_behind=True),
    ) == [
        "one: up to date, 2.0.0, drifted: 2 changed, 1 deleted, 1 healed",
        "  changed     a.txt",
        "  changed     b.txt  healed",
        "  deleted     c.txt",
        "  left alone  d.txt",
        "  also updated by renovate.json: Renovate is on",
        "two: failed",
        "  x.yml:1:2: error: it is wrong",
        "    Put it right.",
        "three: behind, has 1.0.0, newest is 2.0.0",
        "",
        "3 projects: 1 behind, 1 drifted, 1 failed",
    ]


def test_several_that_are_well_are_said_to_be() -> None:
    assert told(Checked("a", current=NEW), Checked("b", current=NEW))[-1] == "2 projects: all up to date"


def test_what_a_dry_run_would_heal_is_told_and_still_open() -> None:
    drift = Drift(changed=("a.txt", "b.txt"), to_heal=("b.txt",))
    assert drift.is_open
    assert told(Checked("a", current=NEW, drift=drift)) == [
        "a: up to date, 2.0.0, drifted: 2 changed, 1 to be healed",
        "  changed     a.txt",
        "  changed     b.txt  to be healed",
    ]


def test_projects_that_are_ahead_are_counted() -> None:
    assert told(Checked("a", current=NEW, newest=OLD, is_ahead=True), Checked("b", current=OLD))[-1] == "2 projects: 1 ahead"


def test_templates_of_one_folder_are_told_apart_by_their_files() -> None:
    lines = told(Checked("a", ".copier-answers.yml", current=NEW), Checked("a", ".cruft.json", current=NEW), Checked("b", ".cruft.json"))
    assert [line.partition(":")[0] for line in lines[:3]] == ["a (.copier-answers.yml)", "a (.cruft.json)", "b"]


def test_names_from_outside_cannot_write_to_the_terminal() -> None:
    drift = Drift(changed=("\x1b[31mred",))
    assert "\x1b" not in plain(check_lines(view_checks(CheckReport((Checked("\x1b]0;x", current=NEW, drift=drift),)))))


def test_the_document_has_all_of_it() -> None:
    drift = Drift(changed=("a.txt",), deleted=("b.txt",), healed=("a.txt",))
    checked = Checked("a", ".cruft.json", "Cruft", "gh:acme/t", OLD, NEW, ("2.0.0",), is_behind=True, drift=drift)
    failed = Checked("b", problems=(Problem("it is wrong"),), exit_code=65)
    document = json.loads(check_json(view_checks(CheckReport((checked, failed), dry_run=True))))
    assert (document["schema"], document["dry_run"], document["exit_code"]) == (1, True, 65)
    first, second = document["projects"]
    assert (first["state"], first["behind"], first["ahead"]) == ("drifted", True, False)
    assert first["drift"] == {"changed": ["a.txt"], "deleted": ["b.txt"], "left_alone": [], "healed": ["a.txt"], "to_heal": []}
    assert first["current"] == {"version": "1.0.0", "commit": "1" * 40}
    assert (second["state"], second["drift"], second["newest"]) == ("failed", None, {"version": None, "commit": None})
    assert second["problems"][0]["message"] == "it is wrong"


def test_what_failed_is_counted_as_nothing_else() -> None:
    problem = Problem("it is wrong")
    lines = told(Checked("one", is_behind=True, problems=(problem,), exit_code=65), Checked("two", current=OLD, newest=NEW, is_behind=True))
    assert lines[-1] == "2 projects: 1 behind, 1 failed"
