"""A request to render as a frame: written by the renderer, read by the worker, which can trust it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from robot_action.errors import Position
from robot_action.model.template import (
    UNSET,
    Choice,
    Command,
    Commands,
    Question,
    QuestionType,
    Readiness,
    RenderRequest,
    Specification,
    Start,
)
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.frames import Frame, join_frame

Json = Any
"""What `json` reads and writes; this module's two halves agree on its shape."""

# A tag that loads another file of the template. Between the delimiter and the word only white space may stand, which
# in UTF-8 is no ASCII letter, digit or underscore.
_LOADS = re.compile(rb"\{%[^\w%]*(?:include|import|extends|from)\b")


def encode_request(request: RenderRequest) -> bytes:
    """Return the request, with the bytes that rendering may read and no others."""
    header = _header(request)
    kept = _needed(request, header)
    header["tree"] = [[path, request.tree[path].mode, len(request.tree[path].content) if is_sent else 0] for path, is_sent in kept.items()]
    return join_frame(header, (request.tree[path].content for path, is_sent in kept.items() if is_sent))


def _needed(request: RenderRequest, header: Json) -> Mapping[str, bool]:
    """Return the paths to send, and whether the worker needs what they hold.

    Other files are loaded only where a template has a tag for it; then everything is sent.
    """
    specification, tree = request.specification, request.tree
    directory = specification.directory.strip("/")
    start = "" if directory in {"", "."} else f"{directory}/"
    inside = [path for path in tree if path.startswith(start)]
    templates = {path for path in inside if path.endswith(specification.suffix)}
    sources = (*(tree[path].content for path in templates), *(text.encode(errors="replace") for text in (*_texts(header), *inside)))
    if any(_LOADS.search(source) for source in sources):
        return dict.fromkeys(tree, True)
    return {path: path in templates or tree[path].mode is Mode.LINK for path in inside}


def modules_for(request: RenderRequest) -> tuple[str, ...]:
    """Return the modules that rendering may need and that are not worth loading otherwise: later the worker can load none."""
    specification = request.specification
    sources = (*(entry.content for entry in request.tree.values()), *(text.encode(errors="replace") for text in _texts(_header(request))))
    needs_yaml = any(map(_reads_yaml, specification.questions)) or any(b"to_yaml" in source for source in sources)
    needs_patterns = bool(specification.ignore or specification.verbatim)
    return (*(["robot_action.parsing.yaml_text"] if needs_yaml else []), *(["pathspec"] if needs_patterns else []))


def _reads_yaml(question: Question) -> bool:
    return question.type is QuestionType.YAML or question.multiselect or isinstance(question.choices, str)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _header(request: RenderRequest) -> Json:
    specification = request.specification
    start = specification.start
    return {
        "file": request.file,
        "data": dict(request.data),
        "places": {name: _position(place) for name, place in request.places.items()},
        "project": dict(request.project),
        "version": request.template_version,
        "year": request.year,
        "specification": {
            **{key: getattr(specification, key) for key in ("name", "suffix", "directory", "file")},
            **{key: list(getattr(specification, key)) for key in ("ignore", "verbatim")},
            "questions": [_question(question) for question in specification.questions],
            "install": [_command(command) for command in specification.install.commands],
            "start": [_command(start.command), start.readiness.value] if start else None,
        },
    }


def _position(position: Position | None) -> Json:
    return [position.file, position.line, position.column] if position else None


def _command(command: Command) -> Json:
    return [list(command.arguments), _position(command.position)]


def _question(question: Question) -> Json:
    choices = question.choices
    return {
        **{key: getattr(question, key) for key in ("name", "type", "help", "multiselect", "when", "validator", "secret")},
        **({} if question.default is UNSET else {"default": question.default}),
        "choices": [[choice.label, choice.value, choice.validator] for choice in choices] if isinstance(choices, tuple) else choices,
        "position": _position(question.position),
    }


def decode_request(data: bytes) -> RenderRequest:
    """Return the request that `encode_request` wrote; files whose bytes were not sent are empty.

    Raises:
        ProtocolError: when it is not whole.
    """
    frame = Frame(data)
    header: Json = frame.header
    tree = Tree({path: Entry(Mode(mode), frame.take(length)) for path, mode, length in header["tree"]})
    frame.finish()
    return RenderRequest(
        specification=_read_specification(header["specification"]),
        tree=tree,
        data=header["data"],
        project=header["project"],
        template_version=header["version"],
        year=header["year"],
        file=header["file"],
        places={name: Position(*place) for name, place in header["places"].items()},
    )


def _read_specification(value: Json) -> Specification:
    return Specification(
        **{key: value[key] for key in ("name", "suffix", "directory", "file")},
        ignore=tuple(value["ignore"]),
        verbatim=tuple(value["verbatim"]),
        questions=tuple(_read_question(item) for item in value["questions"]),
        install=Commands(tuple(_read_command(item) for item in value["install"])),
        start=Start(_read_command(value["start"][0]), Readiness(value=value["start"][1])) if value["start"] else None,
    )


def _read_command(value: Json) -> Command:
    arguments, position = value
    return Command(tuple(arguments), _read_position(position))


def _read_position(value: Json) -> Position | None:
    return Position(*value) if value else None


def _read_question(value: Json) -> Question:
    choices = value["choices"]
    return Question(
        type=QuestionType(value["type"]),
        default=value.get("default", UNSET),
        choices=tuple(Choice(*choice) for choice in choices) if isinstance(choices, list) else choices,
        position=_read_position(value["position"]),
        **{key: value[key] for key in ("name", "help", "multiselect", "when", "validator", "secret")},
    )
