"""The templates that ship: each is created by the real command, and then passes its own tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).resolve().parents[2]
TEMPLATES = TOP / "examples" / "templates"
MANIFESTS = sorted((TOP / "examples" / "projects").glob("*.yml"))

pytestmark = [pytest.mark.examples, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Place:
    """A copy of the examples, and the folder in which they make everything."""

    top: Path

    @property
    def out(self) -> Path:
        return self.top / "out"

    def robot_action(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"ROBOT_ACTION_HOME": str(self.top / "home"), "CI": "true"}
        command = [sys.executable, "-m", "robot_action", *arguments]
        return subprocess.run(command, cwd=self.top, env=environment, check=False, capture_output=True, text=True, timeout=250)

    def create(self, manifest: str) -> subprocess.CompletedProcess[str]:
        return self.robot_action("create", manifest, "--trust-source", "./examples/templates")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    shutil.copytree(TOP / "examples", tmp_path / "examples")
    shutil.copy(TOP / "demo.yml", tmp_path)
    return Place(tmp_path)


def run(*arguments: str | Path, cwd: Path) -> str:
    """Run a command in a project; its output is shown when it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV" and not name.startswith("COVERAGE")}
    done = subprocess.run(arguments, cwd=cwd, env=environment, check=False, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def check_python(project: Path) -> None:
    run("uv", "sync", "--locked", cwd=project)
    run("uv", "run", "pytest", cwd=project)
    run("uv", "run", "ruff", "check", cwd=project)
    run("uv", "run", "ruff", "format", "--check", cwd=project)
    run("uv", "build", cwd=project)


def check_library(project: Path) -> None:
    check_python(project)
    run("uv", "run", "mypy", cwd=project)
    assert "Apache License" in (project / "LICENSE").read_text()
    assert (project / "CHANGELOG.md").is_file()


def check_service(project: Path) -> None:
    check_python(project)
    assert sorted(path.name for path in project.glob("src/greeter/routes/*.py")) == ["__init__.py", "goodbye.py", "hello.py"]
    run("hadolint", "Dockerfile", cwd=project)


def check_node(project: Path) -> None:
    run("npm", "ci", cwd=project)
    run("npm", "test", cwd=project)
    assert "package.json" in run("npm", "pack", "--dry-run", "--json", cwd=project)


def check_component(project: Path) -> None:
    workflow = yaml.safe_load((project / ".github" / "workflows" / "quality.yml").read_text())
    assert list(workflow["jobs"]) == ["python"]
    assert run("git", "tag", cwd=project).split() == ["v0.1.0"]


def check_custom(project: Path) -> None:
    folder = project / "decisions"
    assert sorted(path.name for path in folder.iterdir()) == [
        "0001-record-our-decisions.md",
        "0002-one-repository-a-service.md",
        "README.md",
    ]
    assert "[One repository a service](0002-one-repository-a-service.md)" in (folder / "README.md").read_text()


CHECKS = {
    "python-library": check_library,
    "python-service": check_service,
    "node-package": check_node,
    "component": check_component,
    "custom": check_custom,
}


def test_every_template_has_a_manifest_and_a_check() -> None:
    names = sorted(path.name for path in TEMPLATES.iterdir())
    assert names == [path.stem for path in MANIFESTS] == sorted(CHECKS)


def test_every_manifest_is_valid(place: Place) -> None:
    done = place.robot_action("validate", "demo.yml", "examples/projects")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("manifest", MANIFESTS, ids=[path.stem for path in MANIFESTS])
def test_a_project_is_created_and_passes_its_own_tests(place: Place, manifest: Path) -> None:
    wanted = yaml.safe_load(manifest.read_text())
    project = place.out / "projects" / wanted["name"]

    done = place.create(f"examples/projects/{manifest.name}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert run("git", "status", "--porcelain", cwd=project) == ""
    head = run("git", "rev-parse", "HEAD", cwd=project)
    forge = place.out / "forge" / f"{wanted['repository']['name']}.git"
    assert run("git", "rev-parse", "refs/heads/main", cwd=forge) == head
    CHECKS[manifest.stem](project)
    workflows = list(project.glob(".github/workflows/*.yml"))
    if workflows:
        run("actionlint", *workflows, cwd=project)
        run("zizmor", "--offline", "--quiet", ".github", cwd=project)
    assert run("git", "status", "--porcelain", cwd=project) == "", "its own .gitignore leaves out what its tools make"

    again = place.create(f"examples/projects/{manifest.name}")

    assert again.returncode == 0, again.stdout + again.stderr
    assert run("git", "rev-parse", "refs/heads/main", cwd=forge) == head


def test_the_demo_makes_a_package_that_pip_installs(place: Place, tmp_path: Path) -> None:
    done = place.create("demo.yml")

    assert done.returncode == 0, done.stdout + done.stderr
    assert (place.out / "index" / "demo" / "demo-0.1.0-py3-none-any.whl").is_file()
    index = ("--index-url", (place.out / "index").as_uri())
    run(sys.executable, "-m", "pip", "install", "--quiet", *index, "--target", tmp_path / "site", "demo", cwd=tmp_path)
    assert run(sys.executable, "-c", "import demo; print(demo.greet('Ada'))", cwd=tmp_path / "site") == "Hello, Ada!\n"


def test_untrusted_templates_run_nothing_of_their_own(place: Place) -> None:
    done = place.robot_action("create", "examples/projects/custom.yml")

    assert done.returncode == 77
    assert "--trust" in done.stdout + done.stderr
    assert not place.out.exists()


def test_the_dry_run_of_an_untrusted_template_is_a_whole_plan_that_says_what_is_missing(place: Place) -> None:
    done = place.robot_action("create", "examples/projects/custom.yml", "--dry-run")

    assert done.returncode == 77
    assert done.stdout.count("error: ") == 1
    assert "it would run: make_log.py" in done.stdout
    assert " 3. render " in done.stdout
    assert " 6. commit " in done.stdout
