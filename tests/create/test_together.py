"""Two runs of the same manifest at once: one wins, the other says so."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from tests.create.test_killed import assert_finished, begin, read_until
from tests.create.world import TEMPLATE, World


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
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # template code's user must come through, and pytest's folders are closed
        gate = Path(folder, "gate")
        os.mkfifo(gate, 0o644)
        gate.chmod(0o644)
        waiting = TEMPLATE["template/Makefile"].replace("setup:\n", f"setup:\n        \t@echo begun; cat {gate}\n")
        world.set_up_template({**TEMPLATE, "template/Makefile": waiting}, "v1.1.0")
        with begin(world) as first:
            read_until(first, b"begun")
            before = sorted(path.name for path in world.project.iterdir())
            for arguments in (("demo.yml",), ("demo.yml", "--stages", "commit")):
                second = world.create(*arguments)
                assert second.code == 75, second.said
                assert "another run of robot-action is working on" in second.said
            assert sorted(path.name for path in world.project.iterdir()) == before
            assert not world.github.fake.calls("POST")
            gate.write_text("")  # opened when cat has opened it
            said, _ = first.communicate(timeout=120)
        assert first.returncode == 0, said
    assert_finished(world)
    assert len(world.github.git.pushes) == 1
    assert world.create().code == 0


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
