"""Where we refuse what Copier allows, or show a template less: each row of docs/compatibility.md, section Copier."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import copier
import pytest
from copier.errors import OldTemplateWarning

from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.errors import InputError
from robot_action.model.template import Rendering
from tests.oracles.copier_peer import Peer, compare
from tests.oracles.trees import link, make_tree

BOMB = "_a: &a [1, 2, 3, 4, 5, 6, 7, 8]\n" + "".join(f"_{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n" for old, new in pairwise("abcdef"))
"""A quarter of a million values in six lines."""
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "the way back in a name": ({"copier.yml": "q: ..", "a/{{ q }}/b": "1"}, "leads out with '..'"),
    "git's own folder": ({"copier.yml": "_exclude: []\nq: .git", "{{ q }}/hooks/x": "1"}, "takes for .git"),
    "git's own folder in disguise": ({"copier.yml": "q: GIT~1", "{{ q }}/hooks/x": "1"}, "takes for .git"),
    "robot-action's state file": ({"copier.yml": "q: .robot-action.yml", "{{ q }}": "1"}, "must not make .robot-action.yml"),
    "line ends in names": ({"copier.yml": 'q: "a\\nb"', "{{ q }}": "1"}, "control character"),
    "case": ({"copier.yml": "q: 1", "a": "1", "A": "2"}, "one file where case or Unicode form does not count"),
    "links out": ({"copier.yml": "_preserve_symlinks: true", "l": link("../x")}, "outside of the tree"),
    "links that climb after a name": ({"copier.yml": "_preserve_symlinks: true", "d/x": "", "l": link("d/../d")}, "leads out with '..'"),
    "two files of one path": ({"copier.yml": "q: a", "{{ q }}": "1", "a": "2"}, "exists twice"),
    "data outside of the project": (
        {"copier.yml": "_external_data: {p: ../p.yml}", "a.jinja": "{{ _external_data.p }}"},
        "leads out of the project",
    ),
    "includes outside of the template": ({"copier.yml": "!include ../none.yml"}, "leads out of the template"),
    "a text where a list is wanted": ({"copier.yml": "_exclude: foo", "a": ""}, "this must be a list"),
    "aliases that expand to a lot": ({"copier.yml": BOMB}, "aliases expand to more than 100000 values"),
    "a specification that is not UTF-8": ({"copier.yml": "q: 1".encode("utf-16"), "a": ""}, "the file is not UTF-8"),
    "options that no text can say": ({"copier.yml": "_envops: {enable_async: true}", "a": ""}, "'enable_async' is no option"),
    "texts that grow": ({"copier.yml": "q: 1", "a.jinja": "{{ ('x' * 2000000)|length }}"}, "the result of '*' would be too large"),
}


@pytest.mark.parametrize(("files", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_copier_does_and_we_do_not(files: dict[str, Any], reason: str) -> None:
    both = compare(files)
    assert not isinstance(both.theirs, Exception)
    assert isinstance(both.ours, InputError)
    assert reason in str(both.ours)
    assert all(problem.position for problem in both.ours.problems)


HOST = {
    "{{ '$SECRET_TOKEN'|expandvars }}": "$SECRET_TOKEN",
    "{{ '~'|expanduser }}": "~",
    "{{ '~root'|expanduser }}": "~root",
    "{{ '/etc/host*'|fileglob }}": "[]",
    "{{ '/etc/hostname'|fileglob }}": "[]",
    "{{ '/proc/self/exe'|realpath }}": "/proc/self/exe",
    "{{ 'a'|realpath }}": "/a",
    "{{ 'a'|relpath }}": "a",
}


@pytest.mark.parametrize(("text", "shown"), HOST.items())
def test_filters_see_nothing_of_the_machine(text: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "leaked")
    monkeypatch.chdir("/")
    both = compare({"copier.yml": "q: 1", "a.jinja": text})
    assert isinstance(both.ours, Rendering)
    assert both.ours.tree["a"].content.decode() == shown
    request = Peer(tmp_path).request(make_tree({"copier.yml": "q: 1", "a.jinja": text}), tmp_path, tmp_path / "project", {})
    assert WorkerRenderer().render(request).tree["a"].content.decode() == shown


def test_copier_shows_the_environment_to_untrusted_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "leaked")
    theirs = compare({"copier.yml": "q: 1", "a.jinja": "{{ '$SECRET_TOKEN'|expandvars }}"}).theirs
    assert not isinstance(theirs, Exception)
    assert theirs["a"].content == b"leaked"


def test_everything_refused_stands_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "compatibility.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    copier = next(part for part in section if part.startswith("Copier\n"))
    for words in ("`..`", "`.git`", "case", "links", "`_external_data`", "`!include`", "`_envops`", "`expandvars`", "`fileglob`", "twice"):
        assert words in copier


@pytest.mark.parametrize("files", [{"copier.YML": "q: 1", "a": ""}, {"a": ""}], ids=["capital letters", "none"])
def test_a_template_has_a_specification_of_one_of_two_names(files: dict[str, Any]) -> None:
    both = compare(files)
    assert not isinstance(both.theirs, Exception)
    assert "this is no template" in str(both.ours)


@pytest.mark.filterwarnings("ignore")
def test_a_yield_around_the_answers_files_name_makes_a_path_for_each_item() -> None:
    both = compare({"copier.yml": "q: 1", "{% yield x from ['a', 'b'] %}{{ x }}{{ _copier_conf.answers_file }}{% endyield %}": ""})
    assert isinstance(both.ours, Rendering)
    assert isinstance(both.theirs, dict)
    assert set(both.ours.tree) == {"a.copier-answers.yml", "b.copier-answers.yml"}
    assert set(both.theirs) == {".copier-answers.yml"}


def test_a_template_for_an_older_major_version_is_no_news(tmp_path: Path) -> None:
    files = {"copier.yml": "_min_copier_version: '8.0'", "a": ""}
    both = compare(files)
    assert isinstance(both.ours, Rendering)
    assert both.ours.messages == {}
    (tmp_path / "t").mkdir()
    for name, text in files.items():
        (tmp_path / "t" / name).write_text(text, "utf-8")
    with pytest.warns(OldTemplateWarning):
        copier.run_copy(str(tmp_path / "t"), tmp_path / "project", quiet=True)
