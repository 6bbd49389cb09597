from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.parsing.handover import Handover, digest_of, dump_handover, parse_handover
from tests.parsing.strategies import almost_yaml

COMMIT, DIGEST = "a" * 40, "b" * 64
HANDOVER = Handover("acme/demo", COMMIT, "main", DIGEST, {"demo-0.1.0.tar.gz": DIGEST})


def parse(**changes: Any) -> Handover:
    value = {"schema": 1, "project": "acme/demo", "commit": COMMIT, "branch": "main", "bundle": DIGEST, "files": {}, **changes}
    text = json.dumps({key: item for key, item in value.items() if item is not ...}, default=lambda _: None)
    return parse_handover(text.encode(), "handover.json")


def test_what_is_written_is_read() -> None:
    assert parse_handover(dump_handover(HANDOVER), "handover.json") == HANDOVER


def test_a_digest_stands_for_all_of_it() -> None:
    texts = {dump_handover(replace(HANDOVER, **{key: f"{getattr(HANDOVER, key)}0"})) for key in ("project", "commit", "branch", "bundle")}
    texts |= {dump_handover(HANDOVER), dump_handover(replace(HANDOVER, files={"demo-0.1.0.tar.gz": "c" * 64}))}
    assert len({digest_of(text) for text in texts}) == len(texts) == 6
    assert digest_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


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
        ({"bundle": DIGEST.upper()}, "no sha256"),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse(**changes)


@pytest.mark.parametrize("key", ["schema", "project", "commit", "branch", "bundle", "files"])
def test_every_key_is_needed(key: str) -> None:
    value = {"schema": 1, "project": "acme/demo", "commit": COMMIT, "branch": "main", "bundle": DIGEST, "files": {}}
    del value[key]
    with pytest.raises(InputError, match=f"key '{key}'|schema"):
        parse_handover(json.dumps(value).encode(), "handover.json")


@given(almost_yaml() | st.binary(max_size=40))
def test_anything_else_is_refused(text: bytes) -> None:
    with suppress(InputError):
        assert parse_handover(text, "x").commit
