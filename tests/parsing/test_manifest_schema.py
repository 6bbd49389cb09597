from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from robot_action.parsing.manifest import json_schema
from tests.parsing.test_manifest import COMMON, FULL

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema)


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    yield from schema["$defs"].values()


def test_it_is_a_schema_of_a_named_draft(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "robot-action manifest"
    assert schema["required"] == ["schema", "template"]


def test_every_field_is_titled_and_described_and_no_other_is_allowed(schema: dict[str, Any]) -> None:
    for item in objects(schema):
        assert item["additionalProperties"] is False
        for name, field in item["properties"].items():
            assert field.get("title"), name
            assert field.get("description"), name


def test_nothing_may_be_null(schema: dict[str, Any]) -> None:
    assert "null" not in str(schema)
    assert "None" not in str(schema)


def test_the_rules_across_values_that_it_can_express_are_in_it(validator: jsonschema_rs.Draft202012Validator) -> None:
    good = {"schema": 1, "name": "a", "template": "./t"}
    assert validator.is_valid({**good, "kind": "component", "description": "A part."})
    assert not validator.is_valid({**good, "kind": "component"})
    assert not validator.is_valid({**good, "kind": "component", "description": ""})
    assert validator.is_valid({**good, "name": "a.b", "repository": "acme/a.b"})
    assert not validator.is_valid({**good, "name": "a.b"})
    assert not validator.is_valid({"schema": 1, "template": "./t"})


def test_the_keys_are_those_of_the_design(schema: dict[str, Any]) -> None:
    assert set(schema["properties"]) == {
        *(
            "schema",
            "name",
            "kind",
            "version",
            "description",
            "template",
            "data",
            "destination",
            "install",
            "author",
            "repository",
            "publish",
        ),
        *("tag", "requires"),
    }
    assert {"default-branch", "merge", "teams", "collaborators", "topics", "path"} < set(schema["$defs"]["RepositoryModel"]["properties"])


@pytest.mark.parametrize("text", [COMMON, FULL, *[file.read_bytes() for file in sorted(EXAMPLES.glob("projects/*.yml"))]])
def test_manifests_that_are_read_pass_it(validator: jsonschema_rs.Draft202012Validator, text: bytes) -> None:
    assert [str(error) for error in validator.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize(
    "more",
    [
        {"schema": 2},
        {"nam": "x"},
        {"cloud-build": {}},
        {"kind": "other"},
        {"version": 1.0},
        {"install": "uv sync"},
        {"install": {"commands": ["x"], "timeout": "soon"}},
        {"repository": {"host": "gitlab", "name": "a/b"}},
        {"repository": "x/y/z", "name": "1x"},
        {"publish": [{"to": "npm"}]},
        {"description": None},
        {"tag": 3},
    ],
)
def test_manifests_that_are_refused_fail_it(validator: jsonschema_rs.Draft202012Validator, more: dict[str, Any]) -> None:
    assert not validator.is_valid({"schema": 1, "name": "a", "template": "./t", **more})
