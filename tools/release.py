"""What a release does besides building: ``python3 tools/release.py check TAG | tag VERSION IMAGE@DIGEST``.

``check`` holds the pushed tag ``release-1.2.3`` to the version in ``pyproject.toml``, and prints ``version=1.2.3``.

``tag`` commits an ``action.yml`` that names the image by its digest, on top of the commit that is checked out, and pushes that
commit as the tag ``v1.2.3`` alone; no branch has it. A workflow that pins the commit pins the image with it. The tag is never
moved; ``v1`` is, unless it stands at a higher release. The commit depends on its parent and the image alone, so running it
again does no harm.

Only Python's own library is used: the job that may write to the repository installs nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
NAME, EMAIL = "robot-action", "robot-action@users.noreply.invalid"

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_IMAGE = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+@sha256:[0-9a-f]{64}")
_LINE = re.compile(r"^  image: Dockerfile$", re.MULTILINE)


class ReleaseError(Exception):
    """A release that must not go on."""


def version_of(tag: str, pyproject: str) -> str:
    """Return the version that a tag releases.

    Raises:
        ReleaseError: the tag is none of a release, or the project has another version.
    """
    version: str = tomllib.loads(pyproject)["project"]["version"]
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"pyproject.toml has the version {version!r}: a release has three numbers")
    if tag != f"release-{version}":
        raise ReleaseError(f"the tag is {tag!r}, and pyproject.toml has the version {version}: the tag for it is release-{version}")
    return version


def pinned(action: str, image: str) -> str:
    """Return ``action.yml`` with an image instead of the Dockerfile.

    Args:
        action: the file's text.
        image: where the image is, with its digest: ``registry.example/robot-action@sha256:…``.

    Raises:
        ReleaseError: the image is not named by its digest, or the file names no Dockerfile.
    """
    if not _IMAGE.fullmatch(image):
        raise ReleaseError(f"{image!r} is no image with a host, a name in lower case, and a digest")
    text, count = _LINE.subn(f"  image: docker://{image}", action)
    if count != 1:
        raise ReleaseError("action.yml has no line `  image: Dockerfile`, or several")
    return text


def moves_major(version: str, tags: Iterable[str]) -> bool:
    """Tell whether ``v1`` moves to this version: not where a higher one of the same major version is released."""
    major, *_ = ours = _numbers(version)
    others = (_numbers(tag.removeprefix("v")) for tag in tags if _VERSION.fullmatch(tag.removeprefix("v")))
    return all(other <= ours for other in others if other[0] == major)


def tag(top: Path, version: str, image: str) -> None:
    """Commit the pinned ``action.yml``, and push the commit as the release's tag, and as the major version's.

    Raises:
        ReleaseError: the image is not named by its digest, git fails, or the tag is there with another commit.
    """
    file = top / "action.yml"
    file.write_text(pinned(file.read_text(encoding="utf-8"), image), encoding="utf-8")
    date = _git(top, "show", "--no-patch", "--format=%cI", "HEAD")
    message = f"Release {version}\n\nThe action's image, by its digest."
    _git(top, "commit", "--quiet", "--message", message, "--", "action.yml", date=date)
    listed = _git(top, "ls-remote", "--tags", "--refs", "origin")
    tags = [line.partition("refs/tags/")[2] for line in listed.splitlines()]
    major = [f"+HEAD:refs/tags/v{version.partition('.')[0]}"] if moves_major(version, tags) else []
    _git(top, "push", "--quiet", "--atomic", "origin", f"HEAD:refs/tags/v{version}", *major)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _git(top: Path, *arguments: str, date: str = "") -> str:
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", NAME), ("EMAIL", EMAIL))}
    when = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    environment = {**os.environ, **who, **when}
    done = subprocess.run(["git", *arguments], cwd=top, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> None:
    """Do what the command line asks for."""
    try:
        match arguments:
            case ["check", name]:
                print(f"version={version_of(name, (TOP / 'pyproject.toml').read_text(encoding='utf-8'))}")
            case ["tag", version, image]:
                tag(TOP, version, image)
            case _:
                sys.exit(__doc__)
    except ReleaseError as error:
        sys.exit(f"release: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
