"""The command that is told after an update that stopped can succeed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.errors import ConflictError, FailedError, MissingAnswersError, NoBranchError, NoRepositoryError, StaleError, TryAgainError
from robot_action.model.manifest import HostKind
from robot_action.model.merge import Clash, Conflict, Policy
from robot_action.model.proposal import DeliverRequest, Proposed, Surroundings, Target
from robot_action.model.report import ProjectReport
from robot_action.model.update import UpdateRequest
from robot_action.planning.resuming import by_hand, going_on, solving

REPORT = ProjectReport("demo")
UPDATE = UpdateRequest(Path("/demo"), 0, resume=("robot-action", "update", "demo", "--conflict", "fail", "--pull-request"))
DELIVER = DeliverRequest(
    Path("/my out/u.bundle"), Path("/demo"), Surroundings("https://github.com", Path("/")), resume=("robot-action", "deliver", "u.bundle")
)


def resume_for(request: UpdateRequest | DeliverRequest, error: BaseException | None = None) -> str:
    return going_on(REPORT, request, error).resume


@pytest.mark.parametrize("error", [None, FailedError("no"), TryAgainError("busy"), KeyboardInterrupt()])
def test_it_is_the_same_command_where_that_helps(error: BaseException | None) -> None:
    assert resume_for(UPDATE, error) == "robot-action update demo --conflict fail --pull-request"
    assert resume_for(DELIVER, error) == "robot-action deliver u.bundle"


def test_an_update_that_failed_on_conflicts_goes_on_with_markers_and_says_so() -> None:
    assert resume_for(UPDATE, ConflictError("conflicts")) == "robot-action update demo --conflict markers --pull-request"


def test_where_no_branch_is_checked_out_the_base_is_to_be_named() -> None:
    assert resume_for(UPDATE, NoBranchError("none")).endswith(" --pull-request --base BRANCH")
    assert resume_for(UPDATE, NoRepositoryError("none")).endswith(" --pull-request --repository NAME")


def test_who_left_answers_out_sees_where_they_go() -> None:
    error = MissingAnswersError(("owner", "place"), ())
    given = replace(UPDATE, data={"name": "x"}, resume=("robot-action", "update", "demo", "--data", "name=x"))
    assert resume_for(given, error) == "robot-action update demo --data owner=VALUE --data place=VALUE"
    assert going_on(REPORT, given, error).masked == ("name",)


def test_what_is_stale_is_prepared_again() -> None:
    assert resume_for(UPDATE, StaleError("old")) == resume_for(UPDATE)
    assert resume_for(DELIVER, StaleError("old")) == "robot-action update PROJECT --bundle '/my out/u.bundle'"


def test_where_nobody_typed_a_command_it_is_told_in_words() -> None:
    again = "Run this job again."
    assert resume_for(replace(UPDATE, again=again), NoBranchError("none")) == again
    assert "the job again that prepared" in resume_for(replace(DELIVER, again=again), StaleError("old"))


def test_secret_answers_are_not_shown_and_any_may_be_one_as_long_as_the_template_is_not_known() -> None:
    line = ("robot-action", "update", "demo", "--data", "name=x", "--data", "token=hunter2", "--data", "token=b")
    given = replace(UPDATE, data={"name": "x", "token": "b"}, resume=line)
    told = going_on(REPORT, given, secret=("token", "other"))
    assert (told.resume, told.masked) == ("robot-action update demo --data name=x --data 'token=***' --data 'token=***'", ("token",))
    told = going_on(REPORT, given, ConflictError("x"))
    assert (told.resume, told.masked) == ("robot-action update demo", ("name", "token"))
    told = going_on(REPORT, replace(given, again="Again."))
    assert (told.resume, told.masked) == ("Again.", ())


PROPOSED = Proposed(
    Target(HostKind.GITHUB, "a/b", "https://github.com/a/b"), "demo", "main", "1" * 40, "robot-action/x", prefix="ser vices/a/"
)


def test_who_brings_a_version_in_by_hand_gets_the_command_of_the_run_without_its_secrets_and_pull_request() -> None:
    line = ("robot-action", "update", "a b", "--ref", "v2", "--conflict", "fail", "--data", "token=hunter2")
    given = replace(UPDATE, data={"token": "hunter2"}, policy=Policy.FAIL, resume=line, in_place=line)
    fetch, update, commit, push = by_hand(given, PROPOSED, ("token",)).splitlines()
    assert fetch == "git -C 'a b' fetch origin robot-action/x && git -C 'a b' switch --detach FETCH_HEAD"
    assert update == (
        "robot-action update 'a b' --ref v2 --conflict markers --data 'token=***'  # and give these answers again, with --data: token"
    )
    assert commit == "git -C 'a b' add --all && git -C 'a b' commit"
    assert push == "git -C 'a b' push origin HEAD:robot-action/x"
    assert "hunter2" not in by_hand(given, PROPOSED)


def test_a_branch_whose_name_a_shell_would_read_is_quoted() -> None:
    fetch, _, _, push = by_hand(DELIVER, replace(PROPOSED, branch="robot-action/x;id>y")).splitlines()
    assert fetch == "git fetch origin 'robot-action/x;id>y' && git switch --detach FETCH_HEAD"
    assert push == "git push origin 'HEAD:robot-action/x;id>y'"


def test_answers_that_are_inputs_are_told_by_name() -> None:
    given = replace(
        UPDATE,
        data={"owner": "o"},
        resume=("robot-action", "update", "."),
        in_place=("robot-action", "update", "."),
        again="Run this job again.",
    )
    _, update, commit, _ = by_hand(given, PROPOSED, ()).splitlines()
    assert update == "robot-action update .  # and give these answers again, with --data: owner"
    assert commit == "git add --all && git commit"


def test_who_delivers_is_referred_to_the_options_of_the_job_that_prepared_it() -> None:
    update = by_hand(DELIVER, PROPOSED).splitlines()[1]
    assert update == "robot-action update 'ser vices/a'  # with the options of the job that prepared it"
    assert by_hand(DELIVER, replace(PROPOSED, prefix="")).splitlines()[1].startswith("robot-action update  # ")


def test_after_conflicts_one_looks_for_markers_where_there_are_any_and_commits() -> None:
    here = replace(UPDATE, resume=("robot-action", "update", "."))
    assert (
        solving(here, [Conflict("a.txt", Clash.CONTENTS, marked=True)])
        == "git grep --untracked -l '^<<<<<<< '\ngit add --all && git commit"
    )
    assert solving(UPDATE, [Conflict("a.png", Clash.CONTENTS)]) == "git -C demo add --all && git -C demo commit"
