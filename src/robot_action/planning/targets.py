"""Where a proposal goes: the repository, the branch to merge into, and the branch that is proposed. Pure."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote, urlsplit

from robot_action.errors import NoBranchError, NoRepositoryError, UsageError
from robot_action.model.credentials import host_of, repository_of
from robot_action.model.facts import LocalRepository
from robot_action.model.manifest import HostKind
from robot_action.model.proposal import Surroundings, Target, Wishes
from robot_action.model.pull_request import BRANCH_PREFIX
from robot_action.parsing.rules import check_branch
from robot_action.parsing.wording import RuleError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?P<path>[^:]+)")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|\Z)|\.(?:/|\Z)|/\Z))[A-Za-z0-9_][A-Za-z0-9._/+-]{0,200}")
_BARE = ".git"
_HEADS = "refs/heads/"
_PLAIN = re.compile(r"(?!.*--)[A-Za-z0-9_/-]*")
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_TEMPLATE_END = re.compile(r"[/#=:]")
_DEFAULT_FILES = frozenset({".robot-action.yml", ".copier-answers.yml", ".cruft.json"})


def find_target(wishes: Wishes, around: Surroundings, local: LocalRepository | None) -> Target:
    """Return the repository that a proposal goes to: the one that is named, the workflow's own, or the checkout's origin.

    Raises:
        UsageError: when what is named is no repository.
        NoRepositoryError: when nothing names one.
    """
    if name := wishes.repository:
        if name.startswith((".", "/")) or (name.endswith(_BARE) and ":" not in name):  # GitHub takes no name with that end
            return _local(Path(around.here, name))
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} is no repository", hint="Write owner/name, or the folder of a bare repository (forge/demo.git, ./demo)."
            )
        return _github(around, name)
    if around.own:
        return _github(around, around.own)
    found = _of_origin(around, local.origin) if local else None
    if found is None:
        raise NoRepositoryError(
            "nothing tells which repository the pull request goes to",
            hint=f"Name it with --repository, or give the project a remote 'origin' at {around.server} or at a folder.",
        )
    return found


def find_base(wishes: Wishes, around: Surroundings, local: LocalRepository) -> str:
    """Return the branch that is merged into: the named one, the one that is checked out, or the workflow's.

    Raises:
        ConfigurationError: when none is known.
        UsageError: when it is a branch that we propose.
    """
    of_run = around.ref.removeprefix(_HEADS) if around.ref.startswith(_HEADS) and around.commit == local.head else ""
    base = wishes.base or local.branch or of_run
    if not base:
        raise NoBranchError("no branch is checked out, so nobody knows what to merge into", hint="Name it with --base.")
    return base_branch(base)


def base_branch(name: str) -> str:
    """Return the name of a branch that can be merged into as it is: whatever git takes for one.

    Raises:
        UsageError: when it is no such name, or that of a branch of ours, which others merge.
    """
    if name.startswith(BRANCH_PREFIX):
        raise UsageError(
            f"{name!r} is a branch that is proposed, and none to merge into",
            hint="Check out the branch that it is proposed to. To bring a version in on this one, run update without a pull request.",
        )
    try:
        return check_branch(name)
    except RuleError as error:
        raise UsageError(error.message, hint=error.hint) from None


def branch_for(template: str, folder: str, file: str) -> str:
    """Return the branch of a template and a project, always the same one.

    Args:
        template: the template's source, as the state file has it.
        folder: where in the repository the project lies; ``""`` is the top.
        file: the state file's name, where the folder alone does not tell the project; see `distinctive`.
    """
    parts = [_TEMPLATE_END.split(template.rstrip("/"))[-1].removesuffix(_BARE) or "template", folder]
    parts.append(file.removeprefix(".").removesuffix(".yml").removeprefix("copier-answers."))
    return BRANCH_PREFIX + "--".join(_slug(part) for part in parts if part)


def distinctive(file: str, found: Collection[str]) -> str:
    """Return a state file's name where it tells a project from others; ``""``: it has the usual name, and may get another usual one.

    Args:
        file: its name.
        found: the state files of its folder.
    """
    is_usual = file in _DEFAULT_FILES and _DEFAULT_FILES.isdisjoint({*found} - {file})
    return "" if is_usual else file


def project_key(folder: str, file: str) -> str:
    """Return what tells a project from others of its repository: its folder, and its state file where that is `distinctive`."""
    return posixpath.join(folder, file).rstrip("/") or "."


def own_branch(name: str) -> str:
    """Return the name of a branch of ours as it is.

    Raises:
        UsageError: when it is no such name, or one that git would not take, or not everywhere.
    """
    if not name.startswith(BRANCH_PREFIX):
        raise UsageError(f"the branch {name!r} is not below {BRANCH_PREFIX}", hint=f"Only such branches are ours: {BRANCH_PREFIX}{name}")
    if not _BRANCH.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a branch", hint="Use letters, digits and -, _, +, / and single dots within.")
    return name


def _slug(text: str) -> str:
    """Return a text as part of a branch's name; what is lost of it, such as dots, is told by a digest."""
    slug = _ODD.sub("-", text.replace("/", "--")).strip("-") or "x"
    return slug if _PLAIN.fullmatch(text) else f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _github(around: Surroundings, name: str) -> Target:
    return Target(HostKind.GITHUB, name, f"{around.server}/{name}.git")


def _local(path: Path) -> Target:
    place = os.path.normpath(path)
    return Target(HostKind.LOCAL, place, place)


def _of_origin(around: Surroundings, origin: str) -> Target | None:
    """Return the target that a remote's URL names."""
    if origin.startswith(("/", "file:///")):
        return _local(Path(unquote(urlsplit(origin).path) if origin.startswith("file:") else origin))
    scp = None if "://" in origin else _SCP.fullmatch(origin)
    url = f"ssh://{scp['host']}/{scp['path']}" if scp else origin
    same = (
        (urlsplit(url).hostname or "") == (urlsplit(around.server).hostname or "")
        if url.startswith("ssh:")
        else host_of(url) == host_of(around.server)
    )
    name = repository_of(url)
    return _github(around, name) if same and name and _NAME.fullmatch(name) else None
