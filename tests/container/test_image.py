"""The action's image by itself: what is inside, what is not, how large it is, and the command line in it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from tests.create.world import TEMPLATE, dedented
from tests.testbed.bare import git
from tests.testbed.container.podman import BASE, Podman, compressed_size

MAX_BYTES = 300 << 20
FIRST_UID = 64198
ANYBODY = "54321:54321"


def shell(engine: Podman, image: str, script: str, *options: str) -> str:
    return engine("run", "--rm", "--network", "host", *options, "--entrypoint", "/bin/sh", image, "-euc", script)


def test_it_says_its_version(engine: Podman, image: str) -> None:
    assert engine("run", "--rm", "--network", "none", image, "--version").startswith("robot-action ")


def test_every_tool_that_templates_install_with_is_there_for_any_user(engine: Podman, image: str) -> None:
    tools = ("python", "uv", "node", "npm", "npx", "git", "make", "robot-action")
    said = shell(engine, image, "".join(f"{tool} --version;" for tool in tools), "--user", ANYBODY, "--env", "HOME=/tmp")
    assert len(said.splitlines()) >= len(tools), said


def test_there_is_no_compiler(engine: Podman, image: str) -> None:
    compilers = "cc c++ c89 c99 gcc g++ clang cpp as ld tcc rustc cargo go"
    look = f"for name in {compilers}; do command -v $name || true; done; find / -xdev -name 'cc1*' -o -xdev -name 'gcc*' -path '*bin*'"
    assert shell(engine, image, look) == ""


def test_it_holds_nothing_that_only_building_needed(engine: Podman, image: str) -> None:
    look = "find /source /opt/build /opt/wheel ~/.cache /var/lib/apt/lists -mindepth 1 2>/dev/null || true; ls /tmp"
    assert shell(engine, image, look) == ""


def test_nothing_of_ours_can_be_written_by_template_code(engine: Podman, image: str) -> None:
    look = f"find /opt/robot-action /usr/local -xdev ! -type l '(' -perm -002 -o -uid +{FIRST_UID - 1} ')'"
    assert shell(engine, image, look) == ""


def test_it_is_configured_as_actions_have_to_be(engine: Podman, image: str) -> None:
    found = json.loads(engine("image", "inspect", image))[0]["Config"]
    assert found.get("User", "") in {"", "root"}
    assert found.get("WorkingDir", "") in {"", "/"}
    assert found["Entrypoint"][-1] == "robot-action"
    assert found["Labels"]["org.opencontainers.image.title"] == "robot-action"
    assert not found.get("Volumes")


def test_it_is_small(engine: Podman, image: str) -> None:
    assert compressed_size(engine, image) < MAX_BYTES


def test_the_first_process_reaps_what_is_left_to_it(engine: Podman, image: str) -> None:
    orphans = "(setsid sh -c 'sleep 0.1' &); (setsid sh -c 'sleep 0.1' &); sleep 0.5; grep -l '^State:.Z' /proc/[0-9]*/status || echo none"
    entry = json.loads(engine("image", "inspect", image))[0]["Config"]["Entrypoint"]
    assert engine("run", "--rm", "--entrypoint", entry[0], image, *entry[1:-1], "sh", "-c", orphans) == "none"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a template and a manifest that needs nothing but itself."""
    template = tmp_path / "work/template"
    for name, text in dedented(TEMPLATE).items():
        path = template / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("setup:\n", "setup:\n\tid -u > who.txt\n"))
    manifest = """\
        schema: 1
        repository: {host: local, path: ./forge, name: acme/demo}
        template: ./template
        publish: [{to: local, path: ./index}]
        author: {name: Robot, email: robot@acme.example}
        """
    (tmp_path / "work/demo.yml").write_text(dedent(manifest))
    return tmp_path / "work"


def test_the_command_line_works_in_it(engine: Podman, image: str, folder: Path) -> None:
    said = engine("run", "--rm", "--network", "none", "--volume", f"{folder}:/projects", image, "create", "/projects/demo.yml", "--trust")
    assert "acme/demo is ready" in said
    names = git(folder / "forge/acme/demo.git", "ls-tree", "-r", "--name-only", "main")
    assert "generated.txt" in names
    assert [path.name for path in sorted((folder / "index").rglob("*.whl"))] == ["demo-0.1.0-py3-none-any.whl"]
    assert int((folder / "demo/who.txt").read_text()) >= FIRST_UID


def test_templates_of_other_formats_find_what_they_ask_for(engine: Podman, image: str, tmp_path: Path) -> None:
    template, text = tmp_path / "template", '{{ name | to_snake }} {% now "utc", "%Y" %}\n'
    extensions = '["jinja2_time.TimeExtension", "jinja2_strcase.StrcaseExtension"]'
    (template / "{{cookiecutter.slug}}").mkdir(parents=True)
    (template / "copier.yml").write_text(f"_jinja_extensions: {extensions}\n_subdirectory: files\nname: {{type: str, default: My Thing}}\n")
    (template / "files").mkdir()
    (template / "files/a.txt.jinja").write_text(text)
    slug = "{{ cookiecutter.name | slugify }}"
    (template / "cookiecutter.json").write_text(json.dumps({"name": "My Thing", "slug": slug, "_extensions": json.loads(extensions)}))
    (template / "{{cookiecutter.slug}}/a.txt").write_text(text.replace("name", "cookiecutter.name"))
    for form in ("copier", "cookiecutter"):
        arguments = ("render", "/data/template", f"/data/{form}", "--format", form, "--trust")
        engine("run", "--rm", "--network", "none", "--volume", f"{tmp_path}:/data", image, *arguments)
        assert re.fullmatch(r"my_thing 20\d\d\n", (tmp_path / form / "a.txt").read_text())


def test_a_run_without_arguments_of_a_runner_says_what_is_missing(engine: Podman, image: str) -> None:
    done = engine.run("run", "--rm", "--network", "none", image, "action")
    assert done.returncode == 64
    assert "command" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_base_is_the_one_that_the_dockerfile_names(engine: Podman) -> None:
    stages = [line.split()[1] for line in Path("Dockerfile").read_text().splitlines() if line.startswith("FROM ")]
    assert set(stages) == {BASE.rpartition("/")[2]}
    assert subprocess.run([*engine.command, "image", "exists", BASE], env=engine.environment, check=False).returncode == 0
