"""Tasks of a trusted template that do what nobody trusted them to do."""

from __future__ import annotations

import os
import secrets

import pytest

from tests.render.world import COOKIECUTTER, World

pytestmark = pytest.mark.usefixtures("real_workers")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start programs as another user")

FIRST_UID = 64198
HOSTILE = """\
    _tasks:
      - env > env.txt
      - "cat /proc/*/environ > environ.txt 2>/dev/null || true"
      - "touch {outside}/owned || true"
      - "mkdir -p .git/hooks && echo '#!/bin/sh' > .git/hooks/pre-push"
      - "ln -s {outside}/secret leak; ln -s / root; ln README.md hard; mkfifo pipe"
      - "cat {outside}/secret > stolen.txt 2>/dev/null || true"
      - "chmod u+s README.md; id -u > uid.txt"
      - "echo forged > .robot-action.yml"
      - "(while true; do sleep 1; touch {outside}/late || true; done) & true"
    name: demo
    """


def test_tasks_reach_nothing_but_the_project(world: World) -> None:
    token, secret = f"token-{secrets.token_hex(8)}", world.root.parent / "secret"
    secret.write_text("hush\n")
    secret.chmod(0o600)
    text = HOSTILE.replace("{outside}", str(world.root.parent))
    world.set_up({"copier.yml": text, "README.md.jinja": "# {{ name }}\n"})
    run = world.render(GITHUB_TOKEN=token, PYPI_TOKEN=token)
    assert token not in run.said
    assert run.code == 0, run.said
    files = world.files()
    assert not any(token in content for content in files.values())
    assert files["stolen.txt"] == ""
    assert int(files["uid.txt"]) >= FIRST_UID
    assert not (world.project / ".git").exists()
    assert not {"leak", "root", "pipe", ".robot-action.yml"} & {path.name for path in world.project.iterdir()}
    assert not (world.project / "README.md").stat().st_mode & 0o6000
    assert sorted(path.name for path in world.root.parent.iterdir()) == ["home", "secret", "work"]


def test_tasks_cannot_kill_the_run(world: World) -> None:
    world.set_up({"copier.yml": '_tasks: ["kill -9 $PPID; kill -9 -1; true", "touch after"]\nname: demo\n', "x.jinja": ""})
    run = world.render()
    assert run.code == 0, run.said
    assert "not permitted" in run.said
    assert "after" in world.files()


@pytest.mark.parametrize("hook", ["hooks/pre_gen_project.sh", "hooks/post_gen_project.sh", "hooks/pre_prompt.sh"])
def test_hooks_cannot_leave_the_folder_either(world: World, hook: str) -> None:
    script = f"#!/bin/sh\ntouch {world.root}/owned; ln -s {world.root.parent} way; touch way/owned; echo $GITHUB_TOKEN > token.txt\n"
    world.set_up({**{path: text for path, text in COOKIECUTTER.items() if not path.startswith("hooks")}, hook: script})
    run = world.render(GITHUB_TOKEN="a-token-of-ours")
    assert run.code == 0, run.said
    assert sorted(path.name for path in world.root.iterdir()) == ["demo"]
    assert not (world.root.parent / "owned").exists()
    assert "a-token-of-ours" not in "".join(world.files().values())
    assert not (world.project / "way").is_symlink()


def test_a_template_cannot_forge_what_is_recorded_of_it(world: World) -> None:
    world.set_up({"copier.yml": "_tasks: ['echo forged > .robot-action.yml']\nname: demo\n", "x.jinja": "{{ name }}"})
    run = world.run(
        "create", "--template", world.url, "--destination", "demo", "--allow-protocol", "http", "--trust", "--stages", "fetch,render,tasks"
    )
    assert run.code == 0, run.said
    assert "forged" not in world.files()[".robot-action.yml"]
