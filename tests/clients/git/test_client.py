"""The client as stages see it; its parts have tests of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import FailedError
from robot_action.model.manifest import Author
from robot_action.repositories import Git
from tests.testbed.bare import git
from tests.testbed.git_bed import REAL_PATH, make_client, stand_in, write_files


def test_it_is_what_the_port_asks_for() -> None:
    port: Git = make_client()
    assert port.version() == git(Path.cwd(), "version").split()[2]


def test_a_git_that_does_not_tell_its_version_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="version"):
        make_client(environment=stand_in(tmp_path, "echo hello")).version()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[user]\nname = Ada Lovelace\nemail = ada@example.com\n", Author("Ada Lovelace", "ada@example.com")),
        ("[user]\nname = Ada\nname = Grace\nemail = grace@example.com\n", Author("Grace", "grace@example.com")),
        ("[user]\nname = Ada\n", None),
        ("[user]\nname\nemail = x@example.com\n", None),
        ("", None),
    ],
)
def test_the_identity_is_that_of_the_users_configuration(tmp_path: Path, text: str, expected: Author | None) -> None:
    write_files(tmp_path, {".gitconfig": text, "nothing": ""})
    without_the_machines = stand_in(tmp_path / "bin", 'GIT_CONFIG_NOSYSTEM=1 exec "$REAL" "$@"')
    client = make_client(environment={**without_the_machines, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "none")})
    assert client.identity() == expected


def test_the_identity_is_not_that_of_a_repository_around_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "Repository")
    git(tmp_path, "config", "user.email", "repository@example.com")
    monkeypatch.chdir(tmp_path)
    found = make_client(environment={**REAL_PATH, "HOME": str(tmp_path / "none"), "TMPDIR": str(tmp_path)}).identity()
    assert found is None or found.name != "Repository"
