"""What every git command gets: a place, a clean environment, and configuration that overrides any repository's."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

NOTHING = os.devnull
OUTPUT_LIMIT = 256 * 2**20
"""Bytes that a command may write to standard output, unless its caller says otherwise."""
ALWAYS_PASSED = ("PATH", "TMPDIR", "LD_LIBRARY_PATH")
NETWORK_PASSED = (
    *("HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK"),
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSH_COMMAND"),
    *(name for lower in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for name in (lower, lower.upper())),
)
IDENTITY_PASSED = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
_PINNED_VARIABLES = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_HTTP_LOW_SPEED_LIMIT": "100",  # bytes a second, for that many seconds: then the server counts as gone
    "GIT_HTTP_LOW_SPEED_TIME": "60",
}
WITHOUT_USER_CONFIGURATION = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": NOTHING}
SSH_COMMAND = "ssh -oBatchMode=yes -oControlPath=none -oConnectTimeout=30 -oServerAliveInterval=30"
_PINNED_CONFIGURATION = (
    ("core.hooksPath", NOTHING),
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.alternateRefsCommand", "true"),
    ("core.attributesFile", NOTHING),
    ("core.excludesFile", NOTHING),
    ("core.autocrlf", "false"),
    ("core.safecrlf", "false"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("core.quotePath", "false"),
    ("core.fsyncMethod", "batch"),  # one flush for all objects of a command
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("push.recurseSubmodules", "no"),
    ("fetch.recurseSubmodules", "false"),
    ("submodule.recurse", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("safe.directory", "*"),
    ("protocol.ext.allow", "never"),
    ("credential.helper", ""),
    ("http.followRedirects", "false"),
    *((f"fsck.{name}", "error") for name in ("hasDot", "hasDotdot", "hasDotgit", "fullPathname", "nullSha1")),  # warnings otherwise
    ("advice.detachedHead", "false"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command works. Without ``git_dir`` no repository is looked for above ``folder``, unless ``discover``.

    Attributes:
        folder: the working directory.
        index, objects: other places for those than below ``git_dir``.
    """

    folder: Path
    git_dir: Path | None = None
    work_tree: Path | None = None
    index: Path | None = None
    objects: Path | None = None
    discover: bool = False

    @property
    def bare(self) -> Place:
        """The same repository without work tree and index of the project's: commands that need none run inside of it.

        Raises:
            ValueError: when no repository is named, which is a bug.
        """
        if self.git_dir is None:
            raise ValueError(self)
        return Place(self.git_dir, git_dir=self.git_dir)

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that say it to git."""
        named = {
            "GIT_DIR": self.git_dir,
            "GIT_WORK_TREE": self.work_tree,
            "GIT_INDEX_FILE": self.index,
            "GIT_OBJECT_DIRECTORY": self.objects,
            "GIT_CEILING_DIRECTORIES": None if self.discover else self.folder.parent,
        }
        return {name: str(path) for name, path in named.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Invocation:
    """Everything about one command except its arguments.

    Attributes:
        stdin: what it reads.
        variables: more environment variables, such as dates.
        accept: exit codes that are no failure.
        limit: bytes that it may write to standard output; too_much: what is said when it writes more.
        user_configuration: whether it may see the user's and the machine's git configuration, and whom the environment names.
        configuration: what only this command is configured with.
        light: whether one that speaks with another repository says little: then it needs no GitPython, which tells how far it is.
    """

    stdin: bytes = b""
    variables: Mapping[str, str] = field(default_factory=dict)
    accept: Collection[int] = (0,)
    limit: int = OUTPUT_LIMIT
    too_much: str = ""
    user_configuration: bool = False
    configuration: tuple[tuple[str, str], ...] = ()
    light: bool = False


@dataclass(frozen=True, slots=True)
class GitOutput:
    """What a command gave back; ``errors`` is cleaned and without secrets."""

    code: int
    stdout: bytes
    errors: str

    @property
    def text(self) -> str:
        """Standard output as text without the last line break."""
        return self.stdout.decode(errors="replace").rstrip("\n")

    @property
    def items(self) -> list[bytes]:
        """Standard output cut at NUL bytes."""
        return [item for item in self.stdout.split(b"\0") if item]


def command_variables(base: Mapping[str, str], place: Place, how: Invocation, more: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return a command's environment: some of ``base``, what is pinned, and configuration that only it sees.

    Configuration travels by ``GIT_CONFIG_COUNT`` (git(1)): it comes after every file's, and stands in no argument.
    """
    configuration = [*_PINNED_CONFIGURATION, *how.configuration, *more]
    pinned = {"GIT_CONFIG_COUNT": str(len(configuration))}
    for number, (key, value) in enumerate(configuration):
        pinned[f"GIT_CONFIG_KEY_{number}"] = key
        pinned[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**base, **_PINNED_VARIABLES, **pinned, **place.variables, **how.variables}
