"""What a process holds is hidden from others of its user."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from robot_action.clients.processes.hiding import make_undumpable


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/<pid>/environ and prctl are Linux's")
def test_an_undumpable_process_hides_its_environment_from_its_children() -> None:
    code = (
        "import os\n"
        "from robot_action.clients.processes.hiding import make_undumpable\n"
        "before = os.stat('/proc/self/environ').st_uid\n"
        "os.setresuid(12345, 12345, 12345) if before == 0 else None\n"
        "make_undumpable()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os.execv('/bin/cat', ['cat', f'/proc/{os.getppid()}/environ'])\n"
        "os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    environment = {"GITHUB_TOKEN": "a-secret", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, timeout=30)
    assert done.returncode != 0
    assert b"a-secret" not in done.stdout
    assert b"Permission denied" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_process_is_undumpable_from_then_on() -> None:
    get, put = 3, 4  # PR_GET_DUMPABLE, PR_SET_DUMPABLE
    prctl = ctypes.CDLL(None).prctl
    before = prctl(get, 0, 0, 0, 0)
    try:
        make_undumpable()
        assert prctl(get, 0, 0, 0, 0) == 0
    finally:
        prctl(put, before, 0, 0, 0)
