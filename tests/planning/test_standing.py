"""Whether a project is behind its template, and how far."""

from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.errors import InputError
from robot_action.model.link import Link, Tool
from robot_action.model.source import Source, SourceKind
from robot_action.planning.standing import name_of, stand
from robot_action.planning.versions import Chosen

SOURCE = Source(SourceKind.GIT, "https://example.com/t", "https://example.com/t")
ONE, TWO, THREE, HEAD, BRANCH = (digit * 40 for digit in "12345")
REFS = {
    "HEAD": HEAD,
    "refs/heads/main": HEAD,
    "refs/heads/stable": BRANCH,
    "refs/tags/v1.0.0": ONE,
    "refs/tags/v1.1.0": TWO,
    "refs/tags/v2.0.0": THREE,
    "refs/tags/v3.0.0rc1": HEAD,
}


def link(version: str = "", commit: str = "", branch: str = "") -> Link:
    return Link(Tool.COPIER, ".copier-answers.yml", SOURCE.text, version=version, commit=commit, branch=branch)


@pytest.mark.parametrize("had", [link("v1.0.0"), link("1.0.0"), link("1.0.0", ONE), link(ONE, ONE)])
def test_an_old_version_is_behind_by_every_release_since(had: Link) -> None:
    standing = stand(had, SOURCE, REFS)
    assert (standing.current, standing.newest) == (Chosen(ONE, "1.0.0"), Chosen(THREE, "2.0.0"))
    assert (standing.is_behind, standing.between) == (True, ("1.1.0", "2.0.0"))


@pytest.mark.parametrize("had", [link("v2.0.0"), link("2.0.0", THREE), link(THREE, THREE)])
def test_the_newest_version_is_not_behind(had: Link) -> None:
    standing = stand(had, SOURCE, REFS)
    assert (standing.is_behind, standing.between) == (False, ())


def test_it_never_goes_back_unless_that_is_asked_for() -> None:
    had = link("v3.0.0rc1", HEAD)
    unasked, asked = stand(had, SOURCE, REFS), stand(had, replace(SOURCE, ref="v2.0.0"), REFS)
    assert (unasked.is_behind, unasked.is_ahead, unasked.is_asked) == (False, True, False)
    assert (asked.is_behind, asked.is_ahead, asked.is_asked) == (False, True, True)


@pytest.mark.parametrize("had", [link("v2.0.0"), link(THREE, THREE), link("v1.0.0-3-gabcdef0"), link("v2.5.0")])
def test_what_is_past_the_version_that_was_asked_for_is_ahead(had: Link) -> None:
    for wanted in (replace(SOURCE, ref="v1.0.0"), replace(SOURCE, versions="<1.1")):
        standing = stand(had, wanted, REFS)
        assert (standing.is_behind, standing.is_ahead, standing.between) == (False, True, ())


def test_a_version_whose_tag_is_gone_is_ahead_of_older_ones_and_not_up_to_date() -> None:
    standing = stand(link("v2.5.0"), SOURCE, REFS)
    assert (standing.is_behind, standing.is_ahead) == (False, True)
    past = stand(link("v2.0.0-3-gabcdef0"), SOURCE, REFS)
    assert (past.is_behind, past.is_ahead) == (False, False), "on its way from the newest release to the next"
    assert stand(link("v1.5.0"), SOURCE, REFS).is_behind


def test_copiers_tag_may_be_any_of_its_commit() -> None:
    """``git describe`` chooses it; the project is not ahead of the releases that come after."""
    refs = {**REFS, "refs/tags/v1.0.1": ONE, "refs/tags/v4.0.0rc1": ONE}
    standing = stand(link("v4.0.0rc1"), SOURCE, refs)
    assert (standing.current, standing.is_behind) == (Chosen(ONE, "1.0.1"), True)


def test_prereleases_count_on_request() -> None:
    assert stand(link("v2.0.0"), replace(SOURCE, prereleases=True), REFS).newest.version == "3.0.0rc1"


def test_a_branch_that_is_followed_counts_instead_of_releases() -> None:
    assert stand(link(HEAD, HEAD, "stable"), SOURCE, REFS).newest.commit == BRANCH
    assert not stand(link(BRANCH, BRANCH, "stable"), SOURCE, REFS).is_behind
    assert stand(link(BRANCH, BRANCH, "stable"), replace(SOURCE, ref="v2.0.0"), REFS).newest.commit == THREE


@pytest.mark.parametrize(("tag", "commit", "behind"), [("v1.1.0-2-g4444444", HEAD, True), ("v1.1.0-2-gabcdef0", "", True)])
def test_what_git_describe_said_is_understood(tag: str, commit: str, behind: bool) -> None:
    standing = stand(link(tag), SOURCE, REFS)
    assert (standing.current, name_of(standing.current, tag)) == (Chosen(commit), tag), "it is not the version of the tag before it"
    assert (standing.is_behind, standing.between) == (behind, ("2.0.0",))


@pytest.mark.parametrize(
    ("chosen", "recorded", "name"),
    [(Chosen(ONE, "1.0.0"), "v1", "1.0.0"), (Chosen(ONE), ONE, ONE[:12]), (Chosen(""), "abcdef0", "abcdef0"), (Chosen(""), "", "")],
)
def test_what_has_no_version_is_called_by_its_commit(chosen: Chosen, recorded: str, name: str) -> None:
    assert name_of(chosen, recorded) == name


def test_without_releases_the_default_branch_is_followed() -> None:
    refs = {"HEAD": HEAD, "refs/heads/main": HEAD}
    assert stand(link(ONE, ONE), SOURCE, refs).is_behind
    assert not stand(link(HEAD, HEAD), SOURCE, refs).is_behind
    assert stand(link("unknown"), SOURCE, refs).is_behind


def test_a_version_that_does_not_exist_is_told() -> None:
    with pytest.raises(InputError, match="no branch, tag or commit"):
        stand(link("v1.0.0"), replace(SOURCE, ref="v9"), REFS)


def test_cruft_follows_the_default_branch_whatever_is_tagged() -> None:
    cruft = replace(link(ONE, ONE), tool=Tool.CRUFT)
    standing = stand(cruft, SOURCE, REFS)
    assert (standing.newest.commit, standing.is_behind) == (HEAD, True)
    assert not stand(replace(cruft, version=HEAD, commit=HEAD), SOURCE, REFS).is_behind
    assert stand(replace(cruft, branch="stable"), SOURCE, REFS).newest.commit == BRANCH
    assert stand(cruft, replace(SOURCE, versions="<2"), REFS).newest.version.startswith("1.")
    assert stand(cruft, SOURCE, {name: commit for name, commit in REFS.items() if name != "HEAD"}).newest.version == "2.0.0"


def test_what_a_project_of_cruft_was_made_from_holds_it_only_where_it_is_a_branch() -> None:
    made = replace(link(ONE, ONE), tool=Tool.CRUFT)
    assert stand(replace(made, branch="v1.0.0"), SOURCE, REFS).newest.version == "2.0.0", "a release has later ones"
    assert stand(replace(made, branch=ONE), SOURCE, REFS).newest.commit == HEAD, "a commit stands still"
    assert stand(replace(made, branch="gone"), SOURCE, REFS).newest.commit == HEAD
