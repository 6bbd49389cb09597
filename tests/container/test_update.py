"""``workflows/update.yml`` as a user copies it: in the repository of a project that was made from a template, with an App."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.container.artifacts import artifact_actions
from tests.container.helpers import shipped
from tests.create.world import TEMPLATES
from tests.testbed.bare import git
from tests.testbed.container.act import REPOSITORY, ActRun, Runner
from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_apps import App, add_app

BRANCH = "robot-action/templates"
LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
FILES = {"template.yml": "name: tiny\n", "CHANGELOG.md": "# 1.0.0\n- begun\n", "template/a.txt": LINES, "template/b.txt": LINES}
SECOND = {**FILES, "CHANGELOG.md": "# 2.0.0\n- two is TWO\n\n# 1.0.0\n", "template/a.txt": LINES.replace("two", "TWO")}
THIRD = {**SECOND, "template/b.txt": LINES.replace("one", "ONE")}
WORKFLOW = shipped("update.yml")


def publish(github: GitHubBed, files: dict[str, str], tag: str) -> None:
    github.git.git(TEMPLATES, "tag", tag, github.git.commit(TEMPLATES, files))


@pytest.fixture
def app(github: GitHubBed) -> App:
    made = add_app(github.fake)
    made.install(github.fake.accounts["acme"])
    return made


@pytest.fixture
def project(runner: Runner, github: GitHubBed) -> Runner:
    """Return the runner with a project of the template's first version, pushed, and the second version published."""
    for name in (TEMPLATES, REPOSITORY):
        github.fake.add_repository(name)
    github.git.anonymous_read = True
    publish(github, FILES, "v1.0.0")
    render = (sys.executable, "-m", "robot_action", "render", "--allow-protocol", "http")
    home = {"HOME": str(runner.folder), "ROBOT_ACTION_HOME": str(runner.folder / "robot-home"), "PATH": "/usr/bin:/bin"}
    runner.checkout.rmdir()
    subprocess.run([*render, github.git.url_of(TEMPLATES), str(runner.checkout)], check=True, capture_output=True, env=home)
    runner.prepare(WORKFLOW)
    git(runner.checkout, "-c", "safe.directory=*", "push", "--quiet", str(github.git.path_of(REPOSITORY)), "HEAD:refs/heads/main")
    publish(github, SECOND, "v2.0.0")
    return runner


def update(project: Runner, github: GitHubBed, app: App, number: int) -> ActRun:
    """Run the workflow by hand."""
    run = project.run(
        "workflow_dispatch",
        WORKFLOW,
        payload={"inputs": {"ref": "", "again": "false"}},
        secret={"GITHUB_TOKEN": github.workflow_token, "ROBOT_PRIVATE_KEY": app.private_key},
        variables={"ROBOT_CLIENT_ID": app.client_id},
        arguments=artifact_actions(project.folder / f"actions-{number}", WORKFLOW, "proposal"),
    )
    assert run.code == 0, run.said
    shutil.rmtree(project.checkout / "proposal")  # the next run has another machine
    assert run.outputs("update")["result"] == "prepared"
    assert app.private_key.splitlines()[3] not in run.said
    assert not [token for token in app.minted if token in github.fake.tokens.values()], "they are revoked"
    assert project.owners() == {}
    return run


def push_as_ada(github: GitHubBed, folder: Path) -> str:
    """Commit a change on the branch that is proposed, as a person does; return the commit."""
    git(folder.parent, "clone", "--quiet", "--branch", BRANCH, str(github.git.path_of(REPOSITORY)), str(folder))
    (folder / "a.txt").write_text((folder / "a.txt").read_text().replace("seven", "SEVEN"))
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--all", "--message", "Mine")
    git(folder, "push", "--quiet", "origin", BRANCH)
    return git(folder, "rev-parse", "HEAD")


def test_twice_in_a_row_it_is_one_pull_request_and_what_people_push_to_it_stays(
    project: Runner, github: GitHubBed, app: App, tmp_path: Path
) -> None:
    main = github.git.heads(REPOSITORY)["main"]
    first = update(project, github, app, 1)
    assert first.outputs("deliver")["operation"] == "created"
    pulls: list[Any] = github.fake.repositories[REPOSITORY].proposals.pulls
    assert (len(pulls), pulls[0].branch, pulls[0].draft) == (1, BRANCH, False)
    assert "two is TWO" in pulls[0].body, "the template's own changelog"
    assert github.git.git(REPOSITORY, "show", f"{BRANCH}:a.txt") == SECOND["template/a.txt"].rstrip()
    assert any(event["arg"] == first.outputs("deliver")["pull-request-url"] for event in first.events if event.get("command") == "notice")

    head = github.git.heads(REPOSITORY)[BRANCH]
    again = update(project, github, app, 2)
    assert again.outputs("deliver")["operation"] == "unchanged"
    assert (len(pulls), github.git.heads(REPOSITORY)) == (1, {"main": main, BRANCH: head})

    ada = push_as_ada(github, tmp_path / "ada")
    publish(github, THIRD, "v3.0.0")
    third = update(project, github, app, 3)
    assert third.outputs("deliver")["operation"] == "updated"
    assert (len(pulls), pulls[0].state) == (1, "open")
    assert github.git.git(REPOSITORY, "merge-base", ada, BRANCH) == ada, "her commit is still part of the branch"
    assert "TWO\nthree\nfour\nfive\nsix\nSEVEN" in github.git.git(REPOSITORY, "show", f"{BRANCH}:a.txt")
    assert github.git.git(REPOSITORY, "show", f"{BRANCH}:b.txt").startswith("ONE")
    assert github.git.heads(REPOSITORY)["main"] == main
