"""Where a proposal goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import ConfigurationError, NoRepositoryError, UsageError
from robot_action.model.facts import LocalRepository
from robot_action.model.manifest import HostKind
from robot_action.model.proposal import Surroundings, Target, Wishes
from robot_action.planning.targets import base_branch, branch_for, distinctive, find_base, find_target, own_branch, project_key

AROUND = Surroundings("https://github.example", Path("/here"))
RUNNER = Surroundings("https://github.example", Path("/here"), own="acme/own", ref="refs/heads/main", commit="1" * 40)
DEMO = Target(HostKind.GITHUB, "acme/demo", "https://github.example/acme/demo.git")


@pytest.mark.parametrize(
    "origin",
    [
        "https://github.example/acme/demo",
        "https://github.example/acme/demo.git",
        "https://token@github.example/acme/demo.git/",
        "git@github.example:acme/demo.git",
        "ssh://git@github.example/acme/demo.git",
        "ssh://git@github.example:22/acme/demo",
    ],
)
def test_the_origin_on_the_server_is_the_projects_own(origin: str) -> None:
    assert find_target(Wishes(), AROUND, LocalRepository(origin=origin)) == DEMO


@pytest.mark.parametrize(("origin", "place"), [("/forge/demo.git", "/forge/demo.git"), ("file:///forge/a%20b.git", "/forge/a b.git")])
def test_an_origin_that_is_a_folder_is_local(origin: str, place: str) -> None:
    assert find_target(Wishes(), AROUND, LocalRepository(origin=origin)) == Target(HostKind.LOCAL, place, place)


@pytest.mark.parametrize(
    "origin", ["", "https://elsewhere.example/acme/demo.git", "git@elsewhere.example:acme/demo", "https://github.example/demo"]
)
def test_another_origin_tells_nothing(origin: str) -> None:
    with pytest.raises(NoRepositoryError, match="nothing tells which repository"):
        find_target(Wishes(), AROUND, LocalRepository(origin=origin))
    with pytest.raises(ConfigurationError):
        find_target(Wishes(), AROUND, None)


def test_what_is_named_counts_first_then_the_workflows_own() -> None:
    local = LocalRepository(origin="/forge/demo.git")
    assert find_target(Wishes(repository="acme/demo"), RUNNER, local) == DEMO
    assert find_target(Wishes(), RUNNER, local).repository == "acme/own"
    assert find_target(Wishes(repository="./forge/demo.git"), RUNNER, local) == Target(
        HostKind.LOCAL, "/here/forge/demo.git", "/here/forge/demo.git"
    )
    assert find_target(Wishes(repository="forge/demo.git"), RUNNER, local).repository == "/here/forge/demo.git"
    assert find_target(Wishes(repository="/forge/../demo.git"), RUNNER, local).repository == "/demo.git"


@pytest.mark.parametrize("name", ["demo", "a/b/c", "acme/de mo", "https://x/y/z", "https://x/y/z.git", "-/x"])
def test_what_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no repository"):
        find_target(Wishes(repository=name), AROUND, None)


@pytest.mark.parametrize(
    ("wishes", "around", "local", "base"),
    [
        (Wishes(base="next"), RUNNER, LocalRepository(branch="main"), "next"),
        (Wishes(), RUNNER, LocalRepository(branch="dev", head="1" * 40), "dev"),
        (Wishes(), RUNNER, LocalRepository(head="1" * 40), "main"),
    ],
)
def test_the_base_is_the_named_the_checked_out_or_the_workflows_branch(
    wishes: Wishes, around: Surroundings, local: LocalRepository, base: str
) -> None:
    assert find_base(wishes, around, local) == base


def test_nothing_is_merged_into_a_branch_that_is_proposed() -> None:
    with pytest.raises(UsageError, match="is a branch that is proposed"):
        find_base(Wishes(), AROUND, LocalRepository(branch="robot-action/x", head="1" * 40))


@pytest.mark.parametrize(
    ("around", "head"),
    [(AROUND, "1" * 40), (RUNNER, "2" * 40), (Surroundings("https://x", Path("/"), ref="refs/tags/v1", commit="1" * 40), "1" * 40)],
)
def test_without_any_there_is_no_base(around: Surroundings, head: str) -> None:
    with pytest.raises(ConfigurationError, match="no branch is checked out"):
        find_base(Wishes(), around, LocalRepository(head=head))


@pytest.mark.parametrize(
    ("template", "folder", "file", "branch"),
    [
        ("gh:acme/python-service", "", "", "robot-action/python-service"),
        ("https://x.example/acme/python-service.git/", "", "", "robot-action/python-service"),
        ("gh:acme/templates/python", "", "", "robot-action/python"),
        ("gh:acme/t", "services/api", "", "robot-action/t--services--api"),
        ("gh:acme/t", "", ".copier-answers.yml", "robot-action/t--copier-answers"),
        ("gh:acme/t", "", ".cruft.json", "robot-action/t--cruft-json-6e9a23"),
        ("gh:acme/t", "", ".copier-answers.docs.yml", "robot-action/t--docs"),
        ("../my template", "", "", "robot-action/my-template-6d40a1"),
    ],
)
def test_a_branch_is_named_after_template_project_and_state_file(template: str, folder: str, file: str, branch: str) -> None:
    found = branch_for(template, folder, file)
    assert found[:-6] == branch[:-6]
    assert own_branch(found) == found


@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=10))
def test_whatever_they_are_called_it_is_a_branch_of_ours(template: str, folder: str, file: str) -> None:
    found = branch_for(template, folder, f".copier-answers.{file}.yml")
    assert own_branch(found) == found


def test_folders_with_other_names_have_other_branches() -> None:
    names = ["a/b", "a-b", "a.b", "a--b", "a b", "ab", "A/b", "a/b.lock"]
    assert len({branch_for("t", name, "") for name in names}) == len(names)


@pytest.mark.parametrize(
    ("file", "found", "folder", "key"),
    [
        (".cruft.json", (".cruft.json",), "", "."),
        (".robot-action.yml", (".robot-action.yml",), "svc/a", "svc/a"),
        (".copier-answers.yml", (".copier-answers.docs.yml", ".copier-answers.yml"), "", "."),
        (".copier-answers.docs.yml", (".copier-answers.docs.yml",), "", ".copier-answers.docs.yml"),
        (".copier-answers.yml", (".copier-answers.yml", ".cruft.json"), "svc", "svc/.copier-answers.yml"),
        (".cruft.json", (".robot-action.yml",), "", ".cruft.json"),
    ],
)
def test_the_folder_tells_a_project_unless_it_has_several_state_files(file: str, found: tuple[str, ...], folder: str, key: str) -> None:
    assert project_key(folder, distinctive(file, found)) == key


@pytest.mark.parametrize(
    "name", ["", "/a", "a//b", "a..b", "a.lock", "a.lock/b", "a/.b", "a/", "a.", "a b", "a~1", "a^", "a:b", "a?", "x" * 300]
)
def test_what_git_would_not_take_is_no_branch(name: str) -> None:
    with pytest.raises(UsageError):
        base_branch(name)
    with pytest.raises(UsageError, match="no name for a branch"):
        own_branch(f"robot-action/{name}")


@pytest.mark.parametrize("name", ["main", "feat#1@x", "release/2.x", "größe", "a'b", "user/(x)", "x%20y"])
def test_whatever_git_takes_for_a_branch_can_be_merged_into(name: str) -> None:
    assert base_branch(name) == name


@pytest.mark.parametrize("name", ["main", "robot-actions/x", "robot-action", "refs/heads/robot-action/x"])
def test_only_branches_below_our_name_are_ours(name: str) -> None:
    with pytest.raises(UsageError, match="not below robot-action/"):
        own_branch(name)
