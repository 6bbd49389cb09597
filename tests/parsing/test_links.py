"""State files of three tools, as they are found in projects."""

from __future__ import annotations

import json

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.link import Link, Tool
from robot_action.parsing.links import parse_links, tool_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        (".robot-action.yml", Tool.OWN),
        ("services/a/.robot-action.yml", Tool.OWN),
        (".copier-answers.yml", Tool.COPIER),
        ("a/.copier-answers.yaml", Tool.COPIER),
        (".copier-answers.ci.yml", Tool.COPIER),
        (".copier-answers-docs.yml", Tool.COPIER),
        (".cruft.json", Tool.CRUFT),
        ("copier-answers.yml", None),
        (".copier-answersx.yml", None),
        ("README.md", None),
    ],
)
def test_state_files_are_known_by_their_names(path: str, tool: Tool | None) -> None:
    assert tool_of(path) is tool


def test_our_own_names_one_template_or_several() -> None:
    first = f"{{source: 'gh:acme/t#subdirectory=s', version: 1.0.0, commit: {COMMIT}}}"
    text = f"schema: 1\nproject: acme/x\ntemplates:\n  - {first}\n  - source: ../t\n"
    assert parse_links(text.encode(), "a/.robot-action.yml", Tool.OWN) == (
        Link(Tool.OWN, "a/.robot-action.yml", "gh:acme/t", "s", "1.0.0", COMMIT, project="acme/x"),
        Link(Tool.OWN, "a/.robot-action.yml", "../t", project="acme/x"),
    )


def test_copiers_own_keys_are_no_answers() -> None:
    text = "# Changes here will be overwritten by Copier\n_commit: v1.0.0-2-g4ac36cb\n_src_path: gh:acme/t\nname: x\nport: 80\n"
    (link,) = parse_links(text.encode(), "sub/.copier-answers.yml", Tool.COPIER)
    assert link == Link(Tool.COPIER, "sub/.copier-answers.yml", "gh:acme/t", version="v1.0.0-2-g4ac36cb", answers={"name": "x", "port": 80})
    assert link.folder == "sub"


def test_cruft_says_what_it_follows_and_what_to_skip() -> None:
    state = {
        "template": "https://example.com/t.git",
        "commit": COMMIT,
        "checkout": "main",
        "context": {"cookiecutter": {"name": "x", "_template": "t", "_commit": COMMIT, "_private": [1]}},
        "directory": "python",
        "skip": ["docs/*"],
    }
    pyproject = b'[tool.cruft]\nskip = ["README.md"]\n'
    (link,) = parse_links(json.dumps(state).encode(), ".cruft.json", Tool.CRUFT, pyproject)
    assert (link.source, link.subdirectory, link.commit, link.branch) == ("https://example.com/t.git", "python", COMMIT, "main")
    assert (link.answers, link.skip, link.folder) == ({"name": "x", "_private": [1]}, ("docs/*", "README.md"), "")
    (link,) = parse_links(json.dumps({**state, "checkout": None, "directory": None, "skip": None}).encode(), ".cruft.json", Tool.CRUFT)
    assert (link.branch, link.subdirectory, link.skip) == ("", "", ())


@pytest.mark.parametrize(
    ("tool", "text", "message"),
    [
        (Tool.COPIER, b"a: 1\n", "'_src_path' is missing"),
        (Tool.COPIER, b"_src_path: [x]\n", "a text is wanted"),
        (Tool.COPIER, b"- x\n", "a mapping is wanted"),
        (Tool.CRUFT, b'{"template": "x"}', "'commit' is missing"),
        (Tool.CRUFT, b'{"template": "x", "commit": 3}', "a text is wanted"),
        (Tool.CRUFT, b'{"template": "x", "commit": "y", "context": []}', "a mapping is wanted"),
        (Tool.CRUFT, b"{", "."),
        (Tool.OWN, b"schema: 2\n", "schema 1 only"),
    ],
)
def test_what_is_no_state_file_says_why_and_where(tool: Tool, text: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_links(text, "f", tool)
    assert caught.value.problems[0].position


@pytest.mark.parametrize("tool", Tool)
def test_the_markers_of_a_merge_conflict_are_called_so(tool: Tool) -> None:
    text = b"_commit: v1\n<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> theirs\n"
    with pytest.raises(InputError) as caught:
        parse_links(text, "file", tool)
    (problem,) = caught.value.problems
    assert (problem.message, problem.position) == ("it has the markers of a merge conflict", Position("file", 2))
    assert parse_links(b"_src_path: t\na: |\n  <<<<<<< HEAD\n  >>>>>>> x\n", "file", Tool.COPIER), "part of an answer"


@pytest.mark.parametrize(
    ("pyproject", "message"),
    [
        (b"[", "it is no TOML"),
        (b"a = " + b"[" * 100_000, "it is no TOML"),
        (b"[tool.cruft]\nskip = 'x'\n", "a list of texts"),
        (b"[tool.cruft]\nskip = [1]\n", "a list of texts"),
    ],
)
def test_a_wrong_list_beside_cruft_is_told_with_its_file(pyproject: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_links(b'{"template": "x", "commit": "y"}', "a/.cruft.json", Tool.CRUFT, pyproject)
    position = caught.value.problems[0].position
    assert position is not None
    assert position.file == "a/pyproject.toml"
