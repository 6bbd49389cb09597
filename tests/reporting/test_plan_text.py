from __future__ import annotations

from dataclasses import replace

from robot_action.model.report import ProjectReport, Report
from robot_action.reporting.lines import plain
from robot_action.reporting.plan_text import plan_lines
from robot_action.reporting.viewing import view_report
from tests.reporting import samples


def plan_of(*projects: ProjectReport) -> str:
    return plain(plan_lines(view_report(Report(projects, dry_run=True))))


def test_several_plans_end_with_how_many_cannot_be_made() -> None:
    assert plan_of(samples.BROKEN, samples.BROKEN).endswith("2 of 2 projects cannot be planned. Nothing was changed.\n")


def test_a_plan_with_many_files_is_cut() -> None:
    tree = samples.Tree({f"file-{number:04}": samples.Entry(samples.Mode.FILE, b"xx") for number in range(230)})
    text = plan_of(ProjectReport("acme/x", plan=samples.Plan("acme/x", (replace(samples.RENDER, tree=tree),))))
    assert "file-0199" in text
    assert "file-0200" not in text
    assert "and 30 more files, 60 B" in text


def test_a_plan_tells_entry_and_smoke_test() -> None:
    module = replace(samples.INSTALL, entry="-m acme.make", environment=())
    script = replace(samples.INSTALL, entry="make project.py", commands=samples.Commands())
    plan = samples.Plan("acme/x", (module, script, samples.START))
    text = plan_of(ProjectReport("acme/x", plan=plan))
    assert "$ python -m acme.make\n" in text
    assert "$ python 'make project.py'\n" in text
    assert "$ uv run serve --port '{port}'\n" in text
    assert "it may take 30 s to be ready, after an early end 2 more tries" in text
