"""What users of other tools complain about, thread by thread: it does not happen here.

What is told of pull requests, of moved templates, of several templates and of kept renderings stands with the tests of those.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from robot_action.parsing.settings import token_variable
from tests.testbed.bare import git
from tests.update.world import World

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
COPIER = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "a.txt": LINES,
    "b.txt": "b\n",
}
COOKIECUTTER = {"cookiecutter.json": '{"name": "demo"}\n', "{{ cookiecutter.name }}/a.txt": LINES, "{{ cookiecutter.name }}/b.txt": "b\n"}
CONFLICTING = LINES.replace("two", "TEMPLATE")
EDITED = LINES.replace("two", "MINE")


def begin(world: World, files: dict[str, str] = COPIER, edits: dict[str, str] | None = None) -> None:
    world.set_up(files)
    run = world.render(*(("--cruft",) if "cookiecutter.json" in files else ()))
    assert run.code == 0, run.said
    world.commit(files=edits)


def test_a_second_run_elsewhere_gives_the_very_same(world: World) -> None:
    """copier-org/copier#2768: conflicts differ from run to run, in CI."""
    files = {**COPIER, "dated.txt.jinja": "{{ '%Y-%m-%d %H:%M:%S' | strftime }} {{ range(99999) | random }}\n"}
    begin(world, files, {"a.txt": EDITED})
    world.set_up({**files, "a.txt": CONFLICTING, "new.txt": "new\n"}, "v2.0.0")
    results = []
    shutil.copytree(world.project, world.root / "copy")
    for epoch in ("1800000000", "1900000000"):
        assert world.update(SOURCE_DATE_EPOCH=epoch).code == 4
        results.append(world.files())
        world.project.rename(world.root / f"done-{epoch}")
        shutil.copytree(world.root / "copy", world.project)
    assert results[0] == results[1]
    assert results[0]["new.txt"] == "new\n"


def test_nobody_is_asked_anything(world: World) -> None:
    """copier-org/copier#2436: the program prompts although every question has a default."""
    begin(world)
    world.set_up({**COPIER, "copier.yml": "name: demo\nmore: {type: str, default: all}\n"}, "v2.0.0")
    assert world.update("--dry-run").code == 0
    world.set_up({**COPIER, "copier.yml": "name: demo\nneeded: {type: str}\n"}, "v3.0.0")
    run = world.update()
    assert run.code == 65, "what has no default is told, not asked for"
    assert "needed" in run.said
    assert "manifest" not in run.said, "there is none"
    assert " --data needed=VALUE\n" in run.out
    assert world.update("-d", "needed=x").code == 0


@pytest.mark.parametrize("policy", ["markers", "project", "template"])
def test_deleted_files_stay_deleted_and_what_the_template_deletes_goes(world: World, policy: str) -> None:
    """copier-org/copier#1735 and #1721: deleted files come back, or those that the template deleted stay."""
    begin(world, {**COPIER, "gone.txt": "gone\n"})
    (world.project / "a.txt").unlink()
    world.commit("Deleted")
    world.set_up({**COPIER, "a.txt": CONFLICTING}, "v2.0.0")
    run = world.update("--conflict", policy)
    assert run.code == 0, run.said
    assert not {"a.txt", "gone.txt"} & set(world.files())
    assert "a.txt stays deleted" in run.said


@pytest.mark.parametrize("branch", ["stable", "main"])
def test_the_branch_that_a_project_follows_is_remembered(world: World, branch: str) -> None:
    """cruft/cruft#54 and #142, copier-org/copier#900: the branch is ignored, or forgotten."""
    world.set_up(COOKIECUTTER)
    world.git.git("acme/templates", "branch", "stable")
    world.project.mkdir()
    world.commit(files={"a.txt": LINES, "b.txt": "b\n"})
    run = world.run("adopt", world.url, "demo", "--ref", branch, "--allow-protocol", "http", "--trust")
    assert run.code == 0, run.said
    world.commit("Adopted")
    world.git.commit("acme/templates", {**COOKIECUTTER, "{{ cookiecutter.name }}/b.txt": f"{branch}\n"}, branch=branch)
    other = "main" if branch == "stable" else "stable"
    world.git.commit("acme/templates", {**COOKIECUTTER, "{{ cookiecutter.name }}/b.txt": "of the other\n"}, branch=other)
    assert world.update().code == 0
    assert world.read("b.txt") == f"{branch}\n"
    assert world.cruft()["checkout"] == branch


def test_credentials_never_come_into_the_state_file(world: World) -> None:
    """copier-org/copier#466: the token in the template's URL is written to the answers file."""
    begin(world)
    world.set_up({**COPIER, "b.txt": "c\n"}, "v2.0.0")
    leaking = world.url.replace("http://", "http://robot:very-secret@")
    run = world.update("--source", leaking)
    assert run.code == 65
    assert "very-secret" not in run.said + "".join(world.files().values())
    answers = world.read(".copier-answers.yml").replace(world.url, leaking)
    world.commit(files={".copier-answers.yml": answers})
    run = world.update()
    assert run.code == 65
    assert "very-secret" not in run.said


def test_drift_is_more_than_another_version(world: World) -> None:
    """copier-org/copier#401: drift cannot be detected, only versions are compared."""
    begin(world, edits={"a.txt": EDITED})
    (world.project / "b.txt").unlink()
    world.commit("Deleted")
    run = world.run("check", "demo", "--drift", "--allow-protocol", "http")
    assert run.code == 3
    assert "up to date, 1.0.0, drifted: 1 changed, 1 deleted" in run.out


def test_a_private_template_is_reached_with_its_hosts_own_token(world: World) -> None:
    """copier-org/copier#1986: private templates need a token for each host."""
    begin(world)
    world.set_up({**COPIER, "b.txt": "c\n"}, "v2.0.0")
    world.git.anonymous_read = False
    assert world.update().code != 0
    run = world.update(**{token_variable(world.git.url): "read-token"})
    assert run.code == 0, run.said
    assert "read-token" not in run.said + "".join(world.files().values())


def test_conflicts_leave_no_rejects_and_clones_in_ci_are_enough(world: World) -> None:
    """cruft/cruft#49, #181 and #287: rejected hunks in files of their own; blobs that are missing in CI."""
    begin(world, COOKIECUTTER, {"a.txt": EDITED})
    world.set_up({**COOKIECUTTER, "{{ cookiecutter.name }}/a.txt": CONFLICTING.replace("seven", "7")}, "v2.0.0")
    world.git.git("acme/templates", "branch", "--force", "main", "v2.0.0")
    origin = world.project.rename(world.root / "origin")
    world.peer_git("clone", "--quiet", "--depth=1", f"file://{origin}", "demo")
    run = world.update()
    assert run.code == 4, run.said
    assert sorted(world.files()) == [".cruft.json", "a.txt", "b.txt"]
    assert world.read("a.txt").endswith("six\n7\n"), "the rest of the file has the template's changes"


def test_only_releases_count(world: World) -> None:
    """cruft/cruft#183: every commit of the template is proposed; people want releases."""
    begin(world)
    world.git.commit("acme/templates", {**COPIER, "b.txt": "not yet released\n"})
    run = world.update()
    assert (run.code, world.status()) == (0, [])
    world.set_up({**COPIER, "b.txt": "released\n"}, "v1.1.0")
    assert world.update().code == 0
    assert world.read("b.txt") == "released\n"


def test_new_variables_are_told_with_what_was_chosen(world: World) -> None:
    """cruft/cruft#232: new variables take their defaults, and nobody learns of them."""
    begin(world, COOKIECUTTER)
    world.set_up({**COOKIECUTTER, "cookiecutter.json": '{"name": "demo", "license": ["MIT", "BSD"]}\n'}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert "new question license: the default was taken, MIT" in run.said


def test_projects_of_cookiecutter_alone_can_be_updated(world: World) -> None:
    """cookiecutter/cookiecutter#784 and #1004: there are no updates at all."""
    world.set_up(COOKIECUTTER)
    world.peer("cookiecutter", "--no-input", world.git.url_of("acme/templates"), "--checkout", "v1.0.0")
    world.commit(files={"a.txt": EDITED})
    world.set_up({**COOKIECUTTER, "{{ cookiecutter.name }}/a.txt": LINES.replace("seven", "7")}, "v2.0.0")
    world.git.git("acme/templates", "branch", "--force", "main", "v2.0.0")
    assert world.run("adopt", world.url, "demo", "--ref", "v1.0.0", "--allow-protocol", "http").code == 0
    world.commit("Adopted")
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("a.txt") == EDITED.replace("seven", "7")


def test_markers_never_come_where_they_break_things(world: World) -> None:
    """OCA/maintainer-tools#645: a bot commits conflict markers into files that machines read."""
    paths = (".github/workflows/ci.yml", "uv.lock", "package-lock.json", "deep/poetry.lock")
    files = {**COPIER, "copier.yml": "_exclude: [copier.yml]\nname: demo\n", **dict.fromkeys(paths, LINES)}
    begin(world, files, dict.fromkeys(paths, EDITED))
    world.set_up({**files, **dict.fromkeys(paths, CONFLICTING)}, "v2.0.0")
    run = world.update()
    assert run.code == 4
    assert {world.read(path) for path in paths} == {EDITED}
    assert all(f"conflict in {path}" in run.said for path in paths)


def test_the_index_can_be_committed_whatever_happened(world: World) -> None:
    """mjun0812/python-copier-template#41: an unmerged index breaks the step that opens the pull request."""
    begin(world, edits={"a.txt": EDITED, "b.txt": "mine\n"})
    world.set_up({path: CONFLICTING if path == "a.txt" else text for path, text in COPIER.items() if path != "b.txt"}, "v2.0.0")
    assert world.update().code == 4
    assert git(world.project, "ls-files", "--unmerged") == ""
    assert world.staged() == ""
    git(world.project, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--all", "-m", "Updated")


def test_local_changes_are_never_overwritten(world: World) -> None:
    """AndreasAugustin/actions-template-sync#588: the sync overwrites local changes."""
    begin(world, edits={"a.txt": f"mine\n{LINES}", "own.txt": "own\n"})
    world.set_up({**COPIER, "a.txt": LINES.replace("seven", "7"), "own.txt": "the template's\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 4, "both added own.txt"
    assert world.read("a.txt") == f"mine\n{LINES.replace('seven', '7')}"
    assert "own\n" in world.read("own.txt")


def test_every_thread_has_its_test() -> None:
    threads = (2768, 2436, 1735, 1721, 900, 466, 401, 1986, 1170, 1729, 934, 2300, 41, 49, 181, 54, 183, 232, 784, 645, 588)
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [thread for thread in threads if f"#{thread}" not in text] == []
