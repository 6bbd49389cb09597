"""State files as their own tools write them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from robot_action.model.link import Link, Tool
from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Rendering, Specification, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import Rendered
from robot_action.parsing.state_file import parse_state
from robot_action.stages.state_files import state_file

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SOURCE = Source(SourceKind.GIT, "https://example.com/t", "https://example.com/t")
CONTEXTS = {"cookiecutter": {"name": "x"}}


def rendered(tree: Tree | None = None) -> Rendered:
    template = Template(SOURCE, Specification("t"), Tree(), "2.0.0", COMMIT)
    return Rendered(template, Rendering(tree or Tree(), {"name": "x"}, {"name": "x"}, replay=dict(CONTEXTS)))


@pytest.mark.parametrize(("below", "source"), [("", "gh:acme/t"), ("s", "gh:acme/t#subdirectory=s")])
def test_our_own_keeps_the_project_and_what_the_template_saw(below: str, source: str) -> None:
    link = Link(Tool.OWN, ".robot-action.yml", "gh:acme/t", below, "1.0.0", project="acme/x", context={"version": "0.1.0"})
    entry = state_file(link, rendered(), b"")[".robot-action.yml"]
    state = parse_state(entry.content, "f")
    (template,) = state.templates
    assert (state.project, template.source, template.version, template.commit) == ("acme/x", source, "2.0.0", COMMIT)
    assert (template.answers, template.context) == ({"name": "x"}, {"version": "0.1.0"})


def test_what_secret_answers_are_in_has_no_digest_by_which_they_could_be_guessed() -> None:
    link, there = Link(Tool.OWN, ".robot-action.yml", "gh:acme/t", project="acme/x"), rendered(Tree({"a": Entry(Mode.FILE, b"hush")}))
    secret = replace(there, rendering=replace(there.rendering, secret=("pin",)))
    digests = [parse_state(state_file(link, one, b"")[".robot-action.yml"].content, "f").templates[0].digest for one in (there, secret)]
    assert digests == [there.rendering.tree.digest, ""]


def test_copiers_is_made_by_the_template_or_not_at_all() -> None:
    link = Link(Tool.COPIER, ".copier-answers.yml", "gh:acme/t")
    entry = Entry(Mode.FILE, b"_commit: v2\n")
    assert state_file(link, rendered(Tree({".copier-answers.yml": entry})), b"") == {".copier-answers.yml": entry}
    assert state_file(link, rendered(), b"") == {}


def test_crufts_keeps_what_it_follows_and_skips() -> None:
    link = Link(Tool.CRUFT, ".cruft.json", "https://example.com/t", "d", branch="main")
    entry = state_file(link, rendered(), b'{"skip": ["a"]}')[".cruft.json"]
    written = json.loads(entry.content)
    assert (written["template"], written["directory"]) == ("https://example.com/t", "d")
    assert (written["commit"], written["checkout"], written["skip"]) == (COMMIT, "main", ["a"])
    assert "skip" not in json.loads(state_file(link, rendered(), b"{}")[".cruft.json"].content)
