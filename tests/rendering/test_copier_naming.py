from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.tree import Entry, Mode
from robot_action.rendering import copier_naming
from tests.rendering.copier_samples import copied, refusals


def link(target: str) -> Entry:
    return Entry(Mode.LINK, target.encode())


def paths(specification: str, *names: str) -> list[str]:
    return list(copied(f"_exclude: [copier.yml]\n{specification}", dict.fromkeys(names, "")).tree)


def test_a_suffix_is_taken_off_as_pathlib_does() -> None:
    assert paths("_templates_suffix: .tmpl.j2", "a.tmpl.j2", "b.j2") == ["a.tmpl", "b.j2"]
    assert paths("q: 1", "a.b.jinja", ".jinja", "c.jinja/d.jinja") == [".jinja", "a.b", "c", "c.jinja/d"]


def test_parts_that_render_to_paths_are_tidied() -> None:
    assert paths("p: a//b/./c/", "{{ p }}", "x/{{ p }}/y") == ["a/b/c", "x/a/b/c/y"]


@given(st.lists(st.lists(st.sampled_from(["a", "a.", ".", "..", "/", "\n"]), min_size=1, max_size=4).map("".join), min_size=1, max_size=3))
def test_parts_are_joined_as_pathlib_does(parts: list[str]) -> None:
    assert copier_naming.joined(tuple(parts)) == str(PurePosixPath(*parts))


def test_folders_are_made_where_nothing_of_them_is_left() -> None:
    tree = copied("e: ''", {"d/{{ e }}": "", "f/g/{{ e }}.jinja": "", "h/{{ e }}/i": ""}).tree
    assert {path: entry.mode for path, entry in tree.items()} == dict.fromkeys(("d", "f/g", "h"), Mode.DIRECTORY)


def test_what_is_wrong_with_names_is_told_together() -> None:
    said = refusals("q: 1", {"{{ a.b }}": "", "x/{{ c.d }}/y": "", "l": link("../out"), "m": link("none")})
    assert [line.split("\n")[0] for line in said] == [
        "gh:acme/t: l: the link leads out of the template",
        "gh:acme/t: m: the link leads nowhere",
        "gh:acme/t: x/{{ c.d }}: in its name: 'c' is undefined",
        "gh:acme/t: {{ a.b }}: in its name: 'a' is undefined",
    ]


def test_a_link_whose_target_cannot_be_rendered_is_told() -> None:
    said = refusals("_preserve_symlinks: true", {"l.jinja": link("{{ a.b }}")})
    assert said[0] == "gh:acme/t: l.jinja: in the link's target: 'a' is undefined"


@pytest.mark.parametrize("directory", ["none", "'{{ q }}'"])
def test_the_templates_folder_must_be_there(directory: str) -> None:
    for files in ({"a": ""}, {"none": ""}, {"none": link("a"), "a": ""}):
        assert refusals(f"_subdirectory: {directory}\nq: none", files) == ["gh:acme/t: copier.yml: the template has no folder 'none'"]


@pytest.mark.parametrize("directory", ["..", "/", "a/../.."])
def test_the_templates_folder_lies_in_the_template(directory: str) -> None:
    assert "leads out of the template" in refusals(f"_subdirectory: {directory}", {"a": ""})[0]


def test_a_templates_folder_whose_only_link_is_bad_is_told_of_the_link() -> None:
    assert refusals("_subdirectory: s", {"s/l": link("none")})[0].startswith("gh:acme/t: s/l: the link leads nowhere")


def test_a_template_makes_no_paths_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copier_naming, "MAX_PATHS", 50)
    said = refusals("q: 1", {"{% yield i from range(60) %}{{ i }}{% endyield %}": ""})
    assert said == ["gh:acme/t: copier.yml: the template makes more than 50 paths"]


@pytest.mark.parametrize("specification", ["q: 1", "_exclude: ['*']", "_skip_if_exists: [a]"])
def test_names_that_are_not_utf8_are_refused(specification: str) -> None:
    assert "is not UTF-8" in refusals(specification, {"\udcff": "", "{{ '\ud800' }}": ""})[0]
