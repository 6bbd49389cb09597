"""A dry run shows everything and touches nothing."""

from __future__ import annotations

from pathlib import Path

from tests.create.world import PROJECT, World


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_dry_run_touches_neither_files_nor_servers(world: World) -> None:
    before = snapshot(world.root)
    run = world.create("demo.yml", "--dry-run")
    assert run.code == 0, run.said
    assert snapshot(world.root) == before
    assert not world.github.git.pushes
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert not world.github.fake.calls(method)
    assert world.index.files == []


def test_it_writes_to_the_cache_alone(world: World) -> None:
    world.create("demo.yml", "--dry-run")
    written = {path.relative_to(world.home).parts[:2] for path in world.home.rglob("*") if path.is_file()}
    assert {parts[0] for parts in written} <= {"robot-action"}
    assert {name for _, name in written} <= {"cache"}


def test_the_plan_can_be_reviewed(world: World) -> None:
    said = world.create("demo.yml", "--dry-run").said
    for text in ("demo.py", "make setup", "make run", "private", "platform", "v0.1.0", "trusted", "Create acme/demo"):
        assert text in said, text


def test_every_value_has_its_origin(world: World) -> None:
    run = world.create("demo.yml", "--dry-run", "--json", "-d", "greeting=bye", "-d", "password=correct-horse")
    values = run.document["projects"][0]["manifest"]
    assert values["description"] == {"value": "A demo", "origin": "manifest"}
    assert values["data.greeting"] == {"value": "bye", "origin": "flag"}
    assert values["name"] == {"value": "demo", "origin": "derived"}
    assert values["version"]["origin"] == "default"
    assert "correct-horse" not in run.said


def test_an_existing_project_is_planned_as_existing(world: World) -> None:
    assert world.create().code == 0
    run = world.create("demo.yml", "--dry-run", "--json")
    assert run.document["projects"][0]["result"] == "exists"
    assert run.document["projects"][0]["project"] == PROJECT


def test_a_refused_destination_is_told_by_a_dry_run_too(world: World) -> None:
    world.project.mkdir()
    (world.project / "holiday.jpg").write_text("x")
    run = world.create("demo.yml", "--dry-run")
    assert run.code == 77
    assert "holiday.jpg" in run.said


def test_it_needs_no_token_where_reading_is_free(world: World) -> None:
    world.github.git.anonymous_read = True
    manifest = world.manifest(repository=None, publish=None, name="demo")
    world.write(manifest)
    run = world.create("demo.yml", "--dry-run", GITHUB_TOKEN="")
    assert run.code == 0, run.said
    assert [path.name for path in world.root.iterdir()] == ["demo.yml"]
