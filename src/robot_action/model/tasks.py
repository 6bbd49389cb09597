"""What a foreign template makes run: Copier's tasks and migrations, Cookiecutter's hooks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from robot_action.errors import Position

SHELL = ("/bin/sh", "-c")
"""What runs a command that is one text."""
PYTHON, PYTHON_SUFFIX = "python", ".py"
TEMPLATE_FOLDER = "/robot-action/template"
"""Stands for the folder with the template's files in what is rendered; where a task names it, it is given the real one."""


@dataclass(frozen=True, slots=True)
class Task:
    """One command of a template; before it is rendered, its texts may hold Jinja.

    Attributes:
        command: arguments, or one text for the shell.
        when: whether it runs; a text is a Jinja condition.
        folder: where it runs, from the project's top; ``""`` is the top.
        environment: variables that only it gets.
        script: a file to be run instead: its suffix (``.py``) and contents; the command is then what follows its name.
        before: whether it runs before the project's files are written, where the project is still empty: Cookiecutter's
            ``pre_gen_project``.
        position: where the template says it; a script's is its file.
    """

    command: str | tuple[str, ...]
    when: bool | str = True
    folder: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    script: tuple[str, bytes] | None = None
    before: bool = False
    position: Position | None = None

    def located(self, folder: str) -> Task:
        """Return the task with the real folder of the template's files in its texts."""

        def put(text: str) -> str:
            return text.replace(TEMPLATE_FOLDER, folder)

        return replace(
            self,
            command=put(self.command) if isinstance(self.command, str) else tuple(map(put, self.command)),
            environment={name: put(value) for name, value in self.environment.items()},
            script=self.script and (self.script[0], self.script[1].replace(TEMPLATE_FOLDER.encode(), folder.encode())),
        )

    @property
    def names_template(self) -> bool:
        """Whether it names the folder of the template's files, which is only then there."""
        return self != self.located("")

    @property
    def arguments(self) -> tuple[str, ...]:
        """What runs, for people: a script is called by its file."""
        if self.script is None:
            return (*SHELL, self.command) if isinstance(self.command, str) else self.command
        file = self.position.file.rpartition(": ")[2] if self.position else f"script{self.script[0]}"
        return (*((PYTHON,) if self.script[0] == PYTHON_SUFFIX else ()), file, *self.command)

    @property
    def title(self) -> str:
        """The task in one line, as a shell would take it."""
        return self.command if isinstance(self.command, str) and self.script is None else shlex.join(self.arguments)
