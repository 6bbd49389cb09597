"""Templates in git: what they know of their commit, and Copier going on with projects that we rendered."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import copier
import pytest

from robot_action.model.template import Rendering
from robot_action.model.tree import Tree
from robot_action.rendering.engine import render
from tests.oracles.copier_peer import ANSWERS, Peer
from tests.oracles.trees import link, make_tree, program, read, write

pytestmark = pytest.mark.filterwarnings("ignore")

FIRST = {
    "copier.yml": "name: demo\ncolour: {type: str, choices: [red, blue], default: red}\nsecret: {type: str, default: s, secret: true}\n",
    "README.md.jinja": "# {{ name }}\n\nfirst\n\nmiddle\n\nend {{ colour }}\n",
    "{{ name }}.sh.jinja": program("echo {{ name }}\n"),
    "about.txt.jinja": "{{ _commit }} {{ _copier_conf.vcs_ref }} {{ _copier_conf.vcs_ref_hash }}\n",
    "run.sh": program("run\n"),
    "linked.sh": link("run.sh"),
    "folder/x.sh": program("x\n"),
    "linked": link("folder"),
    **ANSWERS,
}
SECOND = {
    **FIRST,
    "README.md.jinja": "# {{ name }}\n\nsecond\n\nmiddle\n\nend {{ colour }}\n",
    "new.txt.jinja": "{{ colour }}\n",
}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass
class Template:
    """A template in git with two versions, each in a folder of its own that is rendered by us."""

    folder: Path

    def commit(self, files: Tree, tag: str) -> None:
        write(files, self.folder) if not self.folder.exists() else self._replace(files)
        if not (self.folder / ".git").exists():
            git(self.folder, "init", "--quiet")
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", tag)
        git(self.folder, "tag", tag)

    def _replace(self, files: Tree) -> None:
        for path in read(self.folder):
            (self.folder / path).unlink()
        write(files, self.folder)

    def ours(self, project: Path, files: Tree, ref: str, data: dict[str, str] | None = None) -> Rendering:
        peer = Peer(self.folder.parent)
        request = peer.request(files, self.folder, project, data)
        around = replace(
            request.surroundings,
            described=git(self.folder, "describe", "--tags", "--always", ref),
            commit=git(self.folder, "rev-parse", f"{ref}^{{commit}}"),
            ref=ref,
        )
        return render(replace(request, surroundings=around))


@pytest.fixture
def template(tmp_path: Path) -> Template:
    made = Template(tmp_path / "template")
    made.commit(make_tree(FIRST), "v1.0.0")
    made.commit(make_tree(SECOND), "v2.0.0")
    return made


def copied(template: Template, project: Path, **options: object) -> None:
    copier.run_copy(str(template.folder), project, defaults=True, unsafe=True, quiet=True, vcs_ref="v1.0.0", **options)


def committed(project: Path) -> None:
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "first")


def test_a_template_in_git_knows_its_commit_and_links_lose_their_targets_mode(template: Template, tmp_path: Path) -> None:
    copied(template, tmp_path / "project", data={"colour": "blue"})
    rendering = template.ours(tmp_path / "project", make_tree(FIRST), "v1.0.0", {"colour": "blue"})
    assert dict(rendering.tree) == read(tmp_path / "project")


def update(project: Path) -> None:
    copier.run_update(project, defaults=True, unsafe=True, quiet=True, overwrite=True)


def recopy(project: Path) -> None:
    copier.run_recopy(project, defaults=True, unsafe=True, quiet=True, overwrite=True)


@pytest.mark.parametrize("go_on", [update, recopy])
def test_copier_goes_on_with_a_project_that_we_rendered(template: Template, tmp_path: Path, go_on: Callable[[Path], None]) -> None:
    projects = {who: tmp_path / who / "project" for who in ("theirs", "ours")}
    rendering = template.ours(projects["ours"], make_tree(FIRST), "v1.0.0", {"colour": "blue", "name": "it"})
    for project in projects.values():
        project.parent.mkdir()
    write(rendering.tree, projects["ours"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copied(template, projects["theirs"], data={"colour": "blue", "name": "it"})
        for project in projects.values():
            committed(project)
            readme = project / "README.md"
            readme.write_text(readme.read_text() + "\nmine\n")
            git(project, "commit", "--quiet", "--all", "--message", "mine")
            go_on(project)
    trees = {who: read(project) for who, project in projects.items()}
    assert trees["ours"] == trees["theirs"]
    assert b"second" in trees["ours"]["README.md"].content
    assert trees["ours"]["new.txt"].content == b"blue\n"
    assert (b"mine" in trees["ours"]["README.md"].content) is (go_on is update)
