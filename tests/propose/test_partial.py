"""Work of people is merged from clones that lack contents of the project, too."""

from __future__ import annotations

import secrets
import shutil

import pytest

from tests.propose.test_pull_request import BOTTOM, OTHER, TOP
from tests.propose.world import BRANCH, LINES, World
from tests.testbed.bare import git


@pytest.mark.parametrize("options", [("--depth=1",), ()], ids=["shallow", "whole"])
def test_a_clone_without_contents_is_enough(local: World, options: tuple[str, ...]) -> None:
    local.bare.git("acme/demo", "config", "uploadpack.allowFilter", "true")
    local.commit({"deep/x.txt": LINES})
    local.version("v2.0.0", a_txt=TOP)
    assert local.propose().code == 0
    local.person({"deep/x.txt": OTHER})
    local.commit({"deep/x.txt": LINES.replace("line 18\n", "MAIN\n")})
    local.version("v3.0.0", a_txt=BOTTOM)
    shutil.rmtree(local.project)
    git(local.root, "clone", "--quiet", "--filter=blob:none", "--sparse", *options, f"file://{local.bare.path_of('acme/demo')}", "demo")
    run = local.propose("--allow-protocol", "file")
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert local.show(f"{BRANCH}:deep/x.txt") == OTHER.replace("line 18\n", "MAIN\n")
    assert local.show(f"{BRANCH}:a.txt") == BOTTOM


PARTS = pytest.mark.parametrize(
    "options", [("--depth=1",), ("--filter=blob:none",), ("--depth=1", "--filter=blob:none")], ids=["shallow", "blobless", "both"]
)


def on_a_moved_base(world: World, *options: str) -> None:
    """Let the project's clone have one version of the template, and lack what is on the host since, and more."""
    world.bare.git("acme/demo", "config", "uploadpack.allowFilter", "true")
    world.commit({"deep/large.txt": secrets.token_hex(200_000)})
    world.version_with("v2.0.0", {"a.txt": TOP, "tool.bin": "\0"})
    shutil.rmtree(world.project)
    git(world.root, "clone", "--quiet", "--sparse", *options, f"file://{world.bare.path_of('acme/demo')}", "demo")
    world.person({"elsewhere.txt": "text\n"}, branch="main")


@PARTS
@pytest.mark.parametrize("by", ["token", "app_token"])
def test_what_is_sent_is_what_the_host_lacks_wherever_the_base_has_moved(on_github: World, options: tuple[str, ...], by: str) -> None:
    world = on_github
    assert world.github
    world.use(by)
    on_a_moved_base(world, *options)
    git(world.project, "remote", "set-url", "origin", world.github.git.url_of("acme/demo"))
    run = world.propose()
    assert (run.code, run.pull["operation"]) == (0, "created"), run.said
    assert sum(push.size for push in world.github.git.pushes) < 2000
    assert world.show(f"{BRANCH}:a.txt") == TOP


@PARTS
def test_the_same_on_a_folder(local: World, options: tuple[str, ...]) -> None:
    on_a_moved_base(local, *options)
    run = local.propose("--allow-protocol", "file")
    assert run.code == 0, run.said
    assert local.show(f"{BRANCH}:a.txt") == TOP
