"""From job to job: one commits and builds without any secret, the next one pushes and publishes without any template code."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.parsing.settings import token_variable
from tests.create.world import PROJECT, TEMPLATES, Run, World, dying

WHEEL, SDIST = "demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"
BUILD = ("--stages", "prepare,fetch,render,install,start,commit", "--pack", "handover")


@pytest.fixture
def builder(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The job without secrets; the template is public."""
    monkeypatch.setattr(world.github.git, "anonymous_read", True)
    names = [*(name for name in world.github.environment if "TOKEN" in name), token_variable(world.index.url)]
    return replace(world, variables=dict.fromkeys(names, ""))


@pytest.fixture
def publisher(world: World, tmp_path: Path) -> World:
    """The job with secrets, on another machine."""
    root, home = tmp_path / "second" / "platform", tmp_path / "second" / "home"
    root.mkdir(parents=True)
    home.mkdir()
    shutil.copy(world.root / "demo.yml", root)
    return replace(world, root=root, home=home)


def build(builder: World, *more: str) -> Run:
    return builder.create("demo.yml", *BUILD, *more)


def publish(publisher: World, *more: str) -> Run:
    return publisher.run("create", "demo.yml", "--unpack", "handover", "--allow-protocol", "http", *more)


def hand_over(builder: World, publisher: World) -> Path:
    """Bring the folder over as artifact stores do: no modes, no links, no hidden files."""
    archive = publisher.home / "artifact.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((builder.root / "handover").rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                packed.writestr(str(path.relative_to(builder.root)), path.read_bytes())
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(publisher.root)
    return publisher.root / "handover" / PROJECT


def test_two_jobs_come_to_the_end_of_one(builder: World, publisher: World) -> None:
    built = build(builder)
    assert built.code == 0, built.said
    assert "acme/demo is done as far as asked" in built.said
    assert publisher.github.fake.calls("POST") == []
    hand_over(builder, publisher)
    done = publish(publisher)
    assert done.code == 0, done.said
    state = publisher.state()
    assert state["same commit"]
    assert state["status"] == ""
    assert state["remote tags"] == "v0.1.0"
    assert state["releases"] == [WHEEL, SDIST]
    assert (publisher.project / "bin/tool").exists()
    assert [line for line in done.said.splitlines() if "make" in line.split()] == [], "no code of the template ran"


def test_the_second_job_asks_for_no_trust_and_no_template(builder: World, publisher: World) -> None:
    assert build(builder).code == 0
    hand_over(builder, publisher)
    shutil.rmtree(publisher.github.git.path_of(TEMPLATES))
    assert publish(publisher).code == 0


def test_what_is_published_is_what_was_built(builder: World, publisher: World) -> None:
    assert build(builder).code == 0
    folder = hand_over(builder, publisher)
    assert publish(publisher).code == 0
    assert (publisher.index.folder / WHEEL).read_bytes() == (folder / WHEEL).read_bytes()


@pytest.mark.parametrize("job", [build, publish])
def test_either_job_may_run_again(builder: World, publisher: World, job: Callable[[World], Run]) -> None:
    assert build(builder).code == 0
    hand_over(builder, publisher)
    assert publish(publisher).code == 0
    before, pushes = publisher.state(), len(publisher.github.git.pushes)
    again = job(builder if job is build else publisher)
    assert again.code == 0, again.said
    assert publisher.state() == before
    assert len(publisher.github.git.pushes) == pushes


def test_the_first_job_again_finds_its_own_folder(builder: World) -> None:
    assert build(builder).code == 0
    before = sorted((path, path.stat().st_mtime_ns) for path in (builder.root / "handover").rglob("*"))
    again = build(builder)
    assert again.code == 0
    assert "already" in again.said
    assert sorted((path, path.stat().st_mtime_ns) for path in (builder.root / "handover").rglob("*")) == before


@pytest.mark.parametrize("stage", ["unpack", "repository", "push", "publish"])
def test_a_second_job_that_was_killed_is_finished_by_the_next(builder: World, publisher: World, stage: str) -> None:
    assert build(builder).code == 0
    hand_over(builder, publisher)
    for moment in (f"before:{stage}", f"after:{stage}"):
        died = publisher.run("create", "demo.yml", "--unpack", "handover", "--allow-protocol", "http", program=dying(moment))
        assert died.code in {-9, 0}, "what is done already is not begun again"
    assert publish(publisher).code == 0
    state = publisher.state()
    assert (state["same commit"], state["remote commits"], state["releases"]) == (True, 1, [WHEEL, SDIST])
    assert publisher.github.fake.calls("POST") == ["/orgs/acme/repos"]


@pytest.mark.parametrize("moment", ["before:pack", "after:pack"])
def test_a_first_job_that_was_killed_is_finished_by_the_next(builder: World, publisher: World, moment: str) -> None:
    assert builder.create("demo.yml", *BUILD, program=dying(moment)).code == -9
    again = build(builder)
    assert again.code == 0, again.said
    hand_over(builder, publisher)
    assert publish(publisher).code == 0


def test_a_dry_run_of_either_job_touches_nothing(builder: World, publisher: World) -> None:
    planned = build(builder, "--dry-run")
    assert planned.code == 0, planned.said
    assert "pack the commit into" in planned.out
    assert sorted(path.name for path in builder.root.iterdir()) == ["demo.yml"]
    assert build(builder).code == 0
    hand_over(builder, publisher)
    planned = publish(publisher, "--dry-run")
    assert planned.code == 0, planned.said
    assert "unpack the commit" in planned.out
    assert f"uploads what is missing of {WHEEL}, {SDIST}" in planned.out
    assert not publisher.project.exists()
    assert publisher.github.fake.calls("POST") == []


def test_it_is_what_the_first_job_told(builder: World, publisher: World) -> None:
    told = json.loads(build(builder, "--json").out)["projects"][0]["packed"]
    wheel = hand_over(builder, publisher) / WHEEL
    handover = wheel.with_name("handover.json")
    genuine = wheel.read_bytes(), handover.read_text()
    wheel.write_bytes(b"evil")
    handover.write_text(genuine[1].replace(*(hashlib.sha256(content).hexdigest() for content in (genuine[0], b"evil"))))
    refused = publish(publisher, "--digest", told)
    assert refused.code == 65, refused.said
    assert "is not what was packed" in refused.said
    assert publisher.github.fake.calls("POST") == []
    wheel.write_bytes(genuine[0])
    handover.write_text(genuine[1])
    assert publish(publisher, "--digest", told).code == 0


def _other_project(folder: Path) -> None:
    value = json.loads((folder / "handover.json").read_text())
    (folder / "handover.json").write_text(json.dumps({**value, "project": "acme/other"}))


def _link(folder: Path) -> None:
    (folder / WHEEL).rename(folder.parent / "elsewhere")
    (folder / WHEEL).symlink_to(folder.parent / "elsewhere")


SPOILT: dict[str, Callable[[Path], object]] = {
    "the bundle is cut": lambda folder: os.truncate(folder / "project.bundle", 300),
    "a package was changed": lambda folder: (folder / WHEEL).write_bytes(b"x"),
    "a package is missing": lambda folder: (folder / SDIST).unlink(),
    "a package is a link": _link,
    "the handover is of another project": _other_project,
    "the handover is missing": lambda folder: (folder / "handover.json").unlink(),
    "nothing is there": shutil.rmtree,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_what_does_not_fit_is_refused_before_anything_is_made(builder: World, publisher: World, spoil: Callable[[Path], object]) -> None:
    assert build(builder).code == 0
    spoil(hand_over(builder, publisher))
    refused = publish(publisher)
    assert refused.code == 65, refused.said
    assert "Traceback" not in refused.said
    assert not publisher.project.exists()
    assert publisher.github.fake.calls("POST") == []


def test_another_manifests_project_is_refused(builder: World, publisher: World) -> None:
    assert build(builder).code == 0
    hand_over(builder, publisher)
    publisher.write(publisher.manifest(template=f"{publisher.template_url}#subdirectory=other"))
    refused = publish(publisher)
    assert refused.code == 65
    assert "another project than the manifest's" in refused.said


def test_a_place_that_is_taken_is_left_alone(builder: World, publisher: World) -> None:
    assert build(builder).code == 0
    hand_over(builder, publisher)
    publisher.project.mkdir()
    (publisher.project / "theirs").write_text("x")
    refused = publish(publisher)
    assert refused.code == 77
    assert [path.name for path in publisher.project.iterdir()] == ["theirs"]


def test_another_commit_in_the_projects_folder_is_told(builder: World, publisher: World) -> None:
    assert build(builder).code == 0
    hand_over(builder, publisher)
    assert publisher.create("demo.yml", "--stages", "prepare,fetch,render,install,commit", SOURCE_DATE_EPOCH="1600000000").code == 0
    refused = publish(publisher)
    assert refused.code == 1
    assert "holds another commit than the packed one" in refused.said


def test_another_commit_is_not_packed_over(builder: World) -> None:
    assert build(builder).code == 0
    shutil.rmtree(builder.project)
    refused = builder.create("demo.yml", *BUILD, SOURCE_DATE_EPOCH="1600000000")
    assert refused.code == 1
    assert "holds another commit" in refused.said


def test_several_projects_travel_together(builder: World, publisher: World) -> None:
    names = ("acme/one", "acme/two")
    documents = [builder.manifest(repository=name, publish=None, destination=f"./{name}") for name in names]
    builder.write(*documents)
    publisher.write(*documents)
    told = [project["packed"] for project in json.loads(build(builder, "--json").out)["projects"]]
    hand_over(builder, publisher)
    done = publish(publisher, *(f"--digest={digest}" for digest in told))
    assert done.code == 0, done.said
    assert all(publisher.github.git.heads(name)["main"] for name in names)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--pack", "a", "--unpack", "b"), "--pack and --unpack"),
        (("--digest", "0" * 64), "--digest"),
        (("--pack", "demo/packed"), "inside"),
    ],
)
def test_flags_that_make_no_sense_together_are_told(world: World, flags: tuple[str, ...], words: str) -> None:
    refused = world.create("demo.yml", *flags)
    assert refused.code == 64, refused.said
    assert words in refused.said
    assert not world.project.exists()
