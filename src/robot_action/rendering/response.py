"""The worker's answer as a frame: written by the worker, and read by the renderer as what it is, hostile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from robot_action.errors import InputError, MissingAnswersError, Position, Problem
from robot_action.model.paths import check_tree, path_problem
from robot_action.model.template import COMPILED_LIMIT, Command, Commands, Rendering, RenderRequest, Start
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.values import Value
from robot_action.rendering.frames import Frame, ProtocolError, expect, join_frame, text, texts
from robot_action.rendering.response_tasks import KEYS, decode_tasks, decode_texts, encode_extras

MAX_TREE_BYTES = 2**30
"""Bytes of a rendered tree, files that were copied included: one file of the template can be copied many times."""
_MAX_PROBLEMS = 1000
_PROBLEM_PARTS = 3
_MODES = {mode.value: mode for mode in Mode}
_ENTRY_PARTS = 5


def encode_rendering(rendering: Rendering, request: RenderRequest) -> bytes:
    """Return a rendering; an entry that is the request's own is sent as its path, without its bytes."""
    own = {id(entry): path for path, entry in request.tree.items()}
    tree = [
        [path, entry.mode, own.get(id(entry)), 0 if id(entry) in own else len(entry.content), rendering.sources.get(path)]
        for path, entry in rendering.tree.items()
    ]
    header: dict[str, object] = {
        "tree": tree,
        "answers": dict(rendering.answers),
        "recorded": list(rendering.recorded),
        "secret": list(rendering.secret),
        "defaulted": list(rendering.defaulted),
        "install": [[_place(command.position), list(command.arguments)] for command in rendering.install.commands],
        "start": [list(rendering.start.command.arguments), rendering.start.readiness.value] if rendering.start else None,
        "compiled": len(rendering.compiled),
        **encode_extras(rendering),
    }
    made = (entry.content for entry in rendering.tree.values() if id(entry) not in own)
    return join_frame(header, (*made, rendering.compiled))


def encode_problems(problems: Sequence[Problem], missing: Sequence[str] = ()) -> bytes:
    """Return the problems that forbid a rendering, and which questions nobody answered."""
    parts = [[problem.message, _place(problem.position), problem.hint] for problem in problems]
    return join_frame({"problems": parts, "missing": list(missing)}, ())


def _place(position: Position | None) -> list[str | int] | None:
    return [position.file, position.line, position.column] if position else None


def decode_response(data: bytes, request: RenderRequest) -> Rendering:
    """Return the rendering that a worker sent.

    Raises:
        InputError: with the problems that it sent instead, or for paths that may not be written.
        ProtocolError: when it does not keep to the protocol.
    """
    frame = Frame(data)
    header = _mapping(frame.header, "a header")
    if "problems" in header:
        frame.finish()
        problems, missing = _problems(header["problems"]), texts(header["missing"], "names")
        expect(set(missing) <= request.specification.names, "names of questions")
        raise MissingAnswersError(tuple(missing), problems) if missing else InputError(problems=problems)
    extras = KEYS if request.specification.settings is not None else frozenset()
    expect(
        set(header) - extras == {"tree", "answers", "recorded", "secret", "defaulted", "install", "start", "compiled"}, "the header's keys"
    )
    tree, sources = _tree(header["tree"], frame, request.tree)
    compiled = _compiled(header["compiled"], frame)
    frame.finish()
    answers = _mapping(header["answers"], "answers")
    secret = {question.name for question in request.specification.questions if question.secret}
    names = request.specification.names
    recorded, defaulted = texts(header["recorded"], "names"), texts(header["defaulted"], "names")
    expect(set(answers) <= names and set(recorded) <= set(answers) - secret, "answers to the questions")
    expect(set(defaulted) <= names, "names of questions")
    values = {name: _value(value) for name, value in answers.items()}
    rendering = Rendering(
        tree=check_tree(tree, "the rendered tree"),
        answers=values,
        recorded={name: values[name] for name in recorded},
        secret=tuple(question.name for question in request.specification.questions if question.secret),
        defaulted=tuple(defaulted),
        install=_install(header["install"], request.specification.install),
        start=_start(header["start"], request.specification.start),
        compiled=compiled,
        sources=sources,
    )
    return _with_extras(rendering, header)


def _with_extras(rendering: Rendering, header: Mapping[str, object]) -> Rendering:
    """Return the rendering with what only foreign formats have."""
    return replace(
        rendering,
        tasks=decode_tasks(header.get("tasks", [])),
        migrations=decode_tasks(header.get("migrations", [])),
        messages=decode_texts(header.get("messages", {}), "messages"),
        kept=frozenset(texts(header.get("kept", []), "paths")),
        answers_file=text(header.get("answers_file", ""), "a path"),
        folder=_relative(header.get("folder", "")),
        replay={text(key, "a key"): _value(item) for key, item in _mapping(header.get("replay", {}), "a context").items()},
    )


def _relative(value: object) -> str:
    """Return a folder's path, or ``""``."""
    folder = text(value, "a folder")
    expect(not folder or path_problem(folder) is None, "a folder")
    return folder


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ProtocolError(f"{what} was expected, and something else came")
    return value


def _value(value: object) -> Value:
    """Return an answer: JSON has no other values than ours, but texts that are not UTF-8."""
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {text(key, "a key"): _value(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return text(value, "an answer")


def _sequence(value: object, length: int | None, what: str) -> list[object]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise ProtocolError(f"{what} was expected, and something else came")
    return value


def _tree(value: object, frame: Frame, template: Tree) -> tuple[Tree, Mapping[str, str]]:
    entries: dict[str, Entry] = {}
    sources: dict[str, str] = {}
    size = 0
    for item in _sequence(value, None, "a tree"):
        path, mode, own, length, source = _sequence(item, _ENTRY_PARTS, "an entry")
        if not isinstance(path, str) or not isinstance(mode, str) or mode not in _MODES or not isinstance(length, int):
            raise ProtocolError("an entry was expected, and something else came")
        expect(path not in entries, "a new path")
        entry = Entry(_MODES[mode], frame.take(length)) if own is None else _own(own, template)
        expect(entry.mode == mode and (entry.mode is not Mode.DIRECTORY or not entry.content), "an entry's mode")
        size += len(entry.content)
        if size > MAX_TREE_BYTES:
            raise InputError(f"the template makes more than {MAX_TREE_BYTES} bytes of files")
        entries[path] = entry
        if source is not None:
            expect(isinstance(source, str) and source in template, "a path of the template")
            sources[path] = str(source)
    return Tree(entries), sources


def _compiled(length: object, frame: Frame) -> bytes:
    """Return what the worker compiled; it is never looked into."""
    if not isinstance(length, int) or length > COMPILED_LIMIT:
        raise ProtocolError("compiled templates were expected, and something else came")
    return frame.take(length)


def _own(source: object, template: Tree) -> Entry:
    """Return the template's entry that a worker sent back as its path."""
    if not isinstance(source, str) or source not in template:
        raise ProtocolError("a path of the template was expected, and something else came")
    return template[source]


def _problems(value: object) -> tuple[Problem, ...]:
    items = _sequence(value, None, "problems")
    expect(0 < len(items) <= _MAX_PROBLEMS, "problems")
    return tuple(_problem(*_sequence(item, _PROBLEM_PARTS, "a problem")) for item in items)


def _problem(message: object, position: object, hint: object) -> Problem:
    return Problem(_shown(message), _position(position), None if hint is None else _shown(hint))


def _position(value: object) -> Position | None:
    if value is None:
        return None
    file, line, column = _sequence(value, _PROBLEM_PARTS, "a position")
    if not isinstance(line, int) or not isinstance(column, int):
        raise ProtocolError("a position was expected, and something else came")
    return Position(_shown(file), line, column)


def _shown(value: object) -> str:
    """Return a text of the worker without what could steer a terminal."""
    expect(isinstance(value, str), "a text")
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in str(value))


def _install(value: object, own: Commands) -> Commands:
    commands = []
    for item in _sequence(value, None, "commands"):
        position, arguments = _sequence(item, 2, "a command")
        commands.append(Command(tuple(_arguments(arguments)), _position(position)))
    expect(len(commands) <= len(own.commands), "no more commands than the template's")
    expect({command.position for command in commands} <= {command.position for command in own.commands}, "places of commands")
    return replace(own, commands=tuple(commands))


def _start(value: object, own: Start | None) -> Start | None:
    if value is None or own is None:
        expect(value is None, "no smoke test")
        return None
    arguments, readiness = _sequence(value, 2, "a smoke test")
    command = replace(own.command, arguments=tuple(_arguments(arguments)))
    return replace(own, command=command, readiness=replace(own.readiness, value=text(readiness, "a text")))


def _arguments(value: object) -> list[str]:
    found = texts(value, "arguments")
    expect(found and not any("\0" in argument for argument in found), "arguments")
    return found
