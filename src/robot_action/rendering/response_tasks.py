"""What only the foreign formats send back: tasks, messages, and what is told of files; read as what it is, hostile."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import normpath

from robot_action.errors import InputError, Position
from robot_action.model.paths import path_problem
from robot_action.model.tasks import Task
from robot_action.model.template import Rendering
from robot_action.rendering.frames import ProtocolError, expect, text, texts

KEYS = frozenset({"tasks", "migrations", "messages", "kept", "answers_file", "replay", "folder"})
MAX_TASKS = 10_000
_TASK_PARTS = 7
_PLACE_PARTS = 3


def encode_extras(rendering: Rendering) -> dict[str, object]:
    """Return the header's part of a rendering; nothing for a template that has none of it."""
    header: dict[str, object] = {
        "tasks": [_encode_task(task) for task in rendering.tasks],
        "migrations": [_encode_task(task) for task in rendering.migrations],
        "messages": dict(rendering.messages),
        "kept": sorted(rendering.kept),
        "answers_file": rendering.answers_file,
        "replay": dict(rendering.replay),
        "folder": rendering.folder,
    }
    return {key: value for key, value in header.items() if value}


def _encode_task(task: Task) -> list[object]:
    place = [task.position.file, task.position.line, task.position.column] if task.position else None
    script = [task.script[0], task.script[1].decode()] if task.script else None
    command = task.command if isinstance(task.command, str) else list(task.command)
    return [command, task.folder, dict(task.environment), script, task.before, task.when is not False, place]


def decode_tasks(value: object) -> tuple[Task, ...]:
    """Return the tasks that a worker sent.

    Raises:
        ProtocolError: when they are none.
    """
    if not isinstance(value, list) or len(value) > MAX_TASKS:
        raise ProtocolError("tasks were expected, and something else came")
    return tuple(map(_task, value))


def _task(value: object) -> Task:
    if not isinstance(value, list) or len(value) != _TASK_PARTS:
        raise ProtocolError("a task was expected, and something else came")
    command, folder, environment, script, before, when, place = value
    position = _place(place)
    expect(isinstance(before, bool) and when is True, "a task that runs")
    return Task(
        command=_argument(command) if isinstance(command, str) else tuple(_argument(part) for part in texts(command, "arguments")),
        folder=_folder(text(folder, "a folder"), position),
        environment={_variable(name): _argument(item) for name, item in decode_texts(environment, "variables").items()},
        script=_script(script),
        before=before,
        position=position,
    )


def _folder(name: str, position: Position | None) -> str:
    """Return a folder of the project.

    Raises:
        InputError: when it is none; Copier would run a task anywhere.
    """
    inside = normpath(name)
    if inside == ".":
        return ""
    if problem := path_problem(inside):
        raise InputError(f"a task would run in {name!r}, which {problem}", position=position, hint="Tasks run in the project's folder.")
    return inside


def _variable(name: str) -> str:
    expect(name.isidentifier(), "a variable's name")
    return name


def _argument(value: object) -> str:
    found = text(value, "an argument")
    expect("\0" not in found, "an argument")
    return found


def _script(value: object) -> tuple[str, bytes] | None:
    if value is None:
        return None
    suffix, content = texts(value, "a script") if isinstance(value, list) and len(value) == len(("suffix", "content")) else ("/", "")
    expect("/" not in suffix and "\0" not in suffix, "a script")
    return suffix, content.encode()


def _place(value: object) -> Position | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != _PLACE_PARTS or not all(isinstance(number, int) for number in value[1:]):
        raise ProtocolError("a place was expected, and something else came")
    return Position(text(value[0], "a place"), value[1], value[2])


def decode_texts(value: object, what: str) -> Mapping[str, str]:
    """Return a mapping of texts.

    Raises:
        ProtocolError: when it is none.
    """
    if not isinstance(value, dict):
        raise ProtocolError(f"{what} were expected, and something else came")
    return {text(key, what): text(item, what) for key, item in value.items()}
