from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.clients.git.runner import GitRunner
from robot_action.clients.local_host import LocalHost
from robot_action.errors import FailedError, InputError, NotPermittedError, RobotActionError, TryAgainError
from robot_action.model.facts import Repository
from robot_action.model.manifest import HostKind, MergeSettings, RepositoryWanted
from robot_action.planning.repositories import differences
from tests.testbed.bare import BareRepositories, git

STATE = "schema: 1\nproject: acme/demo\ntemplates:\n- source: https://git.example/t\n"


@pytest.fixture
def host() -> LocalHost:
    return LocalHost(GitRunner(os.environ))


@pytest.fixture
def wanted(tmp_path: Path) -> RepositoryWanted:
    return RepositoryWanted(
        "acme/demo",
        HostKind.LOCAL,
        tmp_path / "forge",
        visibility="internal",
        description="Takes payments",
        homepage="https://demo.example",
        topics=("service", "python"),
        default_branch="trunk",
        merge=MergeSettings(squash=True, rebase=False),
        teams={"platform": "push", "security": "a custom role"},
        collaborators={"mona": "admin"},
    )


@pytest.fixture
def forge(wanted: RepositoryWanted) -> BareRepositories:
    """Return helpers for the folder's repositories; nothing is served."""
    assert wanted.path is not None
    return BareRepositories(wanted.path)


def place_of(wanted: RepositoryWanted) -> Path:
    assert wanted.path is not None
    return wanted.path / "acme/demo.git"


def plain(wanted: RepositoryWanted) -> RepositoryWanted:
    return RepositoryWanted(wanted.name, HostKind.LOCAL, wanted.path)


def found(host: LocalHost, wanted: RepositoryWanted) -> Repository:
    repository = host.find(wanted)
    assert repository is not None
    return repository


def test_nothing_is_found_in_a_folder_that_does_not_exist_and_looking_makes_none(host: LocalHost, wanted: RepositoryWanted) -> None:
    assert host.find(wanted) is None
    assert wanted.path is not None
    assert not wanted.path.exists()


def test_an_empty_folder_is_no_repository_yet(host: LocalHost, wanted: RepositoryWanted) -> None:
    place_of(wanted).mkdir(parents=True)
    assert host.find(wanted) is None
    assert host.create(wanted).is_empty


def test_a_new_repository_is_bare_empty_and_has_every_setting(host: LocalHost, wanted: RepositoryWanted) -> None:
    created = host.create(wanted)
    assert created == Repository(
        "acme/demo",
        url=f"{wanted.path}/acme/demo.git",
        clone_url=f"{wanted.path}/acme/demo.git",
        visibility="internal",
        description="Takes payments",
        homepage="https://demo.example",
        topics=("python", "service"),
        default_branch="trunk",
        merge=MergeSettings(squash=True, rebase=False),
        teams={"platform": "push", "security": "a custom role"},
        collaborators={"mona": "admin"},
    )
    assert created.is_empty
    assert git(Path(created.clone_url), "rev-parse", "--is-bare-repository") == "true"
    assert differences(wanted, created) == ()


def test_nothing_else_is_left_beside_a_new_repository(host: LocalHost, wanted: RepositoryWanted) -> None:
    host.create(wanted)
    assert wanted.path is not None
    assert [path.relative_to(wanted.path).as_posix() for path in wanted.path.glob("*/*")] == ["acme/demo.git"]


def test_a_new_repository_has_no_hooks_of_the_machine(host: LocalHost, wanted: RepositoryWanted) -> None:
    assert not (Path(host.create(wanted).clone_url) / "hooks").exists()


def test_a_new_repository_may_be_read_by_whom_the_umask_lets(host: LocalHost, wanted: RepositoryWanted) -> None:
    before = os.umask(0o022)
    try:
        path = Path(host.create(wanted).clone_url)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o755


def test_what_was_pushed_is_found(host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    host.create(wanted)
    commit = forge.commit(
        "acme/demo", {".robot-action.yml": STATE}, branch="trunk", message="Create acme/demo\n\nRobot-Action-Project: acme/demo"
    )
    forge.git("acme/demo", "-c", "user.name=x", "-c", "user.email=x@x.example", "tag", "-a", "-m", "first", "v0.1.0", commit)
    there = found(host, wanted)
    assert there.heads == {"trunk": commit}
    assert there.tags == {"v0.1.0": commit}, "an annotated tag stands for its commit"
    assert there.state is not None
    assert there.state.project == "acme/demo"
    assert "Robot-Action-Project: acme/demo" in there.head_message.splitlines()
    assert not there.is_empty


def test_the_state_is_read_from_the_wanted_branch_where_nobody_pushed_the_default_one(
    host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories
) -> None:
    forge.create("acme/demo", default_branch="main")
    forge.commit("acme/demo", {".robot-action.yml": STATE}, branch="trunk")
    there = found(host, wanted)
    assert there.default_branch == "main"
    assert there.state is not None


def test_a_repository_without_state_file_is_somebody_elses(host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    forge.create("acme/demo")
    forge.commit("acme/demo", {"README": "mine"})
    there = found(host, wanted)
    assert there.state is None
    assert not there.is_empty


@pytest.mark.parametrize("text", ["just text", "{", "schema: 1\nproject: [1]\n", b"\xff\xfe"])
def test_a_broken_state_file_is_reported_with_its_repository(
    host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories, text: str | bytes
) -> None:
    forge.create("acme/demo")
    forge.commit("acme/demo", {".robot-action.yml": text})
    with pytest.raises(InputError, match=r"demo\.git: \.robot-action\.yml"):
        host.find(wanted)


def test_a_state_file_that_is_a_link_a_folder_or_too_large_is_refused(
    host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories
) -> None:
    forge.create("acme/demo")
    forge.commit("acme/demo", {".robot-action.yml": "x" * ((1 << 20) + 1)})
    with pytest.raises(InputError, match="too large"):
        host.find(wanted)
    forge.commit("acme/demo", {".robot-action.yml/file": "x"})
    with pytest.raises(InputError, match="no regular file"):
        host.find(wanted)
    blob = forge.git("acme/demo", "rev-parse", "main:.robot-action.yml/file")
    path = forge.path_of("acme/demo")
    git(path, "update-index", "--add", "--cacheinfo", f"120000,{blob},.robot-action.yml")
    commit = git(path, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit-tree", "-m", "link", git(path, "write-tree"))
    git(path, "update-ref", "refs/heads/main", commit)
    with pytest.raises(InputError, match="no regular file"):
        host.find(wanted)


def test_something_else_at_its_place_is_refused_untouched(host: LocalHost, wanted: RepositoryWanted) -> None:
    path = place_of(wanted)
    path.mkdir(parents=True)
    (path / "notes.txt").write_text("mine")
    with pytest.raises(NotPermittedError, match="no bare git repository"):
        host.find(wanted)
    with pytest.raises(TryAgainError):
        host.create(wanted)
    assert [entry.name for entry in path.iterdir()] == ["notes.txt"]
    shutil.rmtree(path)
    path.write_text("a file")
    with pytest.raises(NotPermittedError, match="no bare git repository"):
        host.find(wanted)
    with pytest.raises(FailedError, match="cannot create"):
        host.create(wanted)
    assert path.read_text() == "a file"


def test_a_detached_head_and_odd_branch_names_are_no_obstacle(host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    forge.create("acme/demo")
    commit = forge.commit("acme/demo", {"a": "b"}, branch="odd\u2028name")
    (forge.path_of("acme/demo") / "HEAD").write_text(f"{commit}\n")
    there = found(host, wanted)
    assert there.default_branch == ""
    assert there.heads == {"odd\u2028name": commit}


def test_of_creators_at_once_one_alone_wins(host: LocalHost, wanted: RepositoryWanted) -> None:
    def attempt(number: int) -> Repository | RobotActionError:
        try:
            return host.create(replace(wanted, description=f"number {number}"))
        except RobotActionError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, range(4)))
    won = [result for result in results if isinstance(result, Repository)]
    lost = [result for result in results if isinstance(result, TryAgainError)]
    assert len(won) == 1
    assert len(lost) == 3
    assert found(host, wanted).description == won[0].description


def test_a_second_creation_changes_nothing(host: LocalHost, wanted: RepositoryWanted) -> None:
    before = host.create(wanted)
    with pytest.raises(TryAgainError, match="somebody else made the repository acme/demo"):
        host.create(replace(wanted, description="another"))
    assert found(host, wanted) == before


def test_settings_of_an_empty_repository_are_brought_to_what_is_wanted_once(
    host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories
) -> None:
    forge.create("acme/demo", default_branch="main")
    changed = host.settle(wanted)
    assert any("visibility" in line for line in changed)
    assert differences(wanted, found(host, wanted)) == ()
    assert found(host, wanted).default_branch == "trunk"
    assert host.settle(wanted) == ()


def test_what_the_manifest_does_not_name_stays_as_it_is(host: LocalHost, wanted: RepositoryWanted) -> None:
    host.create(wanted)
    host.settle(replace(plain(wanted), visibility="internal", default_branch="trunk"))
    there = found(host, wanted)
    assert there.topics == ("python", "service")
    assert there.teams == wanted.teams
    assert there.description == "Takes payments"


def test_fewer_topics_replace_more(host: LocalHost, wanted: RepositoryWanted) -> None:
    host.create(wanted)
    host.settle(replace(wanted, topics=("only",)))
    assert found(host, wanted).topics == ("only",)


def test_a_pushed_branch_becomes_the_default_one(host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    forge.create("acme/demo", default_branch="main")
    with pytest.raises(FailedError, match="no branch trunk"):
        host.set_default_branch(wanted)
    forge.commit("acme/demo", {"a": "b"}, branch="trunk")
    host.set_default_branch(wanted)
    assert found(host, wanted).default_branch == "trunk"


def test_a_repository_that_vanished_is_reported(host: LocalHost, wanted: RepositoryWanted) -> None:
    with pytest.raises(FailedError, match="is gone"):
        host.settle(wanted)


def test_one_that_vanishes_while_it_is_made_is_reported(host: LocalHost, wanted: RepositoryWanted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "find", lambda _wanted: None)
    with pytest.raises(FailedError, match="was removed"):
        host.create(wanted)


def test_git_s_own_placeholder_is_no_description(host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    path = forge.create("acme/demo")
    (path / "description").write_text("Unnamed repository; edit this file 'description' to name the repository.\n")
    assert found(host, wanted).description == ""
    (path / "description").unlink()
    assert found(host, wanted).description == ""


def test_a_folder_that_must_not_be_written_is_explained(host: LocalHost, wanted: RepositoryWanted, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(NotPermittedError, match=r"cannot create .*demo\.git: Permission denied"):
        host.create(wanted)


def test_a_rename_that_fails_for_another_reason_is_explained(
    host: LocalHost, wanted: RepositoryWanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(FailedError, match="No space left"):
        host.create(wanted)
    assert host.find(wanted) is None


def test_a_local_repository_needs_a_folder(host: LocalHost) -> None:
    with pytest.raises(InputError, match="no folder"):
        host.find(RepositoryWanted("acme/demo", HostKind.LOCAL))


def test_the_configuration_of_a_repository_includes_nothing_from_outside(
    host: LocalHost, wanted: RepositoryWanted, forge: BareRepositories, tmp_path: Path
) -> None:
    path = forge.create("acme/demo")
    (tmp_path / "planted").write_text("[robot-action]\n\tvisibility = public\n")
    with (path / "config").open("a") as file:
        file.write(f"[include]\n\tpath = {tmp_path / 'planted'}\n")
    assert found(host, wanted).visibility == "private"


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(description=_TEXT, homepage=_TEXT, roles=st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), _TEXT, max_size=3))
def test_whatever_the_settings_hold_they_come_back_as_they_were(
    host: LocalHost, tmp_path_factory: pytest.TempPathFactory, description: str, homepage: str, roles: Mapping[str, str]
) -> None:
    wanted = RepositoryWanted(
        "acme/demo", HostKind.LOCAL, tmp_path_factory.mktemp("forge"), description=description, homepage=homepage, teams=roles
    )
    there = host.create(wanted)
    assert (there.description, there.homepage, there.teams) == (description, homepage, roles)
