from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from robot_action.parsing import rules
from robot_action.parsing.wording import RuleError

ROOT = Path("/srv/platform")
FOLDER = ROOT / "projects"


def refusal(rule: Callable[[str], object], text: str) -> str:
    with pytest.raises(RuleError) as caught:
        rule(text)
    return caught.value.message


@pytest.mark.parametrize("name", ["a", "payments-api", "A1", "a_b", "a.b", "x" * 100])
def test_names_that_are_fine(name: str) -> None:
    assert rules.check_name(name) == name


@pytest.mark.parametrize("name", ["", "1a", "-a", "a-", "a_", "a.", ".a", "a b", "a/b", "é", "a\n", "a\nb", "x" * 101])
def test_names_that_break_the_rule(name: str) -> None:
    assert "name" in refusal(rules.check_name, name)


def test_dots_are_refused_where_they_are_not_allowed() -> None:
    with pytest.raises(RuleError, match=r"only names of repositories may have dots, not 'a\.b'"):
        rules.check_name("a.b", dots=False)


@pytest.mark.parametrize(("dots", "named"), [(True, True), (False, False)])
def test_the_way_out_of_a_wrong_name_offers_dots_only_where_they_are_allowed(dots: bool, named: bool) -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_name("9.b", dots=dots)
    assert ("'.'" in (refused.value.hint or "")) is named


@given(st.from_regex(rules.NAME_PATTERN, fullmatch=True))
def test_every_name_is_valid_for_a_python_index(name: str) -> None:
    name = name.rstrip("\n")
    assert canonicalize_name(rules.check_name(name[:100].rstrip("-_.")), validate=True)


@pytest.mark.parametrize("name", ["acme/payments", "A-b/c.d", "a_corp/x", "1a/b"])
def test_repository_names_that_are_fine(name: str) -> None:
    assert rules.check_repository_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "a/b/c",
        "/x",
        "x/",
        "-a/x",
        "a-/x",
        "a--b/x",
        "a b/x",
        "x" * 40 + "/y",
        "a/1x",
        "a/x.git",
        "a/x.WIKI",
        "a/x.atom",
        "../x",
        "a/..",
        "a\n/x",
    ],
)
def test_repository_names_that_break_the_rule(name: str) -> None:
    refusal(rules.check_repository_name, name)


@pytest.mark.parametrize(
    ("version", "normalised"),
    [
        *[("0.1.0", "0.1.0"), ("v1.2", "1.2"), ("1.0RC1", "1.0rc1"), ("1!2.0", "1!2.0"), ("01.2", "1.2")],
        *[("1.0.0-rc.1", "1.0.0-rc.1"), ("1.0.0-x.7.z.92", "1.0.0-x.7.z.92"), ("1.0.0+build.5", "1.0.0+build.5")],
    ],
)
def test_versions_are_normalised_and_strictly_semantic_ones_kept(version: str, normalised: str) -> None:
    assert rules.check_version(version) == normalised


@pytest.mark.parametrize("version", ["", "x", "1..0", "1.0 beta of march", "1" * 101, "1.0/2", "\u0661.\u0662"])
def test_versions_that_are_neither(version: str) -> None:
    assert "neither a PEP 440 nor a semantic version" in refusal(rules.check_version, version) or "longer" in refusal(
        rules.check_version, version
    )


def test_a_python_index_gets_pep_440() -> None:
    assert rules.python_version("1.0.0-rc.1") == "1.0.0rc1"
    assert "which a Python index needs" in refusal(rules.python_version, "1.0.0-x.7")


@given(st.text(alphabet="0123456789.abrcdevpost!+-", max_size=12))
def test_normalising_a_version_twice_changes_nothing(text: str) -> None:
    try:
        once = rules.check_version(text)
    except RuleError:
        return
    assert rules.check_version(once) == once
    if not rules.is_semantic(once):
        assert str(Version(once)) == once


def test_ranges() -> None:
    assert rules.check_range(">=0.1, <2") == "<2,>=0.1"
    for text in ("", " ", "abc", "^1", "1.0", ">=1," * 200):
        assert "is no range of versions" in refusal(rules.check_range, text)


@settings(max_examples=60, deadline=2000)
@given(st.text(alphabet="ab/.-@{~^:?*[\\ \t\x7fl.ockHEAD", min_size=1, max_size=8))
def test_a_branch_that_passes_is_one_for_git(text: str) -> None:
    try:
        rules.check_branch(text)
    except RuleError:
        return
    assert subprocess.run(["git", "check-ref-format", "--branch", text], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", ["main", "feature/x-1", "release-2.0", "ünïcode", "a@b"])
def test_branches_that_are_fine(name: str) -> None:
    assert rules.check_branch(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "@",
        "HEAD",
        "refs/heads/x",
        "-x",
        "--upload-pack=x",
        "/x",
        "x/",
        ".x",
        "x.",
        "a/.b",
        "a..b",
        "a.lock",
        "a.lock/b",
        "a b",
        "a~1",
        "a:b",
        "a@{1}",
        "a\\b",
        "a//b",
        "a\nb",
        "x" * 201,
    ],
)
def test_branches_that_git_refuses_or_that_look_like_options(name: str) -> None:
    refusal(rules.check_branch, name)


def test_tags_hold_the_version() -> None:
    assert rules.check_tag("release-{version}") == "release-{version}"
    assert "does not hold {version}" in refusal(rules.check_tag, "v1")
    assert "is no name that git accepts" in refusal(rules.check_tag, "a b{version}")


def test_topics() -> None:
    assert rules.check_topic("web-service2") == "web-service2"
    for text in ("", "A", "-a", "a_b", "a b", "é", "x" * 51, "a\n"):
        assert "is no valid topic" in refusal(rules.check_topic, text)


def test_descriptions_are_one_line() -> None:
    assert rules.check_line(" Takes payments\n") == "Takes payments"
    assert "one line" in refusal(rules.check_line, "a\nb")
    assert "one line" in refusal(rules.check_line, "a\x1b[0m")
    assert "more than 350" in refusal(rules.check_line, "x" * 351)


def test_authors() -> None:
    assert rules.check_person(" Acme Robot ") == "Acme Robot"
    for text in ("", " ", "a<b", "a>b", "a\nb", "x" * 101):
        assert "is no name" in refusal(rules.check_person, text)
    assert rules.check_email("robot+x@acme.example") == "robot+x@acme.example"
    for text in ("", "x", "a@", "@b", "a b@c", "a@b@c", "a@b\n", "<a@b>", "x" * 260 + "@b"):
        assert "is no e-mail address" in refusal(rules.check_email, text)


def test_urls() -> None:
    assert rules.check_url("https://acme.example:8443/a?b#c") == "https://acme.example:8443/a?b#c"
    for text in (
        "",
        "acme.example",
        "ftp://a",
        "https://",
        "https://a b",
        "https://a\\b",
        "javascript:x",
        "https://a:99999",
        "https://[x",
        "https://a:0",
        "https://" + "a" * 3000,
        "https://a/\n",
    ):
        assert "is no http or https URL" in refusal(rules.check_url, text)


def test_a_url_with_a_password_is_refused_and_never_shown() -> None:
    message = refusal(rules.check_url, "https://me:hunter2@acme.example")
    assert "user name, token or password" in message
    assert "hunter2" not in message


def test_teams_and_roles() -> None:
    assert rules.check_slug("platform-team_1.x") == "platform-team_1.x"
    for text in ("", "-a", "a b", "a/b", "x" * 101):
        assert "is no team's slug" in refusal(rules.check_slug, text)
    assert [rules.check_role(role) for role in ("push", "release manager")] == ["push", "release manager"]
    assert "is called 'push'" in refusal(rules.check_role, "write")
    for text in ("Push", "", " ", "a\nb", "x" * 101):
        assert "is no role" in refusal(rules.check_role, text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("./out", "/srv/platform/projects/out"),
        ("out/../x", "/srv/platform/projects/x"),
        ("../out/demo", "/srv/platform/out/demo"),
        ("out/", "/srv/platform/projects/out"),
    ],
)
def test_paths_may_go_up_as_long_as_they_stay_below_the_root(text: str, path: str) -> None:
    assert rules.check_inside(text, FOLDER, ROOT) == Path(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must be relative"),
        ("/etc", "must be relative"),
        ("~/x", "must be relative"),
        ("a\\b", "must be relative"),
        ("..", "is that folder itself"),
        ("../..", "leads out of it"),
        ("../../platform2/x", "leads out of it"),
        ("x/../../../y", "leads out of it"),
        ("a/.git/hooks", "takes for .git"),
        ("a/.GIT", "takes for .git"),
        ("a\nb", "control character"),
        ("a\0b", "control character"),
        ("x" * 300, "longer than 255 bytes"),
    ],
)
def test_paths_that_leave_the_root_or_hide_something_are_refused(text: str, reason: str) -> None:
    assert reason in refusal(lambda path: rules.check_inside(path, FOLDER, ROOT), text)


def test_a_path_that_leads_out_is_told_where_to_start_instead() -> None:
    with pytest.raises(RuleError) as refused:
        rules.check_inside("../../x/y", FOLDER, ROOT, "--destination")
    assert "the folder where robot-action was started" in (refused.value.hint or "")
    assert "Start in '/srv', or give another path with --destination." in (refused.value.hint or "")


@given(st.text(alphabet="ab./\\~\0-é", max_size=15))
def test_no_path_leaves_the_root(text: str) -> None:
    try:
        path = rules.check_inside(text, FOLDER, ROOT)
    except RuleError:
        return
    assert path.is_relative_to(ROOT)
    assert path != ROOT
    assert ".." not in path.parts
