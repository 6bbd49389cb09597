"""Two runs of the same manifest at once: one wins, the other says so."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.create.test_killed import assert_finished
from tests.create.world import World


def start(world: World, folder: Path, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        world.command("create", "demo.yml", "--trust", "--allow-protocol", "http"),
        cwd=folder,
        env=world.environment(ROBOT_ACTION_HOME=str(home)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def test_on_one_machine_the_second_waits_for_nobody_and_says_so(world: World) -> None:
    home = world.home / "robot-action"
    ends = [finish(process) for process in [start(world, world.root, home) for _ in range(2)]]
    codes = sorted(code for code, _ in ends)
    assert codes in ([0, 75], [0, 0]), ends
    assert_finished(world)
    if codes == [0, 75]:
        assert "another run" in next(said for code, said in ends if code == 75)


def test_on_two_machines_nothing_is_doubled_or_lost(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other machine"
    other.mkdir()
    (other / "demo.yml").write_text((world.root / "demo.yml").read_text())
    processes = [start(world, world.root, tmp_path / "h1"), start(world, other, tmp_path / "h2")]
    ends = [finish(process) for process in processes]
    assert {code for code, _ in ends} <= {0, 1, 75, 77}, ends
    assert any(code == 0 for code, _ in ends), ends
    assert world.github.git.git("acme/demo", "rev-list", "--count", "--all") == "1"
    assert world.index.files == ["demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"]
    again = world.create()
    assert again.code == 0, again.said
