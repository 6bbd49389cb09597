from __future__ import annotations

from dataclasses import replace

from robot_action.errors import Position, Problem
from robot_action.model.report import Report
from robot_action.reporting.plan_markdown import plan_markdown, problem_blocks
from robot_action.reporting.viewing import view_problems, view_report
from tests.reporting import samples


def test_many_files_are_cut() -> None:
    tree = samples.Tree({f"file-{number:04}": samples.Entry(samples.Mode.FILE, b"xx") for number in range(620)})
    plan = samples.Plan("acme/x", (replace(samples.RENDER, tree=tree),))
    report = Report((samples.ProjectReport("acme/x", samples.MANIFEST, plan),), dry_run=True)
    text = plan_markdown(view_report(report), 65_536)
    assert "file-0499" in text
    assert "file-0500" not in text
    assert "| 240 B | and 120 more files |" in text


def test_what_is_to_be_pasted_keeps_its_indentation() -> None:
    problem = Problem("2 answers are missing: a, b", Position("t.yml", 1, 1), "Answer here:\ndata:\n  a:  # str\n  b:  # `str`")
    item = "- **error** <code>t.yml:1:1</code>: 2 answers are missing: a, b<br>Answer here:\n"
    (text,) = problem_blocks(view_problems([problem]))
    assert text == f"{item}  ```text\n  data:\n    a:  # str\n    b:  # `str`\n  ```"


def test_a_plan_fits_where_it_shall_be_written() -> None:
    text = plan_markdown(view_report(samples.DRY_RUN), 1_500)
    assert len(text.encode()) <= 1_500
    assert "left out" in text.splitlines()[-1]
