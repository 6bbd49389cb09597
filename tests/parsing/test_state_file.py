from __future__ import annotations

import contextlib
import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError, Position
from robot_action.model.state import State, TemplateState
from robot_action.parsing.state_file import dump_state, parse_state
from tests.parsing.strategies import almost_yaml, yaml_texts

COMMIT = "4f0c" * 10
DIGEST = "sha256:" + "0a" * 32
STATE = State(
    "acme/payments-api",
    (
        TemplateState(
            "https://github.com/acme/templates#subdirectory=service", "2.1.0", COMMIT, DIGEST, {"framework": "fastapi", "port": 8080}
        ),
    ),
)

TEXT = f"""\
# Written by robot-action; do not edit.
schema: 1
project: acme/payments-api
templates:
  - source: https://github.com/acme/templates#subdirectory=service
    version: 2.1.0
    commit: {COMMIT}
    digest: {DIGEST}
    answers:
      framework: fastapi
      port: 8080
"""


def refused(text: str | bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_state(text if isinstance(text, bytes) else text.encode(), ".robot-action.yml")
    return [f"{problem.position}: {problem.message}" for problem in caught.value.problems]


def test_a_state_file_is_block_style_in_a_fixed_order() -> None:
    assert dump_state(STATE).decode() == TEXT
    assert parse_state(TEXT.encode(), "f") == STATE


def test_what_is_empty_is_left_out() -> None:
    state = State("demo", (TemplateState("../templates/x"),))
    assert dump_state(state).decode().splitlines()[3:] == ["templates:", "  - source: ../templates/x", "    answers: {}"]
    assert parse_state(dump_state(state), "f") == state
    assert parse_state(b"schema: 1\nproject: x\ntemplates: []\n", "f") == State("x", ())


def test_answers_that_look_like_other_types_stay_texts() -> None:
    answers = {
        "v": "1.10",
        "b": "no",
        "d": "2024-01-01",
        "n": "null",
        "e": "",
        "x": "=",
        "m": "<<",
        "o": "012",
        "t": "1:30",
        "l": "a\nb\n",
        "s": " x ",
    }
    assert parse_state(dump_state(State("x", (TemplateState("./x", answers=answers),))), "f").templates[0].answers == answers


def test_shared_values_are_written_out_without_aliases() -> None:
    shared = ["a"]
    text = dump_state(State("x", (TemplateState("./x", answers={"a": shared, "b": shared}),)))
    assert b"&" not in text
    assert b"*" not in text


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**98), 10**98) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=2000)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
    st.dictionaries(st.text(), ANSWERS, max_size=4),
    st.text(st.characters(codec="utf-8")),
)
def test_every_state_survives_writing_and_reading(project: str, answers: dict[str, object], version: str) -> None:
    state = State(project, (TemplateState("./x", version=version, answers=answers), TemplateState("gh:a/b", commit=COMMIT, digest=DIGEST)))
    text = dump_state(state)
    assert parse_state(text, "f") == state
    assert dump_state(parse_state(text, "f")) == text


@pytest.mark.parametrize("answer", ["\ud800", object(), {1}, (1,), "語" * 350_000])
def test_answers_that_no_file_can_hold_are_refused(answer: object) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        dump_state(State("x", (TemplateState("./x", answers={"a": answer}),)))


def test_answers_that_are_too_much_are_refused_at_the_place_of_the_longest() -> None:
    items = ["語" * 2**15] * 11  # few characters, of many bytes: PyYAML writes them one by one
    state = State("x", (TemplateState("./x", answers={"name": "demo", "items": items}),))
    place = Position("demo.yml", 7, 3)
    with pytest.raises(InputError, match="larger than 1048576 bytes") as caught:
        dump_state(state, {"name": Position("demo.yml", 5, 3), "items": place})
    (problem,) = caught.value.problems
    assert problem.position == place
    assert problem.hint == "The longest answer is 'items': so much data belongs in a file of the project."


def test_a_cycle_of_answers_is_refused() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(InputError, match="cannot be written"):
        dump_state(State("x", (TemplateState("./x", answers={"a": cycle}),)))


def test_numbers_without_end_are_never_written() -> None:
    with pytest.raises(InputError, match="cannot be written"):
        dump_state(State("x", (TemplateState("./x", answers={"a": [math.inf]}),)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema: 2\nfuture: 1\n", [".robot-action.yml:1:9: schema: this version reads schema 1 only"]),
        ("schema: yes\n", [".robot-action.yml:1:9: schema: this version reads schema 1 only"]),
        ("schema: 1.0\n", [".robot-action.yml:1:9: schema: this version reads schema 1 only"]),
        ("project: x\n", [".robot-action.yml:1:1: the key 'schema' is missing"]),
        ("- 1\n", [".robot-action.yml:1:1: a mapping is wanted, not a list"]),
        ("", [".robot-action.yml: the file is empty"]),
        (
            "schema: 1\nprojct: x\ntemplates: {}\n",
            [
                ".robot-action.yml:1:1: the key 'project' is missing",
                ".robot-action.yml:2:1: unknown key 'projct'",
                ".robot-action.yml:3:12: templates: a list is wanted, not a mapping",
            ],
        ),
        (
            "schema: 1\nproject: ''\ntemplates:\n- {commit: abc, digest: x, answers: [], version: 1.0, source: ' '}\n- 3\n",
            [
                ".robot-action.yml:2:10: project: '' is no name",
                ".robot-action.yml:4:12: templates.0.commit: 'abc' is no commit id",
                ".robot-action.yml:4:25: templates.0.digest: 'x' is no digest",
                ".robot-action.yml:4:37: templates.0.answers: a mapping is wanted, not a list",
                ".robot-action.yml:4:50: templates.0.version: a text is wanted, not the number 1.0",
                ".robot-action.yml:4:63: templates.0.source: ' ' is no name",
                ".robot-action.yml:5:3: templates.1: a mapping is wanted, not the number 3",
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_all_at_once(text: str, said: list[str]) -> None:
    assert refused(text) == said


def test_a_newer_schema_asks_for_a_newer_robot_action() -> None:
    with pytest.raises(InputError) as caught:
        parse_state(b"schema: 2\n", "f")
    assert caught.value.problems[0].hint == "A newer robot-action wrote it: upgrade to that version."


@settings(max_examples=150, deadline=2000)
@given(almost_yaml() | yaml_texts(["schema", "project", "templates", "source", "answers", "commit"]))
def test_any_bytes_are_a_state_or_refused(text: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_state(text, "f"), State)


def test_the_file_is_plain_yaml_for_everybody_else() -> None:
    assert yaml.safe_load(dump_state(STATE))["templates"][0]["answers"] == {"framework": "fastapi", "port": 8080}
