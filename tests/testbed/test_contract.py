from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.testbed.contract import Call, Contract, KnownDifference

DESCRIPTION: dict[str, Any] = {
    "info": {"version": "1"},
    "components": {
        "schemas": {
            "thing": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "note": {"type": "string", "nullable": True},
                    "kind": {"type": "string", "nullable": True, "enum": ["a", "b"]},
                    "owner": {"$ref": "#/components/schemas/owner", "nullable": True},
                },
            },
            "owner": {"type": "object", "required": ["login"]},
        },
        "responses": {"gone": {"content": {"application/json": {"schema": {"type": "object", "required": ["message"]}}}}},
    },
    "paths": {
        "/things/{name}": {
            "get": {
                "parameters": [{"name": "page", "in": "query"}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}},
                    "204": {"description": "none"},
                    "410": {"$ref": "#/components/responses/gone"},
                },
            },
            "put": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}},
                "responses": {"204": {}},
            },
        },
        "/things/special": {"get": {"responses": {"204": {}}}},
        "/files/{path}": {"get": {"responses": {"204": {}}}},
    },
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(copy.deepcopy(DESCRIPTION), known=())


def test_a_call_as_described_passes(contract: Contract) -> None:
    assert contract.check(Call("GET", "/things/x?page=2", 200, response={"name": "x", "note": None, "kind": None, "owner": None})) == ()
    assert contract.check(Call("GET", "/things/x", 410, response={"message": "gone"})) == ()
    assert contract.check(Call("PUT", "/things/x", 204, {"name": "x"})) == ()
    assert contract.check(Call("GET", "/things/x", 500, response="<html>")) == ()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call("GET", "/nothing", 200), "no such operation"),
        (Call("DELETE", "/things/x", 204), "no such operation"),
        (Call("GET", "/things/x?per_page=2", 204), "unknown query parameter 'per_page'"),
        (Call("GET", "/things/x?page=", 204, {"name": "x"}), "takes no body"),
        (Call("GET", "/things/x", 200, response={}), '"name" is a required property'),
        (Call("GET", "/things/x", 200, response={"name": "x", "kind": "c"}), "kind"),
        (Call("GET", "/things/x", 200, response={"name": "x", "owner": {}}), "owner"),
        (Call("GET", "/things/x", 202, response={}), "status 202 is not documented"),
        (Call("GET", "/things/x", 204, response={}), "has no body"),
        (Call("GET", "/things/x", 410, response={}), '"message" is a required property'),
        (Call("PUT", "/things/x", 204), '"name" is a required property'),
        (Call("PUT", "/things/x", 204, {"name": "x", "colour": "red"}), "unknown field 'colour'"),
    ],
)
def test_each_departure_is_reported(contract: Contract, call: Call, words: str) -> None:
    violations = contract.check(call)
    assert any(words in text for text in violations), violations


def test_a_known_difference_is_left_out() -> None:
    known = (KnownDifference(r"^GET /nothing: no such operation", "why"),)
    assert Contract(copy.deepcopy(DESCRIPTION), known).check(Call("GET", "/nothing", 200)) == ()


def test_literal_paths_win_and_some_parameters_hold_slashes(contract: Contract) -> None:
    assert contract.operation("GET", "/things/special") == "/things/special"
    assert contract.operation("GET", "/things/x") == "/things/{name}"
    assert contract.operation("GET", "/things/x/y") is None
    assert contract.operation("GET", "/files/a/b/c") == "/files/{path}"


def test_github_s_own_description_is_understood(github_contract: Contract) -> None:
    assert github_contract.operation("POST", "/orgs/acme/repos") == "/orgs/{org}/repos"
    assert github_contract.check(Call("POST", "/orgs/acme/repos", 403, {"name": "x", "colour": "red"}, {"message": "No"})) == (
        "POST /orgs/acme/repos request: unknown field 'colour'",
    )
    assert any("'name'" in text or '"name"' in text for text in github_contract.check(Call("POST", "/user/repos", 201, {}, {})))
