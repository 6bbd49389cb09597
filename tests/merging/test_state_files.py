"""A state file is written anew where people had no word in it, and theirs where they had."""

from __future__ import annotations

import json
from typing import Any

import pytest

from robot_action.merging.state_files import is_ours_to_rewrite
from robot_action.model.state import State, TemplateState
from robot_action.parsing.state_file import dump_state

ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 40


def own(version: str, commit: str, source: str = "https://git.example/t", project: str = "demo", **answers: str) -> bytes:
    return dump_state(State(project, (TemplateState(source, version, commit, "", answers),)))


def copier(commit: str, **answers: str) -> bytes:
    return json.dumps({"_commit": commit, "_src_path": "https://git.example/t", **answers}).encode()


def cruft(commit: str, skip: list[str] | None = None, **context: Any) -> bytes:
    state = {"template": "https://git.example/t", "commit": commit, "context": {"cookiecutter": {"_commit": commit, **context}}}
    return json.dumps({**state, "skip": skip} if skip else state).encode()


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        (".robot-action.yml", (own("1.0.0", ONE, x="a"), own("1.1.0", TWO, x="a", new="d"), own("1.2.0", THREE, x="a", new="d"))),
        ("services/a/.copier-answers.yml", (copier("v1.0.0", x="a"), copier("v1.1.0", x="b"), copier("v1.1.0-2-g1234567", x="b"))),
        ("answers.yml", (copier("v1.0.0", gone="a"), copier("v1.1.0", gone="a"), copier("v1.2.0"))),
        (".cruft.json", (cruft(ONE, _extensions=["a"]), cruft(TWO, _extensions=["b"]), cruft(THREE, _extensions=["c"]))),
        (".cruft.json", (cruft(ONE), cruft(TWO, skip=["mine"]), cruft(THREE, skip=["mine"]))),
    ],
)
def test_what_only_updates_wrote_is_written_anew(path: str, texts: tuple[bytes, bytes, bytes]) -> None:
    assert is_ours_to_rewrite(path, *texts)


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        (".robot-action.yml", (own("1.0.0", ONE, x="a"), own("1.1.0", TWO, x="mine"), own("1.2.0", THREE, x="a"))),
        (".robot-action.yml", (own("1.0.0", ONE, x="a"), own("1.1.0", TWO), own("1.2.0", THREE, x="a"))),
        (".robot-action.yml", (own("1.0.0", ONE), own("2.0.0", TWO), own("1.2.0", THREE))),
        (".robot-action.yml", (own("1.0.0", ONE), own("1.1.0", TWO, source="https://git.example/moved"), own("1.2.0", THREE))),
        (".robot-action.yml", (own("1.0.0", ONE), own("1.1.0", TWO, project="mine"), own("1.2.0", THREE))),
        (".robot-action.yml", (own("1.0.0", ONE), b"no: state\n", own("1.2.0", THREE))),
        (".copier-answers.yml", (copier("v1.0.0"), copier("v1.1.0", mine="x"), copier("v1.2.0"))),
        (".cruft.json", (cruft(ONE), cruft(TWO, skip=["mine"]), cruft(THREE))),
    ],
    ids=["an answer", "an answer taken out", "a newer version", "a source", "a name", "nonsense", "an answer of nobody's", "a list"],
)
def test_what_somebody_else_wrote_is_theirs(path: str, texts: tuple[bytes, bytes, bytes]) -> None:
    assert not is_ours_to_rewrite(path, *texts)


def test_another_number_of_templates_is_somebody_elses() -> None:
    entry = TemplateState("https://git.example/t")
    two = dump_state(State("demo", (entry, entry)))
    assert not is_ours_to_rewrite(".robot-action.yml", own("1.0.0", ONE), two, own("1.2.0", THREE))
