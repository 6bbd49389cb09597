from __future__ import annotations

from robot_action.model.plan import Status
from robot_action.reporting.mapping import mapped
from robot_action.reporting.redact import Redactor
from robot_action.reporting.report_json import report_json
from robot_action.reporting.viewing import view_report
from robot_action.reporting.views import Result
from tests.reporting import samples


def test_every_text_of_a_report_is_redacted() -> None:
    words = [
        "payments",
        "/home/ada",
        "Acme Robot",
        "4f0c1d2",
        "6e1f0a2b9c",
        "GH013",
        "bypass",
        "fastapi",
        "robot-action create",
        "platform",
    ]
    redact = Redactor(words)
    for report in samples.ALL.values():
        shown = report_json(mapped(view_report(report), redact))
        assert not [word for word in words if word in shown]


def test_changing_nothing_changes_nothing() -> None:
    view = view_report(samples.DRY_RUN)
    assert mapped(view, lambda text: text) == view


def test_numbers_and_results_are_no_texts() -> None:
    view = mapped(view_report(samples.PUSH_FAILED), lambda _: "x")
    assert view.projects[0].result is Result.FAILED
    assert view.projects[0].problems[0].line == 4
    assert view.projects[0].stages[-1].status is Status.NOT_REACHED
