"""A platform team's world on this machine: templates, GitHub, a package index, and a runner on which the program runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from robot_action.parsing.settings import token_variable
from tests.testbed import nursery
from tests.testbed.fixtures import GitHubBed
from tests.testbed.programs import PythonIndex

TEMPLATES = "acme/templates"
PROJECT = "acme/demo"
BACKEND = Path(__file__).with_name("backend.txt").read_text(encoding="utf-8")

TEMPLATE = {
    "template.yml": """\
        name: tiny
        description: A package that downloads nothing
        questions:
          greeting: {type: str, default: hello}
          password: {type: str, default: "", secret: true}
        install: [make setup]
        start: {command: make run, ready: {log: "^hello"}, timeout: 20}
        """,
    "template/pyproject.toml.jinja": """\
        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]

        [project]
        name = "{{ project.kebab }}"
        version = "{{ project.version }}"
        description = "{{ project.description }}"
        """,
    "template/backend.py": BACKEND,
    "template/demo.py.jinja": "GREETING = '{{ greeting }}'\n",
    "template/Makefile": """\
        setup:
        \techo installed > generated.txt
        \tmkdir -p cache && echo ignored > cache/file
        run:
        \t@cat generated.txt && echo hello && sleep 30
        """,
    "template/.gitignore": "cache/\ndist/\n",
    "template/bin/tool": "#!/bin/sh\n",
}

PROGRAM = ("-m", "robot_action")
"""Starts the program from nothing."""


def dying(moment: str) -> tuple[str, str]:
    """Return the arguments of Python for a run that ends by SIGKILL at a moment; see `tests.create.killed`."""
    top = str(Path(__file__).parents[2])
    return "-c", (
        f"import runpy, sys; sys.path.insert(0, {top!r}); sys.argv[1:1] = [{moment!r}]; "
        "runpy.run_module('tests.create.killed', run_name='__main__')"
    )


def dedented(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files as they are meant, without the indentation of the source."""
    return {path: text if path.endswith(".py") else dedent(text) for path, text in files.items()}


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
    def document(self) -> Any:
        """The JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a run can reach.

    Attributes:
        root: the platform repository's checkout, where the program runs.
        home: robot-action's home folder.
        program: Python's arguments that start the program; none: it is loaded already (`tests.testbed.nursery`), which takes half
            the time, but is nothing for tests that look at the process from outside.
    """

    root: Path
    home: Path
    github: GitHubBed
    index: PythonIndex
    variables: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ()

    @property
    def project(self) -> Path:
        """The project's folder."""
        return self.root / "demo"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every token and password that a run is given."""
        return (*self.github.tokens, self.index.password)

    @property
    def template_url(self) -> str:
        """The template's source, as a manifest names it."""
        return self.github.git.url_of(TEMPLATES)

    def set_up_template(self, files: Mapping[str, str] = TEMPLATE, tag: str = "v1.0.0") -> str:
        """Put a version of the template on the git server; return its commit."""
        commit = self.github.git.commit(TEMPLATES, dedented(files))
        self.github.git.git(TEMPLATES, "tag", tag, commit)
        return commit

    def manifest(self, **changes: Any) -> dict[str, Any]:
        """Return the usual manifest, with changes; None leaves a key out."""
        usual: dict[str, Any] = {
            "schema": 1,
            "template": self.template_url,
            "description": "A demo",
            "repository": {"name": PROJECT, "topics": ["demo"], "teams": {"platform": "push"}},
            "publish": [{"to": "pypi", "url": self.index.url, "index": self.index.simple}],
            "tag": True,
            "author": {"name": "Robot", "email": "robot@acme.example"},
        }
        return {key: value for key, value in {**usual, **changes}.items() if value is not None}

    def write(self, *documents: Mapping[str, Any], name: str = "demo.yml") -> Path:
        """Write manifests into one file of the checkout; JSON is YAML."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"---\n{json.dumps(document)}\n" for document in documents), encoding="utf-8")
        return path

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a runner gives the program: paths, tokens, addresses, nothing of the test's own."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TMPDIR"} or "CERT" in name or "COV" in name}
        return {
            **kept,
            "HOME": str(self.home),
            "ROBOT_ACTION_HOME": str(self.home / "robot-action"),
            "ROBOT_ACTION_CHECK_UPDATES": "false",
            "SOURCE_DATE_EPOCH": "1700000000",
            **self.github.environment,
            token_variable(self.index.url): f"{self.index.user}:{self.index.password}",
            **self.variables,
            **more,
        }

    def command(self, *arguments: str | Path, program: Sequence[str] = PROGRAM) -> list[str]:
        """Return the command line of a run."""
        return [sys.executable, *program, *map(str, arguments)]

    def run(self, *arguments: str | Path, program: Sequence[str] = (), timeout: float = 120, **environment: str) -> Run:
        """Run the program as a user would, in the checkout, in a process of its own."""
        program = program or self.program
        if not program or program[0] == "-c":
            code = program[1] if program else ""
            ended, out, err = nursery.run(tuple(map(str, arguments)), self.root, self.environment(**environment), code=code)
            return Run(ended, out.decode(errors="replace"), err.decode(errors="replace"))
        done = subprocess.run(
            self.command(*arguments, program=program),
            cwd=self.root,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def create(self, *arguments: str | Path, **options: Any) -> Run:
        """Run ``create`` on the checkout's manifest with the trust that it needs."""
        named = arguments or (self.root / "demo.yml",)
        return self.run("create", *named, "--trust", "--allow-protocol", "http", **options)

    def state(self) -> dict[str, Any]:
        """Return what is there in the end, on this machine and on the servers, for comparing two ways to get there."""
        git = self.github.git
        return {
            "tree": self._git_here("ls-tree", "-r", "HEAD"),
            "commits": len(self._git_here("log", "--format=%H").split()),
            "status": self._git_here("status", "--porcelain"),
            "remote tree": git.git(PROJECT, "ls-tree", "-r", "main"),
            "remote commits": len(git.git(PROJECT, "log", "--format=%H", "--all").split()),
            "remote heads": sorted(git.heads(PROJECT)),
            "remote tags": git.git(PROJECT, "tag"),
            "same commit": self._git_here("rev-parse", "HEAD") == git.git(PROJECT, "rev-parse", "main"),
            "releases": self.index.files,
            "files beside": sorted(path.name for path in self.root.iterdir()),
        }

    def _git_here(self, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(self.project), *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()
