from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.facts import Repository
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from robot_action.model.state import State, TemplateState
from robot_action.planning.repositories import Decision, decide, describe_settings, differences, refusal

STATE = State("acme/demo", (TemplateState("https://git.example/t", version="1.0.0"),))
WANTED = RepositoryWanted("acme/demo")
EMPTY = Repository("acme/demo", "https://github.example/acme/demo", "https://github.example/acme/demo.git")
FULL = replace(EMPTY, heads={"main": "a" * 40})
OURS = replace(FULL, state=STATE)

WANTS = "the manifest wants acme/demo made from https://git.example/t"


def other(project: str = "acme/demo", source: str = "https://git.example/t") -> Repository:
    return replace(FULL, state=State(project, (TemplateState(source),)))


@pytest.mark.parametrize(
    ("found", "decision"),
    [
        (None, Decision.CREATE),
        (EMPTY, Decision.ADOPT),
        (replace(EMPTY, name="Acme/Demo"), Decision.ADOPT),
        (OURS, Decision.EXISTS),
        (replace(OURS, archived=True), Decision.EXISTS),
        (replace(OURS, name="acme/demo-two"), Decision.EXISTS),
        (FULL, Decision.REFUSED),
        (replace(EMPTY, tags={"v1": "a" * 40}), Decision.REFUSED),
        (replace(EMPTY, archived=True), Decision.REFUSED),
        (replace(EMPTY, name="acme/another"), Decision.REFUSED),
        (other("acme/another"), Decision.REFUSED),
        (other(source="https://git.example/another"), Decision.REFUSED),
    ],
)
def test_a_repository_is_ours_empty_or_somebody_elses(found: Repository | None, decision: Decision) -> None:
    assert decide(WANTED, found, STATE) is decision


def test_another_version_of_the_same_template_is_the_same_project() -> None:
    made = replace(FULL, state=State("acme/demo", (TemplateState("https://git.example/t", version="9.9.9", answers={"a": 1}),)))
    assert decide(WANTED, made, STATE) is Decision.EXISTS


@given(
    named=st.booleans(),
    archived=st.booleans(),
    empty=st.booleans(),
    state=st.sampled_from([None, STATE, State("acme/another", ()), State("acme/demo", ())]),
)
def test_commits_without_our_state_file_are_never_touched(*, named: bool, archived: bool, empty: bool, state: State | None) -> None:
    found = Repository(
        "acme/demo" if named else "acme/x", "url", "clone", heads={} if empty else {"main": "a" * 40}, state=state, archived=archived
    )
    decision = decide(WANTED, found, STATE)
    if not empty and state is not STATE:
        assert decision is Decision.REFUSED
        assert "acme/demo" in refusal(WANTED, found, STATE)
    assert decision is not Decision.CREATE, "there is one already"
    assert (decision is Decision.EXISTS) == (state is STATE)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "the repository acme/demo cannot be used"),
        (FULL, "the repository acme/demo holds commits and no .robot-action.yml: it is not ours"),
        (replace(EMPTY, archived=True), "the repository acme/demo is archived, so nothing can be pushed to it"),
        (replace(EMPTY, name="acme/new"), "the repository acme/demo was renamed: it is acme/new now"),
        (
            other("acme/another"),
            "the repository acme/demo holds another project: acme/another made from https://git.example/t; " + WANTS,
        ),
        (
            replace(FULL, state=State("acme/another", ())),
            "the repository acme/demo holds another project: acme/another made from no template; " + WANTS,
        ),
    ],
)
def test_a_refusal_says_whose_the_repository_is(found: Repository | None, words: str) -> None:
    assert refusal(WANTED, found, STATE) == words


def test_a_refusal_without_a_wanted_state_names_the_repository() -> None:
    assert refusal(WANTED, other("acme/another"), None).endswith("the manifest wants acme/demo")


EVERYTHING = RepositoryWanted(
    "acme/demo",
    visibility="private",
    description="Takes payments",
    homepage="https://demo.example",
    topics=("service", "Python"),
    default_branch="main",
    merge=MergeSettings(squash=True, merge_commit=False, rebase=False, auto_merge=True, delete_branch=True),
    teams={"platform": "push"},
    collaborators={"Mona": "admin"},
)
AS_WANTED = replace(
    EMPTY,
    description="Takes payments",
    homepage="https://demo.example",
    topics=("python", "service"),
    merge=EVERYTHING.merge,
    teams={"platform": "push", "security": "pull"},
    collaborators={"mona": "admin", "robot": "admin"},
)


def test_a_repository_as_wanted_has_no_differences() -> None:
    assert differences(EVERYTHING, AS_WANTED) == ()


def test_what_the_manifest_does_not_say_is_not_compared() -> None:
    assert differences(WANTED, AS_WANTED) == ()


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (replace(AS_WANTED, visibility="public"), "visibility is public, the manifest wants private"),
        (replace(AS_WANTED, description="Old"), "description is 'Old', the manifest wants 'Takes payments'"),
        (replace(AS_WANTED, homepage=""), "homepage is '', the manifest wants 'https://demo.example'"),
        (replace(AS_WANTED, topics=()), "topics are none, the manifest wants service, Python"),
        (replace(AS_WANTED, topics=("python", "service", "old")), "topics are python, service, old, the manifest wants service, Python"),
        (replace(AS_WANTED, default_branch="trunk"), "default branch is trunk, the manifest wants main"),
        (replace(AS_WANTED, archived=True), "it is archived"),
        (replace(AS_WANTED, name="acme/new"), "it was renamed: it is acme/new now, the manifest says acme/demo"),
        (replace(AS_WANTED, merge=replace(EVERYTHING.merge, squash=False)), "squash merging: off, the manifest wants on"),
        (replace(AS_WANTED, merge=replace(EVERYTHING.merge, rebase=None)), "rebase merging: unknown, the manifest wants off"),
        (replace(AS_WANTED, merge=replace(EVERYTHING.merge, delete_branch=False)), "deleting merged branches: off, the manifest wants on"),
        (replace(AS_WANTED, teams={}), "team platform has no access, the manifest wants push"),
        (replace(AS_WANTED, teams={"platform": "pull"}), "team platform has the role pull, the manifest wants push"),
        (replace(AS_WANTED, collaborators={"mona": "pull"}), "collaborator Mona has the role pull, the manifest wants admin"),
        (replace(AS_WANTED, teams=None), "teams are not readable with this token, the manifest wants platform: push"),
        (replace(AS_WANTED, collaborators=None), "collaborators are not readable with this token, the manifest wants Mona: admin"),
    ],
)
def test_each_difference_is_one_line(found: Repository, line: str) -> None:
    assert differences(EVERYTHING, found) == (line,)


def test_what_cannot_be_read_and_is_not_wanted_is_not_mentioned() -> None:
    assert differences(WANTED, replace(EMPTY, teams=None, collaborators=None)) == ()


def test_the_settings_of_a_new_repository_are_told() -> None:
    assert describe_settings(EVERYTHING) == (
        "visibility private",
        "default branch main",
        "description 'Takes payments'",
        "homepage https://demo.example",
        "topics service, Python",
        "squash merging on",
        "merge commits off",
        "rebase merging off",
        "auto-merge on",
        "deleting merged branches on",
        "team platform with the role push",
        "collaborator Mona with the role admin",
    )


def test_the_settings_that_nobody_wants_are_not_told() -> None:
    assert describe_settings(WANTED) == ("visibility private", "default branch main")
