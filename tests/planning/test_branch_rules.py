from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.model.pull_request import BranchRule
from robot_action.planning.branch_rules import CHECKED, BranchWrite, objections

NEW = BranchWrite("robot-action/service", "Update to v2", creates=True, signed=True)
MORE = replace(NEW, creates=False)
REWRITTEN = replace(MORE, rewrites=True)
UNSIGNED = replace(MORE, signed=False)


@pytest.mark.parametrize(
    ("kind", "forbidden", "allowed"),
    [
        ("creation", [NEW], [MORE, REWRITTEN, UNSIGNED]),
        ("update", [MORE, REWRITTEN, UNSIGNED], [NEW]),
        ("non_fast_forward", [REWRITTEN], [NEW, MORE, UNSIGNED]),
        ("required_signatures", [UNSIGNED], [NEW, MORE, REWRITTEN]),
        ("pull_request", [NEW, MORE, REWRITTEN, UNSIGNED], []),
        ("required_status_checks", [NEW, MORE], []),
        ("deletion", [], [NEW, MORE, REWRITTEN, UNSIGNED]),
        ("something_new", [], [NEW, MORE, REWRITTEN, UNSIGNED]),
    ],
)
def test_a_rule_forbids_what_it_is_about(kind: str, forbidden: list[BranchWrite], allowed: list[BranchWrite]) -> None:
    assert all(objections([BranchRule(kind, "acme")], write) for write in forbidden)
    assert not any(objections([BranchRule(kind, "acme")], write) for write in allowed)


def test_checks_may_be_left_out_for_a_new_branch() -> None:
    rule = BranchRule("required_status_checks", "acme", {"do_not_enforce_on_create": True})
    assert not objections([rule], NEW)
    assert objections([rule], MORE)


@pytest.mark.parametrize("kind", ["branch_name_pattern", "commit_message_pattern"])
@pytest.mark.parametrize(
    ("operator", "pattern", "fits"),
    [
        ("starts_with", "", True),
        ("starts_with", "zzz", False),
        ("ends_with", "", True),
        ("ends_with", "zzz", False),
        ("contains", "a", True),
        ("contains", "zzz", False),
        ("regex", "(a+)+$", True),
        ("contains", 7, True),
    ],
)
def test_a_pattern_is_tried_unless_only_the_server_can(kind: str, operator: str, pattern: object, fits: bool) -> None:
    rule = BranchRule(kind, "acme", {"operator": operator, "pattern": pattern})
    assert bool(objections([rule], NEW)) is not fits
    if operator != "regex" and isinstance(pattern, str):
        assert bool(objections([replace(rule, parameters={**rule.parameters, "negate": True})], NEW)) is fits


@pytest.mark.parametrize("kind", sorted(CHECKED))
def test_what_is_bypassed_forbids_nothing(kind: str) -> None:
    parameters = {"operator": "contains", "pattern": "zzz"}
    assert not objections([BranchRule(kind, "acme", parameters, bypassed=True)], UNSIGNED)


def test_every_rule_that_is_in_the_way_is_told_with_its_owner_and_the_way_out() -> None:
    first, second = objections([BranchRule("creation", "acme"), BranchRule("pull_request", "acme/demo")], NEW)
    assert "a rule of acme forbids to write to the branch robot-action/service" in first.message
    assert "acme/demo" in second.message
    assert "(pull_request)" in second.message
    assert "bypass" in (second.hint or "")
