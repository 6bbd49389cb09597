"""What a repository's files say about others that update its projects."""

from __future__ import annotations

import time

import pytest

from robot_action.model.check import Rival
from robot_action.model.link import Tool
from robot_action.parsing.rivals import find_rivals

ON = "Renovate is configured, and its Copier manager is on by default"


def rivals(files: dict[str, str], tool: Tool = Tool.COPIER) -> list[Rival]:
    return list(find_rivals({path: text.encode() for path, text in files.items()}, tool))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("{}", ON),
        ('{"extends": ["config:recommended"]}', f"{ON} unless a preset that is named there switches it off"),
        ('{"enabledManagers": ["npm", "copier"]}', "Renovate's Copier manager is switched on"),
        ('{"copier": {"enabled": true}}', "Renovate's Copier manager is configured"),
        ('{"enabledManagers": ["npm"]}', ""),
        ('{"copier": {"enabled": false}}', ""),
        ('{"enabled": false}', ""),
    ],
)
def test_what_renovate_is_told_about_copier(text: str, note: str) -> None:
    assert rivals({"renovate.json": text}) == ([Rival("renovate.json", note)] if note else [])


def test_renovate_knows_only_copiers_files() -> None:
    assert rivals({"renovate.json": "{}"}, Tool.CRUFT) == []


def test_the_first_of_renovates_files_counts() -> None:
    assert rivals({".github/renovate.json": "{}", "renovate.json": '{"enabled": false}'}) == []


def test_json5_is_read() -> None:
    text = "{\n\t// no 'copier' here: \"x\n\tenabledManagers: ['npm', 'copier',], /* see https://example.com */ url: 'https://x', }\n"
    assert rivals({"renovate.json5": text}) == [Rival("renovate.json5", "Renovate's Copier manager is switched on")]


@pytest.mark.parametrize("text", ["{", "[]", '"text"', ""])
def test_what_cannot_be_read_is_said_to_be_so(text: str) -> None:
    (found,) = rivals({".renovaterc": text})
    assert "cannot be read here" in found.note


def test_a_package_counts_where_it_configures_renovate() -> None:
    assert rivals({"package.json": '{"name": "x", "renovate": {"enabledManagers": ["copier"]}}'}) == [
        Rival("package.json", "Renovate's Copier manager is switched on")
    ]
    assert rivals({"package.json": '{"name": "x", "keywords": ["renovate"]}'}) == []


@pytest.mark.parametrize("text", ['{"name": "x",}}', '<<<<<<< project\n{"name": "renovate-me"}\n=======\n{}\n>>>>>>> template\n', "[]"])
def test_a_package_that_cannot_be_read_is_nobodys_where_it_does_not_name_renovate(text: str) -> None:
    assert rivals({"package.json": text}) == []


def test_a_package_that_cannot_be_read_may_configure_renovate() -> None:
    (found,) = rivals({"package.json": '{"renovate": {},}}'})
    assert "cannot be read here" in found.note


@pytest.mark.parametrize("action", ["AndreasAugustin/actions-template-sync@v2", '"andreasaugustin/actions-template-sync@v2"'])
def test_the_sync_action_is_found(action: str) -> None:
    found = rivals({".github/workflows/sync.yml": f"jobs:\n  a:\n    steps:\n      - uses: {action}\n"}, Tool.OWN)
    assert [rival.note.lower() for rival in found] == ["andreasaugustin/actions-template-sync copies the template's files"]


@pytest.mark.parametrize(
    ("command", "tool", "is_found"),
    [
        ("copier update --defaults", Tool.COPIER, True),
        ("uvx copier --trust update", Tool.COPIER, True),
        ("pipx run copier recopy", Tool.COPIER, True),
        ("copier copy gh:a/b .", Tool.COPIER, False),
        ("cruft update -y", Tool.CRUFT, True),
        ("cruft update -y", Tool.COPIER, False),
        ("copier update", Tool.OWN, False),
        ("cruft check", Tool.CRUFT, False),
    ],
)
def test_commands_of_workflows(command: str, tool: Tool, is_found: bool) -> None:
    assert bool(rivals({".github/workflows/u.yml": f"      - run: {command}\n"}, tool)) is is_found
    assert rivals({".github/workflows/u.yml": f"      # run: {command}\n"}, tool) == []
    assert rivals({"docs/u.yml": f"      - run: {command}\n"}, tool) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/workflows/x.yml", "copier" + " -copier" * 10_000),
        (".github/workflows/x.yml", "\n" * 80_000),
        ("renovate.json", '"' + '\\"' * 40_000),
        ("renovate.json", "'" + "\\'" * 40_000),
        ("renovate.json", "/* " * 30_000),
    ],
)
def test_no_text_keeps_a_look_at_versions_busy(path: str, text: str) -> None:
    """Each took tens of seconds, and four times as long where it was twice as long."""
    begun = time.process_time()
    rivals({path: text})
    assert time.process_time() - begun < 5
