"""Holds HTTP traffic to GitHub's own OpenAPI description.

The description (OpenAPI 3.0.3) says ``nullable`` where JSON Schema 2020-12 says ``null``: it is rewritten once.
Nothing is dereferenced; schemas are addressed by JSON pointer and compiled when they are first needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs

_URI = "urn:github-rest"
_LITERAL = frozenset({"example", "examples", "default", "enum"})
_COMBINED = ("anyOf", "oneOf", "allOf")
_WITH_SLASHES = r"\\\{(?:path|ref|branch|basehead|dir)\\\}"


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """Where GitHub itself departs from its description: the violations that a pattern finds are left out."""

    pattern: str
    reason: str


KNOWN_DIFFERENCES = (
    KnownDifference(
        r"^(POST /orgs/[^/]+/repos|PATCH /repos/[^/]+/[^/]+) request: visibility: \"internal\" is not one of",
        "internal repositories belong to Enterprise Cloud, which has a description of its own",
    ),
    KnownDifference(
        r"^GET /repositories/\d+: no such operation",
        "renamed repositories redirect to this address, which the description leaves out",
    ),
    KnownDifference(
        r"^POST /repos/[^/]+/[^/]+/pulls/\d+/requested_reviewers -> 422: has no body",
        "the description forgets the message that every refusal has",
    ),
    KnownDifference(
        r"^POST /graphql: no such operation",
        "GraphQL has a schema of its own",
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer; bodies are parsed JSON, or None where there is none."""

    method: str
    target: str
    status: int
    request: Any = None
    response: Any = None

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path


class Contract:
    """GitHub's description, ready to check calls against."""

    def __init__(self, description: dict[str, Any], known: Sequence[KnownDifference] = KNOWN_DIFFERENCES) -> None:
        for part in (description["components"]["schemas"], description["components"].get("responses", {}), description["paths"]):
            _allow_null(part)
        self.version: str = description["info"]["version"]
        self._description = description
        self._paths: dict[str, Any] = description["paths"]
        self._known = [re.compile(difference.pattern) for difference in known]
        self._registry = jsonschema_rs.Registry(
            [
                (
                    _URI,
                    {
                        "$schema": "https://json-schema.org/draft/2020-12/schema",
                        "components": description["components"],
                        "paths": self._paths,
                    },
                )
            ]
        )
        self._validators: dict[tuple[str, ...], jsonschema_rs.Draft202012Validator] = {}
        self._routes = sorted(((_route(template), template) for template in self._paths), key=lambda r: (r[1].count("{"), -len(r[1])))

    @classmethod
    def load(cls, path: Path) -> Contract:
        """Read the description from its JSON file."""
        return cls(json.loads(path.read_bytes()))

    def operation(self, method: str, path: str) -> str | None:
        """Return the template of a path, such as ``/repos/{owner}/{repo}/pulls``, when the method exists there."""
        return next((t for route, t in self._routes if route.match(path) and method.lower() in self._paths[t]), None)

    def check(self, call: Call) -> tuple[str, ...]:
        """Return what departs from the description in one call."""
        return tuple(text for text in self._violations(call) if not any(known.search(text) for known in self._known))

    def _violations(self, call: Call) -> Iterator[str]:
        method, where = call.method.lower(), f"{call.method} {call.path}"
        template = self.operation(method, call.path)
        if template is None:
            yield f"{where}: no such operation in GitHub's API {self.version}"
            return
        yield from self._check_request(call, where, (template, method))
        yield from self._check_answer(call, where, (template, method))

    def _check_request(self, call: Call, where: str, operation: tuple[str, str]) -> Iterator[str]:
        node = self._paths[operation[0]][operation[1]]
        media = node.get("requestBody", {}).get("content", {}).get("application/json")
        if media is not None and (call.request is not None or node["requestBody"].get("required")):
            pointer = ("paths", *operation, "requestBody", "content", "application/json", "schema")
            yield from self._errors(f"{where} request", pointer, {} if call.request is None else call.request)
            known = self._properties(media["schema"])
            if known and isinstance(call.request, dict):
                yield from (f"{where} request: unknown field {name!r}" for name in call.request if name not in known)
        elif media is None and call.request is not None:
            yield f"{where}: takes no body"
        allowed = {p["name"] for p in map(self._resolve, node.get("parameters", [])) if p["in"] == "query"}
        query = parse_qsl(urlsplit(call.target).query, keep_blank_values=True)
        yield from (f"{where}: unknown query parameter {name!r}" for name, _ in query if name not in allowed)

    def _check_answer(self, call: Call, where: str, operation: tuple[str, str]) -> Iterator[str]:
        responses, status = self._paths[operation[0]][operation[1]]["responses"], str(call.status)
        if status not in responses:
            if call.status < 400:  # errors are documented for few operations
                yield f"{where}: status {status} is not documented, only {', '.join(responses)}"
            return
        pointer: tuple[str, ...] = ("paths", *operation, "responses", status)
        if "$ref" in responses[status]:
            pointer = tuple(responses[status]["$ref"].removeprefix("#/").split("/"))
        content = self._resolve(responses[status]).get("content", {})
        if "application/json" in content:
            yield from self._errors(f"{where} -> {status}", (*pointer, "content", "application/json", "schema"), call.response)
        elif not content and call.response is not None:
            yield f"{where} -> {status}: has no body in the description"

    def _errors(self, where: str, pointer: tuple[str, ...], instance: Any) -> Iterator[str]:
        if pointer not in self._validators:
            self._validators[pointer] = jsonschema_rs.Draft202012Validator({"$ref": _pointer(pointer)}, registry=self._registry)
        for error in self._validators[pointer].iter_errors(instance):
            yield f"{where}: {'/'.join(map(str, error.instance_path)) or '(root)'}: {error.message[:160]}"

    def _resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            target: Any = self._description
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _properties(self, schema: Mapping[str, Any]) -> set[str]:
        schema = self._resolve(schema)
        parts = [part for key in _COMBINED for part in schema.get(key, [])]
        return set(schema.get("properties", {})).union(*(self._properties(part) for part in parts))


def _route(template: str) -> re.Pattern[str]:
    """Return a pattern for a path's template; a literal segment wins by the order of the routes."""
    pattern = re.sub(_WITH_SLASHES, ".+", re.escape(template))
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", pattern) + "$")


def _pointer(parts: tuple[str, ...]) -> str:
    """Return a JSON pointer as a URI fragment."""
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in parts)
    return f"{_URI}#/" + "/".join(part.replace("%", "%25").replace("{", "%7B").replace("}", "%7D") for part in escaped)


def _allow_null(node: Any) -> None:
    """Rewrite ``nullable: true`` into a schema that allows null, in place, at every depth."""
    if isinstance(node, list):
        for item in node:
            _allow_null(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in _LITERAL:
                _allow_null(value)
        if node.get("nullable") is True:
            _rewrite_nullable(node)


def _rewrite_nullable(node: dict[str, Any]) -> None:
    if "$ref" in node or not isinstance(node.get("type"), str):
        rest = {key: node.pop(key) for key in list(node) if key not in {"description", "title", "example"}}
        del rest["nullable"]
        node["anyOf"] = [{"type": "null"}, rest]
        return
    del node["nullable"]
    node["type"] = [node["type"], "null"]
    if "enum" in node and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    for key in _COMBINED:
        if key in node:
            inner = {key: node.pop(key), "type": node.pop("type")}
            node["anyOf"] = [{"type": "null"}, inner]
