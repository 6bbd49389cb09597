from __future__ import annotations

import pytest

from robot_action.model.state import State, TemplateState

STATE = State("acme/x", (TemplateState("https://git.example/t#subdirectory=a", version="1.0", digest="sha256:1", answers={"n": 1}),))


def test_version_answers_and_digest_are_no_part_of_a_projects_identity() -> None:
    newer = State("acme/x", (TemplateState("https://git.example/t#subdirectory=a", version="2.0", digest="sha256:2"),))
    assert STATE.is_same_project(newer)


def test_repository_and_template_sources_are() -> None:
    assert not STATE.is_same_project(State("acme/y", STATE.templates))
    assert not STATE.is_same_project(State("acme/x", (TemplateState("https://git.example/t#subdirectory=b"),)))
    assert not STATE.is_same_project(State("acme/x", (*STATE.templates, *STATE.templates)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("../../templates/tiny", "../templates/tiny", True),
        ("../t", "../templates/t", True),
        ("../templates/tiny", "../templates/other", False),
        ("../tiny", "../untiny", False),
        ("https://git.example/a", "https://git.example/b/a", False),
        ("../a", "https://git.example/a", False),
    ],
)
def test_a_folder_is_the_same_source_from_wherever_the_project_lies(one: str, other: str, same: bool) -> None:
    states = [State("acme/demo", (TemplateState(source),)) for source in (one, other)]
    assert states[0].is_same_project(states[1]) is same
