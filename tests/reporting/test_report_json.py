from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from robot_action.errors import Problem
from robot_action.model.report import Report
from robot_action.reporting.mapping import mapped
from robot_action.reporting.report_json import problems_json, report_document, report_json
from robot_action.reporting.viewing import view_problems, view_report
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE
from tests.reporting.runner import Runner

DESCRIPTION = (Path(__file__).parents[2] / "docs" / "json-report.md").read_text(encoding="utf-8")


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys_in(item) if key != "manifest" else ()
    elif isinstance(value, list):
        for item in value:
            yield from keys_in(item)


@pytest.mark.parametrize("name", samples.ALL)
def test_every_key_is_described(name: str) -> None:
    described = set(re.findall(r"`([a-z_]+)`", DESCRIPTION))
    assert set(keys_in(report_document(view_report(samples.ALL[name])))) <= described


def test_a_run_without_projects_has_a_document_too() -> None:
    document = json.loads(problems_json(view_problems([Problem("there is no file x.yml", hint="Name one.")]), 64))
    assert document == {
        "schema": 1,
        "dry_run": False,
        "exit_code": 64,
        "projects": [],
        "problems": [{"message": "there is no file x.yml", "file": None, "line": None, "column": None, "hint": "Name one."}],
    }


def test_the_exit_code_is_the_reports() -> None:
    assert report_document(view_report(Report((samples.LEDGER, samples.FAILED_PROJECT))))["exit_code"] == 77


@given(HOSTILE)
def test_every_text_comes_through_and_none_is_a_command(text: str) -> None:
    written = report_json(mapped(view_report(samples.PUSH_FAILED), lambda _: text))
    assert written.isascii()
    assert json.loads(written)["projects"][0]["problems"][0]["message"] == text
    assert list(Runner().read(written)) == []
