"""The main texts as people see them, in `golden/`: to change them, run with ``UPDATE_GOLDEN=1`` and read what git says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from robot_action.reporting.lines import plain
from robot_action.reporting.plan_text import plan_lines
from robot_action.reporting.report_json import report_json
from robot_action.reporting.report_markdown import summary_markdown
from robot_action.reporting.report_text import report_lines
from robot_action.reporting.viewing import view_report
from tests.reporting import samples

GOLDEN = Path(__file__).with_name("golden")


def text_of(name: str) -> str:
    view = view_report(samples.ALL[name])
    return plain(plan_lines(view) if view.dry_run else report_lines(view))


def markdown_of(name: str) -> str:
    return summary_markdown(view_report(samples.ALL[name]))


def json_of(name: str) -> str:
    return report_json(view_report(samples.ALL[name]))


FORMS = {"txt": text_of, "md": markdown_of, "json": json_of}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", samples.ALL)
def test_the_text_is_the_agreed_one(name: str, form: str) -> None:
    path = GOLDEN / f"{name}.{form}"
    text = FORMS[form](name)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_agreed_text_belongs_to_a_report() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(samples.ALL)


def test_the_json_is_json() -> None:
    for name in samples.ALL:
        assert json.loads(json_of(name))["schema"] == 1
