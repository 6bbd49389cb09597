"""Renderings are kept in the project's own repository, and are read as what they are: anybody's who may write there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.git.rendered import KEPT
from robot_action.model.kept import KeepWanted, Kept
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files

WHAT = Kept(
    Tree(
        {
            "a b/ü": Entry(Mode.FILE, b"one\n"),
            "tool": Entry(Mode.EXECUTABLE, b"#!/bin/sh\n"),
            "link": Entry(Mode.LINK, b"tool"),
            "empty": Entry(Mode.DIRECTORY),
            "crlf": Entry(Mode.FILE, b"a\r\n\0"),
        }
    ),
    frozenset({"tool"}),
    {"a b/ü": "{{ x }}/ü"},
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_files(tmp_path / "p", {".gitattributes": "* text=auto\n", "f": "x\n"})
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    return folder


def names(project: Path) -> list[str]:
    return [ref.removeprefix(KEPT) for ref in git(project, "for-each-ref", "--format=%(refname)", KEPT).splitlines()]


def test_a_rendering_comes_back_as_it_was(project: Path) -> None:
    wanted = KeepWanted(project, "1", ".copier-answers.yml")
    make_client().keep(wanted, WHAT)
    found = make_client().kept(wanted)
    assert found == WHAT
    assert found is not None
    assert found.tree.digest == WHAT.tree.digest
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "--format=%s", "main") == "x"


def test_what_was_kept_earlier_for_the_same_project_goes_away(project: Path) -> None:
    client = make_client()
    first, other = KeepWanted(project, "1", "a/.copier-answers.yml"), KeepWanted(project, "2", ".copier-answers.yml")
    for wanted in (first, other, replace(first, name="3", beside="1"), replace(first, name="4", beside="3")):
        client.keep(wanted, WHAT)
    assert names(project) == ["2", "3", "4"]


def test_what_is_not_there_is_none(project: Path, tmp_path: Path) -> None:
    assert make_client().kept(KeepWanted(project, "1", "x")) is None
    assert make_client().kept(KeepWanted(tmp_path, "1", "x")) is None
    make_client().keep(KeepWanted(tmp_path, "1", "x"), WHAT)
    assert not (tmp_path / ".git").exists()


NOTES: dict[str, object] = {"folders": [], "kept": [], "sources": {}}


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"rendering.json": "no"},
        {"rendering.json": "[]"},
        {"rendering.json": '{"a":' * 100_000},
        {"rendering.json": json.dumps({**NOTES, "more": 1})},
        {"rendering.json": json.dumps({**NOTES, "folders": 1})},
        {"rendering.json": json.dumps({**NOTES, "kept": [1]})},
        {"rendering.json": json.dumps({**NOTES, "sources": []})},
        {"rendering.json": json.dumps({**NOTES, "folders": ["../x"]})},
        {"rendering.json": json.dumps(NOTES), "elsewhere": "x"},
        {"rendering.json": json.dumps(NOTES), "files/.robot-action-x/../.GIT /hooks": "x"},
    ],
)
def test_what_is_not_as_we_write_it_counts_as_none(project: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        if ".." not in path:
            write_files(project, {path: text})
    git(project, "add", "--all", "--force")
    git(project, "rm", "-r", "--quiet", "--cached", "f", ".gitattributes")
    if any(".." in path for path in files):
        blob = git(project, "hash-object", "-w", "rendering.json")
        git(project, "update-index", "--add", "--cacheinfo", f"100644,{blob},files/a/\u200bX~link")
        git(project, "update-index", "--add", "--cacheinfo", f"100644,{blob},files/A/\u200bX~link")
    tree = git(project, "write-tree")
    commit = git(project, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", "x", tree)
    git(project, "update-ref", f"{KEPT}1", commit)
    assert make_client().kept(KeepWanted(project, "1", "x")) is None


def test_a_reference_to_something_else_counts_as_none(project: Path) -> None:
    git(project, "update-ref", f"{KEPT}1", git(project, "rev-parse", "HEAD^{tree}"))
    assert make_client().kept(KeepWanted(project, "1", "x")) is None
