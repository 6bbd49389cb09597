"""A host's rules for a branch -> what speaks against writing there, before anything is written. Pure.

The kinds are those of GitHub's rulesets (https://docs.github.com/rest/repos/rules). What can only be judged by the server,
such as regular expressions, is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from robot_action.errors import Problem
from robot_action.model.pull_request import BRANCH_PREFIX, BranchRule

_HINT = f"Let the token's owner bypass the rule, or exempt branches below {BRANCH_PREFIX} from it."


@dataclass(frozen=True, slots=True)
class BranchWrite:
    """What is to be done to a branch.

    Attributes:
        creates: whether the branch is new; rewrites: whether it loses commits.
        signed: whether its new commit will be shown as verified.
        message: the commit's.
    """

    branch: str
    message: str
    creates: bool = False
    rewrites: bool = False
    signed: bool = False


def _fits(rule: BranchRule, text: str) -> bool:
    """Tell whether a text obeys a pattern; a regular expression of others is not tried here."""
    pattern, operator = rule.parameters.get("pattern"), rule.parameters.get("operator")
    if not isinstance(pattern, str):
        return True
    match operator:
        case "starts_with":
            found = text.startswith(pattern)
        case "ends_with":
            found = text.endswith(pattern)
        case "contains":
            found = pattern in text
        case _:
            return True
    return found is not (rule.parameters.get("negate") is True)


def _wants_checks(rule: BranchRule, write: BranchWrite) -> bool:
    return not (write.creates and rule.parameters.get("do_not_enforce_on_create") is True)


_OBSTACLES: Mapping[str, tuple[str, Callable[[BranchRule, BranchWrite], bool]]] = {
    "creation": ("nobody may make such a branch", lambda _rule, write: write.creates),
    "update": ("nobody may change such a branch", lambda _rule, write: not write.creates),
    "non_fast_forward": ("nobody may rewrite such a branch", lambda _rule, write: write.rewrites),
    "required_signatures": ("commits must have verified signatures", lambda _rule, write: not write.signed),
    "pull_request": ("such a branch is changed by pull requests only", lambda _rule, _write: True),
    "required_status_checks": ("commits must have passed checks before they are pushed", _wants_checks),
    "branch_name_pattern": ("the branch's name does not fit the pattern", lambda rule, write: not _fits(rule, write.branch)),
    "commit_message_pattern": ("the commit's message does not fit the pattern", lambda rule, write: not _fits(rule, write.message)),
}
CHECKED = frozenset(_OBSTACLES)
"""The kinds of rules that can be in the way."""


def objections(rules: Iterable[BranchRule], write: BranchWrite) -> tuple[Problem, ...]:
    """Return what speaks against writing to a branch; rules that are bypassed do not count."""
    return tuple(_objections(rules, write))


def _objections(rules: Iterable[BranchRule], write: BranchWrite) -> Iterator[Problem]:
    for rule in rules:
        if rule.bypassed or rule.kind not in _OBSTACLES:
            continue
        text, stands = _OBSTACLES[rule.kind]
        if stands(rule, write):
            yield Problem(f"a rule of {rule.source} forbids to write to the branch {write.branch}: {text} ({rule.kind})", hint=_HINT)
