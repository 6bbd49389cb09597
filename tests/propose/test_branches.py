"""Which branch a project's update is proposed on: one that no other project has."""

from __future__ import annotations

import json

from tests.propose.world import BRANCH, World, commit_all
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files

CRUFTS = "{{ cookiecutter.name }}/c.txt"


def follow_another(world: World) -> None:
    """Let the project follow a second template, whose name is the first one's, by Cruft; both have a newer version."""
    other = world.root / "other/tpl"
    write_files(other, {"cookiecutter.json": '{"name": "demo"}', CRUFTS: "1\n"})
    git(world.root, "init", "--quiet", str(other))
    commit_all(other, "1")
    made = git(other, "rev-parse", "HEAD")
    state = {"template": str(other), "commit": made, "checkout": None, "context": {"cookiecutter": {"name": "demo"}}, "directory": None}
    world.commit({".cruft.json": json.dumps(state), "c.txt": "1\n"})
    write_files(other, {CRUFTS: "2\n"})
    commit_all(other, "2")
    world.version("v2.0.0", a_txt="2\n")


def test_two_templates_of_one_name_in_one_folder_do_not_replace_each_others_pull_requests(local: World) -> None:
    follow_another(local)
    runs = [local.propose("--answers-file", file) for file in (".robot-action.yml", ".cruft.json", ".robot-action.yml", ".cruft.json")]
    assert [run.pull["operation"] for run in runs] == ["created", "created", "unchanged", "unchanged"], [run.said for run in runs]
    assert (local.show(f"{BRANCH}:a.txt"), local.show(f"{runs[1].pull['branch']}:c.txt")) == ("2\n", "2\n")
    before = local.heads(), local.pulls()
    refused = local.propose("--answers-file", ".cruft.json", "--branch", BRANCH)
    assert refused.code == 64, refused.said
    assert "has the update of another project of the repository: ." in refused.said
    assert (local.heads(), local.pulls()) == before
