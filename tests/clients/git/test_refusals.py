"""Why a server refused a push."""

from __future__ import annotations

import pytest

from robot_action.clients.git.environment import GitOutput
from robot_action.clients.git.refusals import explain_refusal
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError

URL = "https://git.acme.example/acme/demo"


def refused(errors: str, stdout: str = "") -> RobotActionError | None:
    return explain_refusal(GitOutput(1, stdout.encode(), errors), URL, "main")


@pytest.mark.parametrize(
    ("errors", "expected", "words"),
    [
        ("! [rejected] main -> main (fetch first)", FailedError, "Somebody pushed there"),
        ("! [rejected] main -> main (non-fast-forward)", FailedError, "nothing was overwritten"),
        (
            "remote: error: cannot lock ref 'refs/heads/a': 'refs/heads/a/b' exists; cannot create 'refs/heads/a'",
            FailedError,
            "beside those",
        ),
        ("remote: error: cannot lock ref 'refs/heads/main': reference already exists", TryAgainError, "somebody else is pushing"),
        ("! [remote rejected] main -> main (shallow update not allowed)", FailedError, "git fetch --unshallow"),
        ("remote: error: GH013: Repository rule violations found", NotPermittedError, "the rules of"),
        ("remote: error: GH007: Your push would publish a private email address.", NotPermittedError, "git config user.email"),
        ("remote: error: GH008: Your push referenced at least 1 unknown Git LFS object:", FailedError, "git lfs push"),
        ("refusing to allow an OAuth App to create or update workflow `x` without `workflow` scope", NotPermittedError, "workflow files"),
    ],
)
def test_each_refusal_has_its_own_advice(errors: str, expected: type[RobotActionError], words: str) -> None:
    error = refused(errors)
    assert type(error) is expected
    assert words in str(error)


def test_gits_reason_for_a_reference_is_shown() -> None:
    assert "(pre-receive hook declined)" in str(refused("", "!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)\n"))


def test_what_is_no_refusal_is_left_to_others() -> None:
    assert refused("fatal: unable to access: Could not resolve host") is None


def test_a_talkative_server_is_cut_short() -> None:
    text = str(refused("\n".join(["remote: GH006"] + [f"remote: line {number}" for number in range(200)])))
    assert "line 10" in text
    assert "line 100" not in text


def test_push_protection_comes_before_the_rule_that_wraps_it() -> None:
    assert "found a secret" in str(refused("remote: error: GH013: Repository rule violations\nremote: - Push cannot contain secrets"))
