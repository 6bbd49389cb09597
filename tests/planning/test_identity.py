"""Which project something is, and how it departs from its manifest."""

from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.model.link import Link, Tool
from robot_action.model.manifest import Origin
from robot_action.model.source import Source, SourceKind
from robot_action.model.state import State, TemplateState
from robot_action.planning.identity import (
    commit_message,
    expected_state,
    followed_to,
    identity_of,
    is_first_commit,
    source_identity,
    state_differences,
)
from tests.planning.values import MANIFEST, SOURCE, TEMPLATE


def test_a_folder_is_named_relative_to_the_project_so_that_no_machines_path_is_kept() -> None:
    source = Source(SourceKind.DIRECTORY, "/here/templates", "./templates", subdirectory="lib")
    manifest = replace(MANIFEST, template=source, destination=Path("/here/out/demo"))
    assert source_identity(manifest) == "../../templates#subdirectory=lib"


@pytest.mark.parametrize(
    ("tool", "former", "place"),
    [
        (Tool.OWN, "https://git.example/t", "../new"),
        (Tool.COPIER, "../t", "../new"),
        (Tool.COPIER, "t", "../new"),
        (Tool.COPIER, "/here/t", "/here/new"),
        (Tool.CRUFT, "gh:acme/t", "/here/new"),
    ],
)
def test_a_template_s_new_folder_is_written_relative_in_our_own_file_and_where_the_former_one_was(
    tool: Tool, former: str, place: str
) -> None:
    source = Source(SourceKind.DIRECTORY, "/here/new", "./new", subdirectory="lib")
    link = followed_to(Link(tool, "state", former, "sub"), source, Path("/here/demo"))
    assert (link.source, link.subdirectory) == (place, "lib")


@pytest.mark.parametrize("tool", Tool)
def test_a_template_s_new_repository_is_written_as_its_url(tool: Tool) -> None:
    source = Source(SourceKind.GIT, "https://github.com/acme/new", "gh:acme/new")
    assert followed_to(Link(tool, "state", "../t", "sub"), source, Path("/here/demo")) == Link(tool, "state", source.location)


def test_an_editing_of_version_or_answers_changes_no_identity() -> None:
    edited = replace(MANIFEST, template=replace(SOURCE, ref="v9"), data={"colour": "green"}, version="9.0.0")
    assert expected_state(edited) == expected_state(MANIFEST)


def test_another_repository_or_template_is_another_project() -> None:
    other = replace(MANIFEST, template=replace(SOURCE, location="https://git.example/acme/others"))
    assert not expected_state(other).is_same_project(expected_state(MANIFEST))
    assert not expected_state(replace(MANIFEST, repository=None, name="x")).is_same_project(expected_state(MANIFEST))


def test_our_first_commit_is_known_by_its_trailer() -> None:
    message = commit_message(MANIFEST, TEMPLATE)
    assert is_first_commit(message, "acme/demo")
    assert not is_first_commit(message, "acme/dem")
    assert not is_first_commit("Merge pull request", "acme/demo")


@pytest.mark.parametrize(
    ("source", "made", "differs"),
    [
        (replace(SOURCE, ref="v2.1.0"), TemplateState("x", "2.1.0", "c" * 40), False),
        (replace(SOURCE, ref="cccc"), TemplateState("x", "2.1.0", "c" * 40), False),
        (replace(SOURCE, ref="v3"), TemplateState("x", "2.1.0", "c" * 40), True),
        (replace(SOURCE, versions=">=2,<3"), TemplateState("x", "2.1.0"), False),
        (replace(SOURCE, versions=">=3"), TemplateState("x", "2.1.0"), True),
        (replace(SOURCE, versions=">=3"), TemplateState("x", "", "c" * 40), True),
        (SOURCE, TemplateState("x", "0.1"), False),
    ],
)
def test_a_project_made_from_another_version_differs(source: Source, made: TemplateState, differs: bool) -> None:
    manifest = replace(MANIFEST, template=source, data={})
    assert bool(list(state_differences(manifest, State("acme/demo", (made,))))) is differs


def test_a_state_without_templates_has_no_differences() -> None:
    assert not list(state_differences(MANIFEST, State("acme/demo", ())))


@pytest.mark.parametrize(("origin", "whose"), [(Origin.MANIFEST, "the manifest"), (Origin.FLAG, "the command line")])
def test_what_differs_names_who_wants_it_otherwise(origin: Origin, whose: str) -> None:
    origins = {"template": origin, "data.colour": origin}
    manifest = replace(MANIFEST, template=replace(SOURCE, ref="v3"), data={"colour": "blue"}, origins=origins)
    made = TemplateState("x", "2.1.0", answers={"colour": "red"})
    assert list(state_differences(manifest, State("acme/demo", (made,)))) == [
        f"it was made from version 2.1.0 of its template, {whose} wants v3",
        f"it was made with colour: 'red', {whose} says 'blue'",
    ]


@pytest.mark.parametrize(
    ("origin", "project"),
    [
        ("https://github.com/acme/two.git", "acme/two"),
        ("https://github.com/acme/two/", "acme/two"),
        ("ssh://git@github.com/acme/two.git", "acme/two"),
        ("git@github.com:acme/two.git", "acme/two"),
        ("/srv/forge/acme/two.git", "acme/two"),
        ("file:///srv/forge/acme/two.git", "acme/two"),
        ("https://git.example/group/below/two.git", "two"),
        ("https://git.example/two.git", "two"),
        ("git@git.example:two", "two"),
        ("", "lost"),
        ("/", "lost"),
        ("https://git.example", "lost"),
        ("https://git.example/acme/2 words", "lost"),
        ("/srv/no owner/two.git", "two"),
        ("https://[", "lost"),
    ],
)
def test_a_project_without_a_state_file_is_called_after_its_repository_or_else_its_folder(origin: str, project: str) -> None:
    assert identity_of(origin, Path("/here/lost")) == project
