"""Templates that try to break out: each is refused or comes to nothing, and the project and its servers stay clean."""

from __future__ import annotations

import os
import secrets
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.create.world import PROGRAM, PROJECT, TEMPLATE, World

pytestmark = pytest.mark.usefixtures("real_workers")

FIRST_UID = 64198
RUN = "run:\n\t@echo hello\n"
OPEN = ("demo.yml", "--stages", "prepare,fetch,render,install")


def with_makefile(text: str) -> dict[str, str]:
    return {**TEMPLATE, "template/Makefile": text + RUN}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("template/{{ '.git' }}/hooks/pre-push", ".git"),
        ("template/{{ '.GIT' }}/config", ".git"),
        ("template/{{ 'git~1' }}/config", ".git"),
        ("template/{{ '.g\u200cit' }}/config", ".git"),
        ("template/{{ '..' }}/outside", ".."),
        ("template/{{ 'MAKEFILE' }}", "one file"),
        ("template/{{ 'a\\nb' }}", "control character"),
    ],
)
def test_a_path_out_of_the_project_is_refused_before_anything_is_written(world: World, path: str, reason: str) -> None:
    world.set_up_template({**TEMPLATE, path: "x"}, "v1.1.0")
    run = world.create(*OPEN)
    assert run.code == 65, run.said
    assert reason in run.said
    assert sorted(entry.name for entry in world.root.iterdir()) == ["demo.yml"]


@pytest.mark.parametrize("answer", ["../outside", "/tmp/outside", "a/../../outside", ".git/hooks/pre-push", "..", "a\\..\\b"])
def test_an_answer_cannot_lead_a_path_out_either(world: World, answer: str) -> None:
    asking = TEMPLATE["template.yml"].replace("greeting:", "evil: {type: str, default: x}\n          greeting:", 1)
    world.set_up_template({**TEMPLATE, "template.yml": asking, "template/{{ evil }}": "x"}, "v1.1.0")
    run = world.create(*OPEN, "-d", f"evil={answer}")
    assert run.code == 65, run.said
    assert sorted(entry.name for entry in world.root.iterdir()) == ["demo.yml"]
    assert not (world.root.parent / "outside").exists()


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ lipsum.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../etc/passwd' %}",
        "{{ '{0.__class__}'.format(1) }}{{ x }}",
        "{{ 'x' * 10 ** 10 }}",
        "{% for i in range(10 ** 12) %}x{% endfor %}",
        "{{ '$HOME' | expandvars }}",
        "{{ undefined_name }}",
    ],
)
def test_jinja_that_reaches_for_more_is_an_error_with_its_place(world: World, text: str) -> None:
    world.set_up_template({**TEMPLATE, "template/evil.txt.jinja": f"line one\n{text}\n"}, "v1.1.0")
    run = world.create(*OPEN)
    assert run.code == 65, run.said
    assert "evil.txt.jinja:2" in run.said
    assert not world.project.exists()


def test_no_hook_or_configuration_that_a_template_plants_ever_runs(world: World, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    tmp_path.chmod(0o777)
    plant = (
        "setup:\n"
        f"\tmkdir -p .git/hooks && printf '#!/bin/sh\\ntouch {mark}\\n' > .git/hooks/pre-push && chmod +x .git/hooks/pre-push\n"
        "\tcp .git/hooks/pre-push .git/hooks/post-commit; cp .git/hooks/pre-push .git/hooks/reference-transaction\n"
        f"\tprintf '[core]\\nfsmonitor = touch {mark}\\nsshCommand = touch {mark}\\n' > .git/config\n"
        "\techo ref: refs/heads/main > .git/HEAD; mkdir -p .git/objects .git/refs\n"
        f"\tprintf '*.py filter=evil\\n' > .gitattributes\n"
    )
    world.set_up_template(with_makefile(plant), "v1.1.0")
    run = world.create()
    assert not mark.exists(), run.said
    if run.code == 0:
        assert world.state()["same commit"]
    if os.geteuid() == 0:  # in place, a trusted template has written what it wanted to
        assert not (world.project / ".git/hooks/pre-push").exists()


def test_links_that_lead_out_do_not_come_back(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("precious")
    links = f"setup:\n\tln -s {secret} stolen; ln -s ../../../../../../etc/passwd deep; ln -s demo.py inward; mkfifo pipe; true\n"
    world.set_up_template(with_makefile(links), "v1.1.0")
    run = world.create()
    if os.geteuid() == 0:
        assert run.code == 0, run.said
        assert not os.path.lexists(world.project / "stolen")
        assert (world.project / "inward").is_symlink()
    else:  # in place, such a project is the trusted template's own doing; it is not committed
        assert run.code != 0
    assert "precious" not in run.said
    assert PROJECT.casefold() not in world.github.fake.repositories or "stolen" not in world.github.git.git(
        PROJECT, "ls-tree", "-r", "main"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run template code as a second user")
def test_template_code_cannot_leave_the_project_or_a_process_behind(world: World, tmp_path: Path) -> None:
    world = replace(world, program=PROGRAM)  # from nothing: the system's processes are looked at
    victim = tmp_path / "victim"
    victim.write_text("mine")
    victim.chmod(0o600)
    seconds = f"300.{secrets.randbelow(10**9):09}"  # tells our process from those of tests that run beside this one
    attack = (
        "setup:\n"
        f"\techo yours > {victim} || true; cat {victim} || true; rm -f {world.root}/demo.yml || true\n"
        f"\t(setsid sleep {seconds} >/dev/null 2>&1 &); id -u > who.txt\n"
    )
    world.set_up_template(with_makefile(attack), "v1.1.0")
    run = world.create(*OPEN)
    assert run.code == 0, run.said
    assert victim.read_text() == "mine"
    assert (world.root / "demo.yml").exists()
    assert int((world.project / "who.txt").read_text()) >= FIRST_UID
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if seconds.encode() in _content(path)]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_build_back_end_finds_no_token(world: World) -> None:
    world = replace(world, program=PROGRAM)  # from nothing: what the system tells of its process is looked at
    spy = (
        TEMPLATE["template/backend.py"]
        .replace(
            "def build_wheel(",
            "def _look():\n"
            "    import glob\n"
            "    seen = repr(dict(os.environ)).encode()\n"
            "    for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'):\n"
            "        try:\n"
            "            seen += open(path, 'rb').read()\n"
            "        except OSError:\n"
            "            pass\n"
            "    return seen.hex()\n\n\n"
            "def build_wheel(",
        )
        .replace("files = {\n", "files = {\n        'seen.py': _look(),\n", 1)
    )
    world.set_up_template({**TEMPLATE, "template/backend.py": spy}, "v1.1.0")
    run = world.create()
    assert run.code == 0, run.said
    with zipfile.ZipFile(world.index.folder / "demo-0.1.0-py3-none-any.whl") as wheel:
        seen = bytes.fromhex(wheel.read("seen.py").decode())
    assert b"PATH" in seen
    assert not [secret for secret in world.secrets if secret.encode() in seen]


def test_a_template_that_names_another_program_is_refused(world: World) -> None:
    world.set_up_template({**TEMPLATE, "template.yml": TEMPLATE["template.yml"].replace("make setup", "bash -c 'echo owned'")}, "v1.1.0")
    run = world.create(*OPEN)
    assert run.code == 77, run.said
    assert "bash" in run.said
    assert not world.project.exists()


def test_output_of_template_code_cannot_speak_to_the_terminal_or_the_runner(world: World) -> None:
    noise = "setup:\n\t@printf '\\033]0;owned\\007\\033[2J::set-output name=x::y\\n::add-mask::a\\n##[error]b\\n'\n"
    world.set_up_template(with_makefile(noise), "v1.1.0")
    plain = world.create(*OPEN)
    assert "\x1b" not in plain.said
    world.write(world.manifest(destination="again", name="again", repository="acme/again"))
    runner = world.create(*OPEN, GITHUB_ACTIONS="true", CI="true")
    fenced = False
    for line in runner.said.splitlines():
        if line.startswith("::stop-commands::"):
            fenced, token = True, line.removeprefix("::stop-commands::")
        elif fenced and line == f"::{token}::":
            fenced = False
        elif "set-output" in line or "add-mask::a" in line:
            assert fenced, line
        assert "##[" not in line


def test_an_archive_of_submodules_cannot_name_a_transport(world: World) -> None:
    git = world.github.git
    commit = world.set_up_template(
        {**TEMPLATE, ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% /tmp/owned\n'}, "v1.1.0"
    )
    tree = git.git("acme/templates", "ls-tree", commit)
    listing = tree + f"\n160000 commit {commit}\tx\n"
    made = subprocess.run(
        ["git", "-C", str(git.path_of("acme/templates")), "mktree", "--missing"], input=listing.encode(), capture_output=True, check=True
    )
    linked = git.git("acme/templates", "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", "x", made.stdout.decode().strip())
    git.git("acme/templates", "tag", "v1.2.0", linked)
    run = world.create(*OPEN)
    assert run.code in {65, 77}, run.said
    assert "ext" in run.said
    assert not world.project.exists()
