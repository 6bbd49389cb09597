"""Other people's uncommitted changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.errors import NotPermittedError
from robot_action.model.facts import Destination, DestinationKind, Facts, LocalRepository
from robot_action.model.plan import CommitStep
from robot_action.model.state import STATE_FILE
from robot_action.planning.create import plan_create
from tests.planning.values import DESTINATION, HEAD, NOTHING, RENDERED, REQUEST, WANTED


def with_changes(*dirty: str, kind: DestinationKind = DestinationKind.FREE) -> Facts:
    return replace(NOTHING, wanted=WANTED, destination=Destination(DESTINATION, kind), local=LocalRepository(HEAD, "main", dirty=dirty))


def test_a_clean_repository_is_continued() -> None:
    assert [step.skip for step in plan_create(REQUEST, with_changes()).steps if step.stage == "commit"] == [None]


def test_what_the_template_writes_is_ours() -> None:
    assert plan_create(REQUEST, with_changes(*WANTED)).steps
    assert STATE_FILE in WANTED


def test_anything_else_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotPermittedError, match=r"uncommitted changes: \.env, \.notes\n  Commit them, stash them"):
        plan_create(REQUEST, with_changes(".env", ".notes", *WANTED))


def test_overwriting_does_not_mean_committing_what_others_changed() -> None:
    with pytest.raises(NotPermittedError, match="uncommitted changes"):
        plan_create(replace(REQUEST, overwrite=True), with_changes("theirs", kind=DestinationKind.FOREIGN))


def test_many_are_counted() -> None:
    with pytest.raises(NotPermittedError, match="and 4 more"):
        plan_create(REQUEST, with_changes(*(f".file{number}" for number in range(9))))


def test_what_a_stopped_run_installed_is_ours() -> None:
    facts = replace(RENDERED, local=LocalRepository(HEAD, "main", dirty=("installed.lock",)))
    assert [step.skip for step in plan_create(REQUEST, facts).steps if step.stage == "commit"] == [None]


def test_without_a_commit_nothing_is_taken_along() -> None:
    request = replace(REQUEST, stages=("prepare", "fetch", "render"))
    assert plan_create(request, with_changes(".env")).steps


def test_a_manifest_without_a_repository_commits_to_the_branch_that_is_checked_out() -> None:
    request = replace(REQUEST, manifest=replace(REQUEST.manifest, repository=None))
    facts = replace(with_changes(), local=LocalRepository(HEAD, "master"))
    (step,) = (step for step in plan_create(request, facts).steps if isinstance(step, CommitStep))
    assert step.branch == "master"


def test_another_branch_than_the_repositorys_is_refused_before_anything_is_written() -> None:
    facts = replace(with_changes(), local=LocalRepository(HEAD, "master"))
    with pytest.raises(NotPermittedError, match=r"has master checked out, not main\n  Run: git switch main \(or, .* git switch -c main\)"):
        plan_create(REQUEST, facts)
