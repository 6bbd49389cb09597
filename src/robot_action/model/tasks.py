"""What a foreign template makes run: Copier's tasks and migrations, Cookiecutter's hooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.errors import Position


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
