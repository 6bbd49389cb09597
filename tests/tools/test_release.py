from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.release import ReleaseError, main, moves_major, pinned, tag, version_of

TOP = Path(__file__).resolve().parent.parent.parent
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
IMAGE = f"registry.example/acme/robot-action@{DIGEST}"
ACTION = "name: x\nruns:\n  using: docker\n  image: Dockerfile\n"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone with one commit, whose origin is a bare repository beside it."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    git(tmp_path, "clone", "--quiet", "origin.git", "clone")
    folder = tmp_path / "clone"
    add_commit(folder)
    return folder


def add_commit(folder: Path) -> None:
    (folder / "action.yml").write_text(ACTION)
    git(folder, "add", "action.yml")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--allow-empty", "--message", "work")
    git(folder, "push", "--quiet", "origin", "HEAD:main")


def back(folder: Path) -> None:
    """Check out what was released, as a new run of the workflow does."""
    git(folder, "checkout", "--quiet", "--detach", "origin/main")


def tags(folder: Path) -> dict[str, str]:
    lines = git(folder, "ls-remote", "--tags", "origin").splitlines()
    return {name.removeprefix("refs/tags/"): commit for commit, name in (line.split("\t") for line in lines)}


def test_the_tag_names_the_projects_version() -> None:
    assert version_of("release-1.2.3", '[project]\nversion = "1.2.3"') == "1.2.3"


@pytest.mark.parametrize("name", ["release-1.2.4", "v1.2.3", "1.2.3", "release-1.2.3\n", "release-1.2.3-rc1"])
def test_another_tag_releases_nothing(name: str) -> None:
    with pytest.raises(ReleaseError, match=r"the tag for it is release-1\.2\.3"):
        version_of(name, '[project]\nversion = "1.2.3"')


@pytest.mark.parametrize("version", ["1.2", "1.2.3rc1", "01.2.3"])
def test_a_release_has_three_numbers(version: str) -> None:
    with pytest.raises(ReleaseError, match="three numbers"):
        version_of(f"release-{version}", f'[project]\nversion = "{version}"')


def test_the_image_takes_the_dockerfiles_place_and_nothing_else_changes() -> None:
    text = (TOP / "action.yml").read_text(encoding="utf-8")
    assert pinned(text, IMAGE) == text.replace("  image: Dockerfile\n", f"  image: docker://{IMAGE}\n")
    assert pinned(text, IMAGE) != text


@pytest.mark.parametrize(
    "image",
    [
        "registry.example/acme/robot-action:v1",
        "registry.example/acme/robot-action@sha256:0123",
        f"robot-action@{DIGEST}",
        f"registry.example/Acme/robot-action@{DIGEST}",
        f"registry.example/acme/robot-action@{DIGEST}\n  entrypoint: /bin/sh",
        f"@{DIGEST}",
    ],
)
def test_only_an_image_with_its_digest_is_taken(image: str) -> None:
    with pytest.raises(ReleaseError, match="is no image with"):
        pinned(ACTION, image)


@pytest.mark.parametrize("action", ["runs:\n", ACTION + "  image: Dockerfile\n", pinned(ACTION, IMAGE)])
def test_an_action_of_another_shape_is_refused(action: str) -> None:
    with pytest.raises(ReleaseError, match="has no line"):
        pinned(action, IMAGE)


@pytest.mark.parametrize(
    ("version", "released", "moves"),
    [
        ("1.0.0", [], True),
        ("1.10.0", ["v1.9.0", "v1", "release-1.10.0"], True),
        ("1.9.1", ["v1.9.0", "v1.10.0", "v1"], False),
        ("1.9.1", ["v2.0.0", "v2"], True),
        ("1.9.1", ["v1.9.1"], True),
    ],
)
def test_the_major_versions_tag_stands_at_its_highest_release(version: str, released: list[str], moves: bool) -> None:
    assert moves_major(version, released) is moves


def test_only_the_tags_have_the_pinned_commit(clone: Path) -> None:
    before = git(clone, "rev-parse", "HEAD")
    tag(clone, "1.2.3", IMAGE)
    found = tags(clone)
    assert set(found) == {"v1.2.3", "v1"}
    assert found["v1"] == found["v1.2.3"]
    assert git(clone, "ls-remote", "--heads", "origin").split() == [before, "refs/heads/main"]
    assert git(clone, "rev-parse", f"{found['v1']}^") == before
    assert f"docker://{IMAGE}" in git(clone, "show", f"{found['v1.2.3']}:action.yml")
    assert git(clone, "diff", "--name-only", before, found["v1.2.3"]) == "action.yml"


def test_releasing_again_changes_nothing(clone: Path) -> None:
    tag(clone, "1.2.3", IMAGE)
    first = tags(clone)
    back(clone)
    tag(clone, "1.2.3", IMAGE)
    assert tags(clone) == first


def test_a_release_is_never_moved(clone: Path) -> None:
    tag(clone, "1.2.3", IMAGE)
    first = tags(clone)
    back(clone)
    with pytest.raises(ReleaseError, match="git push failed"):
        tag(clone, "1.2.3", IMAGE.replace("0", "f"))
    assert tags(clone) == first  # neither is v1


def test_the_next_release_moves_the_major_versions_tag_and_an_older_ones_does_not(clone: Path) -> None:
    tag(clone, "1.2.3", IMAGE)
    back(clone)
    add_commit(clone)
    tag(clone, "1.3.0", IMAGE)
    assert tags(clone)["v1"] == tags(clone)["v1.3.0"] != tags(clone)["v1.2.3"]
    back(clone)
    tag(clone, "1.2.4", IMAGE)
    assert tags(clone)["v1"] == tags(clone)["v1.3.0"]
    assert "v1.2.4" in tags(clone)


def test_the_command_line_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    version = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    main(["check", f"release-{version}"])
    assert capsys.readouterr().out == f"version={version}\n"


@pytest.mark.parametrize("arguments", [["check", "v0"], ["tag", "1.2.3"], []])
def test_what_makes_no_sense_ends_with_words(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "tools/release.py", *arguments], cwd=TOP, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "release" in done.stderr
    assert "Traceback" not in done.stderr
