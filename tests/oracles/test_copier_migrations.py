"""Migrations of Copier's templates: run by Copier in the work tree, and by us on a copy of the project."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.render.world import TEMPLATES
from tests.testbed.git_server import GitServer
from tests.update.world import World

VARIABLES = "STAGE VERSION_FROM VERSION_TO VERSION_CURRENT VERSION_PEP440_FROM VERSION_PEP440_TO VERSION_PEP440_CURRENT COPIER_OPERATION"
SEEN = (
    'echo "' + " ".join(f"{name}=${name}" for name in VARIABLES.split()) + " {{ name|default('-') }} {{ _stage }} {{ _copier_phase }}"
    " {{ _copier_operation }} {{ _folder_name }} {{ _version_pep440_to.major }} {{ _copier_answers._commit|default('-') }}"
    ' {{ _copier_conf.vcs_ref_hash is string }}" >> log.txt'
)
FILES = {
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": "# {{ name }}\n",
}


def specification(*migrations: str) -> str:
    return "name: demo\nextra: none\n_migrations:\n" + "".join(f"  - {migration}\n" for migration in migrations)


@pytest.fixture
def world(tmp_path: Path, git_server: GitServer) -> World:
    root, home = tmp_path / "work", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    git_server.anonymous_read = True
    git_server.create(TEMPLATES)
    return World(root, home, git_server)


def both(world: World, later: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Update a project over versions of its template; return what Copier and what we make of it.

    Args:
        world: with nothing in it.
        later: the versions after the first by their tags, the last of which is wanted; one without a tag has none.
    """
    world.set_up({**FILES, "copier.yml": specification("[false]")})
    assert world.render("-d", "name=mine").code == 0
    world.commit(files={"own.txt": "own\n"})
    for tag, files in later.items():
        commit = world.set_up({**FILES, **files}, tag) if tag else world.git.commit(TEMPLATES, {**FILES, **files})
    kept = world.root / "kept"
    shutil.copytree(world.project, kept)
    world.peer("copier", "update", "--defaults", "--trust", "--vcs-ref", commit, world.project)
    theirs = world.files()
    shutil.rmtree(world.project)
    kept.rename(world.project)
    run = world.update("--ref", commit)
    assert run.code == 0, run.said
    return theirs, world.files()


def quoted(text: str) -> str:
    """Return a text as YAML in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def test_the_versions_passed_say_which_run_and_both_forms_do_what_copier_does(world: World) -> None:
    migrations = [
        f"{{version: v1.0.0, command: {quoted('echo at the old version >> log.txt')}}}",
        f"{{version: v1.5.0, command: {quoted(SEEN)}}}",
        quoted(SEEN),
        f"[sh, -c, {quoted('echo {{ name }} >> log.txt')}]",
        f"{{version: v2.0.0, before: [{quoted(SEEN)}], after: [{quoted(SEEN)}, [touch, 'made by {{{{ name }}}}']]}}",
        f"{{command: {quoted(SEEN)}, when: \"{{{{ _stage == 'before' }}}}\"}}",
        f"{{command: {quoted(SEEN)}, when: true}}",
        f"{{version: 2.0.1.dev1, command: {quoted('echo never >> log.txt')}}}",
        f"{{version: v2.0.0, command: {quoted(SEEN)}, working_directory: \"{{{{ 'sub' }}}}\"}}",
    ]
    later = {"v1.9.0": {"copier.yml": specification("[false]")}, "v2.0.0": {"copier.yml": specification(*migrations), "sub/x": "x\n"}}
    theirs, ours = both(world, later)
    assert ours == theirs
    assert len(ours["log.txt"].splitlines()) == 8
    assert {"sub/log.txt", "made by mine"} <= set(ours)


def test_answers_that_a_migration_changes_count(world: World) -> None:
    rename = "sed -i s/^name:/title:/ .copier-answers.yml"
    migration = f"{{version: v2.0.0, command: {quoted(rename)}, when: \"{{{{ _stage == 'before' }}}}\"}}"
    later = {
        "copier.yml": f"title: new\n_migrations: [{migration}]\n",
        "README.md.jinja": "# {{ title }}\n",
    }
    theirs, ours = both(world, {"v2.0.0": later})
    assert ours == theirs
    assert ours["README.md"] == "# mine\n"


def test_versions_are_told_as_copier_tells_them(world: World) -> None:
    """A commit behind the tag of a pre-release."""
    files = {**FILES, "copier.yml": specification(f"{{version: v1.0.1, command: {quoted(SEEN)}}}", quoted(SEEN))}
    theirs, ours = both(world, {"v2.0.0-rc1": files, "": {**files, "last.txt": "last\n"}})
    assert ours == theirs
    assert "VERSION_PEP440_TO=2.0.0rc1.post1.dev0+" in ours["log.txt"]
