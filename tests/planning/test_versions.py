"""Which commit a source means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from robot_action.errors import InputError
from robot_action.model.source import Source, SourceKind
from robot_action.planning.versions import Chosen, as_version, choose, tag_of

A, B, C, D = (letter * 40 for letter in "abcd")


def source(ref: str | None = None, versions: str | None = None) -> Source:
    return Source(SourceKind.GIT, "https://git.example/acme/t", "gh:acme/t", ref=ref, versions=versions)


REFS: Mapping[str, str] = {
    "HEAD": A,
    "refs/heads/main": A,
    "refs/heads/develop": B,
    "refs/tags/v1.0": C,
    "refs/tags/v1.10.0": D,
    "refs/tags/v1.9": B,
    "refs/tags/v2.0rc1": A,
    "refs/tags/nightly": B,
}


def test_without_a_ref_the_highest_released_tag_is_taken_as_versions_count_not_as_texts_sort() -> None:
    assert choose(source(), REFS) == Chosen(D, "1.10.0")


def test_prereleases_count_where_they_are_wanted() -> None:
    assert choose(replace(source(), prereleases=True), REFS) == Chosen(A, "2.0rc1")
    assert choose(replace(source(versions=">=1,<3"), prereleases=True), REFS) == Chosen(A, "2.0rc1")
    assert choose(source(versions=">=1,<3"), REFS) == Chosen(D, "1.10.0")


def test_without_any_release_it_is_the_default_branch() -> None:
    refs = {name: commit for name, commit in REFS.items() if "v1" not in name}
    assert choose(source(), refs) == Chosen(A)


def test_an_empty_repository_has_nothing_to_choose() -> None:
    with pytest.raises(InputError, match="empty"):
        choose(source(), {})


def test_a_default_branch_that_nobody_pushed_is_not_guessed() -> None:
    with pytest.raises(InputError, match="develop"):
        choose(source(), {"refs/heads/develop": B})


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("develop", Chosen(B, "1.9")),
        ("v1.0", Chosen(C, "1.0")),
        ("nightly", Chosen(B, "1.9")),
        ("HEAD", Chosen(A, "2.0rc1")),
        ("heads/develop", Chosen(B, "1.9")),
        ("refs/tags/v1.9", Chosen(B, "1.9")),
        (C, Chosen(C, "1.0")),
        ("9" * 40, Chosen("9" * 40)),
        ("9" * 64, Chosen("9" * 64)),
        ("cccc", Chosen(C, "1.0")),
    ],
)
def test_an_exact_ref_is_looked_for_as_git_does(ref: str, expected: Chosen) -> None:
    assert choose(source(ref), REFS) == expected


SAME = {"refs/tags/v2.0.0": A, "refs/tags/v3.0.0rc1": A, "refs/tags/v2.0.0rc1": A, "refs/heads/main": A}


@pytest.mark.parametrize(
    ("ref", "version"), [("v2.0.0", "2.0.0"), ("v3.0.0rc1", "3.0.0rc1"), ("main", "2.0.0"), (A, "2.0.0"), ("aaaa", "2.0.0")]
)
def test_of_a_commit_with_several_tags_the_one_asked_for_is_its_version_or_else_the_newest_release(ref: str, version: str) -> None:
    assert choose(source(ref), SAME) == Chosen(A, version)


@pytest.mark.parametrize(("version", "tag"), [("2.0.0", "v2.0.0"), ("3.0.0rc1", "v3.0.0rc1"), ("", ""), ("9", "")])
def test_a_version_s_tag_is_found(version: str, tag: str) -> None:
    assert tag_of(Chosen(A, version), {"refs/heads/2.0.0": A, **SAME}) == tag


def test_a_tag_comes_before_a_branch_of_the_same_name() -> None:
    assert choose(source("main"), {**REFS, "refs/tags/main": B}).commit == B


def test_a_whole_commit_id_comes_before_a_branch_of_that_name() -> None:
    assert choose(source(C), {f"refs/heads/{C}": A}).commit == C


def test_an_unknown_ref_names_those_that_come_near() -> None:
    with pytest.raises(InputError, match=r"no branch, tag or commit 'devlop'\n.*develop"):
        choose(source("devlop"), REFS)


def test_a_version_that_its_tag_calls_otherwise_is_told_with_that() -> None:
    with pytest.raises(InputError, match=r"no branch, tag or commit '1.10'\n.*Did you mean v1.10.0\?"):
        choose(source("1.10"), REFS)


def test_an_unknown_ref_that_resembles_nothing_names_the_newest() -> None:
    with pytest.raises(InputError, match=r"There are v2.0rc1, v1.10.0, v1.9"):
        choose(source("zzz"), REFS)


def test_an_unknown_ref_of_an_empty_repository_says_so() -> None:
    with pytest.raises(InputError, match="The repository is empty"):
        choose(source("main"), {})


def test_an_abbreviated_id_that_no_ref_leads_to_asks_for_the_whole_one() -> None:
    with pytest.raises(InputError, match="needs its whole id"):
        choose(source("1234567"), REFS)


def test_an_ambiguous_abbreviation_is_refused() -> None:
    with pytest.raises(InputError, match="begins the ids of 2 commits"):
        choose(source("aaaa"), {"refs/heads/x": A, "refs/heads/y": "aaaab" * 8})


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (">=1", "1.10.0"),
        ("<1.10", "1.9"),
        ("~=1.9", "1.10.0"),
        ("==1.0", "1.0"),
        (">=2.0rc0", "2.0rc1"),
        (">=1,!=1.10.0", "1.9"),
    ],
)
def test_a_range_takes_its_highest_version(versions: str, expected: str) -> None:
    chosen = choose(source(versions=versions), REFS)
    assert chosen == Chosen(REFS[f"refs/tags/v{expected}"], expected)


def test_a_range_takes_no_prerelease_that_it_does_not_name() -> None:
    with pytest.raises(InputError, match=r"no version in >=2\n  The nearest versions are .*2.0rc1"):
        choose(source(versions=">=2"), REFS)


def test_an_empty_range_names_the_versions_around_it() -> None:
    refs = {f"refs/tags/v{number}.0": A for number in range(1, 30)}
    with pytest.raises(InputError, match=r"nearest versions are 12.0, 13.0, 14.0, 15.0, 16.0"):
        choose(source(versions=">14.0,<15"), refs)


def test_a_range_of_arbitrary_texts_still_names_versions() -> None:
    with pytest.raises(InputError, match="nearest versions are"):
        choose(source(versions="===nothing"), REFS)


def test_a_range_in_a_repository_without_versions_says_what_a_version_is() -> None:
    with pytest.raises(InputError, match="no tag that is a version"):
        choose(source(versions=">=1"), {"HEAD": A})


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="is no range"):
        choose(source(versions=">=one"), REFS)


def test_of_two_tags_for_one_version_the_same_one_is_always_taken() -> None:
    refs = {"refs/tags/1.0": A, "refs/tags/v1.0": B}
    assert choose(source(), refs) == choose(source(), dict(reversed(refs.items()))) == Chosen(B, "1.0")


def test_more_branches_than_can_be_shown_are_counted() -> None:
    refs = {f"refs/heads/b{number}": A for number in range(9)}
    with pytest.raises(InputError, match="and 4 more"):
        choose(source(), refs)


@pytest.mark.parametrize(("tag", "version"), [("v1.2", "1.2"), ("1.2", "1.2"), ("V1.2.0", "1.2.0"), ("release", None), ("", None)])
def test_tags_are_read_as_pep_440_reads_them(tag: str, version: str | None) -> None:
    assert as_version(tag) == (Version(version) if version else None)


@given(st.dictionaries(st.from_regex(r"refs/(tags/v?[0-9]\.[0-9](rc1)?|heads/[a-z]{1,3})", fullmatch=True), st.sampled_from([A, B, C, D])))
def test_what_is_chosen_is_always_one_of_the_commits(refs: dict[str, str]) -> None:
    try:
        chosen = choose(source(), {**refs, "HEAD": A})
    except InputError:
        return
    assert chosen.commit in {*refs.values(), A}
    assert not chosen.version or not Version(chosen.version).is_prerelease


def test_a_tag_of_thousands_of_digits_is_no_version() -> None:
    assert as_version("9" * 5000) is None, "Python reads no such number"
