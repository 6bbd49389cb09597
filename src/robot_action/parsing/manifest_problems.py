"""What is wrong with a manifest's document: the models' errors and the rules across values, as problems with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from robot_action.errors import Problem
from robot_action.model.values import Value
from robot_action.parsing.fields import Fields, describe, dotted, quoting_hint
from robot_action.parsing.manifest_schema import (
    SCHEMA,
    AuthorModel,
    InstallModel,
    ManifestModel,
    MergeModel,
    Place,
    PublishModel,
    RepositoryModel,
)
from robot_action.parsing.rules import is_semantic, python_version
from robot_action.parsing.source import FORMS
from robot_action.parsing.wording import RuleError, enumerate_words, excerpt, suggestion
from robot_action.parsing.yaml_text import Document, Path

_NOT_YET = "is not supported yet by this version"
_SPECIAL_KEYS: Mapping[str, tuple[str, str]] = {
    "cloud-build": (f"cloud-build {_NOT_YET}", "Remove it, and let the repository's own workflows build."),
    "trust": ("trust is the operator's word, never a manifest's", "Use --trust or --trust-source."),
}
_PLANNED_WORDS: Mapping[str, tuple[str, ...]] = {
    "host": ("gitlab", "gitea", "forgejo", "bitbucket", "azure"),
    "to": ("npm", "github-packages"),
}
_WANTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_WANTED_AT: Mapping[Path, str] = {
    ("install",): "a list or a mapping",
    ("repository",): "a text or a mapping",
    ("tag",): "true, false or a text",
}
"""What else is wanted at keys that take several types."""
_WRITE: Mapping[str, str] = {
    "schema": f"Write schema: {SCHEMA}.",
    "template": f"Write template: and {FORMS}.",
    "repository.name": "Write name: owner/name.",
    "publish.to": "Write to: pypi, or to: local.",
    "author.name": "An author has a name and an email.",
    "author.email": "An author has a name and an email.",
    "install.commands": "Write commands: and a list.",
}
"""What to do about keys that are missing."""
_MODELS: Mapping[str, type[BaseModel]] = {
    "": ManifestModel,
    "author": AuthorModel,
    "install": InstallModel,
    "merge": MergeModel,
    "publish": PublishModel,
    "repository": RepositoryModel,
}


def check_document(document: Document, place: Place) -> tuple[ManifestModel | None, tuple[Problem, ...]]:
    """Return the model of a manifest's document, or None, and everything that is wrong with it."""
    problems: list[Problem] = []
    fields = Fields(document, problems, (), document.value)
    if not problems:
        _check_schema(document, fields)
    if problems:  # anything else to say about it would mislead
        return None, tuple(problems)
    value = _without_nothing(fields, (), document.value)
    _check_together(fields)
    try:
        model = ManifestModel.model_validate(value, context=replace(place, has_repository=fields.value.get("repository") is not None))
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems.extend(problem for detail in details if (problem := _problem(document, detail)))
        return None, tuple(problems)
    return model, tuple(problems)


def _check_schema(document: Document, fields: Fields) -> None:
    schema = fields.value.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        message = f"this version reads manifests of schema {SCHEMA}, not {describe(document, ('schema',), schema)}"
        fields.report(("schema",), message, "A newer robot-action reads it: upgrade.")


def _without_nothing(fields: Fields, path: Path, value: Value) -> Value:
    """Return a value without keys that have nothing beside them, after reporting those; the answers keep theirs."""
    if not isinstance(value, dict) or path == ("data",):
        return value
    kept: dict[str, Value] = {}
    for key, item in value.items():
        if item is None:
            fields.report((*path, key), "there is no value", "Write one, or remove the key.", at_key=True)
        else:
            kept[key] = _without_nothing(fields, (*path, key), item)
    return kept


def _check_together(fields: Fields) -> None:
    """Report what single values cannot tell."""
    if fields.value.get("name") is None and fields.value.get("repository") is None:
        fields.report((), "there is neither a name nor a repository", "Write repository: owner/name, or name: some-name.")
    if fields.value.get("kind") == "component" and not fields.value.get("description"):
        fields.report(("kind",), "a component needs a description", "Write description: and one line.")
    for path, target, kind in _places(fields.value):
        _check_path(fields.inside(path, target), kind)
    version = fields.value.get("version")
    if fields.value.get("publish") and isinstance(version, str) and is_semantic(version):
        fields.convert(("version",), version, python_version)


def _places(value: Mapping[str, Value]) -> Iterator[tuple[Path, Value, Value]]:
    """Yield the path, the mapping and the kind of the host, and of each index."""
    repository, targets = value.get("repository"), value.get("publish")
    if isinstance(repository, dict):
        yield ("repository",), repository, repository.get("host", "github")
    for index, target in enumerate(targets if isinstance(targets, list) else ()):
        if isinstance(target, dict):
            yield ("publish", index), target, target.get("to")


def _check_path(fields: Fields, kind: Value) -> None:
    """Check that a host or index that is a folder has a path, and any other one has none."""
    if kind == "local":
        if "path" not in fields.value:
            fields.report((), "local needs a path", "Write path: and a folder, relative to the manifest.")
        for key in {"url", "index"} & set(fields.value):
            fields.report((key,), "the index local has a path, and no address", at_key=True)
    elif kind in ("github", "pypi") and "path" in fields.value:
        fields.report(("path",), f"only local has a path, not {kind}", at_key=True)


def _path(document: Document, location: Iterable[int | str]) -> Path:
    """Return where a model's location stands in the document, which may have the short form of a mapping there."""
    path: Path = ()
    value = document.value
    for part in location:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        else:
            continue
        path = (*path, part)
    return path


def _problem(document: Document, detail: ErrorDetails) -> Problem | None:
    """Return one of the models' errors as a problem, or None when it was told before."""
    location = detail["loc"]
    path = _path(document, location)
    match detail["type"]:
        case "missing":
            return _missing_key(document, path, location)
        case "extra_forbidden":
            return _unknown_key(document, path)
    message, hint = _wrong_value(document, path, detail)
    position = document.find_key(path) if location[-1:] == ("[key]",) else document.find(path)
    return Problem(f"{_where(path)}{message}", position, hint)


def _where(path: Path) -> str:
    return f"{dotted(path)}: " if path else ""


def _wrong_value(document: Document, path: Path, detail: ErrorDetails) -> tuple[str, str | None]:
    """Return what is wrong with a value, and what to do about it."""
    value: Value = detail["input"]
    match detail["type"], detail.get("ctx", {}):
        case "literal_error", {"expected": expected}:
            return _unknown_word(document, path, value, expected)
        case "value_error", {"error": RuleError() as error}:
            return error.message, error.hint
        case "too_long", {"max_length": most}:
            return f"there are more than {most}", None
    wanted = _WANTED_AT.get(path) or _WANTED.get(detail["type"], "something else")
    hint = quoting_hint(document, path, value) if detail["type"] == "string_type" else None
    return f"{wanted} is wanted, not {describe(document, path, value)}", hint


def _missing_key(document: Document, path: Path, location: tuple[int | str, ...]) -> Problem | None:
    """Return the problem of a key that is missing; None where it is there without a value, which was told before."""
    if path[-1:] == location[-1:]:
        return None
    key = str(location[-1])
    hint = _WRITE.get(dotted((*(part for part in path if isinstance(part, str)), key)))
    return Problem(f"{_where(path)}the key {key!r} is missing", document.find(path), hint)


def _unknown_key(document: Document, path: Path) -> Problem:
    *parents, key = path
    position = document.find_key(path)
    if not parents and key in _SPECIAL_KEYS:
        message, hint = _SPECIAL_KEYS[str(key)]
        return Problem(message, position, hint)
    model = _MODELS[next((part for part in reversed(parents) if isinstance(part, str)), "")]
    known = [field.alias or name for name, field in model.model_fields.items()]
    where = f" in {dotted(tuple(parents))}" if parents else ""
    return Problem(
        f"unknown key {excerpt(str(key))}{where}", position, suggestion(str(key), known) or f"The keys here are {', '.join(known)}."
    )


def _unknown_word(document: Document, path: Path, value: Value, expected: str) -> tuple[str, str | None]:
    words = re.findall(r"'([^']+)'", expected) or [expected]
    if not isinstance(value, str):
        return f"{enumerate_words(words)} is wanted, not {describe(document, path, value)}", None
    if value in _PLANNED_WORDS.get(str(path[-1]), ()):
        return f"{excerpt(value)} {_NOT_YET}", f"Write {enumerate_words(words)}."
    return f"{excerpt(value)} is not known here", suggestion(value, words) or f"Write {enumerate_words(words)}."
