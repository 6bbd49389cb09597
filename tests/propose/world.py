"""A project on a host, the template that it was made from, and people who work on the branch that is proposed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robot_action.parsing.pull_request_file import dump_pull_request, parse_pull_request
from tests.testbed import nursery
from tests.testbed.bare import BareRepositories, git
from tests.testbed.fixtures import GitHubBed
from tests.testbed.git_bed import write_files

NAME = "acme/demo"
BRANCH = "robot-action/tpl"
LINES = "".join(f"line {number}\n" for number in range(1, 21))
TEMPLATE = {
    "template.yml": "name: tiny\nquestions:\n  greeting: {type: str, default: hello}\n",
    "template/a.txt": LINES,
    "template/b.txt": LINES,
    "template/gone.txt": "gone\n",
    "template/run.sh": "#!/bin/sh\n",
}


@dataclass(frozen=True, slots=True)
class Run:
    """How one run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it printed."""
        return self.out + self.err

    @property
    def project(self) -> Any:
        """The only project of the JSON document on standard output."""
        return json.loads(self.out)["projects"][0]

    @property
    def pull(self) -> Any:
        """What became of the pull request."""
        return self.project["pull_request"]


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request, whatever the host."""

    number: int
    state: str
    title: str
    body: str
    draft: bool
    labels: list[str]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a run can reach.

    Attributes:
        root: holds the project's clone ``demo`` and the template's repository ``tpl``, and the program runs there.
        bare: has the repositories of the host.
        github: the host, or None: it is a folder.
    """

    root: Path
    bare: BareRepositories
    github: GitHubBed | None = None
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Path:
        """The project's clone."""
        return self.root / "demo"

    def version(self, tag: str, **changes: str | None) -> None:
        """Make a version of the template with changed files; ``b_txt`` is ``b.txt``, and None takes it away."""
        folder = self.root / "tpl"
        for name, text in changes.items():
            path = folder / "template" / name.replace("_", ".")
            path.unlink(missing_ok=True)
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        commit_all(folder, f"Version {tag}")
        git(folder, "tag", tag)

    def version_with(self, tag: str, files: Mapping[str, str]) -> None:
        """Make a version of the template with more files, by their paths."""
        write_files(self.root / "tpl/template", files)
        commit_all(self.root / "tpl", f"Version {tag}")
        git(self.root / "tpl", "tag", tag)

    def run(self, *arguments: str | Path, code: str = "", **environment: str) -> Run:
        """Run the program."""
        given = ("--allow-protocol", "http") if self.github and arguments[0] in {"update", "deliver"} else ()
        told = tuple(map(str, (*arguments, *given)))
        ended, out, err = nursery.run(told, self.root, self.environment(**environment), code=code)
        return Run(ended, out.decode(errors="replace"), err.decode(errors="replace"))

    def propose(self, *arguments: str | Path, **options: Any) -> Run:
        """Update the project by a pull request."""
        return self.run("update", "demo", "--pull-request", "--json", *arguments, **options)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a shell gives the program."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TMPDIR"} or "COV" in name}
        home = {"HOME": str(self.root), "ROBOT_ACTION_HOME": str(self.root / "home"), "ROBOT_ACTION_CHECK_UPDATES": "false"}
        return {**kept, **home, **(self.github.environment if self.github else {}), **self.variables, **more}

    def use(self, token: str) -> None:
        """Run with another token of `GitHubBed`, by its name there."""
        assert self.github
        self.variables["GITHUB_TOKEN"] = getattr(self.github, token)

    # The project

    def commit(self, files: Mapping[str, str], message: str = "Mine") -> str:
        """Commit files on the project's main branch, and push."""
        write_files(self.project, files)
        commit_all(self.project, message)
        git(self.project, "push", "--quiet", str(self.bare.path_of(NAME)), "HEAD:refs/heads/main")
        return git(self.project, "rev-parse", "HEAD")

    def pull_main(self) -> None:
        """Bring the project's clone to the host's main branch."""
        git(self.project, "pull", "--quiet", "--ff-only", str(self.bare.path_of(NAME)), "main")

    # The host

    def heads(self) -> dict[str, str]:
        """Return the host's branches."""
        return self.bare.heads(NAME)

    def show(self, what: str) -> str:
        """Return a file of the host's repository, as ``branch:path``."""
        return self.bare.blob(NAME, what).decode()

    def log(self, branch: str = BRANCH) -> list[str]:
        """Return the titles of a branch's commits beyond the base, the newest first."""
        return self.bare.git(NAME, "log", "--format=%s", f"main..{branch}").splitlines()

    def person(self, files: Mapping[str, str | None], *, branch: str = BRANCH, amend: bool = False) -> str:
        """Push a commit of Ada's to a branch; amend: in the place of the newest one, with author and date of her own, and its message."""
        folder = self.root / "ada"
        shutil.rmtree(folder, ignore_errors=True)
        git(self.root, "clone", "--quiet", "--branch", branch, str(self.bare.path_of(NAME)), str(folder))
        for path, text in files.items():
            (folder / path).unlink(missing_ok=True)
            if text is not None:
                write_files(folder, {path: text})
        message = git(folder, "log", "-1", "--format=%B") if amend else "Ada's"
        commit_all(folder, message, *(("--amend", "--reset-author") if amend else ()))
        git(folder, "push", "--quiet", "--force", "origin", branch)
        return git(folder, "rev-parse", "HEAD")

    def merge(self, number: int = 1, *, squash: bool = False, pull: bool = True) -> None:
        """Merge a pull request, as its host does; pull: the project's clone learns of it."""
        folder = self.root / "merging"
        shutil.rmtree(folder, ignore_errors=True)
        git(self.root, "clone", "--quiet", "--branch", "main", str(self.bare.path_of(NAME)), str(folder))
        git(folder, *_AS_ADA, "merge", "--quiet", *(("--squash",) if squash else ("--no-ff", "-m", "Merge")), f"origin/{BRANCH}")
        if squash:
            commit_all(folder, "Squashed")
        git(folder, "push", "--quiet", "origin", "main")
        if self.github:
            one = self._fakes[number - 1]
            one.state, one.merged, one.commit = "closed", True, self.heads()[BRANCH]
        if pull:
            self.pull_main()

    def close(self, number: int) -> None:
        """Close a pull request, as a person would."""
        if self.github:
            self._fakes[number - 1].state = "closed"
            return
        file = self._folder / f"{number}.md"
        file.write_text(file.read_text().replace('state: "open"', 'state: "closed"', 1))

    def make_ready(self, number: int = 1) -> None:
        """Mark a pull request as ready for review, as a person would."""
        if self.github:
            self._fakes[number - 1].draft = False
            return
        file = self._folder / f"{number}.md"
        file.write_text(file.read_text().replace("draft: true", "draft: false", 1))

    def retitle(self, number: int, title: str) -> None:
        """Give a pull request another title and another text around its mark, as a person would."""
        if self.github:
            pull = self._fakes[number - 1]
            pull.title, pull.body = title, f"Ada says so.\n{pull.body}"
            return
        file = self._folder / f"{number}.md"
        one = parse_pull_request(file.read_bytes(), str(file), "", number)
        from dataclasses import replace

        file.write_bytes(dump_pull_request(replace(one, title=title, body=f"Ada says so.\n{one.body}")))

    def pulls(self) -> list[Pull]:
        """Return all pull requests."""
        if self.github:
            states = {True: "merged", False: ""}
            return [
                Pull(one.number, states[one.merged] or one.state, one.title, one.body or "", one.draft, list(one.labels))
                for one in self._fakes
            ]
        files = sorted(self._folder.glob("*.md"), key=lambda file: int(file.stem))
        found = [parse_pull_request(file.read_bytes(), str(file), "", int(file.stem)) for file in files]
        return [Pull(one.number, one.state.value, one.title, one.body, one.draft, list(one.labels)) for one in found]

    def status(self) -> str:
        """Return what is said beside the branch's commit."""
        head = self.heads()[BRANCH]
        if self.github:
            found = self.github.fake.repositories[NAME].proposals.statuses.get(head, [])
            return str(found[-1]["state"]) if found else ""
        file = self._folder / f"statuses/{head}.json"
        return str(json.loads(file.read_text())["robot-action/conflicts"]["state"]) if file.exists() else ""

    def writes(self) -> int:
        """Return how many requests have changed something on the host."""
        assert self.github
        reading = {"GET", "HEAD"}
        asked = [one for one in self.github.fake.requests if one.method not in reading and not one.path.endswith("/graphql")]
        return len(asked) + len(self.github.git.pushes)

    @property
    def _fakes(self) -> list[Any]:
        assert self.github
        return self.github.fake.repositories[NAME].proposals.pulls

    @property
    def _folder(self) -> Path:
        return self.bare.root / "acme/demo.pulls"


_AS_ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


def commit_all(folder: Path, message: str, *options: str) -> None:
    """Commit everything in a work tree."""
    git(folder, "add", "--all")
    git(folder, *_AS_ADA, "commit", "--quiet", "--allow-empty", "-m", message, *options)
