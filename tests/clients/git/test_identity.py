"""Who commits is whom git itself would take, but nobody that it would make up."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.model.manifest import Author
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, stand_in, write_files

GRACE = {"GIT_AUTHOR_NAME": "Grace", "GIT_AUTHOR_EMAIL": "grace@example.com"}
ADA = "[user]\nname = Ada\nemail = ada@example.com\n"


def identity(folder: Path, top: Path | None = None, **environment: str) -> Author | None:
    """Return who commits in a repository, where the user's home is a folder, and the machine is not configured."""
    without_the_machines = stand_in(folder / "bin", 'GIT_CONFIG_NOSYSTEM=1 exec "$REAL" "$@"')
    variables = {**without_the_machines, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "none"), "TMPDIR": str(folder)}
    return make_client(environment={**variables, **environment}).identity(top or folder)


def named(folder: Path, name: str) -> Path:
    """Make a repository whose configuration names somebody."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q")
    git(folder, "config", "user.name", name)
    git(folder, "config", "user.email", f"{name.lower()}@example.com")
    return folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[user]\nname = Ada Lovelace\nemail = ada@example.com\n", Author("Ada Lovelace", "ada@example.com")),
        ("[user]\nname = Ada\nname = Grace\nemail = grace@example.com\n", Author("Grace", "grace@example.com")),
        (f"{ADA}[author]\nname = Grace\n", Author("Grace", "ada@example.com")),
        ("[user]\nname = Ada\n", None),
        ("[user]\nname\nemail = x@example.com\n", None),
        ("", None),
    ],
)
def test_it_is_whom_the_users_configuration_names(tmp_path: Path, text: str, expected: Author | None) -> None:
    write_files(tmp_path, {".gitconfig": text})
    assert identity(tmp_path) == expected


def test_the_users_configuration_may_be_another_file(tmp_path: Path) -> None:
    write_files(tmp_path, {".gitconfig": ADA, "other": ADA.replace("Ada", "Jo")})
    assert identity(tmp_path, GIT_CONFIG_GLOBAL=str(tmp_path / "other")) == Author("Jo", "ada@example.com")


def test_the_repositorys_own_configuration_comes_before_the_users(tmp_path: Path) -> None:
    write_files(tmp_path, {".gitconfig": ADA})
    assert identity(tmp_path, named(tmp_path / "demo", "Robot")) == Author("Robot", "robot@example.com")


def test_configuration_for_some_repositories_counts_in_these(tmp_path: Path) -> None:
    write_files(tmp_path, {".gitconfig": f'{ADA}[includeIf "gitdir:~/acme/"]\npath = work.inc\n', "work.inc": "[user]\nname = Work\n"})
    for place in ("acme/demo", "private/demo"):
        git(write_files(tmp_path / place, {"x": ""}), "init", "-q")
    found = [identity(tmp_path, tmp_path / place) for place in ("acme/demo", "private/demo")]
    assert found == [Author("Work", "ada@example.com"), Author("Ada", "ada@example.com")]


def test_the_environment_comes_first(tmp_path: Path) -> None:
    demo = named(tmp_path / "demo", "Robot")
    assert identity(tmp_path, demo, **GRACE) == Author("Grace", "grace@example.com")
    committer = {name.replace("AUTHOR", "COMMITTER"): value for name, value in GRACE.items()}
    assert identity(tmp_path, **committer) == Author("Grace", "grace@example.com")


def test_a_repository_around_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(tmp_path, "Repository")
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path)
    assert identity(tmp_path, tmp_path / "inside") is None


def test_a_linked_work_tree_has_the_configuration_of_its_repository(tmp_path: Path) -> None:
    demo = named(tmp_path / "demo", "Robot")
    git(demo, "commit", "-q", "--allow-empty", "-m", "x")
    git(demo, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert identity(tmp_path, tmp_path / "linked") == Author("Robot", "robot@example.com")


def test_a_hostile_configuration_runs_nothing(tmp_path: Path) -> None:
    demo = named(tmp_path / "demo", "Robot")
    for key in ("core.fsmonitor", "core.editor", "core.pager", "core.sshCommand", "credential.helper", "alias.var", "core.hooksPath"):
        git(demo, "config", key, f"{'!' if key.startswith(('alias', 'cred')) else ''}touch {tmp_path}/ran")
    assert identity(tmp_path, demo) == Author("Robot", "robot@example.com")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("broken", ["[user\n", "[core]\nrepositoryformatversion = 99\n"])
def test_a_broken_configuration_names_nobody(tmp_path: Path, broken: str) -> None:
    demo = named(tmp_path / "demo", "Robot")
    (demo / ".git/config").write_text(broken)
    assert identity(tmp_path, demo) is None
