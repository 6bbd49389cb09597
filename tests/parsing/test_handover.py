from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.parsing.handover import Handover, dump_handover, parse_handover
from tests.parsing.strategies import almost_yaml

COMMIT, DIGEST = "a" * 40, "b" * 64
HANDOVER = Handover("acme/demo", COMMIT, "main", {"demo-0.1.0.tar.gz": DIGEST})


def parse(**changes: Any) -> Handover:
    value = {"schema": 1, "project": "acme/demo", "commit": COMMIT, "branch": "main", "files": {}, **changes}
    text = json.dumps({key: item for key, item in value.items() if item is not ...}, default=lambda _: None)
    return parse_handover(text.encode(), "handover.json")


def test_what_is_written_is_read() -> None:
    assert parse_handover(dump_handover(HANDOVER), "handover.json") == HANDOVER


@pytest.mark.parametrize("name", ["project.bundle", "handover.json", "../x", "/etc/passwd", ".hidden", "a/b", "", "x" * 300, "a\nb"])
def test_a_file_has_a_plain_name_of_its_own(name: str) -> None:
    with pytest.raises(InputError, match="no name of a built file"):
        parse(files={name: DIGEST})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 2}, "reads schema 1 only"),
        ({"commit": "HEAD"}, "no commit id"),
        ({"files": {"a.whl": "short"}}, "no sha256"),
        ({"files": {"a.whl": 5}}, "a text is wanted"),
        ({"files": []}, "a mapping is wanted"),
        ({"more": 1}, "unknown key 'more'"),
        ({"branch": 3}, "a text is wanted"),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse(**changes)


@pytest.mark.parametrize("key", ["schema", "project", "commit", "branch", "files"])
def test_every_key_is_needed(key: str) -> None:
    value = {"schema": 1, "project": "acme/demo", "commit": COMMIT, "branch": "main", "files": {}}
    del value[key]
    with pytest.raises(InputError, match=f"key '{key}'|schema"):
        parse_handover(json.dumps(value).encode(), "handover.json")


@given(almost_yaml() | st.binary(max_size=40))
def test_anything_else_is_refused(text: bytes) -> None:
    with suppress(InputError):
        assert parse_handover(text, "x").commit
