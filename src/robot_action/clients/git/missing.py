"""What a partial clone has left out: fetched into a repository of ours when it is needed, so that the project stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.listing import entries_of
from robot_action.clients.git.references import UPLOAD_PACK, is_folder
from robot_action.errors import FailedError, RobotActionError
from robot_action.model.tree import Mode

if TYPE_CHECKING:
    from robot_action.clients.git.project import Located
    from robot_action.clients.git.runner import GitRunner

_PROMISING = r"^(remote\..*\.(promisor|url)|extensions\.partialclone)$"
_PROMISOR = b".promisor"
_YES = frozenset({b"true", b"yes", b"on", b"1", b""})


@dataclass(frozen=True, slots=True)
class Promised:
    """Fetches what a project's clone has left out.

    Attributes:
        found: the project.
        place: a repository of ours that borrows the project's objects.
    """

    runner: GitRunner
    found: Located
    place: Place

    @property
    def is_partial(self) -> bool:
        """Whether the clone may lack objects of its own commits."""
        return any((self.found.common_dir / "objects/pack").glob("*.promisor"))

    def complete(self, commit: str, prefix: str, names: tuple[str, ...] = ("",)) -> None:
        """Fetch the contents of a project that are not here, and what says how they are stored.

        Args:
            commit: the project's.
            prefix: where in the repository the project lies.
            names: how those end that are needed.

        Raises:
            FailedError: when they cannot be had; with the reason and what to do.
        """
        if self.is_partial:
            inside = prefix.strip("/")
            above = ("", *(f"{inside[:end]}/" for end, sign in enumerate(inside) if sign == "/"))
            paths = (inside or ".", *(f"{folder}.gitattributes" for folder in above))
            done = self.runner.run(self.place, "ls-tree", "-r", "-z", "--full-tree", commit, *paths, how=Invocation(accept=(0, 128)))
            modes = set(Mode)
            self._fetch_missing(named.name for path, named in entries_of(done.items) if path.endswith(tuple(names)) and named.mode in modes)

    def _fetch_missing(self, names: Iterable[str]) -> None:
        stdin = "".join(f"{name}\n" for name in sorted(set(names))).encode()
        checked = self.runner.run(self.place, "cat-file", "--batch-check", how=Invocation(stdin=stdin)).text.splitlines()
        missing = [line.split()[0] for line in checked if line.endswith(" missing")]
        if missing:
            self._fetch(missing)

    def _fetch(self, missing: list[str]) -> None:
        what = f"{self.found.folder} is a clone without all contents"
        hint = "Fetch them first, such as with git sparse-checkout disable, or make a full clone."
        url = self._url()
        if not url:
            raise FailedError(f"{what}, and does not say where they are", hint=hint)
        folder = (f"--upload-pack={UPLOAD_PACK}",) if is_folder(url) else ()
        common = ("fetch", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", *folder, "--stdin", "--", url)
        stdin = "".join(f"{name}\n" for name in missing).encode()
        try:
            self.runner.remote(self.place, self.runner.check(url), *common, how=Invocation(stdin=stdin, configuration=_ALONE))
        except RobotActionError as error:
            problem = error.problems[0]
            more = f"{problem.hint}\n{hint}" if problem.hint else hint
            raise FailedError(f"{what}, and they cannot be fetched: {problem.message}", hint=more) from error

    def _url(self) -> str:
        """Return where the objects are, as the clone's configuration says; nothing else of it counts."""
        config: Path = self.found.common_dir / "config"
        asked = ("config", "--file", str(config), "--no-includes", "-z", "--get-regexp", _PROMISING)
        values: dict[bytes, bytes] = {}
        for item in self.runner.run(Place(self.place.folder), *asked, how=Invocation(accept=(0, 1))).items:
            key, _, value = item.partition(b"\n")
            values[key] = value
        named = [values.get(b"extensions.partialclone", b"")]
        named += [key[len(b"remote.") : -len(_PROMISOR)] for key, value in values.items() if key.endswith(_PROMISOR) and value in _YES]
        urls = (values[b"remote.%s.url" % name] for name in named if b"remote.%s.url" % name in values)
        return next(urls, b"").decode(errors="replace")


_ALONE = (("fetch.negotiationAlgorithm", "noop"), ("protocol.version", "2"))
"""Objects are asked for by their ids, and nothing is said of what is here: as git itself fetches what was left out."""
