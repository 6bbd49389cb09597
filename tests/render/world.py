"""A machine on which templates of every format are rendered: a git server with them, and a folder to work in."""

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

from robot_action.model.tree import Entry
from tests.testbed import nursery
from tests.testbed.git_server import GitServer

TEMPLATES = "acme/templates"
NOW = "1700000000"
COPIER = {
    "copier.yml": """\
        _message_before_copy: Making {{ _copier_conf.dst_path }}
        _message_after_copy: |
            It is there:
              make {{ target }}
        _skip_if_exists: [kept.txt]
        _tasks:
          - "echo $STAGE $COPIER_OPERATION {{ name }} > made.txt"
          - [rm, surplus.txt]
          - {command: touch in-sub, working_directory: sub}
          - {command: touch never, when: "{{ name == 'other' }}"}
        name: {type: str, default: demo}
        target: {type: str, default: all}
        password: {type: str, default: "-", secret: true}
        """,
    "README.md.jinja": "# {{ name }}\n",
    "kept.txt": "the template's\n",
    "surplus.txt": "",
    "sub/x": "",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
}
COOKIECUTTER = {
    "cookiecutter.json": """\
        {"name": "demo", "slug": "{{ cookiecutter.name|lower }}", "kind": ["lib", "app"], "_copy_without_render": ["*.txt"]}
        """,
    "hooks/pre_gen_project.py": """\
        from pathlib import Path
        if "{{ cookiecutter.kind }}" == "bad":
            raise SystemExit(3)
        Path("before.txt").write_text("made before\\n")
        Path("README.md").write_text("to be replaced\\n")
        """,
    "hooks/post_gen_project.sh": """\
        #!/bin/sh
        set -e
        test -f README.md
        rm surplus.txt
        echo "{{ cookiecutter.slug }}" > after.txt
        chmod +x after.txt
        """,
    "{{ cookiecutter.slug }}/README.md": "# {{ cookiecutter.name }}\n",
    "{{ cookiecutter.slug }}/raw.txt": "{{ raw }}\n",
    "{{ cookiecutter.slug }}/surplus.txt": "",
}
NATIVE = {
    "template.yml": """\
        name: tiny
        questions:
          greeting: {type: str, default: hello}
        """,
    "template/demo.py.jinja": "GREETING = '{{ greeting }}'\n",
}


def dedented(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files as they are meant, without the indentation of the source."""
    return {path: dedent(text) for path, text in files.items()}


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


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a run can reach.

    Attributes:
        root: where the program runs.
        home: robot-action's home folder.
    """

    root: Path
    home: Path
    git: GitServer
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The template's source, in a form that Copier takes for a git repository, too."""
        return f"git+{self.git.url_of(TEMPLATES)}"

    @property
    def project(self) -> Path:
        """The project's folder."""
        return self.root / "demo"

    def set_up(self, files: Mapping[str, str | Entry], tag: str = "v1.0.0") -> str:
        """Put a version of the template on the server; return its commit."""
        texts = dedented({path: text for path, text in files.items() if isinstance(text, str)})
        commit = self.git.commit(TEMPLATES, {**files, **texts})
        self.git.git(TEMPLATES, "tag", tag, commit)
        return commit

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a shell gives the program."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TMPDIR", "PYTHONPATH"} or "COV" in name}
        return {
            **kept,
            "HOME": str(self.home),
            "ROBOT_ACTION_HOME": str(self.home / "robot-action"),
            "ROBOT_ACTION_CHECK_UPDATES": "false",
            "SOURCE_DATE_EPOCH": NOW,
            **self.variables,
            **more,
        }

    def run(self, *arguments: str | Path, program: Sequence[str] = (), **environment: str) -> Run:
        """Run the program as a user would, in a process of its own.

        Args:
            arguments: its own.
            program: Python's arguments, where it is to be started in another way.
            environment: more variables.
        """
        if not program:
            code, out, err = nursery.run(tuple(map(str, arguments)), self.root, self.environment(**environment))
            return Run(code, out.decode(errors="replace"), err.decode(errors="replace"))
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            cwd=self.root,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def render(self, *arguments: str | Path, trust: bool = True, template: str = "", **options: Any) -> Run:
        """Render the template on the server into the project's folder."""
        trusted = ("--trust",) if trust else ()
        return self.run("render", template or self.url, "demo", "--allow-protocol", "http", *trusted, *arguments, **options)

    def peer(self, *command: str | Path) -> str:
        """Run another tool as a user would, beside the project; return what it said."""
        arguments = [Path(sys.executable).with_name(str(command[0])), *command[1:]]
        done = subprocess.run(arguments, cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def files(self, folder: Path | None = None) -> dict[str, str]:
        """Return the project's files, ``*`` behind the names of those that can be executed."""
        top = folder or self.project
        paths = [path for path in sorted(top.rglob("*")) if ".git" not in path.parts and not path.is_dir()]
        return {f"{path.relative_to(top)}{'*' if path.stat().st_mode & 0o100 else ''}": path.read_text() for path in paths}


def in_place(moment: str = "") -> tuple[str, str]:
    """Return the arguments of Python for a run without a second user, which ends by SIGKILL at a moment; see `tests.create.killed`."""
    top = str(Path(__file__).parents[2])
    kill = f"from tests.create.killed import arrange; arrange({moment!r}); " if moment else ""
    return "-c", (
        f"import sys; sys.path.insert(0, {top!r}); from robot_action.clients.isolation import sandbox; "
        f"sandbox.obstacle = lambda: 'this test wants no second user'; {kill}"
        "from robot_action.__main__ import main; sys.argv[0] = 'robot-action'; main()"
    )
