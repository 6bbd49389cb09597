"""The clients as one run gets them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from robot_action.entrypoints.boundary import run
from robot_action.model.manifest import HostKind, IndexKind
from tests.testbed.git_bed import write_files

TEMPLATE = {"template.yml": "name: t\n", "template/a.jinja": "{{ project.name }}\n"}


def rendered(folder: Path, **environment: str) -> list[str]:
    """Render a template; return what is kept of its compiled templates."""
    write_files(folder / "t", TEMPLATE)
    home = {"ROBOT_ACTION_HOME": str(folder / "home"), "ROBOT_ACTION_CHECK_UPDATES": "false", "PATH": "/usr/bin:/bin"}
    assert run(["render", str(folder / "t"), str(folder / "p")], {**home, **environment}) == 0
    assert (folder / "p/a").read_text() == "p\n"
    kept = folder / "home/cache/compiled"
    return [path.name for path in kept.iterdir()] if kept.exists() else []


def test_compiled_templates_are_kept_for_the_next_run(tmp_path: Path) -> None:
    assert len(rendered(tmp_path)) == 1


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"GITHUB_ACTIONS": "true"}])
def test_in_ci_where_branches_share_caches_they_go_with_the_run(tmp_path: Path, environment: Mapping[str, str]) -> None:
    assert rendered(tmp_path, **environment) == []


def test_there_is_something_behind_every_host_and_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from robot_action.entrypoints import render as entry
    from robot_action.ports import Ports

    seen: list[Ports] = []

    def look(ports: Ports, request: object) -> object:
        seen.append(ports)
        assert all(ports.hosts[kind] for kind in HostKind)
        assert all(ports.indexes[kind] for kind in IndexKind)
        return plain(ports, request)

    plain = entry.render
    monkeypatch.setattr(entry, "render", look)
    rendered(tmp_path)
    assert len(seen) == 1


EXTENDED = {
    "copier.yml": "_exclude: [copier.yml, own.py]\n_jinja_extensions: [copier_templates_extensions.TemplateExtensionLoader, own.py:Own]\n",
    "a.jinja": "{{ 'p'|twice }}\n",
    "own.py": (
        "from jinja2.ext import Extension\nclass Own(Extension):\n    def __init__(self, environment):\n"
        "        super().__init__(environment)\n        environment.filters['twice'] = lambda text: text * 2\n"
    ),
}


def test_a_trusted_templates_own_extensions_have_ground_to_run_on(tmp_path: Path) -> None:
    write_files(tmp_path / "t", EXTENDED)
    environment = {"ROBOT_ACTION_HOME": str(tmp_path / "home"), "ROBOT_ACTION_CHECK_UPDATES": "false", "PATH": "/usr/bin:/bin"}
    assert run(["render", str(tmp_path / "t"), str(tmp_path / "p")], environment) == 77
    assert run(["render", "--trust", str(tmp_path / "t"), str(tmp_path / "p")], environment) == 0
    assert (tmp_path / "p/a").read_text() == "pp\n"
