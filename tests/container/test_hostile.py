"""A template that tries everything, in the container of the action, with a docker socket mounted as on a runner."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.container.helpers import RELEASE, assert_clean, create, given, workflow
from tests.container.test_cancel import processes
from tests.create.world import PROJECT, TEMPLATE, World
from tests.testbed.container.act import ActRun, Runner

FIRST_UID = 64198
DOCKER_GROUP = 999
SPY = Path(__file__).with_name("spy.txt").read_text(encoding="utf-8")
MAKEFILE = """\
    setup:
    \tmkdir -p cache && python3 spy.py install
    run:
    \tpython3 spy.py start && echo hello && sleep 30
    """


@contextmanager
def docker_socket(folder: Path) -> Iterator[tuple[Path, list[bytes]]]:
    """Give a socket as the runner's own, and what was said to it."""
    path, said = folder / "docker.sock", []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        os.chown(path, 0, DOCKER_GROUP)
        path.chmod(0o660)
        server.listen()

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    said.append(client.recv(1 << 16))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield path, said
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


@dataclass(frozen=True)
class Attack:
    """One run of the hostile template.

    Attributes:
        seen: what the template found, in files that came back; ``text``: the same as it was written.
        hidden: every secret that was within reach of the action.
    """

    run: ActRun
    world: World
    runner: Runner
    text: str = field(repr=False)
    hidden: tuple[str, ...] = field(repr=False)
    said_to_docker: list[bytes]
    seconds: str

    @property
    def seen(self) -> Any:
        return json.loads(self.text)


@pytest.fixture
def attack(runner: Runner, world: World, tmp_path: Path) -> Attack:
    checkout, seconds = "checkout-secret-2203", f"300.{secrets.randbelow(10**9):09}"
    header = base64.b64encode(f"x-access-token:{checkout}".encode()).decode()
    runtime = {"ACTIONS_RUNTIME_TOKEN": "runtime-secret-9911", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "identity-secret-3141"}
    world.set_up_template({**TEMPLATE, "template/Makefile": MAKEFILE, "template/spy.py": SPY}, "v1.1.0")
    runner.start_repository()
    config = runner.checkout / ".git/config"
    config.write_text(f'{config.read_text()}[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic {header}\n')
    spy = {"SPY_WORKSPACE": str(runner.checkout), "SPY_SECONDS": seconds, "SPY_FILES": "/github/home/owned /github/workflow/event.json"}
    step = create(env={**runtime, **spy}, env_="\n".join(spy))
    with docker_socket(tmp_path) as (path, said):
        run = runner.run("push", workflow(step), docker_socket=f"unix://{path}", **given(world))
    assert run.code == 0, run.said
    text = (runner.checkout / "projects/demo/seen.json").read_text()
    return Attack(run, world, runner, text, (*world.secrets, checkout, header, *runtime.values()), said, seconds)


def test_a_hostile_template_gets_nowhere(attack: Attack) -> None:
    seen, run = attack.seen, attack.run
    failed = {name: found for name, found in seen.items() if isinstance(found, str) and "Error" in found}
    assert not failed, "an attempt that fails by itself proves nothing"
    assert [name for name in attack.hidden if name in attack.text or name in run.said] == []
    assert "token" not in " ".join(seen["environment"]).lower()

    assert min(seen["user"][:3]) >= FIRST_UID
    assert seen["user"][3] == []
    assert seen["status"]["NoNewPrivs"] == "1"
    assert int(seen["status"]["CapEff"], 16) == 0

    others = {path: found for path, found in seen["processes"].items() if found[0] < FIRST_UID}
    assert len(others) >= 2, "the first process and robot-action itself"
    for _, links, _, environ, memory, maps, _ in others.values():
        assert links in {"EACCES", "EPERM"}
        assert {environ, memory} <= {"<EACCES>", "<EPERM>"}
        assert not maps or maps in {"<EACCES>", "<EPERM>"}
    assert set(seen["signals"].values()) <= {"EPERM", "ESRCH"}
    assert seen["signals"]

    assert not [path for path, done in seen["written"].items() if done]
    assert any("workflow" in path for path in seen["written"]) or not Path("/var/run/act").exists()
    for results in seen["setuid"].values():
        assert not results or results[0] != 0, seen["setuid"]

    for owner, group, mode, *attempts in seen["sockets"].values():
        assert (owner, group, mode) == (0, DOCKER_GROUP, "0o660")
        assert set(attempts) <= {"EACCES", "EPERM"}
    assert attack.said_to_docker == []

    limit, reason = seen["disk"]
    assert (0 < limit <= 4 << 30, reason) == (True, "EFBIG")
    limit, count, reason = seen["table"]
    assert reason == "EAGAIN"
    assert 0 < count <= limit <= 4096

    assert [line for line in run.printed() if line.startswith("alive: ")] == ["alive: []"]
    assert processes(attack.seconds) == []
    assert not (attack.runner.checkout / "projects/demo/cache").exists()
    assert attack.world.index.files == RELEASE
    assert "huge" not in attack.world.github.git.git(PROJECT, "ls-tree", "-r", "main")
    _assert_unheard(run)
    assert_clean(run, attack.world, attack.runner)


def _assert_unheard(run: ActRun) -> None:
    """Hold the runner to having obeyed nothing that the template printed."""
    assert run.outputs()["result"] == "created"
    fence, heard = "", []
    for event in run.events:
        if event.get("command") == "stop-commands":
            fence = event["arg"]
        elif event.get("command") == fence:
            fence = ""
        elif "owned" in str(event.get("msg")) and not (event.get("raw_output") and fence):
            heard.append(event)
    assert heard == []
    owned = [line for line in run.printed() if "owned" in line]
    assert len(owned) > 20, "the template did speak"
    assert not [line for line in run.printed() if "##[" in line]
    assert not [event for name in ("error", "warning", "notice") for event in run.commands(name)]
