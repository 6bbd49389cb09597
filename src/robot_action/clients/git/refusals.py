"""Why a server refused a push, in its own words -> what to do. GitHub's codes are those of its documentation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from robot_action.clients.git.environment import GitOutput
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError
from robot_action.reporting.clean import clean_lines

_SHOWN_LINES = 20


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    error: type[RobotActionError]
    message: str
    advice: str


# The first that matches counts: push protection comes wrapped in GH013.
_RULES: Sequence[_Rule] = (
    _Rule(
        r"refusing to allow .*workflow|without `?workflows?`? (scope|permission)",
        NotPermittedError,
        "the token may not push workflow files to {url}",
        "Use a token that may write workflows (GitHub App: Workflows, write; classic token: the scope workflow). "
        "A workflow's own token (GITHUB_TOKEN) never may.",
    ),
    _Rule(
        r"[Pp]ush [Pp]rotection|GH009|cannot contain secrets",
        FailedError,
        "{url} found a secret in the commit and refused it",
        "Take the secret out of the template, the answers or what the install commands wrote; change it if it is a real one.",
    ),
    _Rule(
        r"GH007|would publish a private email address",
        NotPermittedError,
        "{url} refuses a commit with an address that its owner keeps private",
        "Commit by the address that the host gives for that (git config user.email), or allow it in the settings of the token's owner.",
    ),
    _Rule(
        r"GH008|unknown Git LFS object",
        FailedError,
        "{url} lacks contents that Git LFS keeps, whose pointers are in the commit",
        "They are not sent along: upload them from a clone that has them (git lfs push --object-id), then run the same command again.",
    ),
    _Rule(
        r"GH001|exceeds GitHub's file size limit|[Ll]arge files detected",
        FailedError,
        "{url} refuses a file of the commit as too large",
        "Add the file to the template's .gitignore, or use Git LFS.",
    ),
    _Rule(
        r"GH006|GH013|[Pp]rotected branch|rule violations|protected ref",
        NotPermittedError,
        "the rules of {url} refuse the push to {branch!r}",
        "Let the token's owner bypass the rule, or exempt from it what is pushed here: branches below robot-action/, "
        "or a new repository until its first push.",
    ),
    _Rule(
        r"non-fast-forward|fetch first|stale info",
        FailedError,
        "{url} has commits on {branch!r} that the project does not have",
        "Somebody pushed there; nothing was overwritten. Look at them, and merge them into the project by hand.",
    ),
    _Rule(
        r"exists; cannot create",
        FailedError,
        "{url} cannot have a branch {branch!r} beside those that it has: one name begins with the other and a slash",
        "Name another branch, or delete the one that is in its place.",
    ),
    _Rule(
        r"cannot lock ref|failed to update ref|reference already exists|incorrect old value",
        TryAgainError,
        "somebody else is pushing to {url}",
        "Run the same command again.",
    ),
    _Rule(r"shallow update not allowed", FailedError, "the project is a shallow clone", "Run: git fetch --unshallow"),
    _Rule(
        r"\[remote rejected\]|\[rejected\]|hook declined|pre-receive hook",
        FailedError,
        "{url} refused the push to {branch!r}",
        "A rule or hook of the server says no.",
    ),
)


def explain_refusal(done: GitOutput, url: str, branch: str) -> RobotActionError | None:
    """Return the error that explains a refused push, with the server's own words, or None when it is none."""
    text = "\n".join([*clean_lines(done.stdout.decode(errors="replace")), done.errors])
    for rule in _RULES:
        if re.search(rule.pattern, text):
            said = _said(text)
            hint = f"{rule.advice}\n{said}" if said else rule.advice
            return rule.error(rule.message.format(url=url, branch=branch), hint=f"{hint}")
    return None


def _said(text: str) -> str:
    """Return what the server said, and git's reasons for each reference."""
    lines = [line.removeprefix("remote: ").rstrip() for line in text.splitlines() if line.startswith("remote: ") or "rejected]" in line]
    return "\n".join(f"  {line}" for line in lines[:_SHOWN_LINES] if line.strip())
