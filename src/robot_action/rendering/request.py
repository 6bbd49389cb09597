"""The request as it travels to the worker: with the bytes that rendering may read and no others.

It is a pickle: the worker's parent writes it, so that whoever reads it trusts the writer. The way back is another matter
(`robot_action.rendering.response`).
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.template import Format, Question, QuestionType, RenderRequest
from robot_action.model.texts import encoded_texts
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering import cookiecutter_modules, copier_modules, zones

# A tag that loads another file of the template. Between the delimiter and the word only white space may stand, which
# in UTF-8 is no ASCII letter, digit or underscore.
_LOADS = re.compile(rb"\{%[^\w%]*(?:include|import|extends|from)\b")


def encode_request(request: RenderRequest) -> bytes:
    """Return the request for `decode_request`; files whose bytes are not needed are empty in it."""
    kept = _needed(request)
    tree = Tree({path: entry if kept[path] else Entry(entry.mode) for path, entry in request.tree.items() if path in kept})
    return pickle.dumps(replace(request, tree=tree), pickle.HIGHEST_PROTOCOL)


def decode_request(stream: BinaryIO) -> RenderRequest:
    """Return the request that `encode_request` wrote; it is read piece by piece, for it may be large."""
    request: RenderRequest = pickle.load(stream)  # noqa: S301 - the worker's parent wrote it
    return request


def _needed(request: RenderRequest) -> Mapping[str, bool]:
    """Return the paths to send, and whether the worker needs what they hold.

    Other files are loaded only where a template has a tag for it; then everything is sent.
    """
    specification, tree = request.specification, request.tree
    if request.spared and isinstance(specification.settings, CookiecutterSettings) and not _reads_others(request):
        return {path: path not in request.spared for path in tree}
    if specification.settings is not None:
        return dict.fromkeys(tree, True)
    directory = specification.directory.strip("/")
    start = "" if directory in {"", "."} else f"{directory}/"
    inside = [path for path in tree if path.startswith(start)]
    templates = {path for path in inside if path.endswith(specification.suffix)}
    sources = (
        *(tree[path].content for path in templates),
        *encoded_texts(specification),
        *(path.encode(errors="replace") for path in inside),
    )
    if any(_LOADS.search(source) for source in sources):
        return dict.fromkeys(tree, True)
    return {path: path in templates or tree[path].mode is Mode.LINK for path in inside}


def _reads_others(request: RenderRequest) -> bool:
    """Tell whether the file of one path may be read for another one: by a tag, through a link, or by the template's own code."""
    entries = request.tree.values()
    names = (path.encode(errors="replace") for path in request.tree)
    texts = (*(entry.content for entry in entries), *names, *encoded_texts(request.specification), *encoded_texts(request.data))
    is_linked = any(entry.mode is Mode.LINK for entry in entries)
    return is_linked or bool(request.place) or any(map(_LOADS.search, texts))


def modules_for(request: RenderRequest) -> tuple[str, ...]:
    """Return the modules that rendering may need and that are not worth loading otherwise: later the worker can load none."""
    specification = request.specification
    names = "\n".join(request.tree).encode(errors="replace")
    sources = (*(entry.content for entry in request.tree.values()), names, *encoded_texts(specification))
    if specification.format is Format.COPIER:
        return copier_modules.modules_for(request, sources)
    if specification.format is Format.COOKIECUTTER:
        return cookiecutter_modules.modules_for((*sources, *encoded_texts(request.data)))
    needs_yaml = any(map(_reads_yaml, specification.questions)) or any(b"to_yaml" in source for source in sources)
    needs_patterns = bool(specification.ignore or specification.verbatim)
    return (
        *(["robot_action.parsing.yaml_text"] if needs_yaml else []),
        *(["pathspec"] if needs_patterns else []),
    )


def zones_for(request: RenderRequest) -> tuple[str, ...] | None:
    """Return the time zones whose data rendering may need; None where it knows no time zones."""
    specification = request.specification
    if specification.format is Format.NATIVE:
        return None
    texts = (*(entry.content for entry in request.tree.values()), *encoded_texts(specification), *encoded_texts(request.data))
    return zones.zones_for(texts)


def _reads_yaml(question: Question) -> bool:
    return question.type is QuestionType.YAML or question.multiselect or isinstance(question.choices, str)
