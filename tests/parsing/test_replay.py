"""Replay files and Cruft's state: written as their tools do; what they say is read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cookiecutter.replay import dump  # type: ignore[import-untyped]
from cruft._commands.utils.cruft import json_dumps

from robot_action.errors import InputError
from robot_action.parsing.replay import CruftState, dump_cruft, dump_replay, parse_replay

CONTEXTS = {
    "cookiecutter": {"name": "Ü", "kind": "lib", "deep": {"a": [1, None]}, "_extensions": [], "_template": "t", "_checkout": None},
    "_cookiecutter": {"name": "Ü", "kind": ["lib", "app"], "deep": {}},
}


def test_a_replay_file_is_cookiecutters_own(tmp_path: Path) -> None:
    dump(str(tmp_path), "saved", dict(CONTEXTS))
    assert dump_replay(CONTEXTS) == (tmp_path / "saved.json").read_bytes()


def test_its_answers_are_read_without_what_the_template_says_of_itself() -> None:
    given = parse_replay(dump_replay(CONTEXTS), "saved.json")
    assert given.values == {"name": "Ü", "kind": "lib", "deep": {"a": [1, None]}}
    assert {place.file for place in given.places.values()} == {"saved.json"}


@pytest.mark.parametrize("text", [b"[]", b"{}", b'{"cookiecutter": []}', b"{", b"\xff"])
def test_what_is_no_replay_file_is_told(text: bytes) -> None:
    with pytest.raises(InputError):
        parse_replay(text, "saved.json")


def test_crufts_state_is_crufts_own() -> None:
    text = dump_cruft(CruftState("https://h/t", "a" * 40, "v1", "sub"), CONTEXTS).decode()
    known = json.loads(text)
    assert text == json_dumps(known)
    assert list(known) == ["template", "commit", "checkout", "context", "directory"]
    variables = known["context"]["cookiecutter"]
    assert list(variables) == ["name", "kind", "_extensions", "deep", "_template", "_commit"]
    assert (variables["_template"], variables["_commit"]) == ("https://h/t", "a" * 40)


def test_what_was_not_asked_for_is_null_there() -> None:
    known = json.loads(dump_cruft(CruftState("t", "a" * 40), {}))
    assert (known["checkout"], known["directory"]) == (None, None)


def test_a_repository_on_this_machine_is_a_folder_for_cruft() -> None:
    assert json.loads(dump_cruft(CruftState("file:///srv/t", "a" * 40), {}))["template"] == "/srv/t"
